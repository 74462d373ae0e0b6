"""Anonymising as a handler: who is erased, what is released, and what becomes of a list."""

from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from application import erasure
from application.erasure import Result, Why, anonymise_guest, anonymise_guests
from application.guest_entry import Judged
from application.guests import register_guest
from application.legal_hold import lift_hold, place_hold
from domain.access import Forbidden, Role
from domain.contact import Profile, Stay
from domain.erasure import ErasureBegun
from domain.guest import GuestAnonymised, GuestUnknown, LegalHoldPlaced, Origin, UnderLegalHold
from tests.application.memory import House


@pytest.fixture
def house() -> House:
    return House()


def registered(house: House, name: str = "Lefèvre", *stays: UUID) -> UUID:
    """A guest with an e-mail of their own and a stay at each of the properties."""
    profile = Profile(last_name=name, emails=(f"{uuid7()}@example.com",))
    stay = Stay(property_id=stays[0]) if stays else None
    return register_guest(house.ports, house.admin, Judged("fr", "FR", profile, stay), Origin.MANUAL)[0]


def begun(house: House) -> list[ErasureBegun]:
    return [each.event for each in house.log.recorded if isinstance(each.event, ErasureBegun)]


def test_an_erasure_forgets_the_guest_and_says_what_it_destroyed(house: House) -> None:
    guest = registered(house)
    erasure_id, position = anonymise_guest(house.ports, house.admin, guest, Why(reason="Demande", reference="42"))
    assert house.log.forgotten == [guest]
    assert house.log.taken == {}
    [event] = begun(house)
    assert (event.originator_id, event.guest_id, event.reference) == (erasure_id, guest, "42")
    assert (event.sealed_fields, event.identities) == (1, 1)
    assert position == house.log.recorded[-1].position


def test_the_second_asking_gives_the_first_erasure(house: House) -> None:
    guest = registered(house)
    first = anonymise_guest(house.ports, house.admin, guest, Why(reason="Demande"))
    appends = house.log.appends
    erasure_id, position = anonymise_guest(house.ports, house.admin, guest, Why(reason="Encore"))
    assert erasure_id == first[0]
    assert position <= first[1]
    assert house.log.appends == appends


def test_a_list_is_erased_together_and_each_guest_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "AT_ONCE", 2)
    guests = [registered(house) for _ in range(5)]
    appends = house.log.appends
    results = anonymise_guests(house.ports, house.admin, [*guests, guests[0]], Why(reason="Conservation"))
    assert [each.guest_id for each in results] == [*guests, guests[0]]
    assert len(begun(house)) == 5
    assert house.log.appends == appends + 3


def test_an_id_that_is_there_twice_is_erased_once_however_far_apart(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "AT_ONCE", 2)
    guests = [registered(house) for _ in range(3)]
    results = anonymise_guests(house.ports, house.admin, [*guests, guests[0]], Why(reason="Conservation"))
    assert {each.result for each in results} == {Result.ERASED}


def test_no_one_who_is_named_in_the_call_stays_in_what_is_kept(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "AT_ONCE", 2)
    guests = [registered(house, name) for name in ("Un", "Deux", "Trois", "Quatre")]
    place_hold(house.ports, house.admin, guests[3], "Litige")
    anonymise_guests(house.ports, house.admin, guests, Why(reason="Un, Deux, Trois et Quatre"))
    reasons = {each.reason for each in house.log.recorded if isinstance(each.event, GuestAnonymised)}
    assert reasons == {"…, …, … et …"}


def test_whoever_is_no_longer_meant_at_the_moment_of_erasing_is_kept(house: House) -> None:
    guest = registered(house)
    [result] = anonymise_guests(
        house.ports, house.admin, [guest], Why(reason="Conservation"), still=lambda record: record.guest.version > 1
    )
    assert result.result is Result.KEPT
    assert house.log.forgotten == []


def test_a_hold_placed_at_the_same_moment_wins(house: House) -> None:
    guest = registered(house)
    house.log.interruptions = [[LegalHoldPlaced(originator_id=guest, originator_version=2, grounds="Litige")]]
    with pytest.raises(UnderLegalHold) as refusal:
        anonymise_guest(house.ports, house.admin, guest, Why(reason="Demande"))
    assert refusal.value.members["grounds"] == "Litige"
    assert house.log.forgotten == []


def test_who_placed_the_hold_is_told(house: House) -> None:
    guest = registered(house)
    place_hold(house.ports, house.admin, guest, "Litige 118")
    with pytest.raises(UnderLegalHold) as refusal:
        anonymise_guest(house.ports, house.admin, guest, Why(reason="Demande"))
    assert (refusal.value.members["held_by"], refusal.value.members["grounds"]) == ("key:admin", "Litige 118")
    lift_hold(house.ports, house.admin, guest)
    anonymise_guest(house.ports, house.admin, guest, Why(reason="Demande"))


def test_names_are_taken_out_of_the_reason(house: House) -> None:
    guest = registered(house)
    anonymise_guest(house.ports, house.admin, guest, Why(reason="Mme LEFEVRE le demande", reference="Lefèvre/7"))
    [event] = begun(house)
    assert event.reference == "…/7"
    assert {each.reason for each in house.log.recorded[-2:]} == {"Mme … le demande"}


def test_a_guest_of_several_properties_is_not_for_a_key_of_one(house: House) -> None:
    at_lago = registered(house, "Silva", house.lago)
    manager = house.staff(Role.MANAGER, house.port)
    with pytest.raises(GuestUnknown):
        anonymise_guest(house.ports, manager, at_lago, Why(reason="Demande"))
    with pytest.raises(Forbidden):
        anonymise_guest(house.ports, house.staff(Role.FRONT_DESK), at_lago, Why(reason="Demande"))


def test_a_lost_race_is_run_again_and_the_last_one_told(house: House) -> None:
    guest = registered(house)
    other = GuestAnonymised(originator_id=guest, originator_version=2, erasure_id=uuid7())
    house.log.interruptions = [[other]]
    assert anonymise_guest(house.ports, house.admin, guest, Why(reason="Demande"))[0] == other.erasure_id
