"""/v1/guests/{id}/export: all that is held on a guest, for the guest."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.languages import preferred
from adapters.http.negotiation import by_preference
from adapters.http.openapi import Json, problems
from adapters.http.pages.guest_export import guest_export
from adapters.http.problems import ProblemError
from adapters.http.routes.guest_history import EVENT, EventView
from adapters.http.routes.guest_views import EXAMPLE, GUEST_ID, PROPERTY_ID, GuestView, StayView
from application import history
from application.caller import Caller
from application.history import Export
from domain.access import Right

ExportFormat = Literal["json", "html"]
FORMATS: dict[str, ExportFormat] = {
    "application/json": "json", "application/*": "json", "*/*": "json", "text/html": "html", "text/*": "html",
}  # fmt: skip
AS_PAGE: dict[int | str, Json] = {
    200: {"content": {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}}}
}


class ExportedStay(StayView):
    property: Annotated[str, Field(description="Its name.")]


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
                    "names": {PROPERTY_ID: "Hôtel du Port"},
                }
            ]
        }
    )

    organisation: Annotated[str, Field(description="Who is responsible for it.")]
    made_at: datetime
    position: int
    guest: GuestView
    stays: list[ExportedStay]
    origin: Literal["manual", "import", "pms", "reservation"]
    imports: Annotated[list[UUID], Field(description="Lists that told of the guest.")]
    import_rows: Annotated[list[ImportedRow], Field(description="Rows of lists, not taken in yet or refused.")]
    events: list[EventView]
    names: Annotated[dict[UUID, str], Field(description="Of the properties, codes and items in the events.")]

    @classmethod
    def of(cls, export: Export) -> Self:
        guest = export.record.guest
        return cls(
            organisation=export.organisation.name,
            made_at=export.made_at,
            position=export.position,
            guest=GuestView.of(export.record, export.made_at.date()),
            stays=[
                ExportedStay(property=export.names[stay.property_id], **StayView.model_validate(stay).model_dump())
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
                    data=history.told_to(export.theirs, each.event),
                )
                for each in export.events
            ],
            names=export.names,
        )


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/guests/{guest_id}/export", tags=["Guests"])

    @routes.get(
        "",
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
            language = preferred(f"{accept_language}, fr;q=0.001")
            answer: Response = guest_export(found, language, view.guest.model_dump(), view.stays, view.events)
        else:
            name = f"hote-guest-{guest_id}.json"
            answer = Response(view.model_dump_json(indent=2), media_type="application/json")
            answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Vary"] = "Accept, Accept-Language"
        return answer

    return routes


def preferred_format(accept: str) -> ExportFormat:
    """Raises `not-acceptable`."""
    choices = (FORMATS[choice] for choice in by_preference(accept or "*/*") if choice in FORMATS)
    if format_ := next(choices, None):
        return format_
    raise ProblemError("not-acceptable")
