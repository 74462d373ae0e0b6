"""Anonymising as a handler: who is erased, what is released, and what becomes of a list."""

from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from application import erasure
from application.erasure import Result, Why, anonymise_guest, anonymise_guests
from application.erasures import read_erasure
from application.guest_entry import Judged
from application.guests import delete_guest, register_guest
from application.legal_hold import lift_hold, place_hold
from application.words_erasure import BelongsToGuest, WordsUnknown, anonymise_words
from domain.access import Forbidden, Role
from domain.contact import Profile, Stay
from domain.erasure import About, ErasureBegun, WordsErased
from domain.feedback import NoteAdded
from domain.guest import AlreadyContacted, GuestAnonymised, GuestUnknown, LegalHoldPlaced, Origin, UnderLegalHold
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
    assert (event.originator_id, event.subject_id, event.reference) == (erasure_id, guest, "42")
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


class TestFeedbackOfAGuest:
    def test_what_is_sealed_in_it_is_counted_as_the_guests(self, house: House) -> None:
        guest = registered(house)
        house.reply(house.complaint(house.port, guest, comment="Bruit"), guest, "zoe@example.com")
        house.complaint(house.port, guest)
        anonymise_guest(house.ports, house.admin, guest, Why(reason="Demande"))
        [event] = begun(house)
        assert event.sealed_fields == 3

    def test_who_complained_elsewhere_is_not_for_a_key_of_one_property(self, house: House) -> None:
        guest = registered(house, "Silva", house.port)
        house.complaint(house.lago, guest)
        manager = house.staff(Role.MANAGER, house.port)
        with pytest.raises(Forbidden):
            anonymise_guest(house.ports, manager, guest, Why(reason="Demande"))
        with pytest.raises(Forbidden):
            delete_guest(house.ports, manager, guest)
        assert house.log.forgotten == []

    def test_what_is_written_in_it_at_the_same_moment_is_erased_too(self, house: House) -> None:
        guest = registered(house)
        feedback = house.complaint(house.port, guest, comment="Bruit")
        note = NoteAdded(originator_id=feedback, originator_version=2, subject_id=guest, text="À suivre")
        house.log.interruptions = [[note]]
        anonymise_guest(house.ports, house.admin, guest, Why(reason="Demande"))
        [event] = begun(house)
        assert event.sealed_fields == 3

    def test_as_they_signed_it_they_are_not_named_in_the_reason(self, house: House) -> None:
        guest = registered(house)
        feedback = house.complaint(house.port, guest, author="Zébulon", email="zeb@example.net")
        house.reply(feedback, guest, "autre@example.net")
        why = Why(reason="Zebulon de zeb@example.net et autre@example.net")
        anonymise_guest(house.ports, house.admin, guest, why)
        assert house.log.recorded[-1].reason == "… de … et …"

    def test_who_was_written_to_cannot_be_deleted(self, house: House) -> None:
        guest = registered(house)
        feedback = house.complaint(house.port, guest, comment="Bruit")
        house.reply(feedback, guest, "zoe@example.com")
        with pytest.raises(AlreadyContacted):
            delete_guest(house.ports, house.admin, guest)
        assert house.log.forgotten == []

    def test_who_was_not_written_to_can_be_deleted(self, house: House) -> None:
        guest = registered(house)
        house.complaint(house.port, guest, comment="Bruit")
        delete_guest(house.ports, house.admin, guest)
        assert house.log.forgotten == [guest]


class TestWordsOfNobodyKnown:
    def test_their_own_key_is_destroyed(self, house: House) -> None:
        feedback = house.complaint(house.port, comment="Bruit")
        erasure_id, position = anonymise_words(
            house.ports, house.admin, About.FEEDBACK, feedback, Why(reason="Demande", reference="42")
        )
        assert house.log.forgotten == [feedback]
        [event] = begun(house)
        assert (event.about, event.subject_id, event.reference) == (About.FEEDBACK, feedback, "42")
        assert (event.originator_id, event.sealed_fields, event.identities) == (erasure_id, 1, 0)
        assert house.log.stream(feedback)[-1].event == WordsErased(
            originator_id=feedback, originator_version=2, erasure_id=erasure_id
        )
        assert position == house.log.recorded[-1].position

    def test_the_second_asking_gives_the_first_erasure(self, house: House) -> None:
        feedback = house.complaint(house.port)
        first = anonymise_words(house.ports, house.admin, About.FEEDBACK, feedback, Why(reason="Demande"))
        again = anonymise_words(house.ports, house.admin, About.FEEDBACK, feedback, Why(reason="Encore"))
        assert again[0] == first[0]
        assert again[1] <= first[1]
        assert house.log.forgotten == [feedback]

    def test_what_a_known_guest_said_goes_with_the_guest(self, house: House) -> None:
        guest = registered(house)
        feedback = house.complaint(house.port, guest, comment="Bruit")
        with pytest.raises(BelongsToGuest) as refusal:
            anonymise_words(house.ports, house.admin, About.FEEDBACK, feedback, Why(reason="Demande"))
        assert refusal.value.members == {"guest_id": str(guest)}
        assert house.log.forgotten == []

    def test_who_signed_is_not_named_in_the_reason(self, house: House) -> None:
        feedback = house.complaint(house.port, author="Zoé Lefèvre", email="zoe@example.com")
        why = Why(reason="Mme Lefevre, zoe@example.com, le demande", reference="Zoé/7")
        anonymise_words(house.ports, house.admin, About.FEEDBACK, feedback, why)
        [event] = begun(house)
        assert (house.log.recorded[-1].reason, event.reference) == ("Mme …, …, le demande", "…/7")

    def test_only_at_a_property_of_the_caller_and_by_who_may(self, house: House) -> None:
        feedback = house.complaint(house.port, comment="Bruit")
        why = Why(reason="Demande")
        strangers = (house.staff(Role.MANAGER, house.lago), House().admin)
        for caller in strangers:
            with pytest.raises(WordsUnknown):
                anonymise_words(house.ports, caller, About.FEEDBACK, feedback, why)
        with pytest.raises(Forbidden):
            anonymise_words(house.ports, house.staff(Role.FRONT_DESK), About.FEEDBACK, feedback, why)
        erasure_id, _ = anonymise_words(house.ports, house.admin, About.FEEDBACK, feedback, why)
        with pytest.raises(WordsUnknown):
            read_erasure(house.ports, house.staff(Role.MANAGER, house.lago), erasure_id)
        assert read_erasure(house.ports, house.staff(Role.AUDITOR), erasure_id).begun.subject_id == feedback

    def test_what_is_of_another_kind_is_unknown(self, house: House) -> None:
        feedback, guest, why = house.complaint(house.port), registered(house), Why(reason="Demande")
        for stream in (guest, house.port, uuid7()):
            with pytest.raises(WordsUnknown):
                anonymise_words(house.ports, house.admin, About.FEEDBACK, stream, why)
        with pytest.raises(WordsUnknown):
            anonymise_words(house.ports, house.admin, About.QUALITY_COST, feedback, why)
