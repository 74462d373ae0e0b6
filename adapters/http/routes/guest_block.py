"""/v1/guests/{id}/block: says that a guest is not welcome, or is again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.positions import HOTE_POSITION
from adapters.http.preconditions import ExpectedVersion
from adapters.http.routes.guest_views import Block
from application.blocking import block_guest, unblock_guest
from application.caller import Caller
from domain.access import Right

MAY_BLOCK = Depends(allowed(Right.WRITE_GUESTS))
PROBLEMS = problems(
    "unauthenticated", "forbidden", "not-found", "guest-forgotten", "version-mismatch", "conflict", "invalid"
)


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/guests/{guest_id}/block", tags=["Guests"])

    @routes.put(
        "",
        status_code=204,
        summary="Block a guest; a further block takes the place of the one before",
        responses=PROBLEMS,
    )
    def block(
        guest_id: UUID,
        block: Block,
        caller: Annotated[Caller, MAY_BLOCK],
        expected: ExpectedVersion,
        response: Response,
    ) -> None:
        position = block_guest(hote.ports, caller, guest_id, block.reason, block.until, expected=expected)
        response.headers[HOTE_POSITION] = str(position)

    @routes.delete("", status_code=204, summary="Unblock a guest", responses=PROBLEMS)
    def unblock(
        guest_id: UUID, caller: Annotated[Caller, MAY_BLOCK], expected: ExpectedVersion, response: Response
    ) -> None:
        position = unblock_guest(hote.ports, caller, guest_id, expected=expected)
        response.headers[HOTE_POSITION] = str(position)

    return routes
