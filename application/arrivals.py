"""Guests of whom interfaces tell at properties that want a person's yes: announced, then accepted or refused."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from application.caller import Caller
from application.guest_entry import Judged
from application.guest_records import identities, record_of
from application.guests import INTAKE_RACES, intake
from application.organisation import load_property
from application.ports import Forgetting, Identities, Ports
from application.races import persistently
from domain import arrival as arrivals
from domain.access import Forbidden, Right, Role
from domain.arrival import Arrival, ArrivalUnknown, RefusedFor
from domain.contact import Profile, Stay
from domain.event import Event, Metadata, Recorded
from domain.guest import Known, Origin
from domain.property import Arrivals
from domain.registering import same_stay

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

    A pending arrival of the same stay that was told with one of a row's e-mails or phones is told anew by it.
    Raises ConcurrentChange, IdentityTaken.
    """
    caller.require(Right.WRITE_GUESTS)

    def attempt() -> tuple[Sequence[UUID], int]:
        told = {identity for row in rows for identity in identities(row.profile)}
        by_identity = ports.log.announcing(caller.organisation_id, told)
        before = load_pending(ports, {id_ for ids in by_identity.values() for id_ in ids})
        known = {each.id: each for each in before}
        ids: list[UUID] = []
        events: list[Event] = []
        for row in rows:
            assert row.stay
            told_by = identities(row.profile)
            candidates = [known[id_] for each in told_by for id_ in by_identity.get(each, ()) if id_ in known]
            same = [each for each in candidates if each.told and same_stay(each.told.stay, row.stay)]
            marked = [each for each in same if _mark(each) == _mark_of(row.profile, row.stay)]
            arrival = next(iter(marked + same), Arrival(ports.new_id()))
            told_now = Known(row.language, row.country, row.profile)
            decided = arrivals.announce(arrival, caller.organisation_id, told_now, row.stay)
            known[arrival.id] = arrivals.fold(arrival, decided)
            for identity in told_by:
                by_identity.setdefault(identity, []).append(arrival.id)
            ids.append(arrival.id)
            events += decided
        if events:
            moved = moved_identities(before, known.values())
            return ids, ports.log.append(events, caller.metadata(ports.now()), moved)
        return ids, max((recorded[-1].position for recorded in ports.log.streams(ids).values()), default=0)

    return persistently(attempt, lost=INTAKE_RACES)


def moved_identities(before: Collection[Arrival], after: Collection[Arrival]) -> Identities:
    """What the log is to note when pending arrivals become others.

    Each is found by all that it tells. Its mark, which only one can have, keeps two that are told in the same moment
    from both being new.
    """
    told_before, told_after = _told(before), _told(after)
    marks_before, marks_after = ({(_mark(each), each.id) for each in some} for some in (before, after))
    return Identities(
        taken=sorted(marks_after - marks_before),
        released=[mark for mark, _ in marks_before - marks_after],
        announced=sorted(told_after - told_before),
        answered=sorted(told_before - told_after),
    )


def _told(some: Iterable[Arrival]) -> set[tuple[str, UUID]]:
    return {(identity, each.id) for each in some if each.told for identity in identities(each.told.profile)}


def _mark(pending: Arrival) -> str:
    assert pending.told
    assert pending.told.profile  # readable until somebody answers
    return _mark_of(pending.told.profile, pending.told.stay)


def _mark_of(profile: Profile, stay: Stay) -> str:
    """Who comes when, and to which room: what has the same mark is one arrival."""
    begins = stay.arrival or f"until {stay.departure}"
    return f"arrival {stay.property_id} {begins} {stay.room or ''} {identities(profile)[0]}"


def accept_arrival(ports: Ports, caller: Caller, arrival_id: UUID) -> tuple[UUID, int]:
    """The guest and the position. What was told is the guest's from then on, and no longer the arrival's.

    Raises ArrivalUnknown, ArrivalAnswered, ConcurrentChange, IdentityTaken; Forbidden, also for an interface.
    """
    require_person(caller)

    def attempt() -> tuple[UUID, int]:
        [guest_id], position = _accept(ports, caller, [_load(ports, caller, arrival_id)])
        return guest_id, position

    return persistently(attempt, lost=INTAKE_RACES)


def refuse_arrival(ports: Ports, caller: Caller, arrival_id: UUID) -> int:
    """The position. An interface may take back in this way what it told.

    Raises ArrivalUnknown, ArrivalAnswered, ConcurrentChange, Forbidden.
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

    Raises PropertyUnknown, Forbidden; ConcurrentChange, IdentityTaken, after which some may be answered.
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
            ports.log.forget(forgetting(some), lambda _: refusals(some, why), metadata, moved_identities(some, ()))

    for start in range(0, len(arrival_ids), AT_ONCE):
        persistently(partial(attempt, arrival_ids[start : start + AT_ONCE]))


def arrivals_telling(ports: Ports, organisation_id: UUID, told: Iterable[str]) -> list[Arrival]:
    """The pending arrivals that tell of any of these identities."""
    found = ports.log.announcing(organisation_id, told)
    return load_pending(ports, {id_ for ids in found.values() for id_ in ids})


def load_pending(ports: Ports, ids: Iterable[UUID], told_before: datetime | None = None) -> list[Arrival]:
    """Those of the arrivals that nobody has answered, and of which nothing was told since a moment."""
    streams = ports.log.streams(sorted(ids)).items()
    quiet = [each for each in streams if told_before is None or each[1][-1].recorded_at < told_before]
    return [arrival for id_, recorded in quiet if (arrival := _folded(id_, recorded)).pending]


def forgetting(some: Iterable[Arrival]) -> list[Forgetting]:
    return [Forgetting(each.id) for each in some]


def refusals(some: Iterable[Arrival], why: RefusedFor) -> list[Event]:
    return [event for each in some for event in arrivals.refuse(each, why)]


def _accept(ports: Ports, caller: Caller, some: Sequence[Arrival]) -> tuple[Sequence[UUID], int]:
    rows: list[Judged] = []
    for each in some:
        arrivals.require_pending(each)
        assert each.told
        assert each.told.profile  # readable until somebody answers
        rows.append(Judged(each.told.language, each.told.country, each.told.profile, each.told.stay))
    todo = intake(ports, caller, rows, Origin.PMS)
    guests = [outcome.guest_id for outcome in todo.outcomes]
    accepted = [event for each, guest in zip(some, guests, strict=True) for event in arrivals.accept(each, guest)]
    identities_ = replace(moved_identities(some, ()), taken=todo.taken)
    metadata = _metadata(ports, caller, some)
    return guests, ports.log.forget(forgetting(some), lambda _: [*todo.events, *accepted], metadata, identities_)


def _refuse(ports: Ports, caller: Caller, some: Sequence[Arrival]) -> int:
    refused = refusals(some, RefusedFor.DECLINED)
    moved = moved_identities(some, ())
    return ports.log.forget(forgetting(some), lambda _: refused, _metadata(ports, caller, some), moved)


def _metadata(ports: Ports, caller: Caller, some: Sequence[Arrival]) -> Metadata:
    """Of arrivals of one property."""
    told = some[0].told
    return caller.metadata(ports.now(), property_id=told.stay.property_id if told else None)


def _load(ports: Ports, caller: Caller, arrival_id: UUID) -> Arrival:
    arrival = _folded(arrival_id, ports.log.stream(arrival_id))
    told = arrival.told
    if told is None or told.organisation_id != caller.organisation_id or not caller.sees([told.stay.property_id]):
        raise ArrivalUnknown("There is no such arrival.")
    return arrival


def _folded(arrival_id: UUID, recorded: Iterable[Recorded]) -> Arrival:
    return arrivals.fold(Arrival(arrival_id), (each.event for each in recorded))


def require_person(caller: Caller) -> None:
    caller.require(Right.WRITE_GUESTS)
    if caller.role is Role.MACHINE:
        raise Forbidden("This is for a person to decide, and the key is an interface's.")
