"""Commands about merges: preview, make two guests one, undo; and reading one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from uuid import UUID

from application.caller import Caller
from application.erasure.belongings import Belongings, load_belongings
from application.guest_records import GuestRecord, identities, load_whole, record_of, who_is
from application.ports import Identities, Ports
from application.races import persistently
from domain import guest as guests
from domain import merging, reserving
from domain.access import Right
from domain.event import Event, Metadata
from domain.guest import Guest, GuestMergedAway, Known
from domain.guest_events import GuestEvent, GuestMerged
from domain.merging import Difference, MergeNotLast, MergeUnknown, Side
from domain.reservation import Reservation, ReservationBooked, ReservationChanged

Choices = Mapping[str, Side]
"""By field, whose value is taken."""


@dataclass(frozen=True)
class Merger:
    """A merge as it is, or would be: the guest who stands for both, and in what the two differed."""

    record: GuestRecord
    merged_guest_id: UUID
    differences: Sequence[Difference] | None = None
    """None once nobody asks any more."""


@dataclass(frozen=True)
class _Pair:
    guest: GuestRecord
    other: GuestRecord
    reservations: Sequence[Reservation]
    """Those of the other."""

    def decide(self, merge_id: UUID, choices: Choices) -> tuple[list[GuestEvent], Merger]:
        guest, other = self.guest.guest, self.other.guest
        events = merging.merge(guest, other, merge_id, choices, [each.id for each in self.reservations])
        after = replace(self.guest, guest=guests.fold(guest, _of(guest.id, events)))
        return events, Merger(after, other.id, merging.differences(guest.known, other.known, choices))


def preview(ports: Ports, caller: Caller, guest_id: UUID, other_id: UUID, choices: Choices) -> Merger:
    """What `merge` would come to. Raises as that."""
    _, merger = _load_pair(ports, caller, guest_id, other_id).decide(ports.new_id(), choices)
    return merger


def merge(ports: Ports, caller: Caller, guest_id: UUID, other_id: UUID, choices: Choices) -> tuple[UUID, Merger, int]:
    """The guest stands for the other too from now on, with all that is theirs; gives the merge, its id, the position.

    Raises GuestUnknown, GuestForgotten, GuestMergedAway, SameGuest, UnderLegalHold, ConcurrentChange; Forbidden, also
    for a guest who is known elsewhere too.
    """

    def attempt() -> tuple[UUID, Merger, int]:
        pair, merge_id = _load_pair(ports, caller, guest_id, other_id), ports.new_id()
        linked = [event for each in pair.reservations for event in reserving.pass_on(each, guest_id)]
        released = identities(pair.other.guest.known.profile)
        taken = [(identity, guest_id) for identity in (*released, known_as(merge_id))]
        decided, merger = pair.decide(merge_id, choices)
        events: list[Event] = [*decided, *linked]
        position = ports.log.append(events, caller.metadata(ports.now()), Identities(taken, released))
        return merge_id, merger, position

    merge_id, would_be, position = persistently(attempt)
    return merge_id, replace(read_merge(ports, caller, merge_id), differences=would_be.differences), position


def read_merge(ports: Ports, caller: Caller, merge_id: UUID) -> Merger:
    """One that is in force. Raises MergeUnknown, Forbidden; GuestMergedAway where the guest was merged since."""
    caller.require(Right.READ_GUESTS)
    record = _load_survivor(ports, caller, merge_id)
    merge = next((each for each in record.guest.merges if each.told.merge_id == merge_id), None)
    if merge is None:
        raise GuestMergedAway(record.guest.id)
    return Merger(record, merge.told.other_id)


def undo_merge(ports: Ports, caller: Caller, merge_id: UUID) -> int:
    """Both are as they were, with what each has received since; gives the position.

    Raises MergeUnknown, MergeNotLast, GuestForgotten, UnderLegalHold, ConcurrentChange; Forbidden as `merge`.
    """
    caller.require(Right.WRITE_GUESTS)

    def attempt() -> int:
        record = _load_survivor(ports, caller, merge_id)
        _require_all_of(ports, caller, record)
        last = record.guest.merges[-1].told
        if last.merge_id != merge_id:
            raise MergeNotLast("A later merge is to be undone first.", merge_id=str(last.merge_id))
        back = _to_give_back(ports, record)
        events = merging.unmerge(back.guest, back.other, back.stay_ids, back.told)
        return _append(ports, back, events, caller.metadata(ports.now()))

    return persistently(attempt)


def separate(ports: Ports, guest_id: UUID, metadata: Metadata) -> None:
    """Undoes every merge that the guest is part of, whatever stands against it: last first, so also those on top.

    A guest who is one with somebody anonymised stays that.
    """
    while True:
        record = who_is(ports.log, guest_id)
        guest = record.guest
        if guest.anonymised or not guest.merges:
            return
        back = _to_give_back(ports, record)
        _append(ports, back, merging.unmerged(back.guest, back.other, back.stay_ids, back.told), metadata)


def known_as(merge_id: UUID) -> str:
    """An identity of the surviving guest while the merge is in force. No e-mail or phone looks like it."""
    return f"merge {merge_id}"


@dataclass(frozen=True)
class _GoingBack:
    """What goes back to the other guest when the last merge is undone."""

    guest: Guest
    other: Guest
    reservations: Sequence[Reservation]
    stay_ids: Sequence[UUID]
    told: Sequence[Known]
    """With these reservations, since the merge."""


def _to_give_back(ports: Ports, record: GuestRecord) -> _GoingBack:
    """What was the other's, as it is now, and what was booked since with an e-mail, else a phone, of theirs (C4).

    Theirs are also those that were told with reservations of theirs.
    """
    guest, last = record.guest, record.guest.merges[-1].told
    other = record_of(last.other_id, ports.log.stream(last.other_id)).guest
    theirs, own = (set(identities(each.known.profile)) for each in (other, guest.merges[-1].before))
    shared = identities(guest.known.profile)
    merged_at = next(
        each.position
        for each in record.recorded
        if isinstance(each.event, GuestMerged) and each.event.merge_id == last.merge_id
    )
    belongings = load_belongings(ports, [guest.id])[guest.id]
    told = [
        each.event
        for each in sorted(belongings.recorded, key=attrgetter("position"))
        if isinstance(each.event, ReservationBooked | ReservationChanged) and each.position > merged_at
    ]
    since = {event.originator_id for event in told if isinstance(event, ReservationBooked)}

    def is_theirs(reservation: Reservation) -> bool:
        if reservation.id in last.reservation_ids:
            return True
        named = next((each for each in identities(reservation.contact.profile) if each in shared), None)
        return reservation.id in since and named in theirs

    booked: dict[UUID, Reservation] = {}
    for reservation in filter(is_theirs, _linked(belongings, guest.id)):
        booked[reservation.id] = reservation
        contacts = [event.contact for event in told if event.originator_id == reservation.id]
        theirs.update({identity for contact in contacts for identity in identities(contact)} - own)
    stay_ids = [
        stay_id
        for stay_id, stay in guest.stays.items()
        if (stay.reservation_id in booked if stay.reservation_id else stay_id in last.stay_ids)
    ]
    given = [Known(e.language, e.country, e.contact) for e in told if e.originator_id in booked and e.contact]
    return _GoingBack(guest, other, list(booked.values()), stay_ids, given)


def _append(ports: Ports, back: _GoingBack, events: Sequence[GuestEvent], metadata: Metadata) -> int:
    linked = [event for each in back.reservations for event in reserving.pass_on(each, back.other.id)]
    freed = guests.fold(back.other, _of(back.other.id, events))
    theirs = identities(freed.known.profile)
    released = [*theirs, known_as(back.guest.merges[-1].told.merge_id)]
    moved = Identities([(identity, back.other.id) for identity in theirs], released)
    return ports.log.append([*events, *linked], metadata, moved)


def _load_pair(ports: Ports, caller: Caller, guest_id: UUID, other_id: UUID) -> _Pair:
    caller.require(Right.WRITE_GUESTS)
    guest, other = load_whole(ports, caller, guest_id), load_whole(ports, caller, other_id)
    for record in (guest, other):
        _require_all_of(ports, caller, record)
    return _Pair(guest, other, _linked(load_belongings(ports, [other_id])[other_id], other_id))


def _load_survivor(ports: Ports, caller: Caller, merge_id: UUID) -> GuestRecord:
    """The guest, or who stands for them since, whose business it is to the caller. Raises MergeUnknown."""
    key = known_as(merge_id)
    guest_id = ports.log.owners(caller.organisation_id, [key]).get(key)
    record = who_is(ports.log, guest_id) if guest_id else None
    if record is None or not caller.sees(record.guest.properties):
        raise MergeUnknown("There is no such merge, or it was undone.")
    return record


def _require_all_of(ports: Ports, caller: Caller, record: GuestRecord) -> None:
    """Raises Forbidden."""
    record.require_all_of(caller)
    for belongings in load_belongings(ports, record.guest.ids).values():
        belongings.require_all_of(caller)


def _linked(belongings: Belongings, guest_id: UUID) -> list[Reservation]:
    return [each for each in belongings.reservations if each.guest_id == guest_id]


def _of(guest_id: UUID, events: Sequence[GuestEvent]) -> list[GuestEvent]:
    return [event for event in events if event.originator_id == guest_id]
