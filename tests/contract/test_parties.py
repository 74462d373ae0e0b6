"""Companies, occasions and contact persons of reservations (P4), and booking again from a past stay (C10)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from httpx import Response

from adapters.bootstrap import Hote
from domain.reservation import ReservationBooked
from tests.contract.conftest import Body, House, fresh_email

TODAY = datetime.now(UTC).date()


def assert_invalid(answer: Response, pointer: str) -> None:
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


def book(house: House, **fields: object) -> Body:
    dates = {"arrival": str(TODAY - timedelta(40)), "departure": str(TODAY - timedelta(38))}
    guest = {"last_name": "Lefèvre", "emails": [fresh_email()]}
    entry = {"property_id": house.port, "guest": guest} | dates | fields
    answer = house.admin.post("/v1/reservations", json=entry)
    assert answer.status_code == 201, answer.text
    reservation: Body = answer.json()
    return reservation


def added(house: House, path: str, **fields: object) -> Body:
    answer = house.admin.post(path, json=fields)
    assert answer.status_code == 201, answer.text
    found: Body = answer.json()
    return found


def wedding(house: House, **fields: object) -> Body:
    days = {"begins_on": str(TODAY), "ends_on": str(TODAY + timedelta(2))}
    return {"name": "Mariage", "property_id": house.port, **days} | fields


class TestCompanies:
    def test_it_is_added_changed_and_listed(self, house: House) -> None:
        anne = house.admin.register(last_name="Keller")
        sirvoy = added(house, "/v1/companies", name="Sirvoy", contact_person_id=anne["id"])
        path = f"/v1/companies/{sirvoy['id']}"
        renamed = house.admin.patch(path, json={"name": "Sirvoy AB"}, headers={"If-Match": '"1"'}).json()
        assert (renamed["name"], renamed["contact_person_id"], renamed["version"]) == ("Sirvoy AB", anne["id"], 2)
        assert house.admin.patch(path, json={"contact_person_id": None}).json()["contact_person_id"] is None
        assert house.admin.get(path).json() == house.admin.listed("/v1/companies")[0]
        assert "Sirvoy AB" in house.admin.get("/v1/companies", params={"format": "csv"}).text

    def test_its_contact_person_is_a_guest_of_ours(self, house: House, other: House) -> None:
        entry = {"name": "Sirvoy", "contact_person_id": other.admin.register()["id"]}
        assert_invalid(house.admin.post("/v1/companies", json=entry), "/contact_person_id")

    def test_it_is_one_organisations(self, house: House, other: House) -> None:
        sirvoy = added(house, "/v1/companies", name="Sirvoy")
        assert other.admin.get(f"/v1/companies/{sirvoy['id']}").status_code == 404
        assert other.admin.listed("/v1/companies") == []


class TestOccasions:
    def test_it_is_at_one_property(self, house: House) -> None:
        made = added(house, "/v1/occasions", **wedding(house))
        elsewhere = house.staff("front_desk", house.lago)
        assert elsewhere.get(f"/v1/occasions/{made['id']}").status_code == 404
        assert house.admin.listed("/v1/occasions", params={"property_id": house.lago}) == []
        assert house.admin.listed("/v1/occasions", params={"property_id": house.port}) == [made]
        assert_invalid(elsewhere.post("/v1/occasions", json=wedding(house)), "/property_id")

    def test_it_does_not_end_before_it_begins(self, house: House) -> None:
        assert_invalid(house.admin.post("/v1/occasions", json=wedding(house, ends_on=str(TODAY - timedelta(1)))), "")
        path = f"/v1/occasions/{added(house, '/v1/occasions', **wedding(house))['id']}"
        assert house.admin.patch(path, json={"ends_on": str(TODAY - timedelta(1))}).status_code == 422
        moved = house.admin.patch(path, json={"ends_on": str(TODAY + timedelta(5))}).json()
        assert moved["ends_on"] == str(TODAY + timedelta(5))


class TestTies:
    def test_a_reservation_names_company_and_occasion_and_lists_of_them_have_it(self, house: House) -> None:
        sirvoy = added(house, "/v1/companies", name="Sirvoy")
        congress = added(house, "/v1/occasions", **wedding(house))
        made = book(house, company_id=sirvoy["id"], occasion_id=congress["id"])
        assert (made["company_id"], made["occasion_id"]) == (sirvoy["id"], congress["id"])
        book(house)
        for name, value in (("company_id", sirvoy["id"]), ("occasion_id", congress["id"])):
            assert house.admin.listed("/v1/reservations", params={name: value}) == [made]
        path = f"/v1/reservations/{made['id']}"
        loose = house.admin.patch(path, json={"company_id": None, "rooms": ["104"]}).json()
        assert (loose["company_id"], loose["occasion_id"], loose["rooms"]) == (None, congress["id"], ["104"])

    @pytest.mark.parametrize(("field", "path"), [("company_id", "/v1/companies"), ("occasion_id", "/v1/occasions")])
    def test_they_are_ours_and_the_occasion_at_this_property(
        self, house: House, other: House, field: str, path: str
    ) -> None:
        theirs = added(other, path, **(wedding(other) if field == "occasion_id" else {"name": "Sirvoy"}))
        dates = {"arrival": str(TODAY), "departure": str(TODAY), "property_id": house.port}
        assert_invalid(house.admin.post("/v1/reservations", json={**dates, field: theirs["id"]}), f"/{field}")
        made = book(house)
        assert_invalid(house.admin.patch(f"/v1/reservations/{made['id']}", json={field: theirs["id"]}), f"/{field}")
        elsewhere = added(house, "/v1/occasions", **wedding(house, property_id=house.lago))
        assert_invalid(
            house.admin.patch(f"/v1/reservations/{made['id']}", json={"occasion_id": elsewhere["id"]}), "/occasion_id"
        )

    def test_a_contact_person_is_named_and_no_more(self, house: House) -> None:
        anne = house.admin.register(last_name="Keller")
        made = book(house)
        path = f"/v1/reservations/{made['id']}/contact-person"
        named = house.admin.send("PUT", path, json={"guest_id": anne["id"]})
        assert named.json()["contact_person_id"] == anne["id"]
        assert house.admin.listed("/v1/reservations")[0]["contact_person_id"] == anne["id"]
        assert house.admin.delete(path).json()["contact_person_id"] is None

    def test_who_is_unknown_cannot_be_named(self, house: House, other: House) -> None:
        path = f"/v1/reservations/{book(house)['id']}/contact-person"
        stranger = {"guest_id": other.admin.register()["id"]}
        assert_invalid(house.admin.send("PUT", path, json=stranger), "/contact_person_id")


class TestRebooking:
    ENTRY = {"arrival": str(TODAY + timedelta(30)), "departure": str(TODAY + timedelta(32))}  # noqa: RUF012  not changed

    def test_it_is_for_the_same_guest_as_known_today_in_the_same_rooms(self, hote: Hote, house: House) -> None:
        past = book(house, rooms=["104", "105"], source="channel", external_id="B-1")
        house.admin.patch(f"/v1/guests/{past['guest_id']}", json={"first_name": "Zoé", "note": "Calme"})
        again = house.admin.post(f"/v1/reservations/{past['id']}/rebook", json=self.ENTRY)
        assert again.status_code == 201, again.text
        made = again.json()
        assert again.headers["Location"] == f"/v1/reservations/{made['id']}"
        assert (made["guest_id"], made["property_id"], made["rooms"]) == (
            past["guest_id"], house.port, ["104", "105"],
        )  # fmt: skip
        assert (made["source"], made["external_id"], made["state"]) == ("internal", None, "booked")
        assert made["contact"]["first_name"] == "Zoé"
        event = hote.log.stream(UUID(made["id"]))[0].event
        assert isinstance(event, ReservationBooked)
        assert event.contact
        assert event.contact.note is None  # what staff remarked is no part of what a guest told
        assert made["guest"]["status"] == "returning"
        other_room = house.admin.post(f"/v1/reservations/{past['id']}/rebook", json=self.ENTRY | {"rooms": ["7"]})
        assert other_room.json()["rooms"] == ["7"]

    def test_also_for_who_has_neither_e_mail_nor_phone(self, house: House) -> None:
        past = book(house, guest={"last_name": "Martin"})
        made = house.admin.post(f"/v1/reservations/{past['id']}/rebook", json=self.ENTRY).json()
        assert made["guest_id"] == past["guest_id"]

    def test_not_for_who_is_blocked_nobody_or_forgotten(self, house: House) -> None:
        past = book(house)
        path = f"/v1/guests/{past['guest_id']}"
        house.admin.send("PUT", f"{path}/block", json={"reason": "damage"})
        rebook = f"/v1/reservations/{past['id']}/rebook"
        assert house.admin.post(rebook, json=self.ENTRY).json()["type"] == "/problems/guest-blocked"
        house.admin.post(f"{path}/anonymise", json={"reason": "Demande"})
        assert house.admin.post(rebook, json=self.ENTRY).json()["type"] == "/problems/guest-forgotten"
        house.admin.delete(f"/v1/reservations/{past['id']}/guest")
        assert house.admin.post(rebook, json=self.ENTRY).status_code == 404

    def test_its_dates_are_those_of_a_stay(self, house: House) -> None:
        past = book(house)
        backwards = {"arrival": self.ENTRY["departure"], "departure": self.ENTRY["arrival"]}
        assert_invalid(house.admin.post(f"/v1/reservations/{past['id']}/rebook", json=backwards), "")


class TestStatusLabels:
    @pytest.fixture(autouse=True)
    def labels(self, house: House) -> None:
        labels = [{"key": "regular", "label": {"fr": "Fidèle", "en": "Regular"}, "color": "#1a7f37"}]
        answer = house.admin.patch("/v1/organisation", json={"status_labels": labels})
        assert answer.json()["status_labels"] == labels

    def test_it_stands_beside_the_status_wherever_that_is_shown(self, house: House) -> None:
        made = book(house)
        path = f"/v1/guests/{made['guest_id']}"
        page = house.admin.patch(path, json={"status_label": "regular"}).json()
        house.admin.send("PUT", f"{path}/block", json={"reason": "damage"})
        assert (page["status_label"], page["status"]) == ("regular", "new")
        shown = [
            house.admin.get(path).json(),
            house.admin.get(f"/v1/reservations/{made['id']}").json()["guest"],
            house.admin.listed("/v1/reservations")[0]["guest"],
            house.admin.listed("/v1/guests")[0],
        ]
        assert [(each["status_label"], each["status"]) for each in shown] == [("regular", "blocked")] * 4

    def test_the_list_is_filtered_by_it(self, house: House) -> None:
        labelled = house.admin.register(status_label="regular")
        house.admin.register()
        found = house.admin.listed("/v1/guests", params={"status_label": "regular", "sort": "last_name"})
        assert [each["id"] for each in found] == [labelled["id"]]
        house.admin.post(f"/v1/guests/{labelled['id']}/anonymise", json={"reason": "Demande"})
        assert house.admin.listed("/v1/guests", params={"status_label": "regular"}) == []

    def test_only_the_organisations_own(self, house: House) -> None:
        entry = {"last_name": "A", "emails": [fresh_email()], "status_label": "gold"}
        assert_invalid(house.admin.post("/v1/guests", json=entry), "/status_label")
