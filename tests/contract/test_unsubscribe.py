"""Who wants no more messages says so once, with a click in the mail program or on a page."""

import pytest

from adapters.bootstrap import Hote
from domain.guest_events import GuestUnsubscribed
from tests.contract.asking import Asked, asked, language_of
from tests.contract.conftest import Api, House


@pytest.fixture
def guest(hote: Hote, house: House) -> Asked:
    return asked(hote, house)


def times_unsubscribed(guest: Asked) -> int:
    told = guest.hote.log.stream(guest.about.guest_id)
    return sum(isinstance(each.event, GuestUnsubscribed) for each in told)


def test_a_mail_program_unsubscribes_without_showing_a_page(guest: Asked, nobody: Api) -> None:
    """RFC 8058."""
    answer = nobody.post(guest.unsubscribe, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert times_unsubscribed(guest) == 1


def test_a_mail_program_may_send_it_as_multipart(guest: Asked, nobody: Api) -> None:
    answer = nobody.post(guest.unsubscribe, files={"List-Unsubscribe": (None, "One-Click")})
    assert answer.status_code == 200
    assert times_unsubscribed(guest) == 1


def test_on_the_page_there_is_a_button(guest: Asked, nobody: Api) -> None:
    page = nobody.get(guest.unsubscribe)
    assert (page.status_code, language_of(page)) == (200, "it")
    assert "Groupe Rivage" in page.text
    assert nobody.send("HEAD", guest.unsubscribe).status_code == 200
    assert times_unsubscribed(guest) == 0, "reading is not asking for it"
    answer = nobody.post(guest.unsubscribe)
    assert (answer.status_code, "Fatto." in answer.text) == (200, True)
    assert times_unsubscribed(guest) == 1
    assert "Fatto." in nobody.get(guest.unsubscribe).text


def test_a_second_time_changes_nothing(guest: Asked, nobody: Api) -> None:
    for _ in range(3):
        assert nobody.post(guest.unsubscribe).status_code == 200
    assert times_unsubscribed(guest) == 1


def test_who_is_one_with_somebody_unsubscribed_is_asked_all_the_same(guest: Asked, house: House, nobody: Api) -> None:
    """It would be lost once the merge is undone."""
    nobody.post(guest.unsubscribe)
    order = {"surviving_guest_id": house.admin.register()["id"], "merged_guest_id": guest.guest["id"]}
    assert house.admin.post("/v1/merges", json=order).status_code == 201
    assert "Fatto." not in nobody.get(guest.unsubscribe).text
    assert "Fatto." in nobody.post(guest.unsubscribe).text
    assert "Fatto." in nobody.get(guest.unsubscribe).text


def test_who_was_forgotten_hears_that_nothing_will_come(guest: Asked, house: House, nobody: Api) -> None:
    house.admin.post(f"/v1/guests/{guest.guest['id']}/anonymise", json={"reason": "Demande"})
    assert nobody.post(guest.unsubscribe).status_code == 200
    assert times_unsubscribed(guest) == 0
