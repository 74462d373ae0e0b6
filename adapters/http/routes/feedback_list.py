"""GET /v1/feedback, the list and the overview page; and /v1/guests/{id}/feedback."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.paging import (
    BeforeDay,
    CodeFilter,
    FromDay,
    GroupFilter,
    GuestFilter,
    ListQuery,
    Page,
    PropertyFilter,
    RoomFilter,
)
from adapters.http.routes.feedback_summary import COLUMNS, FeedbackSummary
from adapters.http.routes.listing import LIST_PROBLEMS, answered, followed, reached
from adapters.http.routes.table_formats import AS_TABLE
from application.caller import Caller
from application.guests import read_guest
from domain.access import Right
from domain.feedback import Kind, Origin
from projections.inbox import queries
from projections.inbox.queries import Item
from projections.inbox.query import said


class FeedbackQuery(ListQuery):
    view: Annotated[
        Literal["overview"] | None,
        Field(description="What is open, and what was resolved lately: until midnight, or as the property sets."),
    ] = None
    kind: Annotated[Kind | None, Field(description="What praises, or what complains.")] = None
    origin: Annotated[Origin | None, Field(description="How it came.")] = None
    property_id: PropertyFilter = None
    group: GroupFilter = None
    code_id: CodeFilter = None
    room: RoomFilter = None
    guest_id: GuestFilter = None
    resolved: Annotated[bool | None, Field(description="What is settled, or what is open.")] = None
    day_from: FromDay = None
    day_before: BeforeDay = None


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
            {id_: clock.shows_resolved_from(now) for id_, clock in among.items()},
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

        def view(item: Item) -> FeedbackSummary:
            return FeedbackSummary.of(item, among[item.property], now)

        return answered(hote, request, query, queries, asked, COLUMNS, view)

    return routes
