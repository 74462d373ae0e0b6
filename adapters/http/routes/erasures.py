"""Anonymising guests, one or a list, and what was said by nobody known; and the certificate of an erasure."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.erasures.certificates import ErasureCertificates
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.positions import HOTE_POSITION, PATIENCE
from adapters.http.problems import ProblemError
from application.caller import Caller
from application.erasure import guests
from application.erasure.guests import Erased, Result
from application.erasure.made import read_erasure
from application.erasure.why import Why
from application.erasure.words import anonymise_words
from domain.access import Right
from domain.erasure import About

GUEST_ID = "0199f3c2-0b6f-7a2c-9d35-6f0f8f3f6c02"
ERASURE_ID = "0199f3c4-5a10-7d3e-8c21-0f4b9f0a1c77"
WHY: JsonDict = {"reason": "Demande d'effacement (RGPD, art. 17)", "reference": "2026-0042"}
FILLED_IN_BY_US: JsonDict = {
    "kind": "erasure certificate",
    "erasure_id": ERASURE_ID,
    "guest_id": GUEST_ID,
    "asked_by": "key:0199f3c1-6e0e-7c55-9b0a-6d4f5d1f7a20",
    **WHY,
    "erased_at": "2026-11-21T20:00:00.000Z",
    "log_position": 4711,
    "key_id": "5f0c9d1e2b3a4c5d",
    "signature": "…",
}


class WhyToAnonymise(Why):
    """Both are kept for ever and in clear: names, e-mail addresses and phone numbers in them become `…`."""

    model_config = ConfigDict(json_schema_extra={"examples": [WHY]})


class WhyAndWhom(Why):
    """Reason and reference as for one guest."""

    model_config = ConfigDict(json_schema_extra={"examples": [WHY | {"guest_ids": [GUEST_ID]}]})

    guest_ids: list[UUID] = Field(min_length=1, max_length=1000)


class Begun(BaseModel):
    erasure_id: Annotated[UUID, Field(examples=[ERASURE_ID])]


class Hold(BaseModel):
    """Who keeps the guest from being erased, since when, and on what grounds."""

    held_by: str
    held_since: datetime
    grounds: str


class ErasedView(BaseModel):
    """What became of a guest of the list; `hold` says who keeps one who is `held`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"guest_id": GUEST_ID, "result": "erased", "erasure_id": ERASURE_ID, "hold": None}]
        }
    )

    guest_id: UUID
    result: Result
    erasure_id: UUID | None
    hold: Hold | None


class Results(BaseModel):
    results: list[ErasedView]


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1", tags=["Erasure"])
    ports = hote.ports

    @routes.post(
        "/guests/{guest_id}/anonymise",
        summary="Make a guest's personal data unreadable for ever",
        responses=problems("unauthenticated", "forbidden", "not-found", "legal-hold", "conflict"),
    )
    def anonymise(
        guest_id: UUID,
        why: WhyToAnonymise,
        caller: Annotated[Caller, Depends(allowed(Right.ANONYMISE_GUESTS))],
        response: Response,
    ) -> Begun:
        """Irrevocable; figures stay as they are.

        What was personal is unreadable in the log when the answer comes. It waits up to 5 s for the read models; should
        one take longer, the certificate is pending until it no longer shows the guest.
        """
        return begun(*guests.anonymise_guest(ports, caller, guest_id, why), response)

    @routes.post(
        "/feedback/{feedback_id}/anonymise",
        summary="Make what somebody said who is no known guest unreadable for ever",
        responses=problems("unauthenticated", "forbidden", "not-found", "belongs-to-guest", "conflict"),
    )
    def anonymise_feedback(
        feedback_id: UUID,
        why: WhyToAnonymise,
        caller: Annotated[Caller, Depends(allowed(Right.ANONYMISE_GUESTS))],
        response: Response,
    ) -> Begun:
        """As for a guest: all words of the feedback go, notes and mails among them. A guest's go with the guest."""
        return begun(*anonymise_words(ports, caller, About.FEEDBACK, feedback_id, why), response)

    @routes.post(
        "/quality-costs/{quality_cost_id}/anonymise",
        summary="Make the comment of a quality cost without a known guest unreadable for ever",
        responses=problems("unauthenticated", "forbidden", "not-found", "belongs-to-guest", "conflict"),
    )
    def anonymise_quality_cost(
        quality_cost_id: UUID,
        why: WhyToAnonymise,
        caller: Annotated[Caller, Depends(allowed(Right.ANONYMISE_GUESTS))],
        response: Response,
    ) -> Begun:
        """As for a feedback."""
        return begun(*anonymise_words(ports, caller, About.QUALITY_COST, quality_cost_id, why), response)

    @routes.post(
        "/erasures",
        summary="Anonymise a list of guests",
        responses=problems("unauthenticated", "forbidden", "conflict"),
    )
    def anonymise_many(
        whom: WhyAndWhom,
        caller: Annotated[Caller, Depends(allowed(Right.ANONYMISE_GUESTS))],
        request: Request,
        response: Response,
    ) -> Results:
        """As for one guest. Each is judged alone: one who is held or unknown never holds back the others."""
        results = guests.anonymise_guests(ports, caller, whom.guest_ids, whom)
        held = (each for each in results if each.hold)
        request.state.about = {id_ for each in held for id_ in (each.guest_id, each.held_id) if id_}
        position = max((each.position or 0 for each in results), default=0)
        response.headers[HOTE_POSITION] = str(position)
        wait_for_certificate(hote, position)
        return Results(results=[erased_view(each) for each in results])

    @routes.get(
        "/erasures/{erasure_id}",
        summary="Read the signed certificate of an erasure",
        response_class=Response,
        responses=problems("unauthenticated", "forbidden", "not-found", "certificate-pending")
        | {200: {"content": {"application/json": {"example": FILLED_IN_BY_US}}}},
    )
    def certificate(erasure_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.READ_HISTORY))]) -> Response:
        """These very bytes are signed: keep them as they are. `hote verify-certificate` checks them offline."""
        found = read_erasure(ports, caller, erasure_id)
        if found.certificate is None:
            raise ProblemError("certificate-pending")
        return Response(found.certificate, media_type="application/json")

    def begun(erasure_id: UUID, position: int, response: Response) -> Begun:
        response.headers[HOTE_POSITION] = str(position)
        wait_for_certificate(hote, position)
        return Begun(erasure_id=erasure_id)

    return routes


def wait_for_certificate(hote: Hote, position: int) -> None:
    """Until what was erased at this position is certified, but no longer than a client has patience."""
    hote.certifier.wait_for(ErasureCertificates.name, position, PATIENCE)


def erased_view(erased: Erased) -> ErasedView:
    hold = Hold(**erased.hold._asdict()) if erased.hold else None
    return ErasedView(guest_id=erased.guest_id, result=erased.result, erasure_id=erased.erasure_id, hold=hold)
