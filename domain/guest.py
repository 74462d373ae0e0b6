"""A guest as their events tell it. Events: guest_events.py."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import NamedTuple, assert_never
from uuid import UUID

from domain.contact import Profile
from domain.event import Event, Place
from domain.guest_events import (
    AddressSuppressed,
    CommunicationCancelled,
    ContactSyncSwitched,
    GuestAnonymised,
    GuestBlocked,
    GuestChanged,
    GuestDeleted,
    GuestEvent,
    GuestMerged,
    GuestRegistered,
    GuestUnblocked,
    GuestUnmerged,
    GuestUnsubscribed,
    LegalHoldLifted,
    LegalHoldPlaced,
    MergedInto,
    MergeUndone,
    StayRecorded,
    StayRemoved,
)
from domain.refusal import Refusal
from domain.stay import Figures, Stay, figures


class GuestUnknown(Refusal):
    """There is no such guest in this organisation, or no longer."""

    code = "not-found"


class GuestMergedAway(Refusal):
    """The guest is one with another, whose id `members` hold as `guest_id`: that is the one to ask for."""

    code = "guest-merged"

    def __init__(self, guest_id: UUID) -> None:
        super().__init__("This guest was merged into another, named by `guest_id`.", guest_id=str(guest_id))


class GuestForgotten(Refusal):
    """The guest was anonymised: nothing more can be written of them."""

    code = "guest-forgotten"


class UnderLegalHold(Refusal):
    """The guest must not be erased; `members` say since when, who placed the hold and on what grounds."""

    code = "legal-hold"


class StillMerged(Refusal):
    """The guest stands for others too, who cannot be deleted with them; `members` hold the `merge_id` to undo first."""

    code = "still-merged"


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
    stays: MappingProxyType[UUID, Stay] = field(default_factory=lambda: MappingProxyType({}))
    contact_sync: bool = True
    deleted: bool = False
    erasure_id: UUID | None = None
    held: bool = False
    silenced: frozenset[UUID] = frozenset()
    """The stays about which they get no message."""
    unsubscribed: bool = False
    unsubscribed_since: bool = False
    """Whether they said so since the last of the merges in force; without any, at all."""
    suppressed: frozenset[str] = frozenset()
    """The addresses to which mails cannot be delivered."""
    block: GuestBlocked | None = None
    merges: tuple["Merge", ...] = ()
    """Those in force, the last of which is the first to be undone."""
    sealed_by: UUID | None = None
    """The last of these, whose key seals what is told of them."""
    merged_into: UUID | None = None
    merged_by: UUID | None = None
    """The merge with that guest."""

    @property
    def ids(self) -> tuple[UUID, ...]:
        """Theirs, and those of all who are one with them."""
        return (self.id, *(id_ for merge in self.merges for id_ in merge.told.with_ids))

    @property
    def subjects(self) -> set[UUID]:
        """Whose keys seal what is known of them: theirs, of all who are one with them, and of these merges."""
        return {*self.ids, *(merge.told.merge_id for merge in self.merges)}

    @property
    def next_place(self) -> Place:
        return Place(originator_id=self.id, originator_version=self.version + 1)

    @property
    def exists(self) -> bool:
        """Also once they were anonymised; not while they are one with another, who stands for both."""
        return self.version > 0 and not self.deleted and self.merged_into is None

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
    def figures(self) -> Figures:
        return figures(self.stays.values())

    def rooms_with(self, stay_id: UUID) -> list[UUID]:
        """The stays that are one with this, in several rooms at one time; first the one that stands for all."""
        stay = self.stays[stay_id]
        rooms = [
            (other.departure is None, other_id)
            for other_id, other in self.stays.items()
            if other.property_id == stay.property_id and (other.arrival, other.begins) == (stay.arrival, stay.begins)
        ]
        return [other_id for _, other_id in sorted(rooms)] if stay.begins else [stay_id]

    @property
    def latest_stay(self) -> tuple[UUID, Stay] | None:
        """With its id, also one that is still to come: what messages are about, and what a correction is of."""
        return max(self.stays.items(), key=lambda each: each[1].begins or date.min, default=None)


class Merge(NamedTuple):
    """A merge that is in force, and the guest as they were before it."""

    told: GuestMerged
    before: Guest


def evolve(guest: Guest, event: GuestEvent) -> Guest:
    before, guest = guest, replace(guest, version=event.originator_version)
    match event:
        case GuestRegistered():
            known = Known(event.language, event.country, event.profile)
            return replace(guest, organisation_id=event.organisation_id, known=known)
        case GuestChanged():
            return replace(guest, known=Known(event.language, event.country, event.profile))
        case StayRecorded():
            return replace(guest, stays=MappingProxyType(guest.stays | {event.stay_id: event.stay}))
        case StayRemoved():
            return _without_stays(guest, [event.stay_id])
        case ContactSyncSwitched():
            return replace(guest, contact_sync=event.on)
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
            return replace(
                guest,
                unsubscribed=True,
                unsubscribed_since=guest.unsubscribed_since or event.merge_id is None,
            )
        case AddressSuppressed():
            known_as = {event.address} if event.address else set()
            return replace(guest, suppressed=guest.suppressed | known_as)
        case GuestBlocked():
            return replace(guest, block=event)
        case GuestUnblocked():
            return replace(guest, block=None)
        case GuestMerged():
            known = Known(event.language, event.country, event.profile)
            merge = Merge(event, before)
            return replace(
                guest,
                known=known,
                merges=(*guest.merges, merge),
                sealed_by=event.merge_id,
                unsubscribed_since=False,
            )
        case MergedInto():
            return replace(_without_stays(guest, event.stay_ids), merged_into=event.guest_id, merged_by=event.merge_id)
        case GuestUnmerged():
            return replace(
                _without_stays(guest, event.stay_ids),
                known=Known(event.language, event.country, event.profile),
                merges=guest.merges[:-1],
                sealed_by=event.sealed_by,
                unsubscribed=event.unsubscribed,
                unsubscribed_since=guest.unsubscribed_since or guest.merges[-1].before.unsubscribed_since,
                silenced=frozenset(event.silenced),
                suppressed=frozenset(event.suppressed or ()),
            )
        case MergeUndone():
            known = Known(event.language, event.country, event.profile)
            return replace(guest, known=known, merged_into=None, merged_by=None)
        case _:
            assert_never(event)


def _without_stays(guest: Guest, stay_ids: Collection[UUID]) -> Guest:
    left = {stay_id: stay for stay_id, stay in guest.stays.items() if stay_id not in stay_ids}
    return replace(guest, stays=MappingProxyType(left))


def fold(guest: Guest, events: Iterable[Event]) -> Guest:
    """An id that is another kind of stream's folds to a guest nobody has heard of."""
    for event in events:
        if not isinstance(event, GuestEvent):
            return Guest(guest.id)
        guest = evolve(guest, event)
    return guest


def require(guest: Guest) -> None:
    if guest.merged_into:
        raise GuestMergedAway(guest.merged_into)
    if not guest.exists:
        raise GuestUnknown("There is no such guest.")
    if guest.anonymised:
        raise GuestForgotten("This guest was anonymised; nothing more can be written of them.")
