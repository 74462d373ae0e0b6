"""A guest: a person known to the organisation, who may never have stayed. Events and state."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never
from uuid import UUID

from domain.contact import Profile, Stay
from domain.event import Event, Place
from domain.personal import Personal
from domain.refusal import Refusal


class Origin(StrEnum):
    """How a guest came to be known."""

    MANUAL = "manual"
    IMPORT = "import"
    PMS = "pms"


class GuestRegistered(Event):
    """A person became known to the organisation."""

    organisation_id: UUID
    origin: Origin
    language: str | None = None
    country: str | None = None
    profile: Personal[Profile]


class GuestChanged(Event):
    """Some of what is known of a guest changed; the profile is given whole, as it is from now on."""

    fields: tuple[str, ...]
    language: str | None = None
    country: str | None = None
    profile: Personal[Profile]


class StayRecorded(Event):
    """A time the guest spends at a property was told by a person or a list, or told better than before."""

    stay_id: UUID
    stay: Stay


class StayRemoved(Event):
    """A stay that had been recorded is not one after all, such as when an import is undone."""

    stay_id: UUID


class GuestDeleted(Event):
    """A guest who was never written to was taken off the list; their key is destroyed with this event."""


class GuestAnonymised(Event):
    """What names or describes the guest became unreadable for ever; their key is destroyed with this event.

    Their stays, language and country stay, and with them every figure.
    """

    erasure_id: UUID


class LegalHoldPlaced(Event):
    """The guest must not be erased for the time being, such as while a dispute is pending."""

    grounds: Personal[str]


class LegalHoldLifted(Event):
    """The guest may be erased again."""


class CommunicationCancelled(Event):
    """The guest is to get no more messages about these stays."""

    stay_ids: tuple[UUID, ...]


class GuestUnsubscribed(Event):
    """The guest wants no more messages of this kind, or has called one of them spam."""

    complained: bool = False


class AddressSuppressed(Event):
    """Mails to this address of the guest cannot be delivered."""

    address: Personal[str]


class BlockReason(StrEnum):
    """Why a guest is not welcome."""

    DAMAGE = "damage"
    NON_PAYMENT = "non_payment"
    MISCONDUCT = "misconduct"
    FRAUD = "fraud"
    OTHER = "other"


class GuestBlocked(Event):
    """The guest is not welcome, until a day or for good; a later block takes the place of the one before."""

    reason: BlockReason
    until: date | None = None


class GuestUnblocked(Event):
    """The guest is welcome again."""


GuestEvent = (
    GuestRegistered
    | GuestChanged
    | StayRecorded
    | StayRemoved
    | GuestDeleted
    | GuestAnonymised
    | LegalHoldPlaced
    | LegalHoldLifted
    | CommunicationCancelled
    | GuestUnsubscribed
    | AddressSuppressed
    | GuestBlocked
    | GuestUnblocked
)


class GuestUnknown(Refusal):
    """There is no such guest in this organisation, or no longer."""

    code = "not-found"


class GuestForgotten(Refusal):
    """The guest was anonymised: nothing more can be written of them."""

    code = "guest-forgotten"


class UnderLegalHold(Refusal):
    """The guest must not be erased; `members` say since when, who placed the hold and on what grounds."""

    code = "legal-hold"


class AlreadyContacted(Refusal):
    """Somebody wrote to the guest, who can be anonymised, and no longer deleted."""

    code = "already-contacted"


@dataclass(frozen=True)
class Known:
    """What is known of a guest; `profile` is None once they have been forgotten."""

    language: str | None = None
    country: str | None = None
    profile: Profile | None = None


NOTHING_KNOWN = Known()


@dataclass(frozen=True)
class Guest:
    """A guest as their events tell it; version 0 is a guest nobody has heard of."""

    id: UUID
    version: int = 0
    organisation_id: UUID | None = None
    known: Known = NOTHING_KNOWN
    stays: Mapping[UUID, Stay] = field(default_factory=lambda: MappingProxyType({}))
    deleted: bool = False
    erasure_id: UUID | None = None
    held: bool = False
    silenced: frozenset[UUID] = frozenset()
    """The stays about which they get no message."""
    unsubscribed: bool = False
    suppressed: frozenset[str] = frozenset()
    """The addresses to which mails cannot be delivered."""
    block: GuestBlocked | None = None

    @property
    def next_place(self) -> Place:
        return Place(originator_id=self.id, originator_version=self.version + 1)

    @property
    def exists(self) -> bool:
        """Also once they were anonymised."""
        return self.version > 0 and not self.deleted

    @property
    def anonymised(self) -> bool:
        return self.erasure_id is not None

    def blocked_on(self, day: date) -> bool:
        """A block is over by itself after its last day."""
        return self.block is not None and (self.block.until is None or day <= self.block.until)

    @property
    def properties(self) -> frozenset[UUID]:
        return frozenset(stay.property_id for stay in self.stays.values())

    def with_stays(self, wanted: Callable[[Stay], bool]) -> "Guest":
        """The guest with those of the stays alone."""
        kept = {stay_id: stay for stay_id, stay in self.stays.items() if wanted(stay)}
        return replace(self, stays=MappingProxyType(kept))

    @property
    def number_of_stays(self) -> int:
        """Several rooms at one time are one stay."""
        return len({(stay.property_id, stay.arrival or stay.departure) for stay in self.stays.values()})

    def rooms_with(self, stay_id: UUID) -> list[UUID]:
        """The stays that are one with this, in several rooms at one time; first the one that stands for all."""
        stay = self.stays[stay_id]
        known_by = stay.arrival or stay.departure
        rooms = [
            (other.departure is None, other_id)
            for other_id, other in self.stays.items()
            if other.property_id == stay.property_id
            and (other.arrival, other.arrival or other.departure) == (stay.arrival, known_by)
        ]
        return [other_id for _, other_id in sorted(rooms)] if known_by else [stay_id]

    @property
    def last_stay(self) -> tuple[UUID, Stay] | None:
        """The latest by arrival, where that is unknown by departure, with its id."""
        return max(self.stays.items(), key=lambda each: each[1].arrival or each[1].departure or date.min, default=None)


def evolve(guest: Guest, event: GuestEvent) -> Guest:
    guest = replace(guest, version=event.originator_version)
    match event:
        case GuestRegistered():
            known = Known(event.language, event.country, event.profile)
            return replace(guest, organisation_id=event.organisation_id, known=known)
        case GuestChanged():
            return replace(guest, known=Known(event.language, event.country, event.profile))
        case StayRecorded():
            return replace(guest, stays=MappingProxyType({**guest.stays, event.stay_id: event.stay}))
        case StayRemoved():
            left = {stay_id: stay for stay_id, stay in guest.stays.items() if stay_id != event.stay_id}
            return replace(guest, stays=MappingProxyType(left))
        case GuestDeleted():
            return replace(guest, known=NOTHING_KNOWN, stays=MappingProxyType({}), deleted=True)
        case GuestAnonymised():
            known = replace(guest.known, profile=None)
            return replace(guest, known=known, erasure_id=event.erasure_id, held=False, suppressed=frozenset())
        case LegalHoldPlaced():
            return replace(guest, held=True)
        case LegalHoldLifted():
            return replace(guest, held=False)
        case CommunicationCancelled():
            return replace(guest, silenced=guest.silenced | set(event.stay_ids))
        case GuestUnsubscribed():
            return replace(guest, unsubscribed=True)
        case AddressSuppressed():
            known_as = {event.address} if event.address else set()
            return replace(guest, suppressed=guest.suppressed | known_as)
        case GuestBlocked():
            return replace(guest, block=event)
        case GuestUnblocked():
            return replace(guest, block=None)
        case _:
            assert_never(event)


def fold(guest: Guest, events: Iterable[Event]) -> Guest:
    """An id that is another kind of stream's folds to a guest nobody has heard of."""
    for event in events:
        if not isinstance(event, GuestEvent):
            return Guest(guest.id)
        guest = evolve(guest, event)
    return guest


def require(guest: Guest) -> None:
    if not guest.exists:
        raise GuestUnknown("There is no such guest.")
    if guest.anonymised:
        raise GuestForgotten("This guest was anonymised; nothing more can be written of them.")
