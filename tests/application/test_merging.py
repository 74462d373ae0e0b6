"""Guests made one, and two again, in any order with all else that happens; cards kept by hand say what is right."""

from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application import guests, merging, pms, reservations
from application.guest_entry import Judged
from application.guest_records import identities, record_of, who_has
from application.reservation_entry import ContactEntry, ReservationEntry
from domain.access import Forbidden, Role
from domain.contact import Profile
from domain.guest import Guest, GuestMergedAway, GuestUnknown, Known
from domain.guest_events import Origin
from domain.merging import MergeNotLast, MergeUnknown, Side
from domain.money import Money
from domain.reservation import Booking, Source, State
from domain.reserving import Told
from domain.stay import Stay, figures
from tests.application.memory import House

EMAILS = tuple(f"{name}@example.com" for name in ("ana", "bea", "cleo", "dan"))


@dataclass
class Card:
    """A guest: their level, addresses, stays that somebody told of, and reservations."""

    level: str | None
    emails: list[str]
    stays: list[Stay] = field(default_factory=list)
    reservations: set[UUID] = field(default_factory=set)


@dataclass
class Clipped:
    """Two cards clipped together: both as they were, and the upper as it was right after."""

    merge_id: UUID
    one: UUID
    other: UUID
    before: Card
    card: Card
    level: str | None


class Desk:
    """Does each thing twice: by command, and on the cards. Numbers say whom of those there are."""

    def __init__(self) -> None:
        self.house = House()
        self.ports, self.admin = self.house.ports, self.house.admin
        self.cards: dict[UUID, Card] = {}
        self.clipped: list[Clipped] = []
        self.booked: dict[UUID, list[Stay]] = {}
        self.contact_of: dict[UUID, str] = {}

    def register(self, number: int, day: int) -> None:
        email = EMAILS[number]
        if self.whose(email) is None:
            at = date(2026, 11, 1 + day)
            room = str(len(self.house.log.recorded))  # each is another
            stay = Stay(property_id=self.house.port, arrival=at, departure=at, room=room, realised=True)
            judged = Judged(None, None, Profile(last_name="Lefèvre", emails=(email,)), stay)
            guest_id, _ = guests.register_guest(self.ports, self.admin, judged, Origin.MANUAL)
            self.cards[guest_id] = Card(None, [email], [stay])

    def rename(self, number: int, level: int) -> None:
        if guest_id := self.one(number):
            self.cards[guest_id].level = f"level {level}"

            def new(guest: Guest) -> Judged:
                assert guest.known.profile
                return Judged(None, None, guest.known.profile.model_copy(update={"level": f"level {level}"}), None)

            guests.change_guest(self.ports, self.admin, guest_id, new)

    def book(self, number: int, day: int) -> None:
        email, at, paid = EMAILS[number], date(2026, 11, 1 + day), Money(amount=100, currency="EUR")
        entry = ReservationEntry(
            property_id=self.house.lago,
            arrival=at,
            departure=date(2026, 11, 3 + day),
            rooms=["104", "105"][: 1 + day % 2],
            paid=paid,
            guest=ContactEntry(last_name="Lefèvre", emails=[email]),
        )
        owner = self.whose(email)
        booked, _ = reservations.book(self.ports, self.admin, entry)
        if owner is None:
            owner = reservations.read_reservation(self.ports, self.admin, booked).reservation.guest_id
            assert owner
            self.cards[owner] = Card(None, [email])
        self.cards[owner].reservations.add(booked)
        self.contact_of[booked] = email
        self.booked[booked] = [
            Stay(
                property_id=entry.property_id,
                arrival=entry.arrival,
                departure=entry.departure,
                room=room,
                reservation_id=booked,
                paid=None if place else paid,
                realised=True,
            )
            for place, room in enumerate(entry.rooms)
        ]

    def cancel(self, number: int, _: int) -> None:
        if self.booked:
            booked = sorted(self.booked)[number % len(self.booked)]
            reservations.say(self.ports, self.admin, booked, State.CANCELLED)
            self.booked[booked] = []

    def merge(self, first: int, second: int) -> None:
        one, other = self.one(first), self.one(second)
        if one and other and one != other:
            merge_id, *_ = merging.merge(self.ports, self.admin, one, other, {})
            card, before = self.cards.pop(other), deepcopy(self.cards[one])
            upper = self.cards[one]
            upper.level = upper.level or card.level
            upper.emails += card.emails
            upper.stays += card.stays
            upper.reservations |= card.reservations
            self.clipped.append(Clipped(merge_id, one, other, before, card, upper.level))

    def undo(self, number: int, _: int) -> None:
        """Any of the merges: one that is not the last of its guest is refused."""
        if self.clipped:
            found = self.clipped[number % len(self.clipped)]
            later = [each for each in self.clipped if found.one in (each.one, each.other)]
            if later[-1] is not found:
                with pytest.raises(MergeNotLast):
                    merging.undo_merge(self.ports, self.admin, found.merge_id)
            else:
                merging.undo_merge(self.ports, self.admin, found.merge_id)
                self.clipped.remove(found)
                self.unclip(found)

    def unclip(self, found: Clipped) -> None:
        upper, card = self.cards[found.one], found.card
        new = {each for each in upper.reservations - found.before.reservations if self.contact_of[each] in card.emails}
        card.reservations |= new
        upper.reservations -= card.reservations
        upper.level = found.before.level if upper.level == found.level else upper.level
        upper.emails = [email for email in upper.emails if email not in card.emails]
        upper.stays = [stay for stay in upper.stays if stay not in card.stays]
        self.cards[found.other] = card

    def one(self, number: int) -> UUID | None:
        return sorted(self.cards)[number % len(self.cards)] if self.cards else None

    def whose(self, email: str) -> UUID | None:
        return next((guest_id for guest_id, card in self.cards.items() if email in card.emails), None)

    def compare(self) -> None:
        taken = {identity: whose for identity, whose in self.house.log.taken.items() if "@" in identity}
        assert taken == {email: guest_id for guest_id, card in self.cards.items() for email in card.emails}
        for guest_id, card in self.cards.items():
            guest = record_of(guest_id, self.house.log.stream(guest_id)).guest
            assert guest.known.profile
            assert (guest.known.profile.level, list(guest.known.profile.emails)) == (card.level, card.emails)
            stays = [*card.stays, *(stay for each in card.reservations for stay in self.booked[each])]
            assert sorted(map(repr, guest.stays.values())) == sorted(map(repr, stays))
            assert guest.figures == figures(stays)
            for each in card.reservations:
                found = reservations.read_reservation(self.ports, self.admin, each).reservation
                assert found.guest_id == guest_id
            for stay_id in guest.stays:
                assert all(who_has(self.house.log, known, stay_id).guest.id == guest_id for known in guest.ids)


STEPS = st.tuples(
    st.sampled_from(["register", "register", "rename", "book", "cancel", "merge", "merge", "undo", "undo"]),
    st.integers(0, 3),
    st.integers(0, 9),
)


@settings(max_examples=150)
@given(st.lists(STEPS, min_size=5, max_size=25))
def test_guests_are_what_the_cards_say_whatever_happens(steps: list[tuple[str, int, int]]) -> None:
    desk = Desk()
    for step, first, second in steps:
        getattr(desk, step)(first, second)
        desk.compare()


@pytest.fixture
def house() -> House:
    return House()


def test_a_preview_writes_nothing(house: House) -> None:
    one, other = house.registered("Lefèvre", house.port), house.registered("Lefevre", house.lago)
    written = len(house.log.recorded)
    shown = merging.preview(house.ports, house.admin, one, other, {"last_name": Side.MERGED})
    assert len(house.log.recorded) == written
    assert shown.record.guest.properties == {house.port, house.lago}
    assert [(each.field, each.surviving, each.merged) for each in shown.differences or ()] == [
        ("last_name", "Lefèvre", "Lefevre")
    ]


def test_the_old_id_leads_to_who_stands_for_both(house: House) -> None:
    one, other, third = (house.registered() for _ in range(3))
    merging.merge(house.ports, house.admin, other, third, {})
    merge_id, *_ = merging.merge(house.ports, house.admin, one, other, {})
    for old, by in ((other, one), (third, other)):
        with pytest.raises(GuestMergedAway) as refused:
            guests.read_guest(house.ports, house.admin, old)
        assert refused.value.members == {"guest_id": str(by)}
    assert merging.read_merge(house.ports, house.admin, merge_id).record.guest.ids == (one, other, third)


def test_a_merge_is_read_of_who_stands_for_both_by_those_who_see_them(house: House) -> None:
    one, other = house.registered("Lefèvre", house.port), house.registered("Lefèvre", house.port)
    third = house.registered("Lefèvre", house.lago)
    first, *_ = merging.merge(house.ports, house.admin, one, other, {})
    at_the_port, at_the_lake = (house.staff(Role.FRONT_DESK, each) for each in (house.port, house.lago))
    assert merging.read_merge(house.ports, at_the_port, first).record.guest.id == one
    with pytest.raises(MergeUnknown):
        merging.read_merge(house.ports, at_the_lake, first)
    with pytest.raises(GuestUnknown):
        guests.read_guest(house.ports, at_the_lake, other)
    last, *_ = merging.merge(house.ports, house.admin, third, one, {})
    for caller in (house.admin, at_the_port):
        with pytest.raises(GuestMergedAway) as refused:
            merging.read_merge(house.ports, caller, first)
        assert refused.value.members == {"guest_id": str(third)}
    with pytest.raises(MergeNotLast) as not_last:
        merging.undo_merge(house.ports, house.admin, first)
    assert not_last.value.members == {"merge_id": str(last)}


def test_an_undone_merge_leaves_the_guest_nothing_that_a_pms_told_of_the_other(house: House) -> None:
    one, other = house.registered("Lefèvre"), house.registered("Brandt")
    known = guests.read_guest(house.ports, house.admin, one).guest.known
    contact = guests.read_guest(house.ports, house.admin, other).guest.known
    assert contact.profile
    booking = Booking(arrival=date(2026, 12, 1), departure=date(2026, 12, 3))
    told = Told(house.admin.organisation_id, house.port, Source.CHANNEL, "R1", booking, contact, pms_version=1)
    phone = contact.profile.model_copy(update={"phones": ("+4915112345678",), "first_name": "Bea"})
    taken = pms.take_in(house.ports, told.organisation_id, [told])
    house.log.append(*taken)
    merge_id, *_ = merging.merge(house.ports, house.admin, one, other, {})
    anew = replace(told, contact=Known("de", "DE", phone), pms_version=2)
    house.log.append(*pms.take_in(house.ports, told.organisation_id, [anew]))
    by_phone = Known(None, None, phone.model_copy(update={"emails": ()}))
    next_one = replace(told, external_id="R2", contact=by_phone)
    house.log.append(*pms.take_in(house.ports, told.organisation_id, [next_one]))
    merging.undo_merge(house.ports, house.admin, merge_id)
    assert guests.read_guest(house.ports, house.admin, one).guest.known == known
    assert guests.read_guest(house.ports, house.admin, other).guest.known == anew.contact
    assert house.log.taken["+4915112345678"] == other
    for each in house.log.belongings([other])[other]:
        assert reservations.read_reservation(house.ports, house.admin, each).reservation.guest_id == other
    assert len(guests.read_guest(house.ports, house.admin, other).guest.stays) == 2


def test_what_is_undone_is_no_merge_any_more(house: House) -> None:
    one, other = house.registered(), house.registered()
    merge_id, *_ = merging.merge(house.ports, house.admin, one, other, {})
    merging.undo_merge(house.ports, house.admin, merge_id)
    for again in (merging.undo_merge, merging.read_merge):
        with pytest.raises(MergeUnknown):
            again(house.ports, house.admin, merge_id)
    assert guests.read_guest(house.ports, house.admin, other).guest.exists


def test_both_must_be_known_to_the_key_as_a_whole(house: House) -> None:
    one, other = house.registered("Lefèvre", house.port), house.registered("Lefevre", house.lago)
    at_the_port = house.staff(Role.FRONT_DESK, house.port)
    third = house.registered("Lefebvre", house.port)
    house.complaint(house.lago, third)
    for second in (other, third):
        with pytest.raises((Forbidden, GuestUnknown)):
            merging.merge(house.ports, at_the_port, one, second, {})
    merge_id, *_ = merging.merge(house.ports, house.admin, one, other, {})
    with pytest.raises(Forbidden):
        merging.undo_merge(house.ports, at_the_port, merge_id)
    assert identities(guests.read_guest(house.ports, house.admin, one).guest.known.profile)
