"""An arrival: a guest of whom an interface told, to be on the list when a person says yes. Events, state, decisions."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from domain.contact import Profile
from domain.event import Event
from domain.guest import Known
from domain.personal import Personal
from domain.refusal import Refusal
from domain.stay import Stay


class State(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class RefusedFor(StrEnum):
    """Why somebody of whom an interface told did not become a guest."""

    DECLINED = "declined"
    UNANSWERED = "unanswered"
    ERASED = "erased"
    """The guest of whom it told was made anonymous."""


class ArrivalAnnounced(Event):
    """An interface told of a guest and their stay, or told anew of them: the last counts until somebody answers.

    The key of the arrival is destroyed with the answer.
    """

    organisation_id: UUID
    language: str | None = None
    country: str | None = None
    stay: Stay
    profile: Personal[Profile]


class ArrivalAccepted(Event):
    """A person said yes: what was told is known of this guest from now on."""

    guest_id: UUID


class ArrivalRefused(Event):
    """What was told is on no list, and can be read by nobody any more."""

    why: RefusedFor


ArrivalEvent = ArrivalAnnounced | ArrivalAccepted | ArrivalRefused


class ArrivalUnknown(Refusal):
    """There is no such arrival in this organisation, or not for this caller."""

    code = "not-found"


class ArrivalAnswered(Refusal):
    """Somebody was faster; `members` say what they answered, and who the guest is."""

    code = "arrival-answered"


@dataclass(frozen=True)
class Arrival:
    """An arrival as its events tell it; version 0 is one nobody has heard of."""

    id: UUID
    version: int = 0
    told: ArrivalAnnounced | None = None
    answer: ArrivalAccepted | ArrivalRefused | None = None

    @property
    def pending(self) -> bool:
        return self.told is not None and self.answer is None

    @property
    def state(self) -> State:
        match self.answer:
            case None:
                return State.PENDING
            case ArrivalAccepted():
                return State.ACCEPTED
            case ArrivalRefused():
                return State.REFUSED
            case _:
                assert_never(self.answer)


def fold(arrival: Arrival, events: Iterable[Event]) -> Arrival:
    """An id that is another kind of stream's folds to an arrival nobody has heard of."""
    for event in events:
        match event:
            case ArrivalAnnounced():
                arrival = replace(arrival, version=event.originator_version, told=event)
            case ArrivalAccepted() | ArrivalRefused():
                arrival = replace(arrival, version=event.originator_version, answer=event)
            case _:
                return Arrival(arrival.id)
    return arrival


def announce(arrival: Arrival, organisation_id: UUID, known: Known, stay: Stay) -> list[ArrivalEvent]:
    """Nothing when it was told so already. Raises ArrivalAnswered."""
    if arrival.version:
        require_pending(arrival)
    event = ArrivalAnnounced(
        originator_id=arrival.id,
        originator_version=arrival.version + 1,
        organisation_id=organisation_id,
        language=known.language,
        country=known.country,
        stay=stay,
        profile=known.profile,
    )
    if arrival.told and event == arrival.told.model_copy(update={"originator_version": event.originator_version}):
        return []
    return [event]


def accept(arrival: Arrival, guest_id: UUID) -> list[ArrivalEvent]:
    """Raises ArrivalUnknown, ArrivalAnswered."""
    require_pending(arrival)
    return [ArrivalAccepted(originator_id=arrival.id, originator_version=arrival.version + 1, guest_id=guest_id)]


def refuse(arrival: Arrival, why: RefusedFor) -> list[ArrivalEvent]:
    """Raises ArrivalUnknown, ArrivalAnswered."""
    require_pending(arrival)
    return [ArrivalRefused(originator_id=arrival.id, originator_version=arrival.version + 1, why=why)]


def require_pending(arrival: Arrival) -> None:
    if arrival.told is None:
        raise ArrivalUnknown("There is no such arrival.")
    if arrival.answer:
        guest = {"guest_id": str(arrival.answer.guest_id)} if isinstance(arrival.answer, ArrivalAccepted) else {}
        raise ArrivalAnswered(f"This arrival was {arrival.state} before.", state=arrival.state, **guest)
