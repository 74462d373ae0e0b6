"""Guests of whom interfaces tell at properties that want a person's yes: announced, then accepted or refused."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from application.announcing import announced, folded, load_pending, moved_identities
from application.caller import Caller
from application.desk import Desk
from application.guest_entry import Judged
from application.guest_records import identities, record_of
from application.guests import INTAKE_RACES
from application.organisation import load_property
from application.ports import Forgetting, Ports
from application.races import persistently
from domain import arrival as arrivals
from domain import registering, reserving
from domain import reservation as reservations
from domain.access import Forbidden, Right, Role
from domain.arrival import Arrival, ArrivalUnknown, RefusedFor
from domain.event import Event, Metadata
from domain.guest import Guest, Known
from domain.guest_events import Origin
from domain.property import Arrivals
from domain.reservation import Reservation
from domain.stay import same_stay

AT_ONCE = 100
"""Arrivals that one transaction answers."""


def awaiting_a_yes(ports: Ports, caller: Caller, rows: Sequence[Judged]) -> list[bool]:
    """Whether each row is to be announced: an interface tells it, of a stay where a person's yes is wanted (L3).

    Not of a stay that is known of its guest: who entered or accepted it has said yes. Raises PropertyUnknown.
    """
    if caller.role is not Role.MACHINE:
        return [False] * len(rows)
    hotels = {row.stay.property_id for row in rows if row.stay}
    strict = {id_ for id_ in hotels if load_property(ports, caller, id_).settings.arrivals is Arrivals.CONFIRMED}
    told = {each for row in rows if row.stay and row.stay.property_id in strict for each in identities(row.profile)}
    owners = ports.log.owners(caller.organisation_id, told)
    streams = ports.log.streams(list(set(owners.values())))
    guests = {guest_id: record_of(guest_id, recorded).guest for guest_id, recorded in streams.items()}

    def awaits(row: Judged) -> bool:
        if row.stay is None or row.stay.property_id not in strict:
            return False
        owner = next((owners[each] for each in identities(row.profile) if each in owners), None)
        known = guests[owner].stays.values() if owner else ()
        return not any(same_stay(row.stay, stay) for stay in known)

    return [awaits(row) for row in rows]


def announce(ports: Ports, caller: Caller, rows: Sequence[Judged]) -> tuple[Sequence[UUID], int]:
    """The arrival of each row, all of which have a stay, and the position: that of the last event of these arrivals.

    Raises ConcurrentChange, IdentityTaken.
    """
    caller.require(Right.WRITE_GUESTS)

    def attempt() -> tuple[Sequence[UUID], int]:
        told = announced(ports, caller.organisation_id, rows)
        if told.events:
            return told.ids, ports.log.append(told.events, caller.metadata(ports.now()), told.identities)
        return told.ids, max((each[-1].position for each in ports.log.streams(told.ids).values()), default=0)

    return persistently(attempt, lost=INTAKE_RACES)


def accept_arrival(ports: Ports, caller: Caller, arrival_id: UUID) -> tuple[UUID, int]:
    """The guest and the position. What was told is the guest's from then on, and no longer the arrival's.

    Where staff have linked its reservation meanwhile, it is accepted for that guest, who is told nothing of it. Raises
    ArrivalUnknown, ArrivalAnswered, ReservationGone, ConcurrentChange, IdentityTaken; Forbidden, also for an interface.
    """
    require_person(caller)

    def attempt() -> tuple[UUID, int]:
        [guest_id], position = _accept(ports, caller, [_load(ports, caller, arrival_id)])
        return guest_id, position

    return persistently(attempt, lost=INTAKE_RACES)


def refuse_arrival(ports: Ports, caller: Caller, arrival_id: UUID) -> int:
    """The position. An interface may take back in this way what it told.

    With every refusal goes who to contact of the reservation, unless that is a guest's by then. Raises
    ArrivalUnknown, ArrivalAnswered, ConcurrentChange, Forbidden.
    """
    caller.require(Right.WRITE_GUESTS)
    return persistently(lambda: _refuse(ports, caller, [_load(ports, caller, arrival_id)]))


class Answered(NamedTuple):
    """How many were answered, and the last position, 0 for none.

    `overtaken` are those that somebody else answered meanwhile, or of which an interface told anew.
    """

    number: int
    overtaken: int
    position: int


Following = Callable[[UUID, int], Sequence[UUID]]
"""Proposes pending arrivals of a property: at most so many of those after an id, in the order of ids."""


def answer_all(
    ports: Ports, caller: Caller, property_id: UUID, following: Following, told_before: datetime, *, accept: bool
) -> Answered:
    """Accepts or refuses the property's arrivals of which nothing was told since a moment, some at a time.

    Raises PropertyUnknown, Forbidden; ReservationGone, ConcurrentChange, IdentityTaken, after which some may be
    answered.
    """
    require_person(caller)
    load_property(ports, caller, property_id)

    def attempt(ids: Sequence[UUID]) -> Answered:
        some = load_pending(ports, ids, told_before)
        if not some:
            return Answered(0, len(ids), 0)
        position = _accept(ports, caller, some)[1] if accept else _refuse(ports, caller, some)
        return Answered(len(some), len(ids) - len(some), position)

    answered, after = Answered(0, 0, 0), UUID(int=0)
    while ids := following(after, AT_ONCE):
        number, overtaken, position = persistently(partial(attempt, ids), lost=INTAKE_RACES)
        answered = Answered(answered.number + number, answered.overtaken + overtaken, max(answered.position, position))
        after = ids[-1]
    return answered


def forget_arrivals(
    ports: Ports, organisation_id: UUID, arrival_ids: Sequence[UUID], told_before: datetime, why: RefusedFor
) -> None:
    """Refuses those of the pending arrivals of which nothing was told since a moment. Raises ConcurrentChange."""

    def attempt(ids: Sequence[UUID]) -> None:
        if some := load_pending(ports, ids, told_before):
            metadata = Metadata(
                recorded_at=ports.now(), actor="hote", organisation_id=organisation_id, correlation_id=ports.new_id()
            )
            _turn_away(ports, some, why, metadata)

    for start in range(0, len(arrival_ids), AT_ONCE):
        persistently(partial(attempt, arrival_ids[start : start + AT_ONCE]))


def arrivals_telling(ports: Ports, organisation_id: UUID, told: Iterable[str]) -> list[Arrival]:
    """The pending arrivals that tell of any of these identities."""
    found = ports.log.announcing(organisation_id, told)
    return load_pending(ports, {id_ for ids in found.values() for id_ in ids})


def unclaimed(ports: Ports, some: Iterable[Arrival]) -> list[Reservation]:
    """The reservations of these arrivals that are no guest's, with a contact: when they are refused, that is erased."""
    return [each for each in _reservations(ports, some).values() if each.guest_id is None and not each.erased]


def forgetting(some: Iterable[Arrival]) -> list[Forgetting]:
    return [Forgetting(each.id) for each in some]


def refusals(some: Iterable[Arrival], why: RefusedFor) -> list[Event]:
    return [event for each in some for event in arrivals.refuse(each, why)]


def _accept(ports: Ports, caller: Caller, some: Sequence[Arrival]) -> tuple[Sequence[UUID], int]:
    for each in some:
        arrivals.require_pending(each)
    told = [(each, each.told, each.told.profile) for each in some if each.told and each.told.profile]
    assert len(told) == len(some)  # readable until somebody answers
    booked = _reservations(ports, some)
    desk = Desk(ports, caller, [profile for _, _, profile in told], booked.values())
    accepted: list[Event] = []
    guest_ids: list[UUID] = []
    for each, what, profile in told:
        reservation = booked.get(what.stay.reservation_id) if what.stay.reservation_id else None
        guest_id = reservation.guest_id if reservation else None
        if guest_id is None:  # else somebody has said meanwhile whose it is, and they are not told what was told
            known = desk.guests.find(profile) or Guest(ports.new_id())
            contact = Known(what.language, what.country)
            guest = desk.guests.tell(known, profile, contact, Origin.PMS, registering.merge)
            guest_id = guest.id
            if reservation:
                desk.settle(reservation, reserving.link(reservation, guest_id))
            else:
                desk.guests.record_stay(guest, what.stay)
        accepted += arrivals.accept(each, guest_id)
        guest_ids.append(guest_id)
    events, identities_ = desk.written()
    moved = replace(moved_identities(some, ()), taken=identities_.taken)
    metadata = _metadata(ports, caller, some)
    return guest_ids, ports.log.forget(forgetting(some), lambda _: [*events, *accepted], metadata, moved)


def _refuse(ports: Ports, caller: Caller, some: Sequence[Arrival]) -> int:
    return _turn_away(ports, some, RefusedFor.DECLINED, _metadata(ports, caller, some))


def _turn_away(ports: Ports, some: Sequence[Arrival], why: RefusedFor, metadata: Metadata) -> int:
    contacts = unclaimed(ports, some)
    decided = refusals(some, why) + [event for each in contacts for event in reserving.erase_contact(each)]
    gone = [*forgetting(some), *(Forgetting(each.id) for each in contacts)]
    return ports.log.forget(gone, lambda _: decided, metadata, moved_identities(some, ()))


def _reservations(ports: Ports, some: Iterable[Arrival]) -> dict[UUID, Reservation]:
    ids = [each.told.stay.reservation_id for each in some if each.told]
    streams = ports.log.streams([id_ for id_ in ids if id_])
    return {id_: reservations.fold(Reservation(id_), (each.event for each in told)) for id_, told in streams.items()}


def _metadata(ports: Ports, caller: Caller, some: Sequence[Arrival]) -> Metadata:
    """Of arrivals of one property."""
    told = some[0].told
    return caller.metadata(ports.now(), property_id=told.stay.property_id if told else None)


def _load(ports: Ports, caller: Caller, arrival_id: UUID) -> Arrival:
    arrival = folded(arrival_id, ports.log.stream(arrival_id))
    told = arrival.told
    if told is None or told.organisation_id != caller.organisation_id or not caller.sees([told.stay.property_id]):
        raise ArrivalUnknown("There is no such arrival.")
    return arrival


def require_person(caller: Caller) -> None:
    caller.require(Right.WRITE_GUESTS)
    if caller.role is Role.MACHINE:
        raise Forbidden("This is for a person to decide, and the key is an interface's.")
