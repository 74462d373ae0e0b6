"""/v1/guests/{id}/history: all that was recorded of a guest, for staff who must know how it came."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.paging import ListQuery, Page
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell, Format, table, wanted
from application import history
from application.caller import Caller
from domain.access import Right
from domain.event import Recorded

EVENT: JsonDict = {
    "position": 4711,
    "type": "GuestChanged",
    "recorded_at": "2026-11-21T20:00:00Z",
    "reason": None,
    "data": {"fields": ["level"], "language": "fr", "country": "FR", "profile": {"last_name": "Lefèvre"}},
}


class HistoryQuery(ListQuery):
    cursor: Annotated[str | None, Field(pattern="^[0-9]{1,19}$", description="`next` of the page before.")] = None
    as_of: Annotated[AwareDatetime | None, Field(description="Events recorded by then. RFC 3339, with offset.")] = None


class EventView(BaseModel):
    """An event; `data` are its own fields, of which erased personal ones are null."""

    position: int
    type: str
    recorded_at: datetime
    reason: str | None
    data: dict[str, object]


class HistoryItem(EventView):
    """An event of a guest, or of what belongs to them; `hash` is hexadecimal."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                EVENT
                | {
                    "version": 2,
                    "actor": "key:0199f3c1-9a58-7d0c-a5b4-93c3ff4d3c1e",
                    "property_id": None,
                    "correlation_id": "0199f3c2-0b6f-7a2c-9d35-6f0f8f3f6c03",
                    "causation_id": None,
                    "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                }
            ]
        }
    )

    version: int
    actor: str
    property_id: UUID | None
    correlation_id: UUID
    causation_id: Annotated[UUID | None, Field(description="The import whose row it tells.")]
    hash: str

    @classmethod
    def of(cls, recorded: Recorded) -> Self:
        return cls(
            position=recorded.position,
            version=recorded.event.originator_version,
            type=type(recorded.event).__name__,
            recorded_at=recorded.recorded_at,
            actor=recorded.actor,
            property_id=recorded.property_id,
            correlation_id=recorded.correlation_id,
            causation_id=recorded.causation_id,
            reason=recorded.reason,
            data=history.told(recorded.event),
            hash=recorded.hash.hex(),
        )


COLUMNS = (
    "position", "version", "type", "recorded_at", "actor", "property_id", "correlation_id", "causation_id", "reason",
    "data", "hash",
)  # fmt: skip


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/guests/{guest_id}", tags=["Guests"])

    @routes.get(
        "/history",
        summary="List what was recorded of a guest, also of one anonymised or deleted",
        response_model=Page[HistoryItem],
        responses=AS_TABLE
        | problems("unauthenticated", "forbidden", "not-found", "not-acceptable", "exports-busy", "invalid"),
    )
    def history_(
        guest_id: UUID,
        request: Request,
        query: Annotated[HistoryQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_HISTORY))],
    ) -> Page[HistoryItem] | Response:
        events = history.read_history(hote.ports, caller, guest_id, as_of=query.as_of)
        format_ = wanted(query.format, request.headers.get("accept", ""))
        if format_ is not Format.JSON:
            return table(format_, "history", COLUMNS, (row(HistoryItem.of(each)) for each in events))
        left = [each for each in events if each.position > int(query.cursor or 0)]
        page = left[: query.limit]
        return Page(
            items=[HistoryItem.of(each) for each in page],
            next=str(page[-1].position) if len(left) > len(page) else None,
            total=len(events) if query.count else None,
        )

    return routes


def row(item: HistoryItem) -> list[Cell]:
    cells = item.model_dump(mode="json") | {"recorded_at": item.recorded_at, "data": orjson.dumps(item.data).decode()}
    return [cells[column] for column in COLUMNS]
