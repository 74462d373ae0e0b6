"""/v1/invitations: every message before or after a stay and what became of it; cancel one, remind of one."""

from collections.abc import Callable, Mapping
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, Field

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.languages import preferred
from adapters.http.openapi import problems
from adapters.http.paging import GroupFilter, GuestFilter, ListQuery, Page, PropertyFilter
from adapters.http.positions import HOTE_POSITION, at_least
from adapters.http.preconditions import ExpectedVersion
from adapters.http.routes.invitation_views import InvitationView
from adapters.http.routes.listing import LIST_PROBLEMS, answered, reached
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell
from application import invitations
from application.caller import Caller
from domain.access import Right
from domain.invitation import Message
from domain.invitation_states import State
from domain.label import Label
from domain.property import Channel
from projections.invitation_status import queries
from projections.invitation_status.query import InvitationQuery
from projections.invitation_status.row import Row

COLUMNS: Mapping[str, Callable[[InvitationView], Cell]] = {
    "id": lambda view: str(view.id),
    "property_id": lambda view: str(view.property_id),
    "guest_id": lambda view: str(view.guest_id),
    "stay_id": lambda view: str(view.stay_id),
    "message": lambda view: view.message,
    "state": lambda view: view.state,
    "due_at": lambda view: view.due_at,
    "reason": lambda view: view.reason.code if view.reason else None,
    "channel": lambda view: view.channel,
    "portal": lambda view: view.portal,
    "language": lambda view: view.language,
    "sent_at": lambda view: view.sent_at,
    "remind_at": lambda view: view.remind_at,
    "reminders": lambda view: view.reminders,
    "bounces": lambda view: view.bounces,
    "bounce_status": lambda view: view.bounce_status,
    "clicked_at": lambda view: view.clicked_at,
    "reviewed_at": lambda view: view.reviewed_at,
    "feedback_id": lambda view: str(view.feedback_id) if view.feedback_id else None,
    "updated_at": lambda view: view.updated_at,
}
"""Of the table, by title; times are UTC."""

PROBLEMS = ("unauthenticated", "forbidden", "not-found", "invitation-state", "version-mismatch", "conflict")


class InvitationListQuery(ListQuery):
    state: Annotated[State | None, Field(description="What was never scheduled is in no list.")] = None
    message: Annotated[Message | None, Field(description="Before a stay, or the one after it.")] = None
    channel: Annotated[Channel | None, Field(description="By which it was sent.")] = None
    portal: Annotated[Label | None, Field(max_length=60, description="To which it leads.")] = None
    property_id: PropertyFilter = None
    group: GroupFilter = None
    guest_id: GuestFilter = None
    due_from: Annotated[AwareDatetime | None, Field(alias="due_at[gte]", description="Due then or later.")] = None
    due_before: Annotated[AwareDatetime | None, Field(alias="due_at[lt]", description="Due before that.")] = None
    sent_from: Annotated[AwareDatetime | None, Field(alias="sent_at[gte]", description="Sent then or later.")] = None
    sent_before: Annotated[AwareDatetime | None, Field(alias="sent_at[lt]", description="Sent before that.")] = None
    sort: Annotated[
        Literal["updated_at", "-updated_at", "due_at", "-due_at", "sent_at", "-sent_at"],
        Field(description="With `-`, the latest first. What has no such time counts as the earliest."),
    ] = "-updated_at"


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/invitations", tags=["Invitations"])

    @routes.get(
        "",
        summary="List the invitations, filtered and sorted",
        dependencies=[Depends(at_least(name, hote.runner.progress)) for name in ("invitation_status", "settings")],
        response_model=Page[InvitationView],
        responses=AS_TABLE | problems(*LIST_PROBLEMS),
    )
    def list_(
        request: Request,
        query: Annotated[InvitationListQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))],
    ) -> Page[InvitationView] | Response:
        language = preferred(request.headers.get("accept-language", ""))

        def view(row: Row) -> InvitationView:
            return InvitationView.of(row, language)

        return answered(hote, request, query, queries, as_asked(hote, caller, query), COLUMNS, view)

    @routes.post(
        "/{invitation_id}/cancel",
        status_code=204,
        summary="Cancel a message that is still to be sent",
        responses=problems(*PROBLEMS),
    )
    def cancel(
        invitation_id: UUID,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        expected: ExpectedVersion,
        response: Response,
    ) -> None:
        position = invitations.cancel_invitation(hote.ports, caller, invitation_id, expected=expected)
        response.headers[HOTE_POSITION] = str(position)

    @routes.post(
        "/{invitation_id}/remind",
        status_code=204,
        summary="Remind a guest now of the invitation to review, also after an automatic reminder",
        responses=problems(*PROBLEMS, "guest-forgotten", "not-to-be-written-to"),
    )
    def remind(
        invitation_id: UUID,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        expected: ExpectedVersion,
        response: Response,
    ) -> None:
        position = invitations.remind(hote.ports, caller, invitation_id, expected=expected)
        response.headers[HOTE_POSITION] = str(position)

    return routes


def as_asked(hote: Hote, caller: Caller, query: InvitationListQuery) -> InvitationQuery:
    equal = {
        "state": query.state,
        "message": query.message,
        "channel": query.channel,
        "portal": query.portal,
        "guest": query.guest_id,
    }
    return InvitationQuery(
        properties=list(reached(hote, caller, query.property_id, query.group)),
        equal={column: value for column, value in equal.items() if value is not None},
        due_from=query.due_from,
        due_before=query.due_before,
        sent_from=query.sent_from,
        sent_before=query.sent_before,
        sort=query.sort,
    )
