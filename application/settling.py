"""Commands that settle feedback: resolve it, approve or refuse what that costs, reopen it."""

from uuid import UUID

from application.caller import Caller
from application.catalogue import problems_with
from application.feedback import FeedbackRecord, ResolutionEntry, decide, require_may_give, settled
from application.guests import InvalidInput
from application.organisation import load_property
from application.ports import Ports
from domain import settling
from domain.access import Right
from domain.feedback import FeedbackEvent
from domain.money import total
from domain.policies.overview import local_day


def resolve_feedback(
    ports: Ports, caller: Caller, feedback_id: UUID, entry: ResolutionEntry, *, expected: int | None = None
) -> int:
    """Gives the position. What is beyond the caller's limit is proposed, and waits for who may approve it.

    Raises FeedbackUnknown, AlreadyResolved, InvalidInput, GuestForgotten where a comment is given, VersionMismatch,
    ConcurrentChange, Forbidden.
    """

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        hotel = load_property(ports, caller, record.feedback.said.property_id)
        if wrong := problems_with(ports, hotel, None, None, entry.items, "/items"):
            raise InvalidInput(wrong)
        return settled(ports, caller, hotel, record.feedback, entry)

    return decide(
        ports, caller, Right.RECORD_FEEDBACK, feedback_id, decision, words=entry.comment is not None, expected=expected
    )


def approve_compensation(ports: Ports, caller: Caller, feedback_id: UUID, *, expected: int | None = None) -> int:
    """What was proposed is given, and so the feedback resolved.

    Raises FeedbackUnknown, NothingProposed, VersionMismatch, ConcurrentChange; Forbidden, also for who may not give so
    much.
    """

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        proposal = settling.required_proposal(record.feedback)
        hotel = load_property(ports, caller, record.feedback.said.property_id)
        require_may_give(caller, hotel, total(proposal.items))
        return settling.approve(
            record.feedback, local_day(ports.now(), hotel.settings.zone), record.telling(proposal).actor
        )

    return decide(ports, caller, Right.RECORD_FEEDBACK, feedback_id, decision, words=False, expected=expected)


def refuse_compensation(
    ports: Ports, caller: Caller, feedback_id: UUID, reason: str, *, expected: int | None = None
) -> int:
    """What was proposed is not given; the feedback stays open. Raises as approve_compensation."""

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        proposal = settling.required_proposal(record.feedback)
        require_may_give(caller, load_property(ports, caller, record.feedback.said.property_id), total(proposal.items))
        return settling.refuse(record.feedback, reason)

    return decide(ports, caller, Right.RECORD_FEEDBACK, feedback_id, decision, words=True, expected=expected)


def reopen_feedback(
    ports: Ports, caller: Caller, feedback_id: UUID, reason: str, *, expected: int | None = None
) -> int:
    """Gives the position. Raises FeedbackUnknown, NotResolved, GuestForgotten, VersionMismatch, Forbidden."""
    return decide(
        ports,
        caller,
        Right.RECORD_FEEDBACK,
        feedback_id,
        lambda record: settling.reopen(record.feedback, reason),
        words=True,
        expected=expected,
    )
