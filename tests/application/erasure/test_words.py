"""Anonymising what was said by people who are no known guests."""

import pytest
from uuid_utils.compat import uuid7

from application.erasure.made import read_erasure
from application.erasure.why import Why
from application.erasure.words import BelongsToGuest, WordsUnknown, anonymise_words
from domain.access import Forbidden, Role
from domain.erasure import About, WordsErased
from tests.application.memory import House


@pytest.fixture
def house() -> House:
    return House()


def test_their_own_key_is_destroyed(house: House) -> None:
    feedback = house.complaint(house.port, comment="Bruit")
    erasure_id, position = anonymise_words(
        house.ports, house.admin, About.FEEDBACK, feedback, Why(reason="Demande", reference="42")
    )
    assert house.log.forgotten == [feedback]
    [event] = house.erasures
    assert (event.about, event.subject_id, event.reference) == (About.FEEDBACK, feedback, "42")
    assert (event.originator_id, event.sealed_fields, event.identities) == (erasure_id, 1, 0)
    assert house.log.stream(feedback)[-1].event == WordsErased(
        originator_id=feedback, originator_version=2, erasure_id=erasure_id
    )
    assert position == house.log.recorded[-1].position


def test_the_second_asking_gives_the_first_erasure(house: House) -> None:
    feedback = house.complaint(house.port)
    first = anonymise_words(house.ports, house.admin, About.FEEDBACK, feedback, Why(reason="Demande"))
    again = anonymise_words(house.ports, house.admin, About.FEEDBACK, feedback, Why(reason="Encore"))
    assert again[0] == first[0]
    assert again[1] <= first[1]
    assert house.log.forgotten == [feedback]


def test_what_a_known_guest_said_goes_with_the_guest(house: House) -> None:
    guest = house.registered()
    feedback = house.complaint(house.port, guest, comment="Bruit")
    with pytest.raises(BelongsToGuest) as refusal:
        anonymise_words(house.ports, house.admin, About.FEEDBACK, feedback, Why(reason="Demande"))
    assert refusal.value.members == {"guest_id": str(guest)}
    assert house.log.forgotten == []


def test_who_signed_is_not_named_in_the_reason(house: House) -> None:
    feedback = house.complaint(house.port, author="Zoé Lefèvre", email="zoe@example.com")
    why = Why(reason="Mme Lefevre, zoe@example.com, le demande", reference="Zoé/7")
    anonymise_words(house.ports, house.admin, About.FEEDBACK, feedback, why)
    [event] = house.erasures
    assert (house.log.recorded[-1].reason, event.reference) == ("Mme …, …, le demande", "…/7")


def test_only_at_a_property_of_the_caller_and_by_who_may(house: House) -> None:
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


def test_what_is_of_another_kind_is_unknown(house: House) -> None:
    feedback, guest, why = house.complaint(house.port), house.registered(), Why(reason="Demande")
    for stream in (guest, house.port, uuid7()):
        with pytest.raises(WordsUnknown):
            anonymise_words(house.ports, house.admin, About.FEEDBACK, stream, why)
    with pytest.raises(WordsUnknown):
        anonymise_words(house.ports, house.admin, About.QUALITY_COST, feedback, why)
