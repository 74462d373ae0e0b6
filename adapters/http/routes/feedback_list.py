"""GET /v1/feedback, the list and the overview page; and /v1/guests/{id}/feedback."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.paging import ListQuery, Page
from adapters.http.routes.feedback_pages import LIST_PROBLEMS, answered, followed, reached
from adapters.http.routes.feedback_views import FeedbackSummary
from adapters.http.routes.table_formats import AS_TABLE
from application.caller import Caller
from application.guests import read_guest
from domain.access import Right
from domain.feedback import Kind, Origin
from domain.label import Label
from projections.inbox.query import said


class FeedbackQuery(ListQuery):
    view: Annotated[
        Literal["overview"] | None,
        Field(description="What is open, and what was resolved lately: until midnight, or as the property sets."),
    ] = None
    kind: Kind | None = None
    origin: Origin | None = None
    property_id: Annotated[UUID | None, Field(description="Feedback of this property.")] = None
    group: Annotated[Label | None, Field(max_length=60, description="Of the properties of this group.")] = None
    code_id: UUID | None = None
    room: Annotated[Label | None, Field(max_length=20)] = None
    guest_id: UUID | None = None
    resolved: bool | None = None
    day_from: Annotated[date | None, Field(alias="day[gte]")] = None
    day_before: Annotated[date | None, Field(alias="day[lt]")] = None


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1", tags=["Feedback"])
    responses = AS_TABLE | problems(*LIST_PROBLEMS)

    @routes.get(
        "/feedback",
        summary="List feedback, the newest first; as the overview page: open ✗, resolved ✓",
        dependencies=followed(hote),
        response_model=Page[FeedbackSummary],
        responses=responses,
    )
    def list_(
        request: Request,
        query: Annotated[FeedbackQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_FEEDBACK))],
    ) -> Page[FeedbackSummary] | Response:
        return newest_first(request, query, caller)

    @routes.get(
        "/guests/{guest_id}/feedback",
        summary="List what a guest said, the newest first",
        dependencies=followed(hote),
        response_model=Page[FeedbackSummary],
        responses=AS_TABLE | problems(*LIST_PROBLEMS, "not-found"),
    )
    def of_guest(
        guest_id: UUID,
        request: Request,
        query: Annotated[ListQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_FEEDBACK))],
    ) -> Page[FeedbackSummary] | Response:
        read_guest(hote.ports, caller, guest_id)
        return newest_first(request, FeedbackQuery(**dict(query), guest_id=guest_id), caller)

    def newest_first(request: Request, query: FeedbackQuery, caller: Caller) -> Page[FeedbackSummary] | Response:
        now = hote.ports.now()
        among = reached(hote, caller, query.property_id, query.group)
        asked = said(
            {hotel.id: hotel.shows_resolved_from(now) for hotel in among.values()},
            {
                "kind": query.kind,
                "origin": query.origin,
                "code": query.code_id,
                "room": query.room,
                "guest": query.guest_id,
            },
            resolved=query.resolved,
            from_day=query.day_from,
            before_day=query.day_before,
            overview=query.view == "overview",
        )
        return answered(hote, request, query, asked, lambda item: FeedbackSummary.of(item, among[item.property], now))

    return routes
