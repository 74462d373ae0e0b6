"""/v1/invitations: every message before or after a stay and what became of it; cancel one, remind of one."""

from collections.abc import Callable, Iterator, Mapping
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
from adapters.http.problems import FieldError, ProblemError
from adapters.http.routes.invitation_views import InvitationView
from adapters.http.routes.listing import LIST_PROBLEMS, reached
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell, Format, table, wanted
from application import invitations
from application.caller import Caller
from domain.access import Right
from domain.invitation import Message
from domain.inviting import State
from domain.label import Label
from domain.property import Channel
from projections.cursor import BadCursor
from projections.invitation_status import queries
from projections.invitation_status.query import InvitationQuery
from projections.invitation_status.row import Row

COLUMNS: Mapping[str, Callable[[Row], Cell]] = {
    "id": lambda row: str(row.invitation),
    "property_id": lambda row: str(row.property),
    "guest_id": lambda row: str(row.guest),
    "stay_id": lambda row: str(row.stay),
    "message": lambda row: row.message,
    "state": lambda row: row.state,
    "due_at": lambda row: row.due_at,
    "reason": lambda row: row.reason,
    "channel": lambda row: row.channel,
    "portal": lambda row: row.portal,
    "language": lambda row: row.language,
    "sent_at": lambda row: row.sent_at,
    "remind_at": lambda row: row.remind_at,
    "reminders": lambda row: row.reminders,
    "bounces": lambda row: row.bounces,
    "bounce_status": lambda row: row.bounce_status,
    "clicked_at": lambda row: row.clicked_at,
    "reviewed_at": lambda row: row.reviewed_at,
    "feedback_id": lambda row: str(row.feedback) if row.feedback else None,
    "updated_at": lambda row: row.updated_at,
}
"""Of the table, by title; times are UTC."""

PROBLEMS = ("unauthenticated", "forbidden", "not-found", "invitation-state", "version-mismatch", "conflict")


class InvitationListQuery(ListQuery):
    state: Annotated[State | None, Field(description="What was never scheduled is in no list.")] = None
    message: Message | None = None
    channel: Annotated[Channel | None, Field(description="By which it was sent.")] = None
    portal: Annotated[Label | None, Field(max_length=60, description="To which it leads.")] = None
    property_id: PropertyFilter = None
    group: GroupFilter = None
    guest_id: GuestFilter = None
    due_from: Annotated[AwareDatetime | None, Field(alias="due_at[gte]")] = None
    due_before: Annotated[AwareDatetime | None, Field(alias="due_at[lt]")] = None
    sent_from: Annotated[AwareDatetime | None, Field(alias="sent_at[gte]")] = None
    sent_before: Annotated[AwareDatetime | None, Field(alias="sent_at[lt]")] = None
    sort: Literal["updated_at", "-updated_at", "due_at", "-due_at", "sent_at", "-sent_at"] = "-updated_at"


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
        asked = as_asked(hote, caller, query)
        format_ = wanted(query.format, request.headers.get("accept", ""))
        if format_ is not Format.JSON:
            return table(format_, "invitations", list(COLUMNS), rows(asked))
        try:
            with hote.pool.connection() as connection:
                page = queries.page(connection, asked, query.limit, query.cursor)
                total = queries.count(connection, asked) if query.count else None
        except BadCursor as error:
            wrong = FieldError(parameter="cursor", code="cursor-invalid", detail="Send `next` of the page before.")
            raise ProblemError("invalid", errors=[wrong]) from error
        language = preferred(request.headers.get("accept-language", ""))
        return Page(items=[InvitationView.of(row, language) for row in page.items], next=page.next, total=total)

    def rows(asked: InvitationQuery) -> Iterator[list[Cell]]:
        with hote.pool.connection() as connection:
            for row in queries.stream(connection, asked):
                yield [cell(row) for cell in COLUMNS.values()]

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
