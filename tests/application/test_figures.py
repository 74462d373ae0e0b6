"""Whatever is booked, cancelled, missed, moved, merged and put apart: guests' figures are those of a plain recount."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from application import merging, reservations
from application.guest_entry import Judged
from application.guests import register_guest
from application.reservation_entry import ContactEntry, ReservationEntry, TiedEntry, entry_of
from domain.contact import Profile
from domain.guest import Guest, fold
from domain.guest_events import Origin
from domain.money import Money
from domain.refusal import Refusal
from domain.reservation import Reservation, State
from domain.stay import Figures
from tests.application.memory import House

TODAY = date(2026, 11, 21)
EMAILS = ("a@example.com", "b@example.com", "c@example.com")


@dataclass(frozen=True)
class Plain:
    """A reservation as a plain program would keep it."""

    id: UUID
    at: UUID
    arrival: date
    nights: int
    rooms: tuple[str, ...]
    paid: Money | None
    guest: UUID | None
    email: str | None = None
    state: State = State.BOOKED

    @property
    def realised(self) -> bool:
        return self.state in (State.CHECKED_IN, State.CHECKED_OUT) or self.arrival <= TODAY


def recounted(guest: UUID, known: list[Plain]) -> Figures:
    theirs = [each for each in known if each.guest == guest and each.state not in (State.CANCELLED, State.NO_SHOW)]
    visits: dict[tuple[UUID, date], int] = {}
    paid: dict[str, int] = {}
    for each in theirs:
        if each.realised:
            where = (each.at, each.arrival)
            visits[where] = max(visits.get(where, 0), each.nights)
        if each.paid:
            paid[each.paid.currency] = paid.get(each.paid.currency, 0) + each.paid.amount
    looked_at = [each for each in theirs if each.realised] or theirs
    last = max(((each.arrival, each.at) for each in looked_at), default=None)
    rooms = {room for each in theirs if (each.arrival, each.at) == last for room in each.rooms}
    return Figures(
        len(visits), sum(visits.values()), last and last[0], tuple(sorted(rooms)), dict(sorted(paid.items()))
    )


bookings = st.tuples(
    st.integers(-5, 5),
    st.integers(0, 4),
    st.lists(st.sampled_from(["1", "2", "3"]), max_size=3, unique=True),
    st.none() | st.builds(Money, amount=st.integers(0, 500), currency=st.sampled_from(["EUR", "CHF"])),
)
happenings = st.one_of(
    st.tuples(st.just("book"), st.integers(0, 1), bookings, st.sampled_from([*EMAILS, None])),
    st.tuples(st.just("change"), st.integers(0, 9), bookings, st.none()),
    st.tuples(st.just("say"), st.integers(0, 9), st.sampled_from(list(State)[1:]), st.none()),
    st.tuples(st.just("link"), st.integers(0, 9), st.integers(0, 2), st.none()),
    st.tuples(st.just("unlink"), st.integers(0, 9), st.none(), st.none()),
    st.tuples(st.just("merge"), st.integers(0, 2), st.integers(0, 2), st.none()),
    st.tuples(st.just("undo"), st.integers(0, 2), st.none(), st.none()),
)


class Merged(NamedTuple):
    """A merge that is in force: of these two, the second of whom had these reservations and e-mails."""

    id: UUID
    guest: UUID
    other: UUID
    reservations: frozenset[UUID]
    known: frozenset[UUID]
    """All that was booked by then."""
    emails: frozenset[str]


class Staff:
    """Who does at the desk what is told, and keeps it plainly beside."""

    def __init__(self) -> None:
        self.house = House()
        self.known: list[Plain] = []
        profiles = [Profile(last_name="Martin", emails=(email,)) for email in EMAILS]
        self.guests = [
            register_guest(self.house.ports, self.house.admin, Judged(None, None, profile, None), Origin.MANUAL)[0]
            for profile in profiles
        ]
        self.owners = dict(zip(EMAILS, self.guests, strict=True))
        self.merges: list[Merged] = []

    def book(self, hotel: int, what: tuple[int, int, list[str], Money | None], email: str | None) -> None:
        days, nights, rooms, paid = what
        at, arrival = (self.house.port, self.house.lago)[hotel], TODAY + timedelta(days)
        entry = ReservationEntry(
            property_id=at,
            arrival=arrival,
            departure=arrival + timedelta(nights),
            rooms=rooms,
            paid=paid,
            guest=ContactEntry(last_name="Martin", emails=[email]) if email else None,
        )
        made, _ = reservations.book(self.house.ports, self.house.admin, entry)
        guest = self.owners[email] if email else None
        self.known.append(Plain(made, at, arrival, nights, tuple(rooms), paid, guest, email))

    def change(self, number: int, what: tuple[int, int, list[str], Money | None], _: None) -> None:
        plain = self.known[number % len(self.known)]
        days, nights, rooms, paid = what
        arrival = TODAY + timedelta(days)

        def new(found: Reservation) -> TiedEntry:
            fields = {"arrival": arrival, "departure": arrival + timedelta(nights), "rooms": rooms, "paid": paid}
            return entry_of(found).model_copy(update=fields)

        reservations.change(self.house.ports, self.house.admin, plain.id, new)
        changed = replace(plain, arrival=arrival, nights=nights, rooms=tuple(rooms), paid=paid)
        self.known[number % len(self.known)] = changed

    def say(self, number: int, state: State, _: None) -> None:
        plain = self.known[number % len(self.known)]
        reservations.say(self.house.ports, self.house.admin, plain.id, state)
        self.known[number % len(self.known)] = replace(plain, state=state)

    def link(self, number: int, who: int, _: None) -> None:
        plain = self.known[number % len(self.known)]
        reservations.link(self.house.ports, self.house.admin, plain.id, self.guests[who])
        self.known[number % len(self.known)] = replace(plain, guest=self.guests[who])

    def unlink(self, number: int, *_: None) -> None:
        plain = self.known[number % len(self.known)]
        reservations.unlink(self.house.ports, self.house.admin, plain.id)
        self.known[number % len(self.known)] = replace(plain, guest=None)

    def merge(self, first: int, second: int, _: None) -> None:
        guest, other = self.guests[first], self.guests[second]
        merge_id = merging.merge(self.house.ports, self.house.admin, guest, other, {})[0]
        theirs = frozenset(each.id for each in self.known if each.guest == other)
        emails = frozenset(email for email, owner in self.owners.items() if owner == other)
        everything = frozenset(each.id for each in self.known)
        self.merges.append(Merged(merge_id, guest, other, theirs, everything, emails))
        self._pass_on(theirs, guest)
        self.owners |= dict.fromkeys(emails, guest)

    def undo(self, number: int, *_: None) -> None:
        merged = self.merges[number % len(self.merges)]
        merging.undo_merge(self.house.ports, self.house.admin, merged.id)
        self.merges.remove(merged)
        since = {e.id for e in self.known if e.id not in merged.known and e.email in merged.emails}
        back = {each.id for each in self.known if each.guest == merged.guest and each.id in merged.reservations | since}
        self._pass_on(back, merged.other)
        self.owners |= dict.fromkeys(merged.emails, merged.other)

    def _pass_on(self, ids: Collection[UUID], guest: UUID) -> None:
        self.known = [replace(each, guest=guest) if each.id in ids else each for each in self.known]

    def figures(self, guest_id: UUID) -> Figures:
        return fold(Guest(guest_id), (each.event for each in self.house.log.stream(guest_id))).figures


@settings(max_examples=150)
@given(st.lists(happenings, min_size=1, max_size=25))
def test_figures_are_those_of_a_plain_recount(happened: list[tuple[str, int, object, object]]) -> None:
    staff = Staff()
    staff.book(0, (-3, 2, ["1"], None), EMAILS[0])
    for what, *how in happened:
        with suppress(Refusal, ZeroDivisionError):  # such as of what was cancelled before: nothing was written then
            getattr(staff, what)(*how)
        for guest in staff.guests:
            assert staff.figures(guest) == recounted(guest, staff.known)
