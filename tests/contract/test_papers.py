"""What local law wants of a hotel: what is still to be asked for, the registration card, the register (P1, P6)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.conftest import Body, House, fresh_email

TODAY = datetime.now(UTC).date()
SETTINGS = {
    "required_fields": [{"field": "address", "countries": ["IT"]}],
    "profile_fields": [
        {
            "key": "passport",
            "label": "Passeport",
            "countries": ["IT"],
            "required": True,
            "show_on": ["registration_card", "register"],
        },
        {"key": "diet", "label": "Régime", "show_on": ["profile"]},
    ],
}
FRENCH = {"Accept-Language": "fr"}


@pytest.fixture(autouse=True)
def settings(house: House) -> None:
    assert house.admin.patch("/v1/organisation", json=SETTINGS).status_code == 200


def book(house: House, property_id: str, days: int = 0, **contact: object) -> Body:
    guest = {"last_name": "Rossi", "emails": [fresh_email()]} | contact
    dates = {"arrival": str(TODAY + timedelta(days)), "departure": str(TODAY + timedelta(days + 2))}
    answer = house.admin.post("/v1/reservations", json={"property_id": property_id, "guest": guest, **dates})
    assert answer.status_code == 201, answer.text
    reservation: Body = answer.json()
    return reservation


def missing(house: House, path: str, **request: object) -> list[Body]:
    answer = house.admin.get(path, headers=FRENCH, **request)
    assert answer.status_code == 200, answer.text
    gaps: list[Body] = answer.json()["missing"]
    return gaps


class TestMissing:
    def test_a_reservation_is_taken_whatever_is_lacking_and_says_what(self, house: House) -> None:
        path = f"/v1/reservations/{book(house, house.lago, address={'city': 'Roma'})['id']}/missing"
        assert missing(house, path) == [
            {"field": "address", "pointer": "/address/street", "label": "Rue", "required_by": "IT"},
            {"field": "passport", "pointer": "/custom/passport", "label": "Passeport", "required_by": "IT"},
        ]
        english = house.admin.get(path, headers={"Accept-Language": "en"}).json()["missing"]
        assert [each["label"] for each in english] == ["Street", "Passeport"]

    def test_what_is_known_of_the_guest_is_not_asked_for_again(self, house: House) -> None:
        address = {"street": "Via Appia 1", "city": "Roma"}
        guest = house.admin.register(stay={"property_id": house.lago}, address=address, custom={"passport": "YA12"})
        again = book(house, house.lago, emails=guest["emails"])
        assert missing(house, f"/v1/reservations/{again['id']}/missing") == []

    def test_of_a_guest_the_property_decides(self, house: House) -> None:
        path = f"/v1/guests/{house.admin.register()['id']}/missing"
        there = missing(house, path, params={"property_id": house.lago})
        assert [each["field"] for each in there] == ["address", "address", "passport"]
        assert missing(house, path, params={"property_id": house.port}) == []
        assert house.admin.get(path).json()["errors"][0]["parameter"] == "property_id"

    def test_without_another_the_property_of_the_latest_stay_does(self, house: House) -> None:
        guest = house.staff("machine").register(stay={"property_id": house.lago})
        assert len(missing(house, f"/v1/guests/{guest['id']}/missing")) == 3

    def test_who_was_forgotten_is_asked_for_nothing(self, house: House) -> None:
        made = book(house, house.lago)
        house.admin.post(f"/v1/guests/{made['guest_id']}/anonymise", json={"reason": "Demande"})
        assert missing(house, f"/v1/reservations/{made['id']}/missing") == []

    def test_a_person_who_types_is_asked_at_once_a_machine_never(self, house: House) -> None:
        entry = {"last_name": "Rossi", "emails": [fresh_email()], "stay": {"property_id": house.lago}}
        refused = house.staff("front_desk").post("/v1/guests", json=entry)
        assert {each["pointer"] for each in refused.json()["errors"]} == {
            "/address/street", "/address/city", "/custom/passport",
        }  # fmt: skip
        assert house.staff("machine").post("/v1/guests", json=entry).status_code == 201


class TestTemplates:
    def test_what_is_adopted_is_asked_for_from_then_on(self, house: House) -> None:
        templates = house.admin.get("/v1/profile-field-templates", params={"country": "FR"}, headers=FRENCH)
        [law] = templates.json()["items"]
        assert "R. 814-1" in law["source"]
        settings = {name: law[name] for name in ("required_fields", "profile_fields")}
        assert house.admin.patch("/v1/organisation", json=settings).status_code == 200
        made = book(house, house.port, country="IT", phones=["+39061234567"])
        asked = [each["label"] for each in missing(house, f"/v1/reservations/{made['id']}/missing")]
        assert asked == ["Prénom", "Rue", "Ville", "Date de naissance", "Lieu de naissance", "Nationalité"]
        ours = book(house, house.port, country="FR")
        assert missing(house, f"/v1/reservations/{ours['id']}/missing") == []

    def test_several_countries_are_adopted_together(self, house: House) -> None:
        items = house.admin.get("/v1/profile-field-templates").json()["items"]
        assert [each["country"] for each in items if each["source"]] == ["DE", "ES", "FR", "IT"]
        fields: dict[str, Body] = {}
        for field in (field for law in items for field in law["profile_fields"]):
            before = fields.get(field["key"], {"countries": []})
            fields[field["key"]] = field | {"countries": before["countries"] + field["countries"]}
        settings = {
            "required_fields": [field for law in items for field in law["required_fields"]],
            "profile_fields": list(fields.values()),
        }
        assert house.admin.patch("/v1/organisation", json=settings).status_code == 200
        italian: Body = {"country": "IT", "first_name": "Anna", "phones": ["+39061234567"]}
        at_home, abroad = (book(house, hotel, **italian)["id"] for hotel in (house.lago, house.port))
        asked = [missing(house, f"/v1/reservations/{each}/missing") for each in (at_home, abroad)]
        assert [len([each for each in gaps if each["field"] == "birth_date"]) for gaps in asked] == [1, 1]
        assert [any(each["field"] == "document_number" for each in gaps) for gaps in asked] == [True, False]


class TestRegistrationCard:
    def test_it_has_the_fields_that_are_shown_on_it_and_marks_what_is_missing(self, house: House) -> None:
        made = book(house, house.lago, first_name="Anna", address={"street": "Via Appia 1", "city": "Roma"})
        card = house.admin.get(f"/v1/reservations/{made['id']}/registration-card", headers=FRENCH).json()
        fields = {each["label"]: (each["value"], each["missing"]) for each in card["fields"]}
        assert (card["property"], card["arrival"]) == ("Villa Lago", str(TODAY))
        assert fields["Nom"] == ("Rossi", False)
        assert fields["Adresse"] == ("Via Appia 1, Roma", False)
        assert fields["Passeport"] == (None, True)
        assert "Régime" not in fields

    @pytest.mark.parametrize(("language", "title"), [("fr", "Fiche d&#39;enregistrement"), ("en", "Registration card")])
    def test_it_is_printed_in_french_or_english(self, house: House, language: str, title: str) -> None:
        made = book(house, house.port, first_name="<b>Anna</b>")
        headers = {"Accept": "text/html", "Accept-Language": language}
        answer = house.admin.get(f"/v1/reservations/{made['id']}/registration-card", headers=headers)
        assert answer.headers["Content-Language"] == language
        assert title in answer.text
        assert "&lt;b&gt;Anna&lt;/b&gt;" in answer.text


class TestRegister:
    def register(self, house: House, **params: str) -> list[Body]:
        everything = house.admin.listed("/v1/reservations")  # waits
        assert everything
        answer = house.admin.get(f"/v1/properties/{house.lago}/register", params=params)
        assert answer.status_code == 200, answer.text
        items: list[Body] = answer.json()["items"]
        return items

    def test_it_has_who_spends_the_night_with_the_fields_of_registers(self, house: House) -> None:
        there = book(house, house.lago, days=-1, custom={"passport": "YA12", "diet": "sans sel"})
        book(house, house.lago, days=-2)  # leaves today
        book(house, house.lago, days=1)
        book(house, house.port)
        gone = book(house, house.lago, days=5)
        house.admin.post(f"/v1/reservations/{gone['id']}/cancel")
        [line] = self.register(house, day=str(TODAY))
        assert (line["reservation_id"], line["custom"]) == (there["id"], {"passport": "YA12"})
        assert self.register(house, day=str(TODAY + timedelta(5))) == []

    def test_it_comes_as_a_table(self, house: House) -> None:
        book(house, house.lago, custom={"passport": "YA12"})
        self.register(house)
        answer = house.admin.get(f"/v1/properties/{house.lago}/register", params={"format": "csv"})
        header, line = answer.text.lstrip("\ufeff").splitlines()
        assert header == "rooms,last_name,first_name,country,arrival,departure,state,Passeport"
        assert line.endswith(",YA12")

    def test_a_key_elsewhere_does_not_reach_it(self, house: House) -> None:
        desk = house.staff("front_desk", house.port)
        assert desk.get(f"/v1/properties/{house.lago}/register").status_code == 404
