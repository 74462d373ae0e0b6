"""A guest's way in a real browser: from the mail to the questionnaire, in German, until the hotel has an alert."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

import httpx
import pytest
import uvicorn
from pydantic import SecretStr

from adapters.bootstrap import Hote, open_hote
from adapters.http.app import create_app
from adapters.settings import Settings
from tests.conftest import FreshDatabase
from tests.installation import free_port, rivage
from tests.waiting import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")

QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PHONE, DESKTOP = (390, 844), (1280, 900)
QUESTIONS = [
    {"key": "cleanliness", "label": {"fr": "Propreté", "de": "Sauberkeit"}},
    {"key": "welcome", "label": {"fr": "Accueil", "de": "Empfang"}},
    {"key": "breakfast", "label": {"fr": "Petit déjeuner", "de": "Frühstück"}},
]


class Hotel(NamedTuple):
    """A running service with a property that asks for reviews; `staff` reads its inbox."""

    home: Path
    address: str
    property_id: str
    staff: httpx.Client

    def link_for_a_guest(self, last_name: str) -> str:
        """What is in the mail that a German guest, the only one of this name, gets who left yesterday."""
        email = f"{uuid4()}@example.com"
        yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
        stay = {"property_id": self.property_id, "arrival": yesterday, "departure": yesterday}
        guest = {"last_name": last_name, "first_name": "Jana", "emails": [email], "language": "de", "stay": stay}
        assert self.staff.post("/v1/guests", json=guest).status_code == 201
        eventually(lambda: self._mail_for(email) is not None)
        link = re.search(rf"{self.address}/i/[a-z2-7]+", self._mail_for(email) or "")
        assert link
        return link[0]

    def change(self, **settings: object) -> None:
        answer = self.staff.patch(f"/v1/properties/{self.property_id}", json=settings)
        assert answer.status_code == 200, answer.text

    def _mail_for(self, email: str) -> str | None:
        for file in (self.home / "outbox").glob("*.eml"):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            body = mail.get_body(("plain",))
            if email in str(mail["To"]) and body:
                return str(body.get_content())
        return None


@pytest.fixture(scope="module")
def hotel(fresh_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hotel]:
    home, port = tmp_path_factory.mktemp("home"), free_port()
    address = f"http://127.0.0.1:{port}"
    with fresh_database() as database:
        settings = Settings(home=home, database_url=SecretStr(database), public_url=address)
        with open_hote(settings) as hote, hote.at_work(), served(hote, port):
            founded = rivage(hote.ports)
            with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {founded.key}"}) as staff:
                hotel = Hotel(home, address, str(founded.property_id), staff)
                hotel.change(invitations={"post_stay": {"enabled": True, "delay": 0}}, questions=QUESTIONS)
                yield hotel


@contextmanager
def served(hote: Hote, port: int) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(create_app(hote), "127.0.0.1", port, log_config=None))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def named(field: "Locator") -> bool:
    """Whether something says what the field is for, to somebody who hears the page."""
    return bool(field.evaluate("field => field.labels.length > 0"))


@pytest.mark.parametrize(
    ("scripts", "screen", "last_name"),
    [(True, PHONE, "Köhler"), (False, DESKTOP, "Müller")],
    ids=["phone", "no-scripts"],
)
def test_from_the_mail_to_the_alert(
    hotel: Hotel, chromium: "Browser", tmp_path: Path, scripts: bool, screen: tuple[int, int], last_name: str
) -> None:
    hotel.change(invitations={"distribution": [{"portal": "hote", "percent": 100}]})
    link = hotel.link_for_a_guest(last_name)
    width, height = screen
    context = chromium.new_context(
        java_script_enabled=scripts, viewport={"width": width, "height": height}, locale="en-GB"
    )
    refused: list[str] = []
    context.on("console", lambda message: refused.append(message.text))
    page = context.new_page()
    page.goto(link)
    if not scripts:
        page.screenshot(path=tmp_path / "follow.png")
        page.get_by_role("button", name="Weiter").click()
    page.wait_for_url("**/s/*")
    assert page.locator("html").get_attribute("lang") == "de"
    assert [field for field in page.locator("input, select, textarea").all() if not named(field)] == []
    page.screenshot(path=tmp_path / "empty.png", full_page=True)

    overall = page.get_by_role("group", name="Ihr Aufenthalt insgesamt")
    overall.get_by_role("radio", name="1 von 5").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("group", name="Frühstück").get_by_text("★").nth(3).click()
    page.get_by_role("textbox", name="In Ihren Worten").fill("Die Bar war bis drei Uhr laut.\nDas Frühstück war gut.")
    page.screenshot(path=tmp_path / "filled.png", full_page=True)
    page.get_by_role("button", name="Absenden").click()
    page.get_by_role("heading", name="Vielen Dank!").wait_for()
    page.screenshot(path=tmp_path / "thanks.png", full_page=True)
    assert overall.get_by_role("radio", name="2 von 5").is_checked()
    assert refused == []
    assert context.cookies() == []
    context.close()

    def alert() -> list[dict[str, object]]:
        items = hotel.staff.get("/v1/inbox").json()["items"]
        return [item for item in items if item["category"] == "alert" and item["guest_name"] == f"Jana {last_name}"]

    eventually(lambda: len(alert()) == 1)
    [item] = alert()
    assert (item["rating"], item["language"]) == ({"given": 2, "scale": 5}, "de")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_portal_elsewhere_opens(hotel: Hotel, chromium: "Browser", scripts: bool) -> None:
    """Browsers hold a redirect to another site against the page that the form was on, unless its policy allows it."""
    elsewhere = hotel.address.replace("127.0.0.1", "localhost") + "/livez"
    hotel.change(invitations={"distribution": [{"portal": "reviews", "url": elsewhere, "percent": 100}]})
    context = chromium.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(hotel.link_for_a_guest(f"Elsewhere{scripts}"))
    if not scripts:
        page.get_by_role("button", name="Weiter").click()
    page.wait_for_url(elsewhere)
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_another_language_leaves_what_was_filled_in(
    hotel: Hotel, chromium: "Browser", tmp_path: Path, scripts: bool
) -> None:
    context = chromium.new_context(java_script_enabled=scripts, viewport={"width": 360, "height": 640}, locale="fr")
    page = context.new_page()
    page.goto(f"{hotel.address}/r/{hotel.property_id}")
    page.screenshot(path=tmp_path / "fr.png", full_page=True)
    page.get_by_role("group", name="Accueil").get_by_text("★").nth(1).click()
    page.get_by_role("textbox", name="Vos mots").fill("Der Empfang war kühl.\nDas Bett nicht.")
    page.get_by_role("combobox", name="Langue").select_option("de")
    page.get_by_role("button", name="Afficher").click()
    page.get_by_role("heading", name="Wie war Ihr Aufenthalt?").wait_for()
    page.screenshot(path=tmp_path / "de.png", full_page=True)
    assert page.get_by_role("group", name="Empfang").get_by_role("radio", name="2 von 5").is_checked()
    words = page.get_by_role("textbox", name="In Ihren Worten")
    assert words.input_value() == "Der Empfang war kühl.\nDas Bett nicht."
    page.get_by_role("group", name="Ihr Aufenthalt insgesamt").get_by_text("★").nth(2).click()
    page.get_by_role("textbox", name="Ihre E-Mail-Adresse").press("Enter")
    page.get_by_role("heading", name="Vielen Dank!").wait_for()
    context.close()


def test_what_is_wrong_is_read_out_first_and_leads_to_the_field(
    hotel: Hotel, chromium: "Browser", tmp_path: Path
) -> None:
    context = chromium.new_context(locale="fr", viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.goto(f"{hotel.address}/r/{hotel.property_id}?via=tablet")
    page.get_by_role("textbox", name="Votre adresse").fill("zoe@example")
    page.locator("form#review").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Envoyer").click()
    page.get_by_text("Votre avis n’est pas encore envoyé.").wait_for()
    page.screenshot(path=tmp_path / "wrong.png", full_page=True)
    assert page.evaluate("document.activeElement.className") == "wrong summary"
    page.get_by_role("link", name="Votre adresse").click()
    assert page.evaluate("document.activeElement.id") == "email"
    context.close()


def test_a_tablet_forgets_what_somebody_left(hotel: Hotel, chromium: "Browser") -> None:
    context = chromium.new_context(locale="fr")
    page = context.new_page()
    page.clock.install()
    page.goto(f"{hotel.address}/r/{hotel.property_id}?via=tablet")
    words = page.get_by_role("textbox", name="Vos mots")
    words.fill("Le bar")
    for more in " est bruyant":
        page.clock.fast_forward("02:00")
        words.press_sequentially(more)
    assert words.input_value() == "Le bar est bruyant", "who writes slowly keeps their words"
    page.get_by_role("combobox", name="Langue").select_option("en")
    page.get_by_role("button", name="Afficher").click()
    words = page.get_by_role("textbox", name="In your words")
    assert words.input_value() == "Le bar est bruyant"
    with page.expect_navigation():
        page.clock.fast_forward("03:00")
    assert page.get_by_role("textbox", name="Vos mots").input_value() == ""
    context.close()
