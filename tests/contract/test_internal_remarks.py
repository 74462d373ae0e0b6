"""Level, note and status label are for staff: with every reservation, and in nothing that a guest sees (P5).

Who asks for all that is held on them gets these too: they are personal data (GDPR art. 15).
"""

from urllib.parse import urlsplit

import pytest

from adapters.bootstrap import Hote
from tests.contract.asking import Asked, action, asked, filled
from tests.contract.conftest import Api, House

LEVEL, NOTE, LABEL = "Niveau-secret", "Note-secrète", "label_secret"
MARKS = (LEVEL, NOTE, LABEL)


@pytest.fixture
def guest(hote: Hote, house: House) -> Asked:
    labels = [{"key": LABEL, "label": {"fr": LABEL, "en": LABEL}}]
    questions = [{"key": "welcome", "label": {"fr": "Accueil"}}]
    assert house.admin.patch("/v1/organisation", json={"status_labels": labels}).status_code == 200
    house.admin.patch(f"/v1/properties/{house.port}", json={"questions": questions})
    guest = asked(hote, house)
    remarks = {"level": LEVEL, "note": NOTE, "status_label": LABEL}
    assert house.admin.patch(f"/v1/guests/{guest.guest['id']}", json=remarks).status_code == 200
    return guest


def test_staff_see_them_with_every_reservation(guest: Asked, house: House) -> None:
    dates = {"arrival": "2099-01-01", "departure": "2099-01-02"}
    contact = {"last_name": "Lefèvre", "emails": guest.guest["emails"]}
    entry = {"property_id": house.port, "guest": contact, **dates}
    made = house.staff("front_desk").post("/v1/reservations", json=entry).json()
    for shown in (
        made,
        house.admin.get(f"/v1/reservations/{made['id']}").json(),
        house.admin.listed("/v1/reservations")[0],
    ):
        assert [shown["guest"][name] for name in ("level", "note", "status_label")] == [LEVEL, NOTE, LABEL]
    card = house.admin.get(f"/v1/reservations/{made['id']}/registration-card", headers={"Accept": "text/html"})
    assert "Lefèvre" in card.text  # which the guest signs
    assert [mark for mark in MARKS if mark in card.text] == []


def test_guests_see_them_on_no_page(guest: Asked, house: House, nobody: Api) -> None:
    questionnaire = nobody.get(guest.questionnaire)
    clicked = nobody.post(guest.click, follow_redirects=False)
    on_site = nobody.get(f"/r/{house.port}")
    words = filled(questionnaire, mark="2", comment="Bruyant")
    pages = [
        nobody.get(guest.click),
        clicked,
        nobody.get(urlsplit(clicked.headers["Location"]).path),
        questionnaire,
        nobody.post(guest.questionnaire, data=words),
        nobody.get(guest.questionnaire),
        on_site,
        nobody.post(
            f"/r/{house.port}{action(on_site)}", data=filled(on_site, mark="4", email=guest.guest["emails"][0])
        ),
        nobody.get(guest.unsubscribe),
        nobody.post(guest.unsubscribe),
    ]
    assert {page.status_code for page in pages} <= {200, 303}
    for page in pages:
        said = page.text + str(page.headers)
        assert [mark for mark in MARKS if mark in said] == [], page.url


@pytest.mark.parametrize("name", ["level", "note", "status_label"])
def test_no_template_can_name_them(house: House, name: str) -> None:
    path = "/v1/invitation-templates/pre_stay/email/fr"
    words = {"subject": "Bienvenue", "text": f"Bonjour {{{{ {name} }}}}"}
    assert house.admin.send("PUT", path, json=words).status_code == 422


def test_the_guest_who_asks_for_all_that_is_known_gets_them(guest: Asked, house: House) -> None:
    export = house.admin.get(f"/v1/guests/{guest.guest['id']}/export")
    assert [mark for mark in MARKS if mark in export.text] == list(MARKS)
