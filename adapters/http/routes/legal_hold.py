"""/v1/guests/{id}/legal-hold: keeps a guest from being erased while, say, a dispute is pending."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.positions import HOTE_POSITION
from adapters.http.preconditions import ExpectedVersion
from application import legal_hold
from application.caller import Caller
from application.text import one_line
from domain.access import Right

MAY_ERASE = Depends(allowed(Right.ANONYMISE_GUESTS))
PROBLEMS = problems("unauthenticated", "forbidden", "not-found", "guest-forgotten", "version-mismatch", "conflict")


def cleaned(value: object) -> object:
    return one_line(value) if isinstance(value, str) else value


class Grounds(BaseModel):
    """Who reads the guest's history reads the grounds too, until the hold is lifted and the guest erased."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"grounds": "Litige 2026-118, dégât des eaux"}]}
    )

    grounds: Annotated[str, Field(min_length=1, max_length=500), BeforeValidator(cleaned)]


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/guests/{guest_id}/legal-hold", tags=["Erasure"])

    @routes.put(
        "",
        status_code=204,
        summary="Keep a guest from being erased; a further hold takes the place of the one before",
        responses=PROBLEMS,
    )
    def place(
        guest_id: UUID,
        why: Grounds,
        caller: Annotated[Caller, MAY_ERASE],
        expected: ExpectedVersion,
        response: Response,
    ) -> None:
        position = legal_hold.place_hold(hote.ports, caller, guest_id, why.grounds, expected=expected)
        response.headers[HOTE_POSITION] = str(position)

    @routes.delete("", status_code=204, summary="Lift the legal hold of a guest", responses=PROBLEMS)
    def lift(
        guest_id: UUID, caller: Annotated[Caller, MAY_ERASE], expected: ExpectedVersion, response: Response
    ) -> None:
        position = legal_hold.lift_hold(hote.ports, caller, guest_id, expected=expected)
        response.headers[HOTE_POSITION] = str(position)

    return routes
