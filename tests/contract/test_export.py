"""/v1/guests/{id}/export: all that is held on one guest, for machines and as a page, and for nobody else."""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import get_args

import pytest
from pydantic import BaseModel

from adapters.http.pages.guest_export import EVENTS, FIELDS, NOW
from application.history import OF_STAFF
from domain.arrival import ArrivalAnnounced
from domain.erasure import ErasureBegun, ErasureCertified, WordsErased
from domain.event import Event
from domain.feedback import FeedbackEvent
from domain.guest_events import GuestDeleted, GuestEvent
from domain.invitation import InvitationDeleted, InvitationEvent
from domain.quality_cost import QualityCostRecorded
from domain.reservation import ReservationEvent
from tests.contract.conftest import Body, House, fresh_email
from tests.contract.importing import imported, listed, uploaded

KINDS: set[type[Event]] = {
    *(*GuestEvent.__args__, *FeedbackEvent.__args__, *InvitationEvent.__args__),
    *(*ReservationEvent.__args__, ArrivalAnnounced, QualityCostRecorded, ErasureBegun, ErasureCertified),
} - {GuestDeleted, InvitationDeleted, WordsErased}
"""Of events in an export; a guest who was deleted has none, and words are erased apart where no guest is known."""

HOSTILE = "<script>alert(1)</script> {{ 7*7 }} \" onload='x'"


@pytest.fixture
def guest(house: House) -> Body:
    house.admin.patch("/v1/organisation", json={"profile_fields": [{"key": "origin", "label": "Né à"}]})
    stay = {"property_id": house.port, "arrival": "2026-11-18", "departure": "2026-11-21", "room": "104"}
    address = {"street": "608 rue du Port", "city": "Brest"}
    guest = house.admin.register(first_name="Zoé", address=address, custom={"origin": "Brest"}, stay=stay)
    changed: Body = house.admin.patch(f"/v1/guests/{guest['id']}", json={"note": HOSTILE}).json()
    return changed


def names(kind: type[BaseModel]) -> Iterator[str]:
    """Of the fields of a model, and of the models in it."""
    for name, field in kind.model_fields.items():
        yield name
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from names(inner)


def path_of(guest: Body) -> str:
    return f"/v1/guests/{guest['id']}/export"


class TestJSON:
    def test_it_holds_the_guest_their_stays_and_every_event(self, house: House, guest: Body) -> None:
        answer = house.admin.get(path_of(guest))
        assert answer.status_code == 200
        assert answer.headers["content-disposition"] == f'attachment; filename="hote-guest-{guest["id"]}.json"'
        assert answer.headers["cache-control"] == "no-store"
        found = answer.json()
        assert found["guest"] == guest
        assert found["organisation"] == "Groupe Rivage"
        assert found["stays"] == [guest["stay"] | {"property": "Hôtel du Port"}]
        assert (found["origin"], found["imports"]) == ("manual", [])
        history = house.admin.get(f"/v1/guests/{guest['id']}/history").json()["items"]
        shown = ("position", "type", "recorded_at", "reason", "data")
        assert found["events"] == [{name: each[name] for name in shown} for each in history]
        assert found["position"] == history[-1]["position"]

    def test_it_holds_rows_of_lists_that_wait_or_were_refused(self, house: House, guest: Body) -> None:
        email = guest["emails"][0]
        waiting = uploaded(house, listed("Nom;E-mail;Note", f"Lefevre;{email};attend", "Autre;autre@example.com;non"))
        refused = imported(house, listed("Nom;Prénom;E-mail", f"Neuf;Ana;{fresh_email()}", f";Zoé;{email}"))
        rows = house.admin.get(path_of(guest)).json()["import_rows"]
        assert rows == [
            {"import_id": waiting["id"], "n": 2, "cells": {"Nom": "Lefevre", "E-mail": email, "Note": "attend"}},
            {
                "import_id": refused["id"],
                "n": 3,
                "cells": {"Nom": "", "Prénom": "Zoé", "E-mail": email},
            },
        ]
        assert "attend" in house.admin.get(path_of(guest), params={"format": "html"}).text

    def test_it_holds_what_an_interface_told_and_nobody_has_answered(self, house: House, guest: Body) -> None:
        house.admin.patch(f"/v1/properties/{house.lago}", json={"arrivals": "confirmed"})
        stay = {"property_id": house.lago, "arrival": "2027-02-01", "departure": None, "room": None}
        told = {"last_name": "Lefebvre", "emails": guest["emails"], "note": "attend", "stay": stay}
        somebody = {"last_name": "Autre", "emails": [fresh_email()], "stay": stay}
        ids = [house.staff("machine").post("/v1/guests", json=each).json()["arrival_id"] for each in (told, somebody)]
        found = house.admin.get(path_of(guest))
        [data] = [each["data"] for each in found.json()["events"] if each["type"] == "ArrivalAnnounced"]
        assert (data["profile"]["last_name"], data["profile"]["note"]) == ("Lefebvre", "attend")
        assert data["stay"] == data["stay"] | stay
        assert "Autre" not in found.text
        page = house.admin.get(path_of(guest), params={"format": "html"}).text
        assert "Lefebvre" in page
        assert house.staff("manager", house.port).get(path_of(guest)).status_code == 403
        for each in ids:
            house.admin.post(f"/v1/arrivals/{each}/refuse")
        assert "ArrivalAnnounced" not in house.admin.get(path_of(guest)).text

    def test_a_key_that_would_leave_out_the_row_of_another_property_gives_nothing(
        self, house: House, guest: Body
    ) -> None:
        uploaded(house, listed("Nom;E-mail", f"Lefevre;{guest['emails'][0]}"), property_id=house.lago)
        assert house.staff("manager", house.port).get(path_of(guest)).status_code == 403

    @pytest.mark.parametrize("anonymised", [False, True])
    def test_nobody_of_the_staff_is_named(self, house: House, guest: Body, anonymised: bool) -> None:
        history = f"/v1/guests/{guest['id']}/history"
        [actor] = {each["actor"] for each in house.admin.get(history).json()["items"]}
        if anonymised:
            house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json={"reason": "RGPD, art. 17"})
            certified = house.admin.get(history).json()["items"][-1]
            assert actor in certified["data"]["certificate"], "the auditor is told"
        found = house.admin.get(path_of(guest))
        assert len(found.json()["events"]) == (6 if anonymised else 3)
        for text in (found.text, house.admin.get(path_of(guest), params={"format": "html"}).text):
            assert actor.removeprefix("key:") not in text

    def test_it_names_the_lists_that_told_of_the_guest(self, house: House) -> None:
        draft = imported(house, listed("Nom;E-mail", f"Lefèvre;{fresh_email()}"))
        [guest] = house.admin.listed("/v1/guests")
        found = house.admin.get(path_of(guest)).json()
        assert (found["origin"], found["imports"]) == ("import", [draft["id"]])

    def test_of_an_anonymised_guest_it_gives_what_is_left(self, house: House, guest: Body) -> None:
        house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json={"reason": "RGPD, art. 17"})
        answer = house.admin.get(path_of(guest))
        assert answer.status_code == 200
        assert (answer.json()["guest"]["last_name"], answer.json()["guest"]["stays"]) == (None, 1)
        for personal in ("Zoé", "608 rue du Port", "alert", guest["emails"][0]):
            assert personal not in answer.text
        assert house.admin.get(path_of(guest), params={"format": "html"}).status_code == 200


class TestPage:
    def page(self, house: House, guest: Body, **headers: str) -> str:
        accept = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = house.admin.get(path_of(guest), headers=accept | names)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "Content-Disposition" not in answer.headers
        return answer.text

    def test_it_is_french_first_and_english_for_who_prefers_that(self, house: House, guest: Body) -> None:
        french, english = self.page(house, guest), self.page(house, guest, Accept_Language="en-GB, fr;q=0.5")
        for text in (french, english):
            for known in ("Zoé", "608 rue du Port", "Hôtel du Port", "2026-11-18", guest["emails"][0], "Né à"):
                assert known in text
        assert '<html lang="fr">' in french
        assert "Vos données personnelles" in french
        assert "Fiche modifiée" in french
        assert '<html lang="en">' in english
        assert "Your personal data" in english
        assert "Record changed" in english
        assert "Fiche" not in english

    def test_what_a_guest_wrote_is_text(self, house: House, guest: Body) -> None:
        text = self.page(house, guest)
        assert "<script" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }} &#34; onload=&#39;x&#39;" in text

    def test_it_may_load_and_run_nothing(self, house: House, guest: Body) -> None:
        answer = house.admin.get(path_of(guest), params={"format": "html"})
        [style] = re.findall("<style>(.*?)</style>", answer.text, re.DOTALL)
        policy = answer.headers["content-security-policy"]
        allowed = b64encode(sha256(style.encode()).digest()).decode()
        assert policy.split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{allowed}'"]
        assert "style=" not in answer.text
        assert answer.headers["cache-control"] == "no-store"

    def test_every_kind_of_event_has_a_title(self) -> None:
        assert EVENTS.keys() == {kind.__name__ for kind in KINDS}

    def test_every_field_has_a_label(self) -> None:
        in_events = {name for kind in KINDS for name in names(kind)} - {*Event.model_fields, *OF_STAFF.values()}
        assert (in_events | {*NOW}) - FIELDS.keys() == set()


@pytest.mark.parametrize(
    ("accept", "format_", "status", "type_"),
    [
        ("*/*", None, 200, "application/json"),
        ("application/json, text/html;q=0.9", None, 200, "application/json"),
        ("text/*", None, 200, "text/html; charset=utf-8"),
        ("text/html", "json", 200, "application/json"),
        ("application/pdf", None, 406, "application/problem+json"),
        ("*/*", "csv", 422, "application/problem+json"),
    ],
)
def test_the_format_is_chosen(
    house: House, guest: Body, accept: str, format_: str | None, status: int, type_: str
) -> None:
    params = {"format": format_} if format_ else {}
    answer = house.admin.get(path_of(guest), headers={"Accept": accept}, params=params)
    assert (answer.status_code, answer.headers["content-type"]) == (status, type_)


def test_only_who_may_and_reaches_all_gets_it(house: House, other: House, guest: Body) -> None:
    answer = house.staff("front_desk").get(path_of(guest))
    assert (answer.status_code, answer.json()["missing_right"]) == (403, "guests:export")
    at_the_port = house.staff("manager", house.port)
    assert at_the_port.get(path_of(guest)).status_code == 200
    again = {"last_name": "Lefèvre", "emails": guest["emails"], "stay": {"property_id": house.lago}}
    house.admin.post("/v1/guests/batch", json={"guests": [again]})
    assert at_the_port.get(path_of(guest)).status_code == 403
    assert house.staff("manager", house.port, house.lago).get(path_of(guest)).status_code == 200
    assert other.admin.get(path_of(guest)).status_code == 404
    house.admin.delete(f"/v1/guests/{guest['id']}")
    assert house.admin.get(path_of(guest)).status_code == 404
