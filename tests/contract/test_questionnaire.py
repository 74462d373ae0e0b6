"""The questionnaire of an invitation: sent once, changed for a day, and read by the staff as feedback."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.bootstrap import Hote
from adapters.http.app import create_app
from adapters.http.routes.public import invited, on_site
from adapters.http.routes.public.invited import EACH_INVITATION
from adapters.keys.links import Purpose
from application.ports import ConcurrentChange
from domain.feedback import FeedbackRecorded, ReviewRevised
from domain.invitation_states import State
from domain.property import Channel
from domain.reviewing import CHANGEABLE_FOR
from tests.contract.asking import Asked, action, asked, filled, language_of, said
from tests.contract.conftest import Api, Clock, House

WORDS = 'Zimmer laut <b>&</b> "kalt"\n\n{{ 7 * 7 }} </textarea><script>alert(1)</script> 😀'
QUESTIONS = [
    {"key": "cleanliness", "label": {"fr": "Propreté", "de": "Sauberkeit"}},
    {"key": "welcome", "label": {"fr": "Accueil & départ"}},
]


@pytest.fixture
def guest(hote: Hote, house: House) -> Asked:
    answer = house.admin.patch(f"/v1/properties/{house.port}", json={"questions": QUESTIONS})
    assert answer.status_code == 200, answer.text
    return asked(hote, house)


def test_the_review_is_feedback_of_the_guest(guest: Asked, house: House, nobody: Api) -> None:
    page = nobody.get(guest.questionnaire)
    assert "Sauberkeit" in page.text
    assert '<span lang="fr">Accueil &amp; départ</span>' in page.text, "where the guest's language is missing"
    sent = nobody.post(guest.questionnaire, data=filled(page, mark="2", answer_cleanliness="1", comment=WORDS))
    assert (sent.status_code, "Vielen Dank!" in sent.text) == (200, True)

    assert guest.invitation.state is State.REVIEWED_EMAIL
    feedback = said(house.admin, guest.feedback_id)
    assert (feedback["rating"], feedback["answers"]) == ({"given": 2, "scale": 5}, {"cleanliness": 1})
    assert (feedback["origin"], feedback["portal"], feedback["language"]) == ("review", "hote", "de")
    assert (feedback["kind"], feedback["alert"], feedback["folder"]) == ("negative", True, "inbox")
    assert (feedback["guest_id"], feedback["comment"]) == (guest.guest["id"], WORDS)
    [item] = house.admin.listed("/v1/inbox")
    assert (item["id"], item["category"]) == (feedback["id"], "alert")


@pytest.mark.parametrize(
    ("mark", "threshold", "kind", "alert"),
    [
        ("1", 5, "negative", True),
        ("2", 5, "negative", True),
        ("3", 5, "positive", False),
        ("3", 8, "positive", True),
        ("2", 0, "negative", False),
        ("5", 10, "positive", False),
    ],
)
def test_what_is_an_alert_the_property_says(
    hote: Hote, house: House, nobody: Api, mark: str, threshold: int, kind: str, alert: bool
) -> None:
    house.admin.patch(f"/v1/properties/{house.port}", json={"feedback": {"alert_threshold": threshold}})
    guest = asked(hote, house, channel=Channel.SMS)
    nobody.post(guest.questionnaire, data={"mark": mark})
    feedback = said(house.admin, guest.feedback_id)
    assert (feedback["kind"], feedback["alert"]) == (kind, alert)
    assert guest.invitation.state is State.REVIEWED_SMS


def test_it_can_be_changed_for_a_day(hote: Hote, guest: Asked, house: House, nobody: Api) -> None:
    nobody.post(guest.questionnaire, data={"mark": "5", "answer_welcome": "5", "comment": "Schön"})
    assert house.admin.listed("/v1/inbox")[0]["category"] == "new"
    page = nobody.get(guest.questionnaire)
    given = filled(page)
    assert (given["mark"], given["answer_welcome"], given["comment"]) == ("5", "5", "Schön")
    nobody.post(guest.questionnaire, data=filled(page, mark="1", answer_welcome="", comment=WORDS))

    feedback = said(house.admin, guest.feedback_id)
    assert (feedback["rating"]["given"], feedback["answers"], feedback["comment"]) == (1, {}, WORDS)
    [item] = house.admin.listed("/v1/inbox")
    assert (item["rating"]["given"], item["comment"], item["kind"]) == (1, WORDS, "negative")
    assert (item["category"], item["alert"]) == ("alert", True)
    position = {"Hote-At-Least": str(hote.log.stream(guest.feedback_id)[-1].position)}
    report = house.admin.get("/v1/reports/customer-relations", headers=position)
    assert report.status_code == 200, report.text
    assert (report.json()["totals"]["negative"], report.json()["totals"]["positive"]) == (1, 0)


def test_sending_it_again_changes_nothing(hote: Hote, guest: Asked, nobody: Api) -> None:
    for _ in range(3):
        nobody.post(guest.questionnaire, data={"mark": "4", "comment": "Gut"})
    assert [type(each.event) for each in hote.log.stream(guest.feedback_id)] == [FeedbackRecorded]


def test_after_a_day_it_stays(hote: Hote, clock: Clock, guest: Asked, house: House, nobody: Api) -> None:
    nobody.post(guest.questionnaire, data={"mark": "5"})
    link = guest.link(Purpose.QUESTIONNAIRE, days=9)
    for late, changeable in ((CHANGEABLE_FOR - timedelta(minutes=1), True), (CHANGEABLE_FOR, False)):
        then = clock.at(nobody, hote.log.stream(guest.feedback_id)[0].recorded_at + late)
        page = then.get(link)
        assert ("<textarea" in page.text, "Vielen Dank!" in page.text) == (changeable, True)
        answer = then.post(f"{link}?lang=de", data={"mark": "4" if changeable else "1"})
        assert (answer.status_code, "Vielen Dank!" in answer.text) == ((200, True) if changeable else (409, False))
        assert ("wurde nicht gespeichert" in answer.text) == (not changeable)
    assert said(house.admin, guest.feedback_id)["rating"]["given"] == 4


def test_one_invitation_cannot_flood_a_hotel(
    hote: Hote, guest: Asked, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At one moment: nobody gets more by waiting."""
    monkeypatch.setattr(invited, "monotonic_ns", lambda: 0)
    browser, most, link = TestClient(create_app(hote)), EACH_INVITATION[1], guest.questionnaire
    assert [browser.post(link, data={"mark": str(1 + turn % 5)}).status_code for turn in range(most)] == [200] * most
    page = browser.post(
        guest.link(Purpose.QUESTIONNAIRE, days=2), data={"mark": "5"}, headers={"Accept-Language": "de"}
    )
    assert (page.status_code, "Einen Moment, bitte" in page.text) == (429, True)
    assert int(page.headers["Retry-After"]) > 0
    assert browser.get(link).status_code == 200
    assert browser.post(asked(hote, house).questionnaire, data={"mark": "5"}).status_code == 200


def test_two_tabs_at_once_make_one_review(hote: Hote, guest: Asked, house: House, nobody: Api) -> None:
    link = guest.questionnaire
    with ThreadPoolExecutor(8) as tabs:
        answers = list(tabs.map(lambda mark: nobody.post(link, data={"mark": mark}), "12345123"))
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert len(house.admin.listed("/v1/inbox")) == 1
    first, *later = (each.event for each in hote.log.stream(guest.feedback_id))
    assert isinstance(first, FeedbackRecorded)
    assert all(isinstance(event, ReviewRevised) for event in later)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, "mark"),
        ({"mark": ""}, "mark"),
        ({"mark": "0"}, "mark"),
        ({"mark": "6"}, "mark"),
        ({"mark": "-1"}, "mark"),
        ({"mark": "viel"}, "mark"),
        ({"mark": "9" * 5000}, "mark"),
        ({"mark": "3", "answer_welcome": "6"}, "answer_welcome"),
        ({"mark": "3", "comment": "x" * 10_001}, "comment"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(guest: Asked, nobody: Api, fields: dict[str, str], wrong: str) -> None:
    page = nobody.post(guest.questionnaire, data={"comment": "Gut"} | fields)
    assert page.status_code == 422
    assert "<title>Fehler: " in page.text
    assert re.findall(r'id="(\w+)-wrong"', page.text) == [wrong]
    summary = page.text.partition('<div class="wrong summary" tabindex="-1" autofocus>')[2].partition("</div>")[0]
    [place] = re.findall(r'<a href="#([\w-]+)">', summary)
    assert place.removesuffix("-1") == wrong
    assert f'id="{place}"' in page.text
    assert filled(page)["comment"] == fields.get("comment", "Gut"), "nothing that was written is lost"
    assert guest.invitation.state is State.SENT


def test_in_another_language_it_is_the_same_form_and_nothing_is_sent(guest: Asked, nobody: Api) -> None:
    page = nobody.get(guest.questionnaire)
    given = {"mark": "2", "answer_cleanliness": "4", "comment": WORDS}
    spanish = nobody.post(guest.questionnaire, data=filled(page, **given, lang="es", show="true"))
    assert (spanish.status_code, language_of(spanish)) == (200, "es")
    assert filled(spanish) == given | {"answer_welcome": ""}
    assert "wrong" not in spanish.text.partition("<main>")[2]
    assert guest.invitation.state is State.SENT
    sent = nobody.post(f"{guest.questionnaire}{action(spanish)}", data=filled(spanish, lang="fr"))
    assert (language_of(sent), guest.invitation.state) == ("es", State.REVIEWED_EMAIL), "as the form was shown"
    assert filled(sent)["comment"] == WORDS

    changed = nobody.post(guest.questionnaire, data=filled(sent, mark="", lang="fr", show="true"))
    assert (language_of(changed), "mark" in filled(changed), "24 heures" in changed.text) == ("fr", False, True)
    assert [type(each.event) for each in guest.hote.log.stream(guest.feedback_id)] == [FeedbackRecorded]


def test_who_loses_a_race_sees_a_page(guest: Asked, nobody: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object) -> None:
        raise ConcurrentChange("Somebody else was faster.")

    monkeypatch.setattr(invited, "answer", lost)
    page = nobody.post(guest.questionnaire, data={"mark": "2"}, headers={"Accept-Language": "es"})
    assert (page.status_code, page.headers["Retry-After"]) == (503, "1")
    assert "<h1>Un momento, por favor</h1>" in page.text


def test_the_longest_words_are_taken(guest: Asked, house: House, nobody: Api) -> None:
    words = "é\n" * 4_999 + "é"
    nobody.post(guest.questionnaire, data={"mark": "3", "comment": words.replace("\n", "\r\n")})
    assert said(house.admin, guest.feedback_id)["comment"] == words


def test_what_no_text_can_hold_is_left_out(guest: Asked, house: House, nobody: Api) -> None:
    nobody.post(guest.questionnaire, data={"mark": "3", "comment": "\0 Gut\x1b[31m\x7f "})
    assert said(house.admin, guest.feedback_id)["comment"] == "Gut[31m"


def test_questions_that_nobody_asked_are_ignored(guest: Asked, house: House, nobody: Api) -> None:
    nobody.post(guest.questionnaire, data={"mark": "3", "answer_weather": "1", "email": "", "x" * 200: "y"})
    assert said(house.admin, guest.feedback_id)["answers"] == {}


def test_a_form_of_files_is_none(guest: Asked, nobody: Api) -> None:
    answer = nobody.post(guest.questionnaire, files={"mark": ("mark.txt", b"5")})
    assert answer.status_code == 400
    assert guest.invitation.state is State.SENT


def test_who_is_forgotten_takes_the_words_with_them(guest: Asked, house: House, nobody: Api) -> None:
    nobody.post(guest.questionnaire, data={"mark": "5", "comment": "Erste Worte"})
    nobody.post(guest.questionnaire, data={"mark": "1", "comment": "Zweite Worte"})
    answer = house.admin.post(f"/v1/guests/{guest.guest['id']}/anonymise", json={"reason": "Demande"})
    assert answer.status_code == 200, answer.text
    feedback = said(house.admin, guest.feedback_id)
    assert (feedback["comment"], feedback["rating"]["given"]) == (None, 1)
    history = house.admin.get(f"/v1/guests/{guest.guest['id']}/history").text
    assert "Worte" not in history
    assert "Worte" not in house.admin.get("/v1/inbox").text
    certificate = house.admin.get(f"/v1/erasures/{answer.json()['erasure_id']}")
    assert certificate.status_code == 200, certificate.text
    assert nobody.get(guest.questionnaire).status_code == 410


def test_what_is_done_comes_back_when_it_becomes_an_alert(guest: Asked, house: House, nobody: Api) -> None:
    nobody.post(guest.questionnaire, data={"mark": "5"})
    house.admin.post(f"/v1/feedback/{guest.feedback_id}/done")
    nobody.post(guest.questionnaire, data={"mark": "4"})
    assert said(house.admin, guest.feedback_id)["folder"] == "done"
    nobody.post(guest.questionnaire, data={"mark": "1"})
    feedback = said(house.admin, guest.feedback_id)
    assert (feedback["folder"], feedback["category"], feedback["response"]["running"]) == ("inbox", "alert", True)
    assert [item["id"] for item in house.admin.listed("/v1/inbox")] == [feedback["id"]]
    assert house.admin.post(f"/v1/feedback/{guest.feedback_id}/claim").status_code == 200


def test_a_history_and_an_export_tell_of_the_change(guest: Asked, house: House, nobody: Api) -> None:
    nobody.post(guest.questionnaire, data={"mark": "5"})
    nobody.post(guest.questionnaire, data={"mark": "4", "answer_welcome": "3"})
    history = house.admin.get(f"/v1/guests/{guest.guest['id']}/history").json()["items"]
    [change] = [each for each in history if each["type"] == "ReviewRevised"]
    assert (change["actor"], change["data"]["answers"]) == ("guest", {"welcome": 3})
    export = house.admin.get(f"/v1/guests/{guest.guest['id']}/export", params={"format": "html"}).text
    assert "Avis modifié" in export


FORMS = [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "",
]
names = st.sampled_from(["mark", "comment", "answer_welcome", "answer_", "email", "form", "lang"])
odd = st.binary(max_size=30) | st.sampled_from([b"3", b"%00", b"%ED%A0%80", b"\xff\xfe", b"9" * 5_000, b"1e3", b"NaN"])
parts = st.builds(
    lambda name, value: b"--x\r\nContent-Disposition: form-data; name=" + name.encode() + b"\r\n\r\n" + value,
    names,
    odd,
)
bodies = st.lists(st.builds(lambda name, value: name.encode() + b"=" + value, names, odd), max_size=4).map(b"&".join)


@pytest.fixture
def tireless(hote: Hote, monkeypatch: pytest.MonkeyPatch) -> Api:
    """Somebody without a key, who may send as much as they like."""
    monkeypatch.setattr(invited, "EACH_INVITATION", (1_000, 1_000))
    monkeypatch.setattr(on_site, "EACH_CLIENT", (1_000, 1_000))
    return Api(TestClient(create_app(hote)), None)


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(body=bodies | st.lists(parts, max_size=4).map(b"\r\n".join), form=st.sampled_from(FORMS), language=st.text())
def test_no_form_breaks_anything(
    guest: Asked, house: House, tireless: Api, body: bytes, form: str, language: str
) -> None:
    for path in (guest.questionnaire, f"/r/{house.port}", guest.unsubscribe, guest.click):
        answer = tireless.post(path, content=body, headers={"Content-Type": form}, params={"lang": language})
        assert answer.status_code < 500, answer.text
