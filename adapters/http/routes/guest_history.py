"""/v1/guests/{id}/history and …/export: all that was recorded of a guest, for staff and for the guest."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.languages import preferred
from adapters.http.negotiation import by_preference
from adapters.http.openapi import Json, problems
from adapters.http.pages.guest_export import guest_export
from adapters.http.paging import ListQuery, Page
from adapters.http.problems import ProblemError
from adapters.http.routes.guest_views import EXAMPLE, GUEST_ID, PROPERTY_ID, GuestView
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell, Format, table, wanted
from application import history
from application.caller import Caller
from application.history import Export
from domain.access import Right
from domain.event import Recorded

EVENT: JsonDict = {
    "position": 4711,
    "type": "GuestChanged",
    "recorded_at": "2026-11-21T20:00:00Z",
    "reason": None,
    "data": {"fields": ["level"], "language": "fr", "country": "FR", "profile": {"last_name": "Lefèvre"}},
}
ExportFormat = Literal["json", "html"]
FORMATS: dict[str, ExportFormat] = {
    "application/json": "json", "application/*": "json", "*/*": "json", "text/html": "html", "text/*": "html",
}  # fmt: skip
AS_PAGE: dict[int | str, Json] = {
    200: {"content": {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}}}
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


class ExportedStay(BaseModel):
    property_id: UUID
    property: Annotated[str, Field(description="Its name.")]
    arrival: date | None
    departure: date | None
    room: str | None


class ImportedRow(BaseModel):
    import_id: UUID
    n: int
    cells: dict[str, str]


class ExportView(BaseModel):
    """All that is held on one guest; `position` is that of the last event in it.

    Personal fields of other guests are `{"redacted": "personal data of another guest"}`.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "organisation": "Groupe Rivage",
                    "made_at": "2026-11-21T20:00:00Z",
                    "position": 4711,
                    "guest": EXAMPLE,
                    "stays": [
                        {
                            "property_id": PROPERTY_ID,
                            "property": "Hôtel du Port",
                            "arrival": "2026-11-18",
                            "departure": "2026-11-21",
                            "room": "104",
                        }
                    ],
                    "origin": "import",
                    "imports": [GUEST_ID],
                    "import_rows": [{"import_id": GUEST_ID, "n": 12, "cells": {"Nom": "Lefèvre", "E-mail": "zoe@"}}],
                    "events": [EVENT],
                }
            ]
        }
    )

    organisation: Annotated[str, Field(description="Who is responsible for it.")]
    made_at: datetime
    position: int
    guest: GuestView
    stays: list[ExportedStay]
    origin: Literal["manual", "import", "pms"]
    imports: Annotated[list[UUID], Field(description="Lists that told of the guest.")]
    import_rows: Annotated[list[ImportedRow], Field(description="Rows of lists, not taken in yet or refused.")]
    events: list[EventView]

    @classmethod
    def of(cls, export: Export) -> Self:
        guest = export.record.guest
        return cls(
            organisation=export.organisation.name,
            made_at=export.made_at,
            position=export.position,
            guest=GuestView.of(export.record),
            stays=[
                ExportedStay(property=export.properties[stay.property_id], **stay.model_dump())
                for stay in guest.stays.values()
            ],
            origin=export.origin.value,
            imports=list(export.imports),
            import_rows=[
                ImportedRow(import_id=row.import_id, n=row.number, cells=dict(row.cells)) for row in export.rows
            ],
            events=[
                EventView(
                    position=each.position,
                    type=type(each.event).__name__,
                    recorded_at=each.recorded_at,
                    reason=each.reason,
                    data=history.told_to(guest.id, each.event),
                )
                for each in export.events
            ],
        )


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

    @routes.get(
        "/export",
        summary="Give a guest all that is held on them, as JSON or as a page",
        response_model=ExportView,
        responses=AS_PAGE | problems("unauthenticated", "forbidden", "not-found", "not-acceptable"),
    )
    def export(
        guest_id: UUID,
        caller: Annotated[Caller, Depends(allowed(Right.EXPORT_GUESTS))],
        format_: Annotated[ExportFormat | None, Query(alias="format", description="Overrides `Accept`.")] = None,
        accept: Annotated[str, Header(include_in_schema=False)] = "",
        accept_language: Annotated[str, Header(description="French unless English is preferred.")] = "",
    ) -> Response:
        chosen = format_ or preferred_format(accept)
        found = history.export_guest(hote.ports, hote.imports.telling_of, caller, guest_id)
        view = ExportView.of(found)
        if chosen == "html":
            language = preferred(accept_language or "fr")
            answer: Response = guest_export(found, language, view.guest.model_dump(), view.stays, view.events)
        else:
            name = f"hote-guest-{guest_id}.json"
            answer = Response(view.model_dump_json(indent=2), media_type="application/json")
            answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Vary"] = "Accept, Accept-Language"
        return answer

    return routes


def row(item: HistoryItem) -> list[Cell]:
    cells = item.model_dump(mode="json") | {"recorded_at": item.recorded_at, "data": orjson.dumps(item.data).decode()}
    return [cells[column] for column in COLUMNS]


def preferred_format(accept: str) -> ExportFormat:
    """Raises `not-acceptable`."""
    choices = (FORMATS[choice] for choice in by_preference(accept or "*/*") if choice in FORMATS)
    if format_ := next(choices, None):
        return format_
    raise ProblemError("not-acceptable")
