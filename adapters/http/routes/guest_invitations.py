"""/v1/guests/{id}/invitations, and an end to the communication with a guest."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.languages import preferred
from adapters.http.openapi import problems
from adapters.http.positions import HOTE_POSITION
from adapters.http.preconditions import ExpectedVersion
from adapters.http.routes.invitation_views import InvitationsByStay, StayInvitations
from application.caller import Caller
from application.guest_invitations import read_invitations_of_guest
from application.invitations import cancel_communication
from domain.access import Right

READ_PROBLEMS = ("unauthenticated", "forbidden", "not-found")


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/guests/{guest_id}", tags=["Invitations"])

    @routes.get(
        "/invitations",
        summary="Tell what became of each message to a guest, why one was not sent, and what can be done now",
        responses=problems(*READ_PROBLEMS),
    )
    def read(
        guest_id: UUID, request: Request, caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))]
    ) -> InvitationsByStay:
        language = preferred(request.headers.get("accept-language", ""))
        told = read_invitations_of_guest(hote.ports, caller, guest_id)
        return InvitationsByStay(items=[StayInvitations.of(each, language) for each in told])

    @routes.post(
        "/cancel-communication",
        status_code=204,
        summary="Send a guest nothing more about the stays that are known now",
        responses=problems(*READ_PROBLEMS, "guest-forgotten", "nothing-to-cancel", "version-mismatch", "conflict"),
    )
    def cancel(
        guest_id: UUID,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        expected: ExpectedVersion,
        response: Response,
    ) -> None:
        position = cancel_communication(hote.ports, caller, guest_id, expected=expected)
        response.headers[HOTE_POSITION] = str(position)

    return routes
