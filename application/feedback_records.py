"""A feedback with the events that told of it, and whose business it is: with this, commands begin, and end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from application.caller import Caller, require_version
from application.guest_records import who_is
from application.ports import Ports
from application.races import persistently
from domain import handling
from domain.access import Right
from domain.event import Recorded
from domain.feedback import FeedbackEvent
from domain.guest import GuestForgotten
from domain.handling import Feedback, FeedbackUnknown


@dataclass(frozen=True)
class FeedbackRecord:
    """A feedback, also one nobody has heard of, with the events that told of it."""

    feedback: Feedback
    recorded: Sequence[Recorded]

    @property
    def position(self) -> int:
        return self.recorded[-1].position

    def telling(self, event: FeedbackEvent) -> Recorded:
        """One of its events, with when it was recorded and who brought it about."""
        return self.recorded[event.originator_version - 1]


Decision = Callable[[FeedbackRecord], list[FeedbackEvent]]
"""What is to happen to a feedback as it is."""


def load_feedback(ports: Ports, caller: Caller, feedback_id: UUID) -> FeedbackRecord:
    """Raises FeedbackUnknown, also for one at a property that the caller's key does not reach."""
    recorded = ports.log.stream(feedback_id)
    feedback = handling.fold(Feedback(feedback_id), (each.event for each in recorded))
    if feedback.said.organisation_id != caller.organisation_id or not caller.sees([feedback.said.property_id]):
        raise FeedbackUnknown("There is no such feedback.")
    return FeedbackRecord(feedback, recorded)


def read_feedback(ports: Ports, caller: Caller, feedback_id: UUID) -> FeedbackRecord:
    """Raises FeedbackUnknown, Forbidden."""
    caller.require(Right.READ_FEEDBACK)
    return load_feedback(ports, caller, feedback_id)


def decide(
    ports: Ports,
    caller: Caller,
    right: Right,
    feedback_id: UUID,
    decision: Decision,
    *,
    words: bool,
    expected: int | None = None,
) -> int:
    """Appends what is decided, and gives the position, that of the last event where there is nothing to append.

    `words` is whether something would be written of the guest. Raises FeedbackUnknown, GuestForgotten,
    VersionMismatch, ConcurrentChange, Forbidden, and what the decision raises.
    """
    caller.require(right)

    def attempt() -> int:
        record = load_feedback(ports, caller, feedback_id)
        require_version(record.feedback.version, expected)
        if words:
            _require_writable(ports, record.feedback)
        events = decision(record)
        metadata = caller.metadata(ports.now(), property_id=record.feedback.said.property_id)
        return ports.log.append(events, metadata) if events else record.position

    return persistently(attempt)


def _require_writable(ports: Ports, feedback: Feedback) -> None:
    """Raises GuestForgotten where what is written could never be read."""
    forgotten = feedback.erasure_id is not None
    if feedback.said.guest_id:
        guest = who_is(ports.log, feedback.said.guest_id).guest
        forgotten = guest.anonymised or guest.deleted
    if forgotten:
        raise GuestForgotten("Who said this was forgotten; nothing more can be written of them.")
