"""What is told of arrivals that wait for a person's yes, and by what those are found that are told anew."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from application.guest_entry import Judged
from application.guest_records import identities
from application.ports import Identities, Ports
from domain import arrival as arrivals
from domain.arrival import Arrival
from domain.contact import Profile
from domain.event import Event, Recorded
from domain.guest import Known
from domain.stay import Stay, same_stay


class Announced(NamedTuple):
    """The arrival of each row, and all there is to write of them, together."""

    ids: Sequence[UUID]
    events: Sequence[Event]
    identities: Identities


def announced(ports: Ports, organisation_id: UUID, rows: Sequence[Judged]) -> Announced:
    """Of rows all of which have a stay. Writes nothing.

    A pending arrival of the same reservation, or of the same stay told with one of a row's e-mails or phones, is told
    anew by it; the reservation stays known where it is not told again.
    """
    told = {identity for row in rows for identity in identities(row.profile)}
    by_identity = ports.log.announcing(organisation_id, told)
    marks = ports.log.owners(organisation_id, [_mark_of(row.profile, row.stay) for row in rows if row.stay])
    by_mark = {mark: [id_] for mark, id_ in marks.items()}
    before = load_pending(ports, {*marks.values(), *(id_ for ids in by_identity.values() for id_ in ids)})
    known = {each.id: each for each in before}
    ids: list[UUID] = []
    events: list[Event] = []
    for row in rows:
        assert row.stay
        mark, told_by = _mark_of(row.profile, row.stay), identities(row.profile)
        ids_told = [*by_mark.get(mark, ()), *(id_ for each in told_by for id_ in by_identity.get(each, ()))]
        candidates = [known[id_] for id_ in ids_told if id_ in known]
        same = [each for each in candidates if each.told and _same_arrival(each.told.stay, row.stay)]
        marked = [each for each in candidates if _mark(each) == mark]
        arrival = next(iter(marked + same), Arrival(ports.new_id()))
        told_now = Known(row.language, row.country, row.profile)
        booked_by = row.stay.reservation_id or (arrival.told and arrival.told.stay.reservation_id)
        stay = row.stay.model_copy(update={"reservation_id": booked_by})
        decided = arrivals.announce(arrival, organisation_id, told_now, stay)
        known[arrival.id] = arrivals.fold(arrival, decided)
        for identity in told_by:
            by_identity.setdefault(identity, []).append(arrival.id)
        ids.append(arrival.id)
        events += decided
    return Announced(ids, events, moved_identities(before, known.values()))


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


def _same_arrival(stay: Stay, other: Stay) -> bool:
    """One person can have two reservations of the same days."""
    booked_by = {stay.reservation_id, other.reservation_id} - {None}
    return len(booked_by) < 2 and same_stay(stay, other)


def _told(some: Iterable[Arrival]) -> set[tuple[str, UUID]]:
    return {(identity, each.id) for each in some if each.told for identity in identities(each.told.profile)}


def _mark(pending: Arrival) -> str:
    assert pending.told
    assert pending.told.profile  # readable until somebody answers
    return _mark_of(pending.told.profile, pending.told.stay)


def _mark_of(profile: Profile, stay: Stay) -> str:
    """Which reservation, or who comes when, and to which room: what has the same mark is one arrival."""
    if stay.reservation_id:
        return _mark_of_reservation(stay.reservation_id)
    begins = stay.arrival or f"until {stay.departure}"
    return f"arrival {stay.property_id} {begins} {stay.room or ''} {identities(profile)[0]}"


def _mark_of_reservation(reservation_id: UUID) -> str:
    return f"arrival {reservation_id}"


def arrivals_of(ports: Ports, organisation_id: UUID, reservation_ids: Iterable[UUID]) -> list[Arrival]:
    """The pending arrivals that tell of any of these reservations."""
    marks = [_mark_of_reservation(id_) for id_ in reservation_ids]
    return load_pending(ports, ports.log.owners(organisation_id, marks).values())


def load_pending(ports: Ports, ids: Iterable[UUID], told_before: datetime | None = None) -> list[Arrival]:
    """Those of the arrivals that nobody has answered, and of which nothing was told since a moment."""
    streams = ports.log.streams(sorted(ids)).items()
    quiet = [each for each in streams if told_before is None or each[1][-1].recorded_at < told_before]
    return [arrival for id_, recorded in quiet if (arrival := folded(id_, recorded)).pending]


def folded(arrival_id: UUID, recorded: Iterable[Recorded]) -> Arrival:
    return arrivals.fold(Arrival(arrival_id), (each.event for each in recorded))
