"""Commands that settle feedback: resolve it, approve or refuse what that costs, reopen it."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from application.caller import Caller
from application.catalogue import GivenEntry, given_items, problems_with
from application.feedback_records import FeedbackRecord, decide
from application.form import Form
from application.organisation import load_property
from application.ports import Ports
from application.problem_texts import InvalidInput
from domain import settling
from domain.access import Forbidden, Right
from domain.feedback import FeedbackEvent
from domain.handling import Feedback
from domain.money import total
from domain.policies.compensation import CompensationLimits, may_approve, may_give, who_may
from domain.property import Property
from domain.prose import Prose
from domain.settling import NothingProposed, Settlement


class ResolutionEntry(Form):
    """What was done and given; `satisfaction` of the guest afterwards, 1 to 5."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [{"item_id": "0199f3c1-8c10-7f2e-9d6f-7f1f5a0d2b02", "quantity": 1}],
                    "comment": "Changement de chambre, petit déjeuner offert",
                    "satisfaction": 4,
                }
            ]
        }
    )

    items: Annotated[Sequence[GivenEntry], Field(max_length=100)] = ()
    comment: Prose | None = None
    satisfaction: Annotated[int, Field(ge=1, le=5, strict=True)] | None = None


def resolve_feedback(
    ports: Ports, caller: Caller, feedback_id: UUID, entry: ResolutionEntry, *, expected: int | None = None
) -> int:
    """Gives the position. What is beyond the caller's limit is proposed, and waits for who may approve it.

    Raises FeedbackUnknown, AlreadyResolved, ApprovalPending, InvalidInput, GuestForgotten where a comment is given,
    VersionMismatch, ConcurrentChange, Forbidden.
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

    Raises FeedbackUnknown, VersionMismatch, ConcurrentChange; NothingProposed, also where the property counts in
    another currency since; Forbidden, also for who may not give so much.
    """

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        proposal = settling.required_proposal(record.feedback)
        hotel = load_property(ports, caller, record.feedback.said.property_id)
        if proposal.currency != hotel.settings.currency:
            raise NothingProposed("The property counts in another currency now. Have it refused and proposed anew.")
        _require_may_approve(caller, hotel, total(proposal.items))
        return settling.approve(record.feedback, hotel.settings.local_day(ports.now()), record.telling(proposal).actor)

    return decide(ports, caller, Right.RECORD_FEEDBACK, feedback_id, decision, words=False, expected=expected)


def refuse_compensation(
    ports: Ports, caller: Caller, feedback_id: UUID, reason: str, *, expected: int | None = None
) -> int:
    """What was proposed is not given; the feedback stays open. Raises as approve_compensation."""

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        proposal = settling.required_proposal(record.feedback)
        hotel = load_property(ports, caller, record.feedback.said.property_id)
        _require_may_approve(caller, hotel, total(proposal.items))
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


def settled(
    ports: Ports, caller: Caller, hotel: Property, feedback: Feedback, entry: ResolutionEntry
) -> list[FeedbackEvent]:
    """What an entry without problems comes to."""
    items = given_items(ports, hotel, entry.items)
    settlement = Settlement(
        day=hotel.settings.local_day(ports.now()),
        currency=hotel.settings.currency,
        items=items,
        satisfaction=entry.satisfaction,
        comment=entry.comment,
    )
    within_limit = may_give(hotel.settings.feedback.compensation_limits, caller.role, total(items))
    return settling.settle(feedback, settlement, within_limit=within_limit)


def require_may_give(caller: Caller, hotel: Property, amount: int) -> None:
    """Raises Forbidden, naming who may give so much; minor units."""
    limits = hotel.settings.feedback.compensation_limits
    _require(may_give(limits, caller.role, amount), caller, limits, amount)


def _require_may_approve(caller: Caller, hotel: Property, amount: int) -> None:
    """As require_may_give, of what another proposed."""
    limits = hotel.settings.feedback.compensation_limits
    _require(may_approve(limits, caller.role, amount), caller, limits, amount)


def _require(may: bool, caller: Caller, limits: CompensationLimits, amount: int) -> None:
    if not may:
        others = ", ".join(who_may(limits, amount))
        raise Forbidden(f"The role {caller.role} may not give so much. Ask one of these: {others}.", roles=others)
