"""A guest: a person known to the organisation, who may never have stayed. Events, state, decisions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never
from uuid import UUID

from domain.contact import Profile, Stay
from domain.event import Event
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
    def exists(self) -> bool:
        """Also once they were anonymised."""
        return self.version > 0 and not self.deleted

    @property
    def anonymised(self) -> bool:
        return self.erasure_id is not None

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

    @property
    def last_stay(self) -> tuple[UUID, Stay] | None:
        """The latest by arrival, where that is unknown by departure, with its id."""
        return max(self.stays.items(), key=lambda each: each[1].arrival or each[1].departure or date.min, default=None)


def evolve(guest: Guest, event: GuestEvent) -> Guest:
    version = event.originator_version
    match event:
        case GuestRegistered():
            known = Known(event.language, event.country, event.profile)
            return replace(guest, version=version, organisation_id=event.organisation_id, known=known)
        case GuestChanged():
            return replace(guest, version=version, known=Known(event.language, event.country, event.profile))
        case StayRecorded():
            return replace(guest, version=version, stays=MappingProxyType({**guest.stays, event.stay_id: event.stay}))
        case StayRemoved():
            left = {stay_id: stay for stay_id, stay in guest.stays.items() if stay_id != event.stay_id}
            return replace(guest, version=version, stays=MappingProxyType(left))
        case GuestDeleted():
            return replace(guest, version=version, known=NOTHING_KNOWN, stays=MappingProxyType({}), deleted=True)
        case GuestAnonymised():
            known = replace(guest.known, profile=None)
            return replace(
                guest, version=version, known=known, erasure_id=event.erasure_id, held=False, suppressed=frozenset()
            )
        case LegalHoldPlaced():
            return replace(guest, version=version, held=True)
        case LegalHoldLifted():
            return replace(guest, version=version, held=False)
        case CommunicationCancelled():
            return replace(guest, version=version, silenced=guest.silenced | set(event.stay_ids))
        case GuestUnsubscribed():
            return replace(guest, version=version, unsubscribed=True)
        case AddressSuppressed():
            known_as = {event.address} if event.address else set()
            return replace(guest, version=version, suppressed=guest.suppressed | known_as)
        case GuestBlocked():
            return replace(guest, version=version, block=event)
        case GuestUnblocked():
            return replace(guest, version=version, block=None)
        case _:
            assert_never(event)


def fold(guest: Guest, events: Iterable[Event]) -> Guest:
    """An id that is another kind of stream's folds to a guest nobody has heard of."""
    for event in events:
        if not isinstance(event, GuestEvent):
            return Guest(guest.id)
        guest = evolve(guest, event)
    return guest


def register(guest: Guest, organisation_id: UUID, origin: Origin, known: Known) -> list[GuestEvent]:
    return [
        GuestRegistered(
            originator_id=guest.id,
            originator_version=1,
            organisation_id=organisation_id,
            origin=origin,
            language=known.language,
            country=known.country,
            profile=known.profile,
        )
    ]


def change(guest: Guest, known: Known) -> list[GuestEvent]:
    """Nothing when nothing is different. Raises GuestUnknown, GuestForgotten."""
    require(guest)
    fields = differing_fields(guest.known, known)
    if not fields:
        return []
    return [
        GuestChanged(
            originator_id=guest.id,
            originator_version=guest.version + 1,
            fields=fields,
            language=known.language,
            country=known.country,
            profile=known.profile,
        )
    ]


def record_stay(guest: Guest, stay: Stay, new_id: UUID) -> list[GuestEvent]:
    """A stay that is already known is told better, and nothing of it is erased; any other is a new one."""
    known_as = next((stay_id for stay_id, other in guest.stays.items() if same_stay(stay, other)), new_id)
    known = guest.stays.get(known_as, stay)
    told = known.model_copy(update={name: value for name, value in stay if value is not None})
    return stay_is(guest, known_as, told)


def correct_last_stay(guest: Guest, stay: Stay, new_id: UUID) -> list[GuestEvent]:
    """The last stay was not as recorded but as said now; a guest without any gets this one."""
    return stay_is(guest, guest.last_stay[0] if guest.last_stay else new_id, stay)


def stay_is(guest: Guest, stay_id: UUID, stay: Stay) -> list[GuestEvent]:
    """Nothing when it is known so."""
    if guest.stays.get(stay_id) == stay:
        return []
    return [StayRecorded(originator_id=guest.id, originator_version=guest.version + 1, stay_id=stay_id, stay=stay)]


def remove_stay(guest: Guest, stay_id: UUID) -> list[GuestEvent]:
    if stay_id not in guest.stays:
        return []
    return [StayRemoved(originator_id=guest.id, originator_version=guest.version + 1, stay_id=stay_id)]


def delete(guest: Guest, *, contacted: bool = False) -> list[GuestEvent]:
    """Only a guest who got no message can be deleted (L8).

    Raises GuestUnknown, GuestForgotten, UnderLegalHold, AlreadyContacted.
    """
    require_erasable(guest)
    if contacted:
        raise AlreadyContacted("This guest was written to, and can be anonymised, but no longer deleted.")
    return deleted(guest)


def anonymise(guest: Guest, erasure_id: UUID) -> list[GuestEvent]:
    """Raises GuestUnknown, GuestForgotten, UnderLegalHold."""
    require_erasable(guest)
    return anonymised(guest, erasure_id)


def deleted(guest: Guest) -> list[GuestEvent]:
    """What a deletion is, without asking whether it may be: for one that a restored backup does not know of."""
    return [GuestDeleted(originator_id=guest.id, originator_version=guest.version + 1)]


def anonymised(guest: Guest, erasure_id: UUID) -> list[GuestEvent]:
    """As `deleted`, for an anonymisation."""
    return [GuestAnonymised(originator_id=guest.id, originator_version=guest.version + 1, erasure_id=erasure_id)]


def place_hold(guest: Guest, grounds: str) -> list[GuestEvent]:
    """A further hold takes the place of the one before. Raises GuestUnknown, GuestForgotten."""
    require(guest)
    return [LegalHoldPlaced(originator_id=guest.id, originator_version=guest.version + 1, grounds=grounds)]


def lift_hold(guest: Guest) -> list[GuestEvent]:
    """Nothing when there is none. Raises GuestUnknown, GuestForgotten."""
    require(guest)
    return [LegalHoldLifted(originator_id=guest.id, originator_version=guest.version + 1)] if guest.held else []


def cancel_communication(guest: Guest) -> list[GuestEvent]:
    """For the stays that are known now; nothing when it is cancelled already. Raises GuestUnknown, GuestForgotten."""
    require(guest)
    stay_ids = tuple(stay_id for stay_id in guest.stays if stay_id not in guest.silenced)
    if not stay_ids:
        return []
    return [CommunicationCancelled(originator_id=guest.id, originator_version=guest.version + 1, stay_ids=stay_ids)]


def unsubscribe(guest: Guest, *, complained: bool) -> list[GuestEvent]:
    """Nothing for who has unsubscribed, was anonymised, or is no more."""
    if guest.unsubscribed or guest.anonymised or not guest.exists:
        return []
    return [GuestUnsubscribed(originator_id=guest.id, originator_version=guest.version + 1, complained=complained)]


def suppress(guest: Guest, address: str) -> list[GuestEvent]:
    """Nothing for an address that is suppressed, or no longer known to be the guest's."""
    emails = guest.known.profile.emails if guest.known.profile else ()
    if address not in emails or address in guest.suppressed:
        return []
    return [AddressSuppressed(originator_id=guest.id, originator_version=guest.version + 1, address=address)]


def block(guest: Guest, reason: BlockReason, until: date | None) -> list[GuestEvent]:
    """Nothing when it is so already. Raises GuestUnknown, GuestForgotten."""
    require(guest)
    if guest.block and (guest.block.reason, guest.block.until) == (reason, until):
        return []
    return [GuestBlocked(originator_id=guest.id, originator_version=guest.version + 1, reason=reason, until=until)]


def unblock(guest: Guest) -> list[GuestEvent]:
    """Nothing when the guest is not blocked. Raises GuestUnknown, GuestForgotten."""
    require(guest)
    return [GuestUnblocked(originator_id=guest.id, originator_version=guest.version + 1)] if guest.block else []


def require(guest: Guest) -> None:
    if not guest.exists:
        raise GuestUnknown("There is no such guest.")
    if guest.anonymised:
        raise GuestForgotten("This guest was anonymised; nothing more can be written of them.")


def require_erasable(guest: Guest) -> None:
    require(guest)
    if guest.held:
        raise UnderLegalHold("A legal hold keeps this guest from being erased.")


def same_stay(stay: Stay, other: Stay) -> bool:
    """Whether both tell of one stay: same property, same arrival (or, where one lacks it, departure), no two rooms."""
    if stay.property_id != other.property_id or (stay.room and other.room and stay.room != other.room):
        return False
    if stay.arrival and other.arrival:
        return stay.arrival == other.arrival
    return stay.departure == other.departure


def differing_fields(before: Known, after: Known) -> tuple[str, ...]:
    """The names of what differs, those of the profile beside language and country, in the order of the model."""
    names = [name for name in ("language", "country") if getattr(before, name) != getattr(after, name)]
    names += [
        name
        for name in Profile.model_fields
        if getattr(before.profile, name, None) != getattr(after.profile, name, None)
    ]
    return tuple(names)


def merge(known: Known, told: Known) -> Known:
    """What is known after a list told something: it replaces what it names, adds e-mails and phones, erases nothing."""
    if known.profile is None or told.profile is None:
        return told if known.profile is None else known
    given = {name: value for name, value in told.profile if value}
    for name in ("emails", "phones"):
        before = getattr(known.profile, name)
        spelled = {value.lower() for value in before}
        given[name] = (*before, *(value for value in getattr(told.profile, name) if value.lower() not in spelled))
    if told.profile.address and known.profile.address:
        parts = {name: value for name, value in told.profile.address if value}
        given["address"] = known.profile.address.model_copy(update=parts)
    if told.profile.custom:
        given["custom"] = {**known.profile.custom, **told.profile.custom}
    return Known(
        language=told.language or known.language,
        country=told.country or known.country,
        profile=known.profile.model_copy(update=given),
    )


def complete(known: Known, told: Known) -> Known:
    """As merge, but what is known already stays: for a further row of one list, of somebody who shares an address."""
    kept, both = merge(told, known).profile, merge(known, told).profile
    if kept is None or both is None:
        return known
    return Known(
        language=known.language or told.language,
        country=known.country or told.country,
        profile=kept.model_copy(update={"emails": both.emails, "phones": both.phones}),
    )
