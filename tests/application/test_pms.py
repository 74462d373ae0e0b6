"""What a PMS tells of reservations: understood or not, told again and out of order, and waiting for a person's yes."""

import json
from datetime import date
from random import Random
from uuid import UUID

import pytest

from application.erasure.guests import anonymise_guest
from application.erasure.why import Why
from application.pms import NotUnderstood, Reader, take_in
from domain import guest as guests
from domain import reservation as reservations
from domain.event import Event
from domain.guest import Guest
from domain.reservation import Reservation, ReservationBooked, State
from tests.application.memory import House


@pytest.fixture
def house() -> House:
    return House()


def message(house: House, version: int = 1, kind: str = "created", **fields: object) -> bytes:
    data = {
        "property_id": str(house.port),
        "external_id": "R-1",
        "version": version,
        "arrival": "2026-12-18",
        "departure": "2026-12-21",
        "rooms": ["104"],
        "guest": {"last_name": "Lefèvre", "emails": ["zoe@example.com"], "language": "fr"},
    }
    event = {"specversion": "1.0", "id": f"{version}", "source": "//pms", "type": f"pms.reservation.{kind}"}
    return json.dumps(event | {"data": data | fields}).encode()


def tell(house: House, *messages: bytes) -> None:
    """In one batch."""
    read = Reader(house.ports)
    taken = take_in(house.ports, house.admin.organisation_id, [read(each) for each in messages])
    if taken.events:
        house.log.append(taken.events, taken.metadata, taken.identities)


def told(house: House, *kinds: type[Event]) -> list[Event]:
    return [each.event for each in house.log.recorded if isinstance(each.event, kinds)]


def the_reservation(house: House) -> Reservation:
    [booked] = told(house, ReservationBooked)
    return reservations.fold(
        Reservation(booked.originator_id), (each.event for each in house.log.stream(booked.originator_id))
    )


def guest_of(house: House, reservation: Reservation) -> Guest:
    assert reservation.guest_id
    return guests.fold(Guest(reservation.guest_id), (each.event for each in house.log.stream(reservation.guest_id)))


def test_a_reservation_is_booked_with_its_guest(house: House) -> None:
    tell(house, message(house))
    reservation = the_reservation(house)
    guest = guest_of(house, reservation)
    assert (reservation.external_id, reservation.pms_version, reservation.state) == ("R-1", 1, State.BOOKED)
    assert [stay.reservation_id for stay in guest.stays.values()] == [reservation.id]
    assert guest.known.language == "fr"


def test_one_batch_or_many_and_in_whichever_order_it_comes_to_the_same(house: House) -> None:
    story = [
        message(house),
        message(house, 2, "changed", departure="2026-12-24"),
        message(house, 3, "checked_in", departure="2026-12-24"),
        message(house, 4, "changed", departure="2026-12-25", state="checked_in"),
        message(house, 5, "checked_out", departure="2026-12-25"),
    ]
    ends = []
    for seed in range(8):
        here = House()
        random = Random(seed)
        messages = [each.replace(str(house.port).encode(), str(here.port).encode()) for each in story]
        messages = [*messages, *random.choices(messages, k=3)]
        if seed:
            random.shuffle(messages)
        for batch in [messages] if seed % 2 else [[each] for each in messages]:
            tell(here, *batch)
        reservation = the_reservation(here)
        [stay] = guest_of(here, reservation).stays.values()
        ends.append((reservation.state, reservation.booking, reservation.pms_version, stay.departure, stay.realised))
    assert set(map(str, ends)) == {str((State.CHECKED_OUT, ends[0][1], 5, date(2026, 12, 25), True))}


def test_what_was_told_before_changes_nothing(house: House) -> None:
    tell(house, message(house, 3))
    before = len(house.log.recorded)
    tell(house, message(house, 3, rooms=["1"]), message(house, 2, "cancelled"))
    assert len(house.log.recorded) == before


def test_a_newer_count_with_nothing_new_is_kept(house: House) -> None:
    tell(house, message(house), message(house, 5), message(house, 4, "cancelled"))
    assert (the_reservation(house).state, the_reservation(house).pms_version) == (State.BOOKED, 5)


def test_what_was_cancelled_can_come_back(house: House) -> None:
    tell(house, message(house), message(house, 2, "cancelled"))
    assert guest_of(house, the_reservation(house)).stays == {}
    tell(house, message(house, 3, "changed", state="booked"))
    assert len(guest_of(house, the_reservation(house)).stays) == 1


def test_addresses_that_are_none_are_left_out_and_the_rest_is_taken(house: House) -> None:
    tell(house, message(house, guest={"last_name": "X", "emails": ["none", "x@example.com"], "phones": ["12"]}))
    profile = guest_of(house, the_reservation(house)).known.profile
    assert profile
    assert (profile.emails, profile.phones) == (("x@example.com",), ())


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"property_id": str(UUID(int=7))}, "/data/property_id", "property-unknown"),
        ({"arrival": "18/12/2026"}, "/data/arrival", "date-invalid"),
        ({"external_id": None}, "/data/external_id", "wrong-type"),
        ({"external_id": ""}, "/data/external_id", "too-short"),
        ({"external_id": "a\0b"}, "/data/external_id", "malformed"),
        ({"version": -1}, "/data/version", "out-of-range"),
        ({"phone": "+33612345678"}, "/data/phone", "field-unknown"),
        ({"guest": {"emails": ["zoe@example.com"]}}, "/data/guest/last_name", "missing"),
        ({"departure": "2026-12-01"}, "/data", "departure-before-arrival"),
    ],
)
def test_what_cannot_be_understood_says_why_and_repeats_nothing(
    house: House, fields: dict[str, object], pointer: str, code: str
) -> None:
    with pytest.raises(NotUnderstood) as refused:
        Reader(house.ports)(message(house, **fields))  # type: ignore[arg-type]  # as JSON has it
    assert [(each.pointer, each.code) for each in refused.value.problems] == [(pointer, code)]


@pytest.mark.parametrize("value", [b"", b"{", b"[]", b"\xff", b'{"specversion": "0.3"}', b"null"])
def test_what_is_no_message_is_not_understood(house: House, value: bytes) -> None:
    with pytest.raises(NotUnderstood):
        Reader(house.ports)(value)


def test_of_who_was_anonymised_nothing_is_told_again(house: House) -> None:
    tell(house, message(house))
    guest_id = the_reservation(house).guest_id
    assert guest_id
    anonymise_guest(house.ports, house.admin, guest_id, Why(reason="Demande"))
    tell(house, message(house, 2, "checked_in", departure="2026-12-22"))
    reservation = the_reservation(house)
    assert (reservation.contact.profile, reservation.guest_id) == (None, guest_id)
    assert guest_of(house, reservation).figures.stays == 1


def test_own_fields_that_say_nothing_here_are_left_out(house: House) -> None:
    tell(house, message(house, guest={"last_name": "X", "custom": {"unheard_of": "x"}}))
    assert guest_of(house, the_reservation(house)).known.profile


def test_who_is_told_of_later_is_its_guest(house: House) -> None:
    tell(house, message(house, guest=None))
    assert the_reservation(house).guest_id is None
    tell(house, message(house, 2, "changed"))
    assert guest_of(house, the_reservation(house)).stays


def test_what_is_gone_when_it_is_first_told_was_booked_before(house: House) -> None:
    tell(house, message(house, 2, "cancelled"), message(house, 1))
    reservation = the_reservation(house)
    kinds = [type(each.event).__name__ for each in house.log.stream(guest_of(house, reservation).id)]
    assert (reservation.state, kinds) == (State.CANCELLED, ["GuestRegistered", "StayRecorded", "StayRemoved"])
    tell(house, message(house, 3, "changed", state="booked"))
    assert guest_of(house, the_reservation(house)).stays
