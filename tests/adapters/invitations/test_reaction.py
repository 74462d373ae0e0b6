"""Which stays are kept, and who is to be planned: whoever can have messages, and nobody else."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from application.erasure.guests import anonymise_guest
from application.erasure.why import Why
from application.guests import delete_guest
from domain.invitation_states import State
from domain.property import InvitationSettings
from tests.adapters.invitations.house import DEPARTURE, ENABLED, House


def kept(house: House) -> set[UUID]:
    house.follow()
    return {stay_id for (stay_id,) in house.connection.execute("SELECT stay_id FROM invitations.stay")}


def to_plan(house: House) -> set[UUID]:
    house.follow()
    return {guest_id for (guest_id,) in house.connection.execute("SELECT guest_id FROM invitations.to_plan")}


def test_guests_of_a_property_that_writes_to_nobody_are_planned_once_it_does(house: House) -> None:
    house.set(InvitationSettings())
    house.plan()
    guest, _ = house.guest()
    assert to_plan(house) == set()
    house.set(ENABLED)
    assert to_plan(house) == {guest}
    house.plan()
    house.set(InvitationSettings())
    assert to_plan(house) == {guest}


def test_who_stayed_long_ago_is_not_planned(house: House) -> None:
    house.guest(arrival=date(2024, 5, 1), departure=date(2024, 5, 3))
    house.guest(arrival=None, departure=None)
    assert (to_plan(house), kept(house)) == (set(), set())


def test_whose_stay_was_put_back_by_years_is_planned_once_more(house: House) -> None:
    guest, stay = house.guest()
    house.plan()
    house.stays(guest, date(2024, 5, 1), date(2024, 5, 3), stay)
    assert (to_plan(house), kept(house)) == ({guest}, set())
    house.plan()
    assert house.invitation(stay).state is State.CANCELLED


@pytest.mark.parametrize("followed", [False, True])
def test_the_stays_of_a_guest_go_when_they_are_deleted(house: House, followed: bool) -> None:
    (gone, _), (_, stays) = house.guest(), house.guest()
    house.stays(gone, DEPARTURE + timedelta(10), DEPARTURE + timedelta(12))
    assert not followed or len(kept(house)) == 3
    delete_guest(house.ports, house.caller, gone)
    assert kept(house) == {stays}


def test_of_who_was_anonymised_ids_and_the_day_stay_as_in_every_figure(house: House) -> None:
    guest_id, stay_id = house.guest()
    anonymise_guest(house.ports, house.caller, guest_id, Why(reason="Demande"))
    house.follow()
    rows = house.connection.execute("SELECT * FROM invitations.stay").fetchall()
    assert rows == [(stay_id, guest_id, house.property_id, DEPARTURE)]
