"""Given a guest's stays, when one is told, corrected, booked or cancelled, then these are theirs; what they come to."""

from datetime import date
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contact import Profile
from domain.guest import Guest, Known, fold
from domain.guest_events import StayRecorded, StayRemoved
from domain.money import Money
from domain.stay import Stay, figures, same_stay
from domain.staying import StayReserved, correct_latest_stay, record_stay, remove_stay, reserve
from tests.domain.told import GUEST, PROPERTIES, registered, stays

ZOE = Known("fr", "FR", Profile(last_name="Lefèvre", first_name="Zoé", emails=("zoe@example.com",)))
PORT, LAGO = PROPERTIES
NOVEMBER = Stay(property_id=PORT, arrival=date(2026, 11, 18), departure=date(2026, 11, 21), room="104")
STAY, OTHER_STAY, RESERVATION = UUID(int=10), UUID(int=11), UUID(int=20)


def zoe(*stays: Stay) -> Guest:
    guest = fold(Guest(GUEST), registered(ZOE))
    for number, stay in enumerate(stays):
        guest = fold(guest, record_stay(guest, stay, UUID(int=10 + number)))
    return guest


def booked(*rooms: str | None, **fields: object) -> list[Stay]:
    """What a reservation books in November."""
    told = NOVEMBER.model_copy(update={"reservation_id": RESERVATION} | fields)
    return [told.model_copy(update={"room": room}) for room in rooms]


def reserved(guest: Guest, *stays: Stay) -> Guest:
    fresh = map(UUID, (f"00000000-0000-7000-8000-{number:012}" for number in count(guest.version)))
    return fold(guest, reserve(guest, RESERVATION, stays, lambda: next(fresh)))


def test_a_stay_is_recorded_once() -> None:
    [event] = record_stay(zoe(), NOVEMBER, STAY)
    assert event == StayRecorded(originator_id=GUEST, originator_version=2, stay_id=STAY, stay=NOVEMBER)
    assert record_stay(zoe(NOVEMBER), NOVEMBER, OTHER_STAY) == []


def test_what_is_told_better_is_the_same_stay() -> None:
    vague = Stay(property_id=PORT, arrival=NOVEMBER.arrival)
    [event] = record_stay(zoe(vague), NOVEMBER, OTHER_STAY)
    assert isinstance(event, StayRecorded)
    assert (event.stay_id, event.stay) == (STAY, NOVEMBER)


def test_what_is_told_worse_erases_nothing() -> None:
    assert record_stay(zoe(NOVEMBER), Stay(property_id=PORT, arrival=NOVEMBER.arrival), OTHER_STAY) == []


@pytest.mark.parametrize(
    "different",
    [
        {"property_id": LAGO},
        {"arrival": date(2026, 11, 19)},
        {"arrival": date(2026, 1, 1), "departure": None},
        {"room": "105"},
    ],
)
def test_another_place_time_or_room_is_another_stay(different: dict[str, object]) -> None:
    [event] = record_stay(zoe(NOVEMBER), NOVEMBER.model_copy(update=different), OTHER_STAY)
    assert isinstance(event, StayRecorded)
    assert event.stay_id == OTHER_STAY


def test_the_last_is_the_latest_by_arrival_else_departure() -> None:
    unknown, leaving = Stay(property_id=LAGO, room="1"), Stay(property_id=LAGO, departure=date(2026, 12, 1))
    assert zoe().latest_stay is None
    assert zoe(unknown).latest_stay == (STAY, unknown)
    assert zoe(NOVEMBER, unknown).latest_stay == (STAY, NOVEMBER)
    assert zoe(NOVEMBER, leaving).latest_stay == (OTHER_STAY, leaving)


def test_the_last_can_be_corrected() -> None:
    elsewhere = Stay(property_id=LAGO, arrival=date(2026, 12, 1))
    for guest, told_of in ((zoe(NOVEMBER), STAY), (zoe(), OTHER_STAY)):
        [event] = correct_latest_stay(guest, elsewhere, OTHER_STAY)
        assert isinstance(event, StayRecorded)
        assert (event.stay_id, event.stay) == (told_of, elsewhere)
    assert correct_latest_stay(zoe(NOVEMBER), NOVEMBER, OTHER_STAY) == []


def test_a_stay_that_is_none_is_removed_once() -> None:
    [event] = remove_stay(zoe(NOVEMBER), STAY)
    assert event == StayRemoved(originator_id=GUEST, originator_version=3, stay_id=STAY)
    assert fold(zoe(NOVEMBER), [event]).stays == {}
    assert remove_stay(zoe(NOVEMBER), OTHER_STAY) == []


@given(stays, stays)
def test_being_the_same_goes_both_ways(one: Stay, other: Stay) -> None:
    assert same_stay(one, one)
    assert same_stay(one, other) == same_stay(other, one)


def test_a_reservation_books_a_stay_in_each_room_once() -> None:
    guest = reserved(zoe(), *booked("104", "105"))
    assert list(guest.stays.values()) == booked("104", "105")
    assert reserved(guest, *booked("104", "105")) == guest


def test_another_room_or_time_is_the_same_stay_told_anew() -> None:
    guest = reserved(zoe(), *booked("104"))
    moved = booked("201", arrival=date(2026, 11, 19))
    assert dict(reserved(guest, *moved).stays) == dict(zip(guest.stays, moved, strict=True))


def test_of_several_rooms_those_that_stay_keep_their_stays() -> None:
    guest = reserved(zoe(), *booked("104", "105"))
    of_room = {stay.room: stay_id for stay_id, stay in guest.stays.items()}
    after = reserved(guest, *booked("105"))
    assert {stay.room: stay_id for stay_id, stay in after.stays.items()} == {"105": of_room["105"]}


def test_a_room_that_stays_is_not_swapped_with_a_new_one() -> None:
    guest = reserved(zoe(), *booked("104", "105"))
    [event] = reserve(guest, RESERVATION, booked("106", "104"), lambda: OTHER_STAY)
    assert isinstance(event, StayRecorded)
    assert event.stay.room == "106"
    assert guest.stays[event.stay_id].room == "105"


def test_what_is_cancelled_leaves_the_guests_other_stays() -> None:
    before = zoe(Stay(property_id=LAGO, arrival=date(2026, 1, 2)))
    assert reserved(reserved(before, *booked("104")), *[]).stays == before.stays


def test_what_a_list_told_before_is_the_stay_of_the_reservation() -> None:
    told = zoe(Stay(property_id=PORT, arrival=NOVEMBER.arrival))
    guest = reserved(told, *booked("104"))
    assert dict(guest.stays) == {STAY: booked("104")[0]}


def test_a_reservation_knows_best_of_its_stays() -> None:
    guest = reserved(zoe(), *booked("104"))
    assert record_stay(guest, NOVEMBER.model_copy(update={"departure": date(2026, 11, 30)}), OTHER_STAY) == []
    with pytest.raises(StayReserved) as refused:
        correct_latest_stay(guest, NOVEMBER, OTHER_STAY)
    assert refused.value.members == {"reservation_id": str(RESERVATION)}


def test_a_stay_is_realised_from_the_day_on_which_it_begins() -> None:
    assert [NOVEMBER.as_of(date(2026, 11, day)).realised for day in (17, 18, 30)] == [False, True, True]
    assert Stay(property_id=PORT).as_of(date(2026, 11, 18)).realised


def test_figures_are_of_realised_stays_and_several_rooms_at_one_time_are_one() -> None:
    realised = [stay.as_of(date(2026, 12, 1)) for stay in booked("104", "105")]
    to_come = NOVEMBER.model_copy(update={"arrival": date(2027, 1, 1), "departure": date(2027, 1, 2), "room": "1"})
    come_to = figures([*realised, to_come])
    assert (come_to.stays, come_to.nights, come_to.last_stay) == (1, 3, date(2026, 11, 18))
    assert come_to.last_rooms == ("104", "105")
    assert figures([to_come])[:4] == (0, 0, date(2027, 1, 1), ("1",))


def test_what_was_paid_ahead_is_paid() -> None:
    paid = [Money(amount=amount, currency=currency) for amount, currency in ((1, "EUR"), (2, "CHF"), (3, "EUR"))]
    told = [stay.model_copy(update={"paid": money}) for stay, money in zip(booked("1", "2", "3"), paid, strict=True)]
    assert figures(told).total_paid == {"CHF": 2, "EUR": 4}


@given(st.lists(stays, max_size=6))
def test_in_whichever_order_they_are_told_stays_come_to_the_same(told: list[Stay]) -> None:
    assert figures(told) == figures(reversed(told))
