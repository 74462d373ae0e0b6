"""Making words anonymous: what a feedback or a quality cost holds of somebody who is no known guest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from application.caller import Caller
from application.erasure.belongings import signed
from application.erasure.why import ERASURE_ATTEMPTS, Why
from application.ports import Forgetting, Ports
from application.races import persistently
from domain.access import Right
from domain.erasure import About, Destroyed, ErasureBegun, WordsErased, sealed_fields
from domain.event import Event, Metadata, Recorded
from domain.feedback import FeedbackRecorded
from domain.quality_cost import QualityCostRecorded
from domain.refusal import Refusal
from domain.traces import Traces

AboutWords = Literal[About.FEEDBACK, About.QUALITY_COST]
FIRST: Mapping[About, type[FeedbackRecorded] | type[QualityCostRecorded]] = {
    About.FEEDBACK: FeedbackRecorded,
    About.QUALITY_COST: QualityCostRecorded,
}
"""The event that a stream with words of its own begins with."""


class WordsUnknown(Refusal):
    """There is no such feedback or quality cost in this organisation, or not for this caller."""

    code = "not-found"


class BelongsToGuest(Refusal):
    """What is to be erased is a known guest's, and goes with the guest; `members` hold their `guest_id`."""

    code = "belongs-to-guest"


@dataclass(frozen=True)
class Spoken:
    """A feedback or a quality cost, with the events of its stream."""

    first: FeedbackRecorded | QualityCostRecorded
    recorded: Sequence[Recorded]

    @property
    def id(self) -> UUID:
        return self.first.originator_id

    @property
    def erased(self) -> tuple[UUID, int] | None:
        """By which erasure, and at which position."""
        found = (
            (each.event.erasure_id, each.position) for each in self.recorded if isinstance(each.event, WordsErased)
        )
        return next(found, None)


def load_words(ports: Ports, caller: Caller, about: About, stream_id: UUID) -> Spoken:
    """Raises WordsUnknown."""
    spoken = spoken_in(ports.log.stream(stream_id))
    if (
        spoken is None
        or not isinstance(spoken.first, FIRST[about])
        or spoken.first.organisation_id != caller.organisation_id
        or not caller.sees([spoken.first.property_id])
    ):
        raise WordsUnknown("There is nothing with this id.")
    return spoken


def spoken_in(recorded: Sequence[Recorded]) -> Spoken | None:
    """None for a stream of another kind, or without events."""
    first = recorded[0].event if recorded else None
    return Spoken(first, recorded) if isinstance(first, FeedbackRecorded | QualityCostRecorded) else None


def anonymise_words(ports: Ports, caller: Caller, about: AboutWords, stream_id: UUID, why: Why) -> tuple[UUID, int]:
    """The erasure's id and the position; where it was done before, those of then.

    Raises WordsUnknown, BelongsToGuest, ConcurrentChange, Forbidden.
    """
    caller.require(Right.ANONYMISE_GUESTS)

    def attempt() -> tuple[UUID, int]:
        spoken = load_words(ports, caller, about, stream_id)
        if spoken.first.guest_id:
            guest_id = str(spoken.first.guest_id)
            raise BelongsToGuest("A known guest said this: anonymise the guest.", guest_id=guest_id)
        if spoken.erased:
            return spoken.erased
        kept = why.without(Traces([(stream_id, signed(spoken.recorded))]))
        metadata = caller.metadata(ports.now(), property_id=spoken.first.property_id, reason=kept.reason)
        erasure_id = ports.new_id()
        return erasure_id, erase_words(ports, spoken, erasure_id, metadata, kept.reference)

    return persistently(attempt, attempts=ERASURE_ATTEMPTS)


def erase_words(ports: Ports, spoken: Spoken, erasure_id: UUID, metadata: Metadata, reference: str | None) -> int:
    """Gives the position. Raises ConcurrentChange."""

    def events(destroyed: Mapping[UUID, Destroyed]) -> list[Event]:
        return [
            WordsErased(
                originator_id=spoken.id,
                originator_version=spoken.recorded[-1].event.originator_version + 1,
                erasure_id=erasure_id,
            ),
            ErasureBegun(
                originator_id=erasure_id,
                originator_version=1,
                organisation_id=metadata.organisation_id,
                about=next(about for about, first in FIRST.items() if isinstance(spoken.first, first)),
                subject_id=spoken.id,
                reference=reference,
                sealed_fields=sealed_fields(spoken.recorded).get(spoken.id, 0),
                identities=0,
                destroyed=destroyed[spoken.id],
            ),
        ]

    return ports.log.forget([Forgetting(spoken.id)], events, metadata)
