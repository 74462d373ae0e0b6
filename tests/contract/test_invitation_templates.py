"""Templates of messages to guests: ours and the organisation's, seen before they are sent, and sent on trial."""

import email
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from adapters.bootstrap import Hote, open_hote
from adapters.http.app import create_app
from adapters.http.routes.invitation_templates import TRIALS
from adapters.settings import Settings
from tests.adapters.mail.server import MailServer, mail_server
from tests.adapters.sms.server import Gateway, sms_gateway
from tests.conftest import FreshDatabase
from tests.contract.conftest import Body, House, founded

TEMPLATES = "/v1/invitation-templates"
FRENCH = f"{TEMPLATES}/post_stay/email/fr"
DUTCH_SMS = f"{TEMPLATES}/reminder/sms/nl"
WORDS = {"subject": "{{ property }} : votre avis", "text": "Bonjour {{ name }},\n\n{{ link }}"}


def listed(house: House) -> dict[tuple[str, str, str], Body]:
    items = house.admin.get(TEMPLATES).json()["items"]
    return {(item["kind"], item["channel"], item["language"]): item for item in items}


def test_what_is_shipped_is_listed(house: House) -> None:
    answer = house.admin.get(TEMPLATES)
    assert (answer.status_code, answer.json()["next"], answer.headers["etag"]) == (200, None, '"1"')
    templates = listed(house)
    assert len(templates) == len(answer.json()["items"]) == 3 * 2 * 5
    assert {item["origin"] for item in templates.values()} == {"shipped"}
    assert templates["post_stay", "email", "de"]["subject"] == "{{ property }}: Wie war Ihr Aufenthalt?"
    assert templates["post_stay", "sms", "de"]["subject"] is None


def test_own_words_take_the_place_of_ours_until_they_are_deleted(house: House, other: House) -> None:
    before = listed(house)
    answer = house.admin.send("PUT", FRENCH, json=WORDS)
    mine = {"kind": "post_stay", "channel": "email", "language": "fr", **WORDS, "origin": "own"}
    assert (answer.status_code, answer.json(), answer.headers["etag"]) == (200, mine, '"2"')
    assert int(answer.headers["hote-position"]) > 0
    assert listed(house) == before | {("post_stay", "email", "fr"): mine}
    assert listed(other) == before

    house.admin.send("PUT", FRENCH, json=WORDS | {"text": "{{ link }}"})
    assert listed(house)["post_stay", "email", "fr"]["text"] == "{{ link }}"
    assert house.admin.delete(FRENCH).status_code == 204
    assert listed(house) == before
    assert house.admin.delete(FRENCH).status_code == 204


def test_there_can_be_words_in_a_language_that_we_lack(house: House) -> None:
    put = house.admin.send("PUT", f"{TEMPLATES}/reminder/sms/nl-be", json={"text": "Uw mening: {{ link }}"})
    assert (put.status_code, put.json()["language"]) == (200, "nl-BE")
    assert listed(house)["reminder", "sms", "nl-BE"]["origin"] == "own"
    house.admin.delete(f"{TEMPLATES}/reminder/sms/nl-BE")
    assert ("reminder", "sms", "nl-BE") not in listed(house)


def test_they_are_changed_only_as_they_were_seen(house: House) -> None:
    seen = house.admin.get(TEMPLATES).headers["etag"]
    assert house.admin.send("PUT", FRENCH, json=WORDS, headers={"If-Match": seen}).status_code == 200
    for method, body in (("PUT", {"json": WORDS}), ("DELETE", {})):
        assert house.admin.send(method, FRENCH, headers={"If-Match": seen}, **body).status_code == 412


@pytest.mark.parametrize(
    ("path", "words", "pointer", "code"),
    [
        (FRENCH, {"text": "{{ link }}"}, "/subject", "missing"),
        (FRENCH, WORDS | {"subject": "a\r\nBcc: b@example.com"}, "/subject", "malformed"),
        (FRENCH, WORDS | {"subject": "{{ 7*7 }}"}, "/subject", "template-forbidden"),
        (FRENCH, WORDS | {"text": "{{ link }} {{ guest }}"}, "/text", "template-name-unknown"),
        (FRENCH, WORDS | {"text": "{{ link }} {{ name"}, "/text", "template-broken"),
        (FRENCH, WORDS | {"text": "{{ link.__class__ }}"}, "/text", "template-forbidden"),
        (FRENCH, WORDS | {"text": "Votre avis ?"}, "/text", "link-missing"),
        (FRENCH, WORDS | {"text": "<b>{{ link }}</b>"}, "/text", "markup"),
        (FRENCH, WORDS | {"text": "x" * 10_001}, "/text", "too-long"),
        (FRENCH, WORDS | {"html": "x"}, "/html", "field-unknown"),
        (DUTCH_SMS, WORDS, "/subject", "subject-misplaced"),
        (DUTCH_SMS, {"text": "x" * 460 + " {{ link }}"}, "/text", "sms-too-long"),
    ],
)
@pytest.mark.parametrize("step", ["", "/preview"])
def test_what_breaks_a_rule_is_pointed_at(
    house: House, path: str, words: Body, pointer: str, code: str, step: str
) -> None:
    answer = house.admin.send("POST" if step else "PUT", path + step, json=words)
    assert answer.status_code == 422, answer.text
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]
    assert house.admin.get(TEMPLATES).headers["etag"] == '"1"'


@pytest.mark.parametrize(
    "place", ["post_stay/email/French", "post_stay/email/fr-1-2-3", "post_stay/fax/fr", "x/sms/fr"]
)
def test_a_place_that_there_is_not_is_refused(house: House, place: str) -> None:
    answer = house.admin.send("PUT", f"{TEMPLATES}/{place}", json=WORDS)
    assert (answer.status_code, "parameter" in answer.json()["errors"][0]) == (422, True)


def test_a_key_for_one_property_decides_nothing_for_all(house: House) -> None:
    scoped = house.staff("admin", house.lago)
    assert scoped.get(TEMPLATES).status_code == 200
    assert scoped.send("PUT", FRENCH, json=WORDS).status_code == 403
    assert scoped.delete(FRENCH).status_code == 403
    assert house.admin.get(TEMPLATES).headers["etag"] == '"1"'


def test_words_are_shown_as_a_guest_would_get_them(house: House) -> None:
    shown = house.admin.post(f"{FRENCH}/preview", json=WORDS).json()
    assert shown["subject"] == "Groupe Rivage : votre avis"
    assert shown["text"].startswith("Bonjour Zoé Lefèvre,\n\nhttp://localhost:8000/i/")
    assert '<html lang="fr" dir="ltr">' in shown["html"]
    assert shown["segments"] is None
    assert listed(house)["post_stay", "email", "fr"]["origin"] == "shipped"
    sms = house.admin.post(f"{DUTCH_SMS}/preview", json={"text": "Uw mening: {{ link }}"}).json()
    assert (sms["subject"], sms["html"], sms["segments"]) == (None, None, 1)


class TestTrial:
    """With servers of our own, and where there are none."""

    @pytest.fixture
    def smtp(self) -> Iterator[MailServer]:
        with mail_server() as server:
            yield server

    @pytest.fixture
    def gateway(self) -> Iterator[Gateway]:
        with sms_gateway() as gateway:
            yield gateway

    @pytest.fixture
    def connected(
        self, fresh_database: FreshDatabase, tmp_path: Path, smtp: MailServer, gateway: Gateway
    ) -> Iterator[House]:
        with fresh_database() as database:
            settings = Settings(
                home=tmp_path,
                database_url=SecretStr(database),
                smtp_url=SecretStr(smtp.url),
                sms_url=SecretStr(gateway.url),
                mail_from="accueil@example.org",
            )
            with service(settings) as house:
                yield house

    def test_a_mail_is_sent_to_whom_it_may_concern(self, connected: House, smtp: MailServer) -> None:
        connected.admin.send("PUT", FRENCH, json=WORDS)
        answer = connected.admin.post(f"{FRENCH}/test", json={"to": "Direction@Example.org"})
        assert (answer.status_code, answer.content) == (204, b"")
        [mail] = smtp.taken
        assert smtp.recipients == ["Direction@example.org"]
        assert (mail["Subject"], mail["Auto-Submitted"]) == ("Groupe Rivage : votre avis", "auto-generated")
        assert mail["From"] == mail["Reply-To"] == "Groupe Rivage <accueil@example.org>"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click", "as guests get it"
        text, html = (part.get_content() for part in mail.iter_parts())
        assert text.startswith("Bonjour Zoé Lefèvre,")
        assert "<p" in html

    def test_an_sms_is_sent_too(self, connected: House, gateway: Gateway) -> None:
        path = f"{TEMPLATES}/post_stay/sms/de/test"
        assert connected.admin.post(path, json={"to": "+33 6 12 34 56 78"}).status_code == 204
        [sms] = gateway.taken
        assert sms["to"] == "+33612345678"
        assert sms["text"].startswith("Groupe Rivage: Vielen Dank, dass Sie bei uns zu Gast waren.")

    def test_a_server_that_refuses_is_told_of(self, connected: House, smtp: MailServer, gateway: Gateway) -> None:
        smtp.to_recipient = lambda _: "550 5.1.1 no such user"
        refused = connected.admin.post(f"{FRENCH}/test", json={"to": "nobody@example.org"})
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/message-refused")
        assert refused.json()["reply"] == "550"
        assert "nobody@" not in refused.text
        smtp.to_recipient = lambda _: "450 4.2.0 greylisted"
        delayed = connected.admin.post(f"{FRENCH}/test", json={"to": "nobody@example.org"})
        assert (delayed.status_code, delayed.json()["type"]) == (503, "/problems/message-delayed")
        gateway.status = 400
        assert connected.admin.post(f"{DUTCH_SMS[:-2]}fr/test", json={"to": "+33612345678"}).json()["reply"] == "400"
        gateway.status = 500
        assert connected.admin.post(f"{DUTCH_SMS[:-2]}fr/test", json={"to": "+33612345678"}).status_code == 503

    @pytest.mark.parametrize(
        ("channel", "to", "code"),
        [
            ("email", "direction", "email-invalid"),
            ("email", "+33612345678", "email-invalid"),
            ("email", "a@b.fr\r\nBcc: c@d.fr", "email-invalid"),
            ("sms", "06 12 34 56 78", "phone-invalid"),
            ("sms", "direction@example.org", "phone-invalid"),
        ],
    )
    def test_an_address_that_is_none_is_refused(self, house: House, channel: str, to: str, code: str) -> None:
        answer = house.admin.post(f"{TEMPLATES}/post_stay/{channel}/fr/test", json={"to": to})
        assert answer.status_code == 422
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("/to", code)]

    def test_what_nobody_has_written_is_not_found(self, house: House) -> None:
        answer = house.admin.post(f"{DUTCH_SMS}/test", json={"to": "+33612345678"})
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")

    def test_without_servers_they_become_files(self, hote: Hote, house: House) -> None:
        outbox = hote.settings.home / "outbox"
        before = set(outbox.glob("test.*"))
        house.admin.post(f"{FRENCH}/test", json={"to": "direction@example.org"})
        house.admin.post(f"{DUTCH_SMS[:-2]}fr/test", json={"to": "+33612345678"})
        mail_file, sms_file = sorted(set(outbox.glob("test.*")) - before, key=lambda file: file.suffix)
        assert "Bonjour Zoé Lefèvre," in mail_file.read_text(encoding="utf-8")
        mail = email.message_from_bytes(mail_file.read_bytes(), EmailMessage, policy=default)
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
        assert sms_file.read_text(encoding="utf-8").startswith("+33612345678\n\nGroupe Rivage : ")

    def test_nobody_is_flooded_with_them(self, house: House, other: House) -> None:
        def sent(house: House) -> int:
            return house.admin.post(f"{FRENCH}/test", json={"to": "direction@example.org"}).status_code

        most = TRIALS[1]
        assert [sent(house) for _ in range(most)] == [204] * most
        refused = house.admin.post(f"{DUTCH_SMS[:-2]}fr/test", json={"to": "+33612345678"})
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/rate-limited")
        assert int(refused.headers["Retry-After"]) > 0
        assert sent(other) == 204


@contextmanager
def service(settings: Settings) -> Iterator[House]:
    with open_hote(settings) as hote, hote.at_work(), TestClient(create_app(hote)) as client:
        yield founded(hote, client, "Groupe Rivage")
