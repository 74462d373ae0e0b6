"""Anonymising as a handler: who is erased, what is released, and what becomes of a list."""

from collections.abc import Callable
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from application import reservations
from application.caller import Caller
from application.erasure.guests import Result, anonymise_guest, anonymise_guests
from application.erasure.made import LedgerLine, erase_again
from application.erasure.why import Why
from application.guests import delete_guest
from application.legal_hold import lift_hold, place_hold
from application.ports import Ports
from application.reservation_entry import ReservationEntry
from domain.access import Forbidden, Role
from domain.erasure import About
from domain.feedback import NoteAdded
from domain.guest import AlreadyContacted, GuestUnknown, UnderLegalHold
from domain.guest_events import GuestAnonymised, LegalHoldPlaced
from tests.application.memory import House


@pytest.fixture
def house() -> House:
    return House()


def test_an_erasure_forgets_the_guest_and_says_what_it_destroyed(house: House) -> None:
    guest = house.registered()
    erasure_id, position = anonymise_guest(house.ports, house.admin, guest, Why(reason="Demande", reference="42"))
    assert house.log.forgotten == [guest]
    assert house.log.taken == {}
    [event] = house.erasures
    assert (event.originator_id, event.subject_id, event.reference) == (erasure_id, guest, "42")
    assert (event.sealed_fields, event.identities) == (1, 1)
    assert position == house.log.recorded[-1].position


def test_the_second_asking_gives_the_first_erasure(house: House) -> None:
    guest = house.registered()
    first = anonymise_guest(house.ports, house.admin, guest, Why(reason="Demande"))
    appends = house.log.appends
    erasure_id, position = anonymise_guest(house.ports, house.admin, guest, Why(reason="Encore"))
    assert erasure_id == first[0]
    assert position <= first[1]
    assert house.log.appends == appends


def test_a_list_is_erased_together_and_each_guest_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("application.erasure.guests.AT_ONCE", 2)
    guests = [house.registered() for _ in range(5)]
    appends = house.log.appends
    results = anonymise_guests(house.ports, house.admin, [*guests, guests[0]], Why(reason="Conservation"))
    assert [each.guest_id for each in results] == [*guests, guests[0]]
    assert len(house.erasures) == 5
    assert house.log.appends == appends + 3


def test_an_id_that_is_there_twice_is_erased_once_however_far_apart(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("application.erasure.guests.AT_ONCE", 2)
    guests = [house.registered() for _ in range(3)]
    results = anonymise_guests(house.ports, house.admin, [*guests, guests[0]], Why(reason="Conservation"))
    assert {each.result for each in results} == {Result.ERASED}


def test_no_one_who_is_named_in_the_call_stays_in_what_is_kept(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("application.erasure.guests.AT_ONCE", 2)
    guests = [house.registered(name) for name in ("Un", "Deux", "Trois", "Quatre")]
    place_hold(house.ports, house.admin, guests[3], "Litige")
    anonymise_guests(house.ports, house.admin, guests, Why(reason="Un, Deux, Trois et Quatre"))
    reasons = {each.reason for each in house.log.recorded if isinstance(each.event, GuestAnonymised)}
    assert reasons == {"…, …, … et …"}


def test_whoever_is_no_longer_meant_at_the_moment_of_erasing_is_kept(house: House) -> None:
    guest = house.registered()
    [result] = anonymise_guests(
        house.ports, house.admin, [guest], Why(reason="Conservation"), still=lambda record, _: record.guest.version > 1
    )
    assert result.result is Result.KEPT
    assert house.log.forgotten == []


def test_a_hold_placed_at_the_same_moment_wins(house: House) -> None:
    guest = house.registered()
    house.log.interruptions = [[LegalHoldPlaced(originator_id=guest, originator_version=2, grounds="Litige")]]
    with pytest.raises(UnderLegalHold) as refusal:
        anonymise_guest(house.ports, house.admin, guest, Why(reason="Demande"))
    assert refusal.value.members["grounds"] == "Litige"
    assert house.log.forgotten == []


def test_who_placed_the_hold_is_told(house: House) -> None:
    guest = house.registered()
    place_hold(house.ports, house.admin, guest, "Litige 118")
    with pytest.raises(UnderLegalHold) as refusal:
        anonymise_guest(house.ports, house.admin, guest, Why(reason="Demande"))
    assert (refusal.value.members["held_by"], refusal.value.members["grounds"]) == ("key:admin", "Litige 118")
    lift_hold(house.ports, house.admin, guest)
    anonymise_guest(house.ports, house.admin, guest, Why(reason="Demande"))


def test_names_are_taken_out_of_the_reason(house: House) -> None:
    guest = house.registered()
    anonymise_guest(house.ports, house.admin, guest, Why(reason="Mme LEFEVRE le demande", reference="Lefèvre/7"))
    [event] = house.erasures
    assert event.reference == "…/7"
    assert {each.reason for each in house.log.recorded[-2:]} == {"Mme … le demande"}


def test_a_guest_of_several_properties_is_not_for_a_key_of_one(house: House) -> None:
    at_lago = house.registered("Silva", house.lago)
    manager = house.staff(Role.MANAGER, house.port)
    with pytest.raises(GuestUnknown):
        anonymise_guest(house.ports, manager, at_lago, Why(reason="Demande"))
    with pytest.raises(Forbidden):
        anonymise_guest(house.ports, house.staff(Role.FRONT_DESK), at_lago, Why(reason="Demande"))


def test_a_lost_race_is_run_again_and_the_last_one_told(house: House) -> None:
    guest = house.registered()
    other = GuestAnonymised(originator_id=guest, originator_version=2, erasure_id=uuid7())
    house.log.interruptions = [[other]]
    assert anonymise_guest(house.ports, house.admin, guest, Why(reason="Demande"))[0] == other.erasure_id


class TestFeedbackOfAGuest:
    def test_what_is_sealed_in_it_is_counted_as_the_guests(self, house: House) -> None:
        guest = house.registered()
        house.reply(house.complaint(house.port, guest, comment="Bruit"), guest, "zoe@example.com")
        house.complaint(house.port, guest)
        anonymise_guest(house.ports, house.admin, guest, Why(reason="Demande"))
        [event] = house.erasures
        assert event.sealed_fields == 3

    def test_who_complained_elsewhere_is_not_for_a_key_of_one_property(self, house: House) -> None:
        guest = house.registered("Silva", house.port)
        house.complaint(house.lago, guest)
        manager = house.staff(Role.MANAGER, house.port)
        with pytest.raises(Forbidden):
            anonymise_guest(house.ports, manager, guest, Why(reason="Demande"))
        with pytest.raises(Forbidden):
            delete_guest(house.ports, manager, guest)
        assert house.log.forgotten == []

    def test_what_is_written_in_it_at_the_same_moment_is_erased_too(self, house: House) -> None:
        guest = house.registered()
        feedback = house.complaint(house.port, guest, comment="Bruit")
        note = NoteAdded(originator_id=feedback, originator_version=2, subject_id=guest, text="À suivre")
        house.log.interruptions = [[note]]
        anonymise_guest(house.ports, house.admin, guest, Why(reason="Demande"))
        [event] = house.erasures
        assert event.sealed_fields == 3

    def test_as_they_signed_it_they_are_not_named_in_the_reason(self, house: House) -> None:
        guest = house.registered()
        feedback = house.complaint(house.port, guest, author="Zébulon", email="zeb@example.net")
        house.reply(feedback, guest, "autre@example.net")
        why = Why(reason="Zebulon de zeb@example.net et autre@example.net")
        anonymise_guest(house.ports, house.admin, guest, why)
        assert house.log.recorded[-1].reason == "… de … et …"

    def test_who_was_written_to_cannot_be_deleted(self, house: House) -> None:
        guest = house.registered()
        feedback = house.complaint(house.port, guest, comment="Bruit")
        house.reply(feedback, guest, "zoe@example.com")
        with pytest.raises(AlreadyContacted):
            delete_guest(house.ports, house.admin, guest)
        assert house.log.forgotten == []

    def test_who_was_not_written_to_can_be_deleted(self, house: House) -> None:
        guest = house.registered()
        house.complaint(house.port, guest, comment="Bruit")
        delete_guest(house.ports, house.admin, guest)
        assert house.log.forgotten == [guest]


def delete_again(ports: Ports, caller: Caller, guest_id: UUID) -> int:
    """As after a restore of a backup from before they were deleted."""
    line = LedgerLine(About.GUEST, guest_id, caller.organisation_id, None, ports.now(), caller.actor, None, None)
    return erase_again(ports, [line])


class TestReservationsOfAGuest:
    """One that was booked for one guest, and linked to another for a while."""

    @pytest.fixture
    def reservation(self, house: House) -> UUID:
        told = {"arrival": "2026-12-18", "departure": "2026-12-21", "guest": {"last_name": "Lefèvre"}}
        entry = ReservationEntry.model_validate(told | {"property_id": house.port})
        return reservations.book(house.ports, house.admin, entry)[0]

    @pytest.fixture
    def guest(self, house: House, reservation: UUID) -> UUID:
        found = reservations.read_reservation(house.ports, house.admin, reservation).guest
        assert found
        return found.id

    @pytest.fixture
    def other(self, house: House, reservation: UUID, guest: UUID) -> UUID:
        other = house.registered("Martin")
        reservations.link(house.ports, house.admin, reservation, other)
        reservations.link(house.ports, house.admin, reservation, guest)
        return other

    @pytest.mark.parametrize("delete", [delete_guest, delete_again])
    def test_a_deletion_leaves_what_is_another_guests_by_then(
        self, house: House, reservation: UUID, other: UUID, delete: Callable[[Ports, Caller, UUID], int]
    ) -> None:
        delete(house.ports, house.admin, other)
        assert house.log.forgotten == [other]
        assert reservations.read_reservation(house.ports, house.admin, reservation).reservation.contact.profile

    def test_a_deletion_takes_who_to_contact_of_what_is_theirs(
        self, house: House, reservation: UUID, guest: UUID
    ) -> None:
        delete_guest(house.ports, house.admin, guest)
        assert house.log.forgotten == [guest, reservation]
        left = reservations.read_reservation(house.ports, house.admin, reservation).reservation
        assert (left.guest_id, left.contact.profile) == (None, None)

    def test_an_erasure_takes_who_to_contact_also_of_what_is_anothers_by_then(
        self, house: House, reservation: UUID, other: UUID
    ) -> None:
        anonymise_guest(house.ports, house.admin, other, Why(reason="Demande"))
        assert house.log.forgotten == [other, reservation]

    def test_not_while_a_legal_hold_keeps_whose_it_is_by_then(
        self, house: House, reservation: UUID, guest: UUID, other: UUID
    ) -> None:
        place_hold(house.ports, house.admin, guest, "Litige 118")
        with pytest.raises(UnderLegalHold) as refusal:
            anonymise_guest(house.ports, house.admin, other, Why(reason="Demande"))
        assert (refusal.value.members["guest_id"], refusal.value.members["grounds"]) == (str(guest), "Litige 118")
        assert house.log.forgotten == []
        lift_hold(house.ports, house.admin, guest)
        anonymise_guest(house.ports, house.admin, other, Why(reason="Demande"))
        assert reservation in house.log.forgotten
