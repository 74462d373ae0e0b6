"""/v1/retention: who was kept for as long as the rules allow, and erasing them."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, StrictBool
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.erasures.retention import START, sweep
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.positions import HOTE_POSITION
from adapters.http.routes.erasures import Hold, wait_for_certificate
from application.caller import Caller
from application.erasure.guests import Result
from application.retention import Finding
from domain.access import Right
from domain.policies.retention import CNIL, RetentionRule

MOST = 1_000
"""Guests that one call looks at."""

GUEST_ID = "0199f3c2-0b6f-7a2c-9d35-6f0f8f3f6c02"
RULE: JsonDict = {"country": None, "years": CNIL.years, "source": CNIL.source}
EXAMPLE: JsonDict = {
    "dry_run": True,
    "today": "2026-11-21",
    "rules": [RULE],
    "results": [
        {
            "guest_id": GUEST_ID,
            "last_contact": "2023-08-14",
            "rule": RULE,
            "due_since": "2026-08-14",
            "result": "held",
            "erasure_id": None,
            "hold": {"held_by": "key:0199f3c1", "held_since": "2026-01-12T09:30:00Z", "grounds": "Litige 2026-118"},
        }
    ],
    "next": None,
}


class RetentionRun(BaseModel):
    """`dry_run` false erases. `cursor` is the `next` of the call before."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"dry_run": True}]})

    dry_run: StrictBool = True
    cursor: UUID | None = None


class RetentionResult(BaseModel):
    """A guest who is due. `kept` were so no more at the moment of erasing, as somebody recorded a stay."""

    guest_id: UUID
    last_contact: date
    rule: RetentionRule
    due_since: date
    result: Literal["due"] | Result
    erasure_id: UUID | None
    hold: Hold | None

    @classmethod
    def of(cls, finding: Finding) -> Self:
        return cls(
            guest_id=finding.guest_id,
            last_contact=finding.due.last_contact,
            rule=finding.due.rule,
            due_since=finding.due.since,
            result=finding.result,
            erasure_id=finding.erasure_id,
            hold=Hold(**finding.hold._asdict()) if finding.hold else None,
        )


class RetentionRunView(BaseModel):
    """The rules in force, of which a guest's own country's goes first, and who of up to 1,000 guests is due.

    With a `next`, others were not looked at: send it as `cursor`. It also leads past guests who are held.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    dry_run: bool
    today: date
    rules: list[RetentionRule]
    results: list[RetentionResult]
    next: UUID | None


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/retention", tags=["Erasure"])

    @routes.post(
        "",
        summary="Find the guests kept for as long as the rules allow, and erase them unless dry_run",
        responses=problems("unauthenticated", "forbidden", "conflict", "not-yet"),
    )
    def run(
        asked: RetentionRun,
        caller: Annotated[Caller, Depends(allowed(Right.ANONYMISE_GUESTS))],
        request: Request,
        response: Response,
    ) -> RetentionRunView:
        """Each guest is judged alone, again at the moment of erasing. Guests under a legal hold stay, and are shown."""
        found = sweep(hote, caller, erase=not asked.dry_run, after=asked.cursor or START, limit=MOST)
        request.state.about = {finding.guest_id for finding in found.findings if finding.hold}
        if found.position is not None:
            response.headers[HOTE_POSITION] = str(found.position)
            wait_for_certificate(hote, found.position)
        return RetentionRunView(
            dry_run=asked.dry_run,
            today=found.today,
            rules=list(found.rules),
            results=[RetentionResult.of(finding) for finding in found.findings],
            next=found.next,
        )

    return routes
