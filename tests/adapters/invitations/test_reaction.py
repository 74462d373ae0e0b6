"""Which stays are kept to find the guests whom a change of settings concerns."""

from datetime import timedelta
from uuid import UUID

import pytest

from application.erasure.guests import anonymise_guest
from application.erasure.why import Why
from application.guests import delete_guest
from tests.adapters.invitations.house import DEPARTURE, House


def kept(house: House) -> set[UUID]:
    house.follow()
    return {stay_id for (stay_id,) in house.connection.execute("SELECT stay_id FROM invitations.stay")}


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
