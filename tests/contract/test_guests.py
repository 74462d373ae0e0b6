"""/v1/guests: registered by hand one by one or many at once, read now or as of then, changed, deleted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any
from uuid import UUID

import httpx
import pytest

from adapters.bootstrap import Hote
from tests.contract.conftest import Body, House, fresh_email

ZOE: Body = {
    "salutation": "Mme",
    "first_name": "Zoé",
    "last_name": "Lefèvre",
    "language": "fr",
    "country": "FR",
    "company": "Sirvoy",
    "address": {"street": "608 rue du Port", "postal_code": "29200", "city": "Brest", "region": None, "country": "FR"},
    "note": "Chambre au calme",
    "level": "VIP",
    "custom": {},
}


def test_a_guest_is_registered_whole(house: House) -> None:
    email = fresh_email()
    stay = {"property_id": house.port, "arrival": "2026-11-18", "departure": "2026-11-21", "room": "104"}
    answer = house.admin.post("/v1/guests", json=ZOE | {"emails": [email], "phones": ["06 12 34 56 78"], "stay": stay})
    guest = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/guests/{guest['id']}"
    assert answer.headers["etag"] == f'"{guest["version"]}"'
    assert int(answer.headers["hote-position"]) > 0
    assert guest == ZOE | {
        "id": guest["id"],
        "emails": [email],
        "phones": ["+33612345678"],
        "stay": stay,
        "anonymised": False,
        "legal_hold": False,
        "block": None,
        "status": "new",
        "status_label": None,
        "contact_sync": True,
        "stays": 1,
        "nights": 3,
        "last_stay": "2026-11-18",
        "last_rooms": ["104"],
        "total_paid": [],
        "created_at": guest["created_at"],
        "updated_at": guest["created_at"],
        "version": guest["version"],
    }
    assert datetime.fromisoformat(guest["created_at"]).utcoffset() is not None
    read = house.admin.get(answer.headers["location"])
    assert (read.json(), read.headers["etag"]) == (guest, answer.headers["etag"])


def test_a_last_name_and_one_way_to_reach_them_is_enough(house: House) -> None:
    house.admin.register(emails=[fresh_email()])
    house.admin.register(phones=["+41 44 668 18 00"])


def test_a_phone_is_dialled_in_the_country_of_the_property(house: House) -> None:
    at_the_lake = house.admin.register(phones=["02 1234 5678"], stay={"property_id": house.lago})
    at_the_port = house.admin.register(phones=["02 98 80 12 34"], stay={"property_id": house.port})
    assert (at_the_lake["phones"], at_the_port["phones"]) == (["+390212345678"], ["+33298801234"])


@pytest.mark.parametrize(
    ("entry", "pointer", "code"),
    [
        ({"emails": ["a@example.com"]}, "/last_name", "missing"),
        ({"last_name": " ", "emails": ["a@example.com"]}, "/last_name", "missing"),
        ({"last_name": "A"}, "/emails", "contact-missing"),
        ({"last_name": "A", "emails": ["a@example.com", "nobody"]}, "/emails/1", "email-invalid"),
        ({"last_name": "A", "phones": ["12"]}, "/phones/0", "phone-invalid"),
        ({"last_name": "A", "emails": ["a@example.com"], "country": "ZZ"}, "/country", "country-invalid"),
        ({"last_name": "A", "emails": ["a@example.com"], "language": "zz-zz-zz"}, "/language", "language-invalid"),
        ({"last_name": "A", "emails": ["a@example.com"], "custom": {"x": 1}}, "/custom/x", "custom-unknown"),
    ],
)
def test_what_is_wrong_is_pointed_at(house: House, entry: Body, pointer: str, code: str) -> None:
    answer = house.admin.post("/v1/guests", json=entry)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert house.admin.listed("/v1/guests") == []


def test_all_that_is_wrong_is_told_at_once(house: House) -> None:
    stay = {"property_id": house.port, "arrival": "2026-11-18", "departure": "2026-11-17"}
    answer = house.admin.post("/v1/guests", json={"last_name": "A", "emails": ["x"], "phones": ["y"], "stay": stay})
    assert {e["pointer"] for e in answer.json()["errors"]} == {"/emails/0", "/phones/0", "/stay/departure"}


class TestIdentity:
    def test_an_address_that_is_anothers_is_refused_and_names_them(self, house: House) -> None:
        first = house.admin.register()
        answer = house.admin.post("/v1/guests", json={"last_name": "Autre", "emails": [first["emails"][0].upper()]})
        assert answer.status_code == 409
        problem = answer.json()
        assert (problem["type"], problem["guest_id"]) == ("/problems/identity-taken", first["id"])

    def test_so_is_a_phone(self, house: House) -> None:
        first = house.admin.register(phones=["+33612345678"])
        answer = house.admin.post("/v1/guests", json={"last_name": "Autre", "phones": ["06 12 34 56 78"]})
        assert (answer.status_code, answer.json()["guest_id"]) == (409, first["id"])

    def test_two_organisations_can_know_one_person(self, house: House, other: House) -> None:
        email = fresh_email()
        house.admin.register(emails=[email])
        other.admin.register(emails=[email])

    def test_a_patch_cannot_take_anothers_address(self, house: House) -> None:
        first, second = house.admin.register(), house.admin.register()
        answer = house.admin.patch(f"/v1/guests/{second['id']}", json={"emails": first["emails"]})
        assert (answer.status_code, answer.json()["guest_id"]) == (409, first["id"])
        assert house.admin.get(f"/v1/guests/{second['id']}").json() == second

    def test_an_address_given_up_is_free(self, house: House) -> None:
        first = house.admin.register()
        house.admin.patch(f"/v1/guests/{first['id']}", json={"emails": [fresh_email()]})
        house.admin.register(emails=first["emails"])

    def test_twenty_at_once_make_one_guest(self, house: House) -> None:
        email, start = fresh_email(), Barrier(20)

        def register(number: int) -> httpx.Response:
            start.wait()
            return house.admin.post("/v1/guests", json={"last_name": f"Course{number}", "emails": [email]})

        with ThreadPoolExecutor(20) as threads:
            answers = list(threads.map(register, range(20)))
        [created] = [answer for answer in answers if answer.status_code == 201]
        refused = [answer.json() for answer in answers if answer.status_code == 409]
        assert len(refused) == 19
        assert {problem["type"] for problem in refused} == {"/problems/identity-taken"}
        assert {problem["guest_id"] for problem in refused} == {created.json()["id"]}
        assert [guest["id"] for guest in house.admin.listed("/v1/guests")] == [created.json()["id"]]


class TestChange:
    def test_a_patch_changes_what_it_names(self, house: House) -> None:
        guest = house.admin.register(**ZOE | {"phones": ["+33612345678"], "stay": {"property_id": house.port}})
        answer = house.admin.patch(f"/v1/guests/{guest['id']}", json={"level": "Gold", "address": {"city": "Lyon"}})
        changed = answer.json()
        assert answer.status_code == 200
        assert answer.headers["etag"] == f'"{guest["version"] + 1}"'
        assert int(answer.headers["hote-position"]) > 0
        assert changed == guest | {
            "level": "Gold",
            "address": guest["address"] | {"city": "Lyon"},
            "version": guest["version"] + 1,
            "updated_at": changed["updated_at"],
        }
        assert house.admin.get(f"/v1/guests/{guest['id']}").json() == changed

    def test_null_empties(self, house: House) -> None:
        guest = house.admin.register(**ZOE | {"emails": [fresh_email()], "phones": ["+33612345678"]})
        emptied = dict.fromkeys(("salutation", "first_name", "company", "address", "note", "level", "language"))
        answer = house.admin.patch(f"/v1/guests/{guest['id']}", json=emptied | {"phones": None})
        assert answer.status_code == 200
        assert {name: answer.json()[name] for name in emptied} == emptied
        assert answer.json()["phones"] == []

    @pytest.mark.parametrize(
        ("patch", "pointer"),
        [
            ({"last_name": None}, "/last_name"),
            ({"last_name": ""}, "/last_name"),
            ({"emails": []}, "/emails"),
            ({"emails": ["nobody"]}, "/emails/0"),
            ({"surname": "A"}, "/surname"),
            ({"stay": {"arrival": "18/11/2026"}}, "/stay/arrival"),
            ({"stay": None}, "/stay"),
        ],
    )
    def test_what_remains_must_be_a_guest(self, house: House, patch: Body, pointer: str) -> None:
        guest = house.admin.register(stay={"property_id": house.port})
        answer = house.admin.patch(f"/v1/guests/{guest['id']}", json=patch)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
        assert house.admin.get(f"/v1/guests/{guest['id']}").json() == guest

    def test_the_same_again_changes_nothing(self, house: House) -> None:
        guest = house.admin.register(level="VIP")
        answer = house.admin.patch(f"/v1/guests/{guest['id']}", json={"level": "VIP", "emails": guest["emails"]})
        assert (answer.status_code, answer.json()) == (200, guest)
        assert int(answer.headers["hote-position"]) > 0

    def test_a_first_stay_is_recorded_and_the_last_corrected(self, house: House) -> None:
        path = f"/v1/guests/{house.admin.register()['id']}"
        first = house.admin.patch(path, json={"stay": {"property_id": house.port, "arrival": "2026-11-18"}}).json()
        assert (first["stays"], first["last_stay"]) == (1, "2026-11-18")
        corrected = house.admin.patch(path, json={"stay": {"arrival": "2026-11-17", "room": "12"}}).json()
        assert (corrected["stays"], corrected["last_stay"]) == (1, "2026-11-17")
        assert corrected["stay"] == {
            "property_id": house.port, "arrival": "2026-11-17", "departure": None, "room": "12",
        }  # fmt: skip
        assert house.admin.listed("/v1/guests")[0]["last_stay"] == "2026-11-17"

    def test_if_match_lets_only_who_has_seen_the_last_version(self, house: House) -> None:
        guest = house.admin.register()
        path, seen = f"/v1/guests/{guest['id']}", {"If-Match": f'"{guest["version"]}"'}
        assert house.admin.patch(path, json={"level": "A"}, headers=seen).status_code == 200
        late = house.admin.patch(path, json={"level": "B"}, headers=seen)
        assert (late.status_code, late.json()["type"]) == (412, "/problems/version-mismatch")
        assert house.admin.delete(path, headers=seen).status_code == 412
        assert house.admin.get(path).json()["level"] == "A"
        assert house.admin.patch(path, json={"level": "C"}, headers={"If-Match": "*"}).status_code == 200

    @pytest.mark.parametrize("what", ["guest", "property", "organisation", "key"])
    def test_of_two_at_once_who_saw_the_same_one_wins(self, house: House, what: str) -> None:
        paths = {
            "guest": f"/v1/guests/{house.admin.register()['id']}",
            "property": f"/v1/properties/{house.port}",
            "organisation": "/v1/organisation",
            "key": house.admin.post("/v1/keys", json={"name": "k", "role": "analyst"}).headers["location"],
        }
        path, field, start = paths[what], "level" if what == "guest" else "name", Barrier(2)

        def change(seen: str) -> int:
            start.wait()
            return house.admin.patch(path, json={field: fresh_email()}, headers={"If-Match": seen}).status_code

        with ThreadPoolExecutor(2) as threads:
            for _ in range(5):
                seen = house.admin.get(path).headers["etag"]
                assert sorted(threads.map(change, [seen, seen])) == [200, 412]


class TestTime:
    def test_the_guest_of_a_moment_is_what_was_answered_then(self, house: House) -> None:
        path = f"/v1/guests/{house.admin.register(note='un')['id']}"
        answered = [house.admin.get(path).json()]
        for patch in ({"note": "deux"}, {"stay": {"property_id": house.port, "arrival": "2026-11-18"}}, {"note": None}):
            answered.append(house.admin.patch(path, json=patch).json())
        for then in answered:
            past = house.admin.get(path, params={"as_of": then["updated_at"]})
            assert past.json() == then
            assert past.headers["etag"] == f'"{then["version"]}"'

    def test_before_they_were_known_there_is_nobody(self, house: House) -> None:
        path = f"/v1/guests/{house.admin.register()['id']}"
        assert house.admin.get(path, params={"as_of": "2020-01-01T00:00:00+01:00"}).status_code == 404

    @pytest.mark.parametrize("moment", ["2026-11-18", "2026-11-18T12:00:00", "yesterday", ""])
    def test_a_moment_has_an_offset(self, house: House, moment: str) -> None:
        path = f"/v1/guests/{house.admin.register()['id']}"
        answer = house.admin.get(path, params={"as_of": moment})
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "as_of")


class TestDelete:
    def test_a_deleted_guest_is_gone_and_their_address_is_free(self, house: House) -> None:
        guest = house.admin.register(phones=["+33612345678"], emails=[fresh_email()])
        answer = house.admin.delete(f"/v1/guests/{guest['id']}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert int(answer.headers["hote-position"]) > 0
        assert house.admin.get(f"/v1/guests/{guest['id']}").status_code == 404
        assert house.admin.patch(f"/v1/guests/{guest['id']}", json={"level": "A"}).status_code == 404
        assert house.admin.delete(f"/v1/guests/{guest['id']}").status_code == 404
        assert house.admin.listed("/v1/guests") == []
        house.admin.register(emails=guest["emails"], phones=guest["phones"])

    def test_what_happened_stays_in_the_log_and_who_it_was_does_not(self, house: House, hote: Hote) -> None:
        guest = house.admin.register(**ZOE | {"stay": {"property_id": house.port}})
        house.admin.patch(f"/v1/guests/{guest['id']}", json={"note": "Aime le silence"})
        house.admin.delete(f"/v1/guests/{guest['id']}")
        recorded = hote.ports.log.stream(UUID(guest["id"]))
        told = [(type(each.event).__name__, getattr(each.event, "profile", None)) for each in recorded]
        assert told == [
            ("GuestRegistered", None),
            ("StayRecorded", None),
            ("GuestChanged", None),
            ("GuestDeleted", None),
        ]

    def test_if_match_is_honoured(self, house: House) -> None:
        guest = house.admin.register()
        path = f"/v1/guests/{guest['id']}"
        assert house.admin.delete(path, headers={"If-Match": '"99"'}).status_code == 412
        assert house.admin.delete(path, headers={"If-Match": f'"{guest["version"]}"'}).status_code == 204


class TestBatch:
    def batch(self, house: House, *rows: object, **request: Any) -> list[Body]:
        answer = house.admin.post("/v1/guests/batch", json={"guests": rows}, **request)
        assert answer.status_code == 200, answer.text
        assert "hote-position" in answer.headers
        results: list[Body] = answer.json()["results"]
        return results

    def test_every_row_has_its_result_and_a_bad_one_loses_no_other(self, house: House) -> None:
        known = house.admin.register()
        good = {"last_name": "Bonne", "emails": [fresh_email()]}
        results = self.batch(
            house,
            good,
            {"last_name": "Sans contact"},
            {"last_name": "Lefèvre", "emails": known["emails"], "level": "VIP"},
            {"last_name": "Mauvaise", "emails": ["nobody"], "phones": ["12"]},
            "not even an object",
            None,
            {"last_name": "Inconnue", "emails": [fresh_email()], "stay": {"property_id": known["id"]}},
            {"last_name": "Dernière", "phones": ["+41 44 668 18 00"]},
        )
        assert [result["status"] for result in results] == [
            "created", "refused", "updated", "refused", "refused", "refused", "refused", "created",
        ]  # fmt: skip
        assert results[2] == {"status": "updated", "guest_id": known["id"], "errors": []}
        assert [[error["pointer"] for error in result["errors"]] for result in results if result["errors"]] == [
            ["/emails"], ["/emails/0", "/phones/0"], [""], [""], ["/stay/property_id"],
        ]  # fmt: skip
        names = {guest["last_name"] for guest in house.admin.listed("/v1/guests")}
        assert names == {"Bonne", "Lefèvre", "Dernière"}
        assert house.admin.get(f"/v1/guests/{known['id']}").json()["level"] == "VIP"

    def test_two_rows_of_one_guest_are_one_guest(self, house: House) -> None:
        email = fresh_email()
        first, second = self.batch(
            house,
            {"last_name": "Lefèvre", "emails": [email], "level": "VIP"},
            {"last_name": "Lefèvre", "emails": [email.upper().replace("EXAMPLE.COM", "example.com")], "note": "calme"},
        )
        assert (first["status"], second["status"]) == ("created", "updated")
        assert first["guest_id"] == second["guest_id"]
        guest = house.admin.get(f"/v1/guests/{first['guest_id']}").json()
        assert (guest["level"], guest["note"], guest["emails"]) == ("VIP", "calme", [email])

    def test_the_same_again_changes_nothing(self, house: House) -> None:
        row = {"last_name": "Lefèvre", "emails": [fresh_email()], "stay": {"property_id": house.port, "room": "1"}}
        [created] = self.batch(house, row)
        before = house.admin.get(f"/v1/guests/{created['guest_id']}").json()
        [again] = self.batch(house, row)
        assert again == created | {"status": "updated"}
        assert house.admin.get(f"/v1/guests/{created['guest_id']}").json() == before

    def test_reasons_are_given_in_french_to_who_reads_french(self, house: House) -> None:
        [result] = self.batch(house, {"last_name": "A", "emails": ["x"]}, headers={"Accept-Language": "fr-FR"})
        assert result["errors"][0]["detail"] == "Cette adresse e-mail n'est pas valable."

    def test_a_thousand_rows_are_taken_and_not_one_more(self, house: House) -> None:
        rows = [{"last_name": "Foule", "emails": [fresh_email()]} for _ in range(1001)]
        refused = house.admin.post("/v1/guests/batch", json={"guests": rows})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/guests")
        results = self.batch(house, *rows[:1000])
        assert {result["status"] for result in results} == {"created"}
        house.admin.listed("/v1/guests")
        answer = house.admin.get("/v1/guests?count=true&limit=1")
        assert answer.json()["total"] == 1000

    @pytest.mark.parametrize("body", [{"guests": []}, {}, {"guests": {}}, [], {"guests": [], "more": 1}])
    def test_a_batch_is_a_list_of_guests(self, house: House, body: object) -> None:
        assert house.admin.post("/v1/guests/batch", json=body).status_code == 422


class TestOwnFields:
    @pytest.fixture(autouse=True)
    def fields(self, house: House) -> None:
        fields = [
            {"key": "passport", "label": "Passeport", "countries": ["IT"], "required": True},
            {"key": "birthday", "label": "Né le", "kind": "date"},
            {"key": "children", "label": "Enfants", "kind": "number"},
            {"key": "parking", "label": "Parking", "kind": "boolean"},
            {"key": "pillow", "label": "Oreiller", "kind": "choice", "choices": ["plume", "ferme"]},
        ]
        assert house.admin.patch("/v1/organisation", json={"profile_fields": fields}).status_code == 200

    def test_they_keep_their_types(self, house: House) -> None:
        custom = {"birthday": "1980-02-29", "children": 2, "parking": True, "pillow": "plume"}
        guest = house.admin.register(custom=custom)
        assert guest["custom"] == custom
        assert house.admin.listed("/v1/guests")[0]["custom"] == custom

    @pytest.mark.parametrize(
        ("key", "value"),
        [("birthday", "29/02/1980"), ("children", "deux"), ("parking", "oui"), ("pillow", "laine"), ("shoes", 42)],
    )
    def test_a_value_of_another_type_is_pointed_at(self, house: House, key: str, value: object) -> None:
        answer = house.admin.post("/v1/guests", json={"last_name": "A", "emails": ["a@b.fr"], "custom": {key: value}})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/custom/{key}")

    def test_a_field_is_required_where_it_is_collected_and_nowhere_else(self, house: House) -> None:
        house.admin.register(stay={"property_id": house.port})
        entry: Body = {"last_name": "A", "emails": [fresh_email()], "stay": {"property_id": house.lago}}
        refused = house.admin.post("/v1/guests", json=entry)
        assert refused.json()["errors"][0] | {"detail": ""} == {
            "pointer": "/custom/passport", "code": "required-missing", "detail": "",
        }  # fmt: skip
        house.admin.register(**entry, custom={"passport": "YA1234567"})

    def test_a_guest_is_judged_by_where_they_stay_whenever_they_are_changed(self, house: House) -> None:
        guest = house.admin.register(custom={"passport": "YA1234567"}, stay={"property_id": house.lago})
        path = f"/v1/guests/{guest['id']}"
        assert house.admin.patch(path, json={"level": "VIP"}).json()["custom"] == {"passport": "YA1234567"}
        assert house.admin.patch(path, json={"custom": {"children": 1}}).json()["custom"] == {
            "passport": "YA1234567", "children": 1,
        }  # fmt: skip
        assert house.admin.patch(path, json={"custom": {"children": None}}).json()["custom"] == {
            "passport": "YA1234567"
        }
        assert house.admin.patch(path, json={"custom": {"passport": None}}).status_code == 422

    def test_a_field_that_became_required_keeps_nobody_from_changing_another(self, house: House) -> None:
        guest = house.admin.register(stay={"property_id": house.port})
        fields = [{"key": "passport", "label": "Passeport", "required": True}]
        house.admin.patch("/v1/organisation", json={"profile_fields": fields})
        answer = house.admin.patch(f"/v1/guests/{guest['id']}", json={"level": "VIP"})
        assert (answer.status_code, answer.json().get("level")) == (200, "VIP")
