"""The questionnaire on the hotel's tablet and behind its link: for whoever stands there, sometimes a guest."""

import re
from datetime import timedelta
from itertools import count

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from adapters.bootstrap import Hote
from adapters.http.app import create_app
from adapters.http.pages.guest_page import ANEW
from adapters.http.routes.public import on_site
from adapters.http.routes.public.on_site import EACH_CLIENT, EACH_PROPERTY
from domain import inviting
from domain.invitation_states import State
from domain.inviting import Invitation
from tests.contract.asking import about, action, asked, filled, language_of, said
from tests.contract.conftest import Api, Body, House, fresh_email

numbers = count(1)


@pytest.fixture
def nobody(client: TestClient) -> Api:
    """Somebody without a key, who has sent nothing yet."""
    return Api(TestClient(client.app, client=(f"192.0.2.{next(numbers)}", 50000)), None)


def staying(house: House, hote: Hote, *, arrived: int, property_id: str | None = None) -> Body:
    """A guest who arrived so many days ago."""
    arrival = (hote.ports.now().date() - timedelta(days=arrived)).isoformat()
    return house.admin.register(stay={"property_id": property_id or house.port, "arrival": arrival})


def state_of(hote: Hote, house: House, guest: Body) -> State:
    told = about(hote, house, guest)
    id_ = inviting.invitation_id(told.stay_id, told.message)
    return inviting.fold(Invitation(id_), (each.event for each in hote.log.stream(id_))).state


def only(house: House) -> Body:
    """The one feedback in the inbox."""
    [item] = house.admin.listed("/v1/inbox")
    return item


@pytest.mark.parametrize("via", ["tablet", "link"])
def test_anybody_can_write_a_review(house: House, nobody: Api, via: str) -> None:
    page = nobody.get(f"/r/{house.port}", params={"via": via}, headers={"Accept-Language": "de-AT, en;q=0.5"})
    assert (page.status_code, language_of(page)) == (200, "de")
    email = fresh_email()
    thanks = nobody.post(str(page.url), data=filled(page, mark="1", comment="Kalt", email=f" {email} "))
    assert (thanks.status_code, "Thank you!" in thanks.text) == (200, True)
    item = only(house)
    assert (item["guest_id"], item["comment"], item["rating"]["given"]) == (None, "Kalt", 1)
    assert (item["alert"], item["portal"], item["origin"]) == (True, "hote", "review")
    reply = house.admin.post(f"/v1/feedback/{item['id']}/reply", json={"text": "Nous sommes désolés."})
    assert reply.json()["conversation"][0]["address"] == email


@pytest.mark.parametrize("via", ["tablet", "link"])
@pytest.mark.parametrize("arrived", [0, 30])
def test_a_guest_who_says_who_they_are_reviews_their_stay(
    hote: Hote, house: House, nobody: Api, via: str, arrived: int
) -> None:
    guest = staying(house, hote, arrived=arrived)
    nobody.post(f"/r/{house.port}?via={via}", data={"mark": "4", "email": guest["emails"][0].upper()})
    feedback = said(house.admin, only(house)["id"])
    assert feedback["guest_id"] == guest["id"]
    assert feedback["actions"][0]["data"]["words"] is None, "their address is known without"
    assert state_of(hote, house, guest) is State.REVIEWED_ON_SITE


@pytest.mark.parametrize("arrived", [31, -2])
def test_who_does_not_stay_here_now_is_nobody_known(hote: Hote, house: House, nobody: Api, arrived: int) -> None:
    guest = staying(house, hote, arrived=arrived)
    nobody.post(f"/r/{house.port}", data={"mark": "4", "email": guest["emails"][0]})
    assert only(house)["guest_id"] is None
    assert state_of(hote, house, guest) is State.NOT_ENABLED


def test_who_stays_at_another_property_is_nobody_known(hote: Hote, house: House, nobody: Api) -> None:
    guest = staying(house, hote, arrived=1, property_id=house.lago)
    nobody.post(f"/r/{house.port}", data={"mark": "4", "email": guest["emails"][0]})
    assert only(house)["guest_id"] is None


def test_another_organisation_s_guest_is_nobody_known(hote: Hote, house: House, other: House, nobody: Api) -> None:
    guest = staying(other, hote, arrived=1)
    nobody.post(f"/r/{house.port}", data={"mark": "4", "email": guest["emails"][0]})
    assert only(house)["guest_id"] is None


def test_nobody_hears_whether_an_address_is_known(hote: Hote, house: House, nobody: Api) -> None:
    def answer(email: str) -> tuple[int, str, str]:
        sent = nobody.post(f"/r/{house.port}", data={"mark": "4", "email": email})
        return sent.status_code, str(sent.url), sent.text

    guest = staying(house, hote, arrived=1)
    assert answer(guest["emails"][0]) == answer(fresh_email())


def test_whatever_was_written_on_site_the_invitation_takes_a_review(hote: Hote, house: House, nobody: Api) -> None:
    """It could be a stranger who knows the address, whose words are neither shown nor changed."""
    guest = asked(hote, house)
    nobody.post(f"/r/{house.port}", data={"mark": "1", "comment": "Secret", "email": guest.guest["emails"][0]})
    assert guest.invitation.state is State.REVIEWED_ON_SITE
    on_site_id = guest.feedback_id
    page = nobody.get(guest.questionnaire)
    assert ("Vielen Dank!" in page.text, "Secret" in page.text, "<textarea" in page.text) == (False, False, True)
    thanks = nobody.post(guest.questionnaire, data={"mark": "5", "comment": "Schön"})
    assert ("Vielen Dank!" in thanks.text, "Schön" in thanks.text) == (True, True)
    nobody.post(guest.questionnaire, data={"mark": "4", "comment": "Gut"})
    nobody.post(f"/r/{house.port}", data={"mark": "2", "email": guest.guest["emails"][0]})

    assert (guest.invitation.state, guest.feedback_id == on_site_id) == (State.REVIEWED_EMAIL, False)
    own, on_site_ = said(house.admin, guest.feedback_id), said(house.admin, on_site_id)
    assert (own["rating"]["given"], own["comment"], own["guest_id"]) == (4, "Gut", guest.guest["id"])
    assert (on_site_["rating"]["given"], on_site_["comment"]) == (1, "Secret")
    assert sorted(item["rating"]["given"] for item in house.admin.listed("/v1/inbox")) == [1, 2, 4]


def test_a_form_that_is_sent_twice_is_one_review(house: House, nobody: Api) -> None:
    page = nobody.get(f"/r/{house.port}")
    form = filled(page, mark="4")
    for _ in range(3):
        assert nobody.post(f"/r/{house.port}", data=form).status_code == 200
    only(house)
    nobody.post(f"/r/{house.port}", data=filled(nobody.get(f"/r/{house.port}"), mark="4"))
    assert len(house.admin.listed("/v1/inbox")) == 2


def test_a_form_with_something_wrong_is_sent_once_it_is_right(house: House, nobody: Api) -> None:
    page = nobody.get(f"/r/{house.port}?via=tablet&lang=it")
    wrong = nobody.post(str(page.url), data=filled(page, comment="Bello", email="zoe@"))
    assert (wrong.status_code, language_of(wrong)) == (422, "it")
    assert 'id="mark-wrong"' in wrong.text
    assert 'id="email-wrong"' in wrong.text
    again = filled(wrong)
    assert (again["comment"], again["email"]) == ("Bello", "zoe@")
    thanks = nobody.post(str(page.url), data=filled(wrong, mark="5", email=""))
    assert (thanks.status_code, language_of(thanks)) == (200, "it")
    assert only(house)["language"] == "it"


def test_in_another_language_it_is_the_same_form_of_the_same_review(house: House, nobody: Api) -> None:
    page = nobody.get(f"/r/{house.port}?via=tablet&lang=fr")
    given = filled(page, mark="4", comment="Bello", email="zoe@")
    italian = nobody.post(str(page.url), data=given | {"lang": "it", "show": "true"})
    assert (italian.status_code, language_of(italian), filled(italian)) == (200, "it", given)
    assert 'class="wrong' not in italian.text
    assert action(italian) == "?via=tablet&lang=it"
    assert house.admin.listed("/v1/inbox") == []
    for _ in range(2):
        nobody.post(f"/r/{house.port}{action(italian)}", data=filled(italian, email=""))
    assert only(house)["language"] == "it"


def test_a_form_that_somebody_left_on_a_tablet_is_emptied(house: House, nobody: Api) -> None:
    """With a script, that somebody who still writes keeps waiting, or after long without one."""
    page = nobody.get(f"/r/{house.port}?via=tablet&lang=es").text
    assert '<noscript><meta http-equiv="refresh" content="900;url=?via=tablet&amp;lang=es"></noscript>' in page
    assert f"<script>{ANEW}</script>" in page
    for path in (f"/r/{house.port}?via=link", f"/r/{house.port}"):
        page = nobody.get(path).text
        assert "http-equiv" not in page
        assert "<script>" not in page


def test_a_tablet_is_ready_for_the_next_guest(house: House, nobody: Api) -> None:
    thanks = nobody.post(f"/r/{house.port}?via=tablet&lang=es", data={"mark": "5"})
    refresh = re.search(r'<meta http-equiv="refresh" content="\d+;url=([^"]+)">', thanks.text)
    assert refresh
    assert refresh[1] == f"{house.port}?via=tablet&amp;lang=es"
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', thanks.text))
    assert kept == {"via": "tablet", "sent": "true"}, "when the language is switched"
    assert 'http-equiv="refresh"' not in nobody.post(f"/r/{house.port}?via=link", data={"mark": "5"}).text


@pytest.mark.parametrize(
    "path", ["0199f3c1-8c10-7f2e-9d6f-7f1f5a0d2b02", "x", "..%2f", "{port}?via=email", "{port}?via=x"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_where_there_is_no_such_property_is_a_page_that_says_so(
    house: House, nobody: Api, path: str, method: str
) -> None:
    page = nobody.send(method, f"/r/{path.format(port=house.port)}", headers={"Accept-Language": "fr"})
    assert page.status_code == 404
    assert "existe pas" in page.text or "%2f" in path


def test_words_of_nobody_known_can_be_forgotten(house: House, nobody: Api) -> None:
    nobody.post(f"/r/{house.port}", data={"mark": "1", "comment": "Kalt", "email": fresh_email()})
    item = only(house)
    answer = house.admin.post(f"/v1/feedback/{item['id']}/anonymise", json={"reason": "Demande"})
    assert answer.status_code == 200, answer.text
    assert only(house)["comment"] is None


class TestLimits:
    """At one moment: nobody gets more by waiting."""

    @pytest.fixture
    def app(self, hote: Hote, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
        monkeypatch.setattr(on_site, "monotonic_ns", lambda: 0)
        return create_app(hote)

    def sent(self, app: FastAPI, address: str, property_id: str, times: int = 1) -> list[int]:
        """The statuses of that many empty forms from an address."""
        browser = TestClient(app, client=(address, 50000))
        return [browser.post(f"/r/{property_id}").status_code for _ in range(times)]

    def test_one_client_cannot_flood_a_hotel(self, app: FastAPI, house: House) -> None:
        most = EACH_CLIENT[1]
        assert self.sent(app, "192.0.2.1", house.port, most + 1) == [422] * most + [429]
        browser = TestClient(app, client=("192.0.2.1", 50000))
        page = browser.post(f"/r/{house.lago}", headers={"Accept-Language": "de"})
        assert (page.status_code, "Einen Moment, bitte" in page.text) == (429, True)
        assert int(page.headers["Retry-After"]) > 0
        assert browser.get(f"/r/{house.port}").status_code == 200
        assert self.sent(app, "192.0.2.2", house.port) == [422]

    def test_many_clients_cannot_either(self, app: FastAPI, house: House) -> None:
        each, most = EACH_CLIENT[1], EACH_PROPERTY[1]
        for number in range(most // each):
            assert self.sent(app, f"192.0.2.{number}", house.port, each) == [422] * each
        assert self.sent(app, "198.51.100.1", house.port) == [429]
        assert self.sent(app, "198.51.100.1", house.lago) == [422]

    def test_the_addresses_of_one_network_are_one_client(self, app: FastAPI, house: House) -> None:
        most = EACH_CLIENT[1]
        sent = [self.sent(app, f"2001:db8:0:a::{number:x}", house.port) for number in range(most + 1)]
        assert sent == [[422]] * most + [[429]]
        assert self.sent(app, "2001:db8:0:b::1", house.port) == [422]
