"""The link of an invitation: what a guest's browser does with it, and what a scanner of mails does not."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from adapters.bootstrap import Hote
from adapters.keys.links import Purpose
from domain.invitation_states import State
from domain.property import Channel
from tests.contract.asking import Asked, asked, language_of
from tests.contract.conftest import Api, House

OUTSIDE = "https://reviews.example/rivage?hotel=port"


def distributed(house: House, *shares: dict[str, object]) -> None:
    answer = house.admin.patch(f"/v1/properties/{house.port}", json={"invitations": {"distribution": list(shares)}})
    assert answer.status_code == 200, answer.text


@pytest.fixture
def guest(hote: Hote, house: House) -> Asked:
    return asked(hote, house)


def test_who_follows_the_link_comes_to_the_questionnaire(guest: Asked, nobody: Api) -> None:
    page = nobody.get(guest.click)
    assert (page.status_code, language_of(page)) == (200, "de")
    assert 'method="post"' in page.text
    questionnaire = nobody.post(guest.click)
    assert questionnaire.url.path.startswith("/s/")
    assert (questionnaire.status_code, language_of(questionnaire)) == (200, "de")
    assert guest.invitation.state is State.CLICKED_EMAIL


def test_a_link_in_an_sms_says_so(hote: Hote, house: House, nobody: Api) -> None:
    guest = asked(hote, house, channel=Channel.SMS)
    nobody.post(guest.click)
    assert guest.invitation.state is State.CLICKED_SMS


def test_a_scanner_that_only_reads_is_no_guest(guest: Asked, nobody: Api) -> None:
    assert nobody.send("HEAD", guest.click).status_code == 200
    assert nobody.get(guest.click).status_code == 200
    assert guest.invitation.state is State.SENT


def test_only_the_first_time_is_recorded(hote: Hote, guest: Asked, nobody: Api) -> None:
    for _ in range(3):
        assert nobody.post(guest.click).status_code == 200
    assert [type(each.event).__name__ for each in hote.log.stream(guest.id)][2:] == ["LinkFollowed"]


def test_the_portal_is_the_one_in_the_settings(hote: Hote, house: House, nobody: Api) -> None:
    distributed(house, {"portal": "reviews", "url": OUTSIDE, "percent": 100})
    guest = asked(hote, house, portal="reviews")
    answer = nobody.post(guest.click, follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, OUTSIDE)
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_where_the_portal_is_gone_it_is_our_questionnaire(hote: Hote, house: House, nobody: Api) -> None:
    guest = asked(hote, house, portal="reviews")
    assert nobody.post(guest.click, follow_redirects=False).headers["Location"].startswith("../s/")


@pytest.mark.parametrize("name", ["url", "to", "next", "portal", "lang"])
def test_nobody_can_be_led_elsewhere(guest: Asked, nobody: Api, name: str) -> None:
    answer = nobody.post(f"{guest.click}?{name}=https://evil.example", follow_redirects=False)
    assert re.fullmatch(r"\.\./s/[a-z2-7]{45}", answer.headers["Location"])


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("path", ["/i/", "/s/", "/u/"])
def test_a_link_that_nobody_made_leads_to_a_page_that_says_so(nobody: Api, method: str, path: str) -> None:
    page = nobody.send(method, f"{path}{'a' * 45}", headers={"Accept-Language": "es"})
    assert page.status_code == 404
    assert page.headers["Content-Language"] == "es"
    assert "no existe" in page.text or method == "HEAD"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("purpose", [Purpose.CLICK, Purpose.QUESTIONNAIRE, Purpose.UNSUBSCRIBE])
def test_an_old_link_says_that_it_is_no_longer_good(guest: Asked, nobody: Api, method: str, purpose: Purpose) -> None:
    page = nobody.send(method, guest.link(purpose, days=-1), headers={"Accept-Language": "it;q=0.9, xx"})
    assert page.status_code == 410
    assert "Questo link non è più valido" in page.text
    assert guest.invitation.state is State.SENT


def test_a_link_for_one_thing_does_not_open_another(guest: Asked, nobody: Api) -> None:
    token = guest.click.removeprefix("/i/")
    assert nobody.get(f"/s/{token}").status_code == 404
    assert nobody.post(f"/u/{token}").status_code == 404


def test_a_link_of_an_invitation_that_was_never_sent_is_none(guest: Asked, nobody: Api) -> None:
    assert nobody.get(guest.link(Purpose.CLICK, whose=guest.about.stay_id)).status_code == 404


def test_once_the_guest_was_forgotten_their_links_are_no_longer_good(guest: Asked, house: House, nobody: Api) -> None:
    house.admin.post(f"/v1/guests/{guest.guest['id']}/anonymise", json={"reason": "Demande"})
    for path in (guest.click, guest.questionnaire):
        for method in ("GET", "POST"):
            assert nobody.send(method, path).status_code == 410
    assert guest.invitation.state is State.SENT


def test_pages_load_nothing_and_tell_nobody(guest: Asked, house: House, nobody: Api) -> None:
    for path in (guest.click, guest.questionnaire, guest.unsubscribe, f"/r/{house.port}", "/i/x"):
        page = nobody.get(path)
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert page.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in page.headers
        assert not re.search(r'(?:src|href|url)\s*[=(]\s*["\']?(?:https?:)?//', page.text)
        for tag in ("script", "style"):
            for content in re.findall(f"<{tag}>(.*?)</{tag}>", page.text, re.DOTALL):
                assert f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'" in policy


@pytest.mark.parametrize("language", ["fr", "en", "de", "es", "it"])
def test_every_page_is_in_every_language(guest: Asked, house: House, nobody: Api, language: str) -> None:
    for path in (guest.click, guest.questionnaire, guest.unsubscribe, f"/r/{house.port}", "/i/x"):
        page = nobody.get(path, params={"lang": language})
        assert (language_of(page), page.headers["Content-Language"]) == (language, language)
        assert f'value="{language}" lang="{language}" selected' in page.text
    led = nobody.post(guest.click, params={"lang": language})
    assert language_of(led) == language
