"""How a feedback is settled: the decisions on resolving it, approving what that costs, and reopening it."""

from dataclasses import dataclass
from datetime import date

from domain.feedback import CompensationProposed, CompensationRefused, FeedbackEvent, FeedbackReopened, FeedbackResolved
from domain.handling import Feedback
from domain.money import GivenItem
from domain.refusal import Refusal


class AlreadyResolved(Refusal):
    """A feedback is resolved once; it can be reopened with a reason."""

    code = "already-resolved"


class NotResolved(Refusal):
    """Only what is resolved can be reopened."""

    code = "not-resolved"


class ApprovalPending(Refusal):
    """Something was proposed that nobody has approved or refused yet."""

    code = "approval-pending"


class NothingProposed(Refusal):
    """No compensation waits for approval."""

    code = "nothing-proposed"


@dataclass(frozen=True)
class Settlement:
    """What is done and given to settle a feedback; amounts in minor units of `currency`."""

    day: date
    currency: str
    items: tuple[GivenItem, ...] = ()
    satisfaction: int | None = None
    comment: str | None = None


def settle(feedback: Feedback, settlement: Settlement, *, within_limit: bool) -> list[FeedbackEvent]:
    """Resolved, or, beyond what its author may give, proposed.

    Raises AlreadyResolved, and ApprovalPending for a second proposal: what somebody is about to approve must not change
    under their hands.
    """
    _require_open(feedback)
    if within_limit:
        return [_resolved(feedback, settlement, None)]
    if feedback.proposal:
        raise ApprovalPending("A compensation waits for approval already. Have it refused, to propose another.")
    return [
        CompensationProposed(
            **feedback.next_place,
            subject_id=feedback.subject_id,
            currency=settlement.currency,
            items=settlement.items,
            satisfaction=settlement.satisfaction,
            comment=settlement.comment,
        )
    ]


def approve(feedback: Feedback, day: date, proposed_by: str) -> list[FeedbackEvent]:
    """Raises NothingProposed."""
    proposal = required_proposal(feedback)
    settlement = Settlement(day, proposal.currency, proposal.items, proposal.satisfaction, proposal.comment)
    return [_resolved(feedback, settlement, proposed_by)]


def refuse(feedback: Feedback, reason: str) -> list[FeedbackEvent]:
    """Raises NothingProposed."""
    required_proposal(feedback)
    return [CompensationRefused(**feedback.next_place, subject_id=feedback.subject_id, reason=reason)]


def required_proposal(feedback: Feedback) -> CompensationProposed:
    if feedback.proposal is None:
        raise NothingProposed("No compensation of this feedback waits for approval.")
    return feedback.proposal


def reopen(feedback: Feedback, reason: str) -> list[FeedbackEvent]:
    """Raises NotResolved."""
    if feedback.resolution is None:
        raise NotResolved("This feedback is not resolved.")
    return [FeedbackReopened(**feedback.next_place, subject_id=feedback.subject_id, reason=reason)]


def _require_open(feedback: Feedback) -> None:
    if feedback.resolution:
        raise AlreadyResolved("This feedback is resolved. Reopen it, with a reason, to resolve it otherwise.")


def _resolved(feedback: Feedback, settlement: Settlement, proposed_by: str | None) -> FeedbackResolved:
    return FeedbackResolved(
        **feedback.next_place,
        subject_id=feedback.subject_id,
        day=settlement.day,
        currency=settlement.currency,
        items=settlement.items,
        satisfaction=settlement.satisfaction,
        proposed_by=proposed_by,
        comment=settlement.comment,
    )
