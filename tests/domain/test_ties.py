"""Given a reservation, when somebody is named behind it, then its stays tell so too."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from domain import reserving
from domain.guest import NOTHING_KNOWN
from domain.reservation import Booking, Reservation, ReservationGone, ReservationTied, Source, State, fold
from domain.reserving import Told
from domain.ties import NO_TIES, Ties

ID, HOTEL, ANNE = UUID(int=1), UUID(int=2), UUID(int=3)
TIES = Ties(contact_person_id=ANNE)
TODAY = date(2026, 11, 22)
TOLD = Told(
    organisation_id=UUID(int=4),
    property_id=HOTEL,
    source=Source.INTERNAL,
    external_id=None,
    booking=Booking(arrival=TODAY, departure=TODAY, rooms=("104", "105")),
    contact=NOTHING_KNOWN,
)


def booked(ties: Ties = NO_TIES) -> Reservation:
    return fold(Reservation(ID), reserving.book(Reservation(ID), replace(TOLD, ties=ties), None))


def test_it_is_booked_with_them_or_tied_later() -> None:
    assert booked(TIES).ties == fold(booked(), reserving.tie(booked(), TIES)).ties == TIES
    assert reserving.tie(booked(), TIES) == [ReservationTied(originator_id=ID, originator_version=2, ties=TIES)]


def test_nothing_is_told_where_nothing_changes() -> None:
    assert reserving.tie(booked(TIES), TIES) == []
    assert booked().version == 1


def test_each_of_its_stays_has_them() -> None:
    assert [stay.ties for stay in booked(TIES).stays(TODAY)] == [TIES, TIES]
    assert [stay.ties for stay in booked().stays(TODAY)] == [None, None]


def test_what_a_pms_tells_leaves_them_alone() -> None:
    told = reserving.tell(
        booked(TIES), replace(TOLD, booking=TOLD.booking.model_copy(update={"rooms": ()}), pms_version=1)
    )
    assert fold(booked(TIES), told).ties == TIES


def test_what_was_cancelled_is_not_tied_any_more() -> None:
    gone = fold(booked(), reserving.step(booked(), State.CANCELLED))
    with pytest.raises(ReservationGone):
        reserving.tie(gone, TIES)
