"""/v1/occasions: a wedding, a congress: what several reservations at a property are for."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.lists import listed
from adapters.http.openapi import problems
from adapters.http.paging import GroupFilter, ListQuery, Page, PropertyFilter
from adapters.http.patching import patched
from adapters.http.positions import HOTE_POSITION, at_least
from adapters.http.preconditions import ExpectedVersion, etag
from adapters.http.routes.guest_views import PROPERTY_ID
from adapters.http.routes.listing import reached
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell
from application import parties
from application.caller import Caller
from application.guest_entry import IsoDate
from domain.access import Right
from domain.party import OccasionSettings
from projections.settings.parties import PartyQuery, PartyRow
from projections.settings.parties import parties as parties_after

EXAMPLE: JsonDict = {
    "name": "Congrès de cardiologie",
    "property_id": PROPERTY_ID,
    "begins_on": "2026-12-18",
    "ends_on": "2026-12-21",
    "company_id": None,
    "contact_person_id": None,
}


class NewOccasion(OccasionSettings):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    begins_on: IsoDate
    ends_on: IsoDate


class OccasionPatch(BaseModel):
    """What is not sent stays as it is, null empties. An occasion stays at its property."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"ends_on": "2026-12-22"}]})

    name: str | None = None
    begins_on: IsoDate = date.min
    ends_on: IsoDate = date.min
    company_id: UUID | None = None
    contact_person_id: UUID | None = None


class OccasionView(OccasionSettings):
    """An occasion. Messages about its reservations go to the guest `contact_person_id`, else to its company's."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0199f3c9-2b3c-7d4e-9f50-6b7c8d9e0f1a",
                    **EXAMPLE,
                    "created_at": "2026-11-22T10:00:00Z",
                    "version": 1,
                }
            ]
        }
    )

    id: UUID
    created_at: datetime
    version: int


class OccasionListQuery(ListQuery):
    property_id: PropertyFilter = None
    group: GroupFilter = None
    sort: Literal["created_at", "-created_at"] = "-created_at"


COLUMNS: dict[str, Callable[[PartyRow[OccasionSettings]], Cell]] = {
    "id": lambda row: str(row.id),
    "name": lambda row: row.settings.name,
    "property_id": lambda row: str(row.settings.property_id),
    "begins_on": lambda row: row.settings.begins_on,
    "ends_on": lambda row: row.settings.ends_on,
    "company_id": lambda row: str(row.settings.company_id) if row.settings.company_id else None,
    "contact_person_id": lambda row: str(row.settings.contact_person_id) if row.settings.contact_person_id else None,
    "created_at": lambda row: row.created_at,
}


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/occasions", tags=["Occasions"])
    ports = hote.ports

    @routes.post(
        "",
        status_code=201,
        summary="Add an occasion",
        responses=problems("unauthenticated", "forbidden", "guest-merged"),
    )
    def add(
        new: NewOccasion, caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))], response: Response
    ) -> OccasionView:
        occasion_id = parties.add_party(ports, caller, OccasionSettings(**dict(new)))
        response.headers["Location"] = f"/v1/occasions/{occasion_id}"
        return read(occasion_id, caller, response)

    @routes.get(
        "",
        summary="List the occasions",
        dependencies=[Depends(at_least("settings", hote.runner.progress))],
        response_model=Page[OccasionView],
        responses=AS_TABLE | problems("unauthenticated", "forbidden", "not-acceptable", "not-yet", "exports-busy"),
    )
    def list_(
        request: Request,
        query: Annotated[OccasionListQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))],
    ) -> Page[OccasionView] | Response:
        among = reached(hote, caller, query.property_id, query.group)
        asked = PartyQuery(caller.organisation_id, list(among), newest_first=query.sort == "-created_at")

        def fetch(after: UUID, limit: int) -> list[PartyRow[OccasionSettings]]:
            with hote.pool.connection() as connection:
                return parties_after(connection, OccasionSettings, asked, after, limit)

        return listed(request, query, fetch, view, COLUMNS)

    @routes.get(
        "/{occasion_id}", summary="Read an occasion", responses=problems("unauthenticated", "forbidden", "not-found")
    )
    def read(
        occasion_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))], response: Response
    ) -> OccasionView:
        record = parties.read_party(ports, caller, OccasionSettings, occasion_id)
        response.headers[HOTE_POSITION] = str(record.position)
        response.headers["ETag"] = etag(record.party.version)
        return view(PartyRow(occasion_id, record.party.version, record.created_at, record.party.settings))

    @routes.patch(
        "/{occasion_id}",
        summary="Change an occasion, or who is written to for it",
        responses=problems("unauthenticated", "forbidden", "not-found", "guest-merged", "version-mismatch", "conflict"),
    )
    def change(
        occasion_id: UUID,
        patch: OccasionPatch,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        expected: ExpectedVersion,
        response: Response,
    ) -> OccasionView:
        parties.change_party(
            ports, caller, OccasionSettings, occasion_id, lambda settings: patched(settings, patch), expected=expected
        )
        return read(occasion_id, caller, response)

    return routes


def view(row: PartyRow[OccasionSettings]) -> OccasionView:
    return OccasionView(id=row.id, created_at=row.created_at, version=row.version, **dict(row.settings))
