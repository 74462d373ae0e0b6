"""/v1/feedback/{id}/…: what staff do with a feedback in the inbox, each step with who and when."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.preconditions import ExpectedVersion
from adapters.http.routes.feedback_detail import FeedbackView, shown
from application import handling
from application.caller import Caller
from application.handling import (
    CallEntry,
    DelegateEntry,
    HoldEntry,
    NoteEntry,
    ShareEntry,
    TransferEntry,
)
from application.replying import ReplyEntry, reply_to_feedback
from domain.access import Right

MayHandle = Annotated[Caller, Depends(allowed(Right.HANDLE_FEEDBACK))]
PROBLEMS = ("unauthenticated", "forbidden", "not-found", "header-invalid", "version-mismatch", "conflict")
WRITING = (*PROBLEMS, "invalid", "guest-forgotten")
STEPS = {
    "release": "Give up a feedback that was claimed, so that others can claim it",
    "resume": "Go on with a feedback that was on hold",
    "done": "Put a feedback away as done",
    "spam": "Put a feedback away as spam",
    "restore": "Bring a feedback back into the inbox",
}


class ClaimEntry(BaseModel):
    """For whom it is claimed, where several share a key."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}]})

    employee_id: UUID | None = None


FOR_ONESELF = ClaimEntry()
NO_NOTE = HoldEntry()
TO_CUSTOMER_SERVICE = DelegateEntry()


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/feedback/{feedback_id}", tags=["Inbox"])
    ports = hote.ports

    @routes.post(
        "/claim",
        summary="Claim a feedback: the first who does handles it, the others are told who that is",
        responses=problems(*PROBLEMS, "invalid", "claim-taken", "feedback-state"),
    )
    def claim(
        feedback_id: UUID,
        caller: MayHandle,
        expected: ExpectedVersion,
        response: Response,
        entry: ClaimEntry = FOR_ONESELF,
    ) -> FeedbackView:
        handling.claim_feedback(ports, caller, feedback_id, entry.employee_id, expected=expected)
        return shown(hote, caller, feedback_id, response)

    @routes.post(
        "/reply",
        summary="Answer the guest by mail, in words or by a template",
        responses=problems(*WRITING, "claim-taken", "no-address"),
    )
    def reply(
        feedback_id: UUID, entry: ReplyEntry, caller: MayHandle, expected: ExpectedVersion, response: Response
    ) -> FeedbackView:
        reply_to_feedback(ports, caller, feedback_id, entry, expected=expected)
        return shown(hote, caller, feedback_id, response)

    @routes.post("/call", summary="Record a call to the guest", responses=problems(*WRITING, "claim-taken"))
    def call(
        feedback_id: UUID, entry: CallEntry, caller: MayHandle, expected: ExpectedVersion, response: Response
    ) -> FeedbackView:
        handling.record_call(ports, caller, feedback_id, entry, expected=expected)
        return shown(hote, caller, feedback_id, response)

    @routes.post("/notes", summary="Note something for staff alone", responses=problems(*WRITING))
    def note(
        feedback_id: UUID, entry: NoteEntry, caller: MayHandle, expected: ExpectedVersion, response: Response
    ) -> FeedbackView:
        handling.add_note(ports, caller, feedback_id, entry, expected=expected)
        return shown(hote, caller, feedback_id, response)

    @routes.post(
        "/transfer",
        summary="Hand a feedback over to a colleague",
        responses=problems(*WRITING, "feedback-state"),
    )
    def transfer(
        feedback_id: UUID, entry: TransferEntry, caller: MayHandle, expected: ExpectedVersion, response: Response
    ) -> FeedbackView:
        handling.transfer_feedback(ports, caller, feedback_id, entry, expected=expected)
        return shown(hote, caller, feedback_id, response)

    @routes.post(
        "/delegate",
        summary="Hand a feedback over to customer service, which gets a mail",
        responses=problems(*WRITING, "feedback-state", "no-address"),
    )
    def delegate(
        feedback_id: UUID,
        caller: MayHandle,
        expected: ExpectedVersion,
        response: Response,
        entry: DelegateEntry = TO_CUSTOMER_SERVICE,
    ) -> FeedbackView:
        handling.delegate_feedback(ports, caller, feedback_id, entry, expected=expected)
        return shown(hote, caller, feedback_id, response)

    @routes.post("/share", summary="Inform others by mail", responses=problems(*WRITING))
    def share(
        feedback_id: UUID, entry: ShareEntry, caller: MayHandle, expected: ExpectedVersion, response: Response
    ) -> FeedbackView:
        handling.share_feedback(ports, caller, feedback_id, entry, expected=expected)
        return shown(hote, caller, feedback_id, response)

    @routes.post("/hold", summary="Put a feedback on hold", responses=problems(*WRITING, "feedback-state"))
    def hold(
        feedback_id: UUID,
        caller: MayHandle,
        expected: ExpectedVersion,
        response: Response,
        entry: HoldEntry = NO_NOTE,
    ) -> FeedbackView:
        handling.hold_feedback(ports, caller, feedback_id, entry, expected=expected)
        return shown(hote, caller, feedback_id, response)

    def add_step(name: str, summary: str) -> None:
        def step(feedback_id: UUID, caller: MayHandle, expected: ExpectedVersion, response: Response) -> FeedbackView:
            handling.step(ports, caller, feedback_id, name, expected=expected)
            return shown(hote, caller, feedback_id, response)

        routes.post(f"/{name}", summary=summary, operation_id=f"{name}_feedback", responses=problems(*PROBLEMS))(step)

    for name, summary in STEPS.items():
        add_step(name, summary)
    return routes
