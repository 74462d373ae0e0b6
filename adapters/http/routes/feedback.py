"""/v1/feedback: what guests say, recorded, read, settled."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.languages import Language, preferred
from adapters.http.openapi import problems
from adapters.http.preconditions import ExpectedVersion
from adapters.http.routes.feedback_detail import FeedbackView, shown
from adapters.http.routes.listing import followed
from application import settling
from application.caller import Caller
from application.feedback import FeedbackEntry, record_feedback
from application.settling import ResolutionEntry
from domain.access import Right
from domain.feedback import Kind
from domain.prose import Prose
from projections.inbox.queries import open_complaints

MAY_RECORD = Depends(allowed(Right.RECORD_FEEDBACK))
READ_PROBLEMS = ("unauthenticated", "forbidden", "not-found", "header-invalid")
SETTLING_PROBLEMS = (*READ_PROBLEMS, "invalid", "guest-forgotten", "version-mismatch", "conflict")
WARNING_PATIENCE = 1.0
"""Seconds to wait for the inbox to know of earlier complaints."""


OPEN_COMPLAINT: dict[Language, str] = {
    "en": "The same room or guest has an open complaint already.",
    "fr": "La même chambre ou le même client a déjà une réclamation ouverte.",
}


class OpenComplaint(BaseModel):
    """The same room or guest has an open complaint already; the new one is recorded nevertheless."""

    code: Literal["open-complaint"] = "open-complaint"
    detail: str
    feedback_ids: list[UUID]


class RecordedFeedback(FeedbackView):
    """The new feedback; `warnings` tell what staff should know."""

    warnings: list[OpenComplaint]


class ReasonEntry(BaseModel):
    """Why a compensation is refused, or a feedback reopened."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Le bruit a repris."}]})

    reason: Prose


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/feedback", tags=["Feedback"])
    ports = hote.ports

    @routes.post(
        "",
        status_code=201,
        summary="Record a praise, a complaint, a review or a message, settled at once or open",
        responses=problems("unauthenticated", "forbidden", "not-found", "invalid", "guest-forgotten", "conflict"),
    )
    def record(
        request: Request, entry: FeedbackEntry, caller: Annotated[Caller, MAY_RECORD], response: Response
    ) -> RecordedFeedback:
        before = complaints(caller, entry)
        feedback_id, _ = record_feedback(ports, caller, entry)
        recorded = shown(hote, caller, feedback_id, response)
        response.headers["Location"] = f"{routes.prefix}/{feedback_id}"
        warning = OPEN_COMPLAINT[preferred(request.headers.get("accept-language", ""))]
        warnings = [OpenComplaint(detail=warning, feedback_ids=before)]
        return RecordedFeedback(**dict(recorded), warnings=warnings if before else [])

    @routes.get(
        "/{feedback_id}",
        summary="One feedback with all that was done about it",
        responses=problems(*READ_PROBLEMS, "not-yet"),
        dependencies=followed(hote),
    )
    def read(
        feedback_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.READ_FEEDBACK))], response: Response
    ) -> FeedbackView:
        return shown(hote, caller, feedback_id, response)

    @routes.post(
        "/{feedback_id}/resolution",
        summary="Settle a feedback; what is beyond your limit waits for approval",
        responses=problems(*SETTLING_PROBLEMS, "already-resolved", "approval-pending"),
    )
    def resolve(
        feedback_id: UUID,
        entry: ResolutionEntry,
        caller: Annotated[Caller, MAY_RECORD],
        expected: ExpectedVersion,
        response: Response,
    ) -> FeedbackView:
        settling.resolve_feedback(ports, caller, feedback_id, entry, expected=expected)
        return shown(hote, caller, feedback_id, response)

    @routes.post(
        "/{feedback_id}/resolution/approve",
        summary="Approve a compensation that is beyond its author's limit",
        responses=problems(*SETTLING_PROBLEMS, "nothing-proposed"),
    )
    def approve(
        feedback_id: UUID, caller: Annotated[Caller, MAY_RECORD], expected: ExpectedVersion, response: Response
    ) -> FeedbackView:
        settling.approve_compensation(ports, caller, feedback_id, expected=expected)
        return shown(hote, caller, feedback_id, response)

    @routes.post(
        "/{feedback_id}/resolution/refuse",
        summary="Refuse a compensation that is beyond its author's limit",
        responses=problems(*SETTLING_PROBLEMS, "nothing-proposed"),
    )
    def refuse(
        feedback_id: UUID,
        why: ReasonEntry,
        caller: Annotated[Caller, MAY_RECORD],
        expected: ExpectedVersion,
        response: Response,
    ) -> FeedbackView:
        settling.refuse_compensation(ports, caller, feedback_id, why.reason, expected=expected)
        return shown(hote, caller, feedback_id, response)

    @routes.post(
        "/{feedback_id}/reopen",
        summary="Reopen a feedback that its resolution did not settle",
        responses=problems(*SETTLING_PROBLEMS, "not-resolved"),
    )
    def reopen(
        feedback_id: UUID,
        why: ReasonEntry,
        caller: Annotated[Caller, MAY_RECORD],
        expected: ExpectedVersion,
        response: Response,
    ) -> FeedbackView:
        settling.reopen_feedback(ports, caller, feedback_id, why.reason, expected=expected)
        return shown(hote, caller, feedback_id, response)

    def complaints(caller: Caller, entry: FeedbackEntry) -> list[UUID]:
        """Those of the same room or guest that are open before this one."""
        if entry.told_kind is Kind.POSITIVE or not (entry.room or entry.guest_id):
            return []
        _, last = hote.runner.progress("inbox")
        hote.runner.wait_for("inbox", last, WARNING_PATIENCE)
        with hote.pool.connection() as connection:
            return open_complaints(
                connection, caller.organisation_id, entry.property_id, room=entry.room, guest_id=entry.guest_id
            )

    return routes
