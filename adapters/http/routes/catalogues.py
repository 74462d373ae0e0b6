"""What /v1/codes, /v1/cost-items and /v1/employees have in common."""

from datetime import datetime
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field
from pydantic.config import JsonDict

from adapters.http.paging import ListQuery
from adapters.http.positions import HOTE_POSITION
from adapters.http.preconditions import etag
from application.caller import Caller
from application.catalogue import EntryRecord
from domain.catalogue import S
from projections.settings.queries import CatalogueQuery

SHOWN: JsonDict = {"retired": False, "created_at": "2026-11-21T20:00:00Z", "version": 1}
"""What the example of any entry has besides its settings."""


class EntryView(BaseModel):
    id: UUID
    properties: list[UUID] | None
    retired: bool
    created_at: datetime
    version: int


class CatalogueListQuery(ListQuery):
    sort: Literal["created_at", "-created_at"] = "-created_at"
    property_id: Annotated[UUID | None, Field(description="Only what is switched on there.")] = None
    retired: Annotated[bool, Field(description="Those retired, in place of those in use.")] = False

    def of(self, caller: Caller) -> CatalogueQuery:
        return CatalogueQuery(
            caller.organisation_id,
            retired=self.retired,
            property_id=self.property_id,
            among=caller.properties,
            newest_first=self.sort == "-created_at",
        )


View = TypeVar("View", bound=EntryView)


def shown(view: type[View], record: EntryRecord[S], response: Response) -> View:
    """The view of an entry, and the headers of the answer that it is."""
    entry = record.entry
    response.headers[HOTE_POSITION] = str(record.position)
    response.headers["ETag"] = etag(entry.version)
    fields = {"id": entry.id, "retired": entry.retired, "created_at": record.created_at, "version": entry.version}
    return view.model_validate(fields | dict(entry.settings))
