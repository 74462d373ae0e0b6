"""/v1/feedback: recorded with what is known of it, shown to whom it may be, and forgotten with who said it."""

import pytest

from tests.contract.conftest import House
from tests.contract.recording import (
    a_code,
    acted,
    an_employee,
    an_item,
    euros,
    read,
    recorded,
)


class TestRecording:
    def test_the_least_is_a_property_and_a_kind(self, house: House) -> None:
        answer = house.staff("front_desk").post("/v1/feedback", json={"property_id": house.port, "kind": "positive"})
        feedback = answer.json()
        assert answer.status_code == 201, answer.text
        assert answer.headers["etag"] == '"1"'
        assert answer.headers["location"] == f"/v1/feedback/{feedback['id']}"
        assert int(answer.headers["hote-position"]) > 0
        shown = (
            "property_id",
            "kind",
            "origin",
            "alert",
            "resolved",
            "mark",
            "folder",
            "category",
            "total",
            "warnings",
        )
        assert {name: feedback[name] for name in shown} == {
            "property_id": house.port,
            "kind": "positive",
            "origin": "staff",
            "alert": False,
            "resolved": False,
            "mark": "✗",
            "folder": "inbox",
            "category": "new",
            "total": None,
            "warnings": [],
        }

    def test_it_reads_as_it_was_recorded(self, house: House) -> None:
        guest = house.admin.register(first_name="Zoé", last_name="Lefèvre", stay={"property_id": house.port})
        entry = {
            "code_id": a_code(house, "Bruit"),
            "room": "104",
            "guest_id": guest["id"],
            "employee_id": an_employee(house),
            "comment": "Travaux dès 7 h.\nPersonne n'a prévenu.",
            "emoji": "😠",
        }
        house.admin.listed("/v1/codes")  # waits for the read model that knows the name
        feedback = recorded(house.staff("front_desk"), house.port, **entry)
        now = read(house.admin, feedback)
        assert now == {name: value for name, value in feedback.items() if name != "warnings"} | {
            "response": now["response"]
        }
        assert {name: now[name] for name in entry} == entry
        assert (now["code"], now["alert"], now["category"]) == ("Bruit", True, "alert")

    def test_each_thing_done_is_told_with_who_and_when(self, house: House) -> None:
        desk = house.staff("front_desk")
        feedback = acted(house.admin, acted(desk, recorded(desk, house.port), "notes", text="À suivre"), "done")
        recording, noting, finishing = feedback["actions"]
        assert [each["type"] for each in feedback["actions"]] == ["FeedbackRecorded", "NoteAdded", "FeedbackDone"]
        assert recording["by"] == noting["by"] != finishing["by"]
        assert recording["at"] <= noting["at"] <= finishing["at"]
        assert (noting["data"], finishing["data"]) == ({"text": "À suivre"}, {})
        assert recording["data"].keys().isdisjoint({"organisation_id", "property_id", "subject_id"})

    @pytest.mark.parametrize(
        ("fields", "kind", "alert"),
        [
            ({"kind": "negative"}, "negative", True),
            ({"kind": "positive"}, "positive", False),
            ({"kind": "negative", "rating": {"given": 9}}, "negative", False),
            ({"kind": "positive", "rating": {"given": 2, "scale": 5}}, "positive", True),
            ({"kind": None, "rating": {"given": "4.9", "scale": 10}}, "negative", True),
            ({"kind": None, "rating": {"given": 3, "scale": 5}}, "positive", False),
        ],
    )
    def test_a_rating_decides_on_the_alert_and_on_a_kind_that_is_left_out(
        self, house: House, fields: dict[str, object], kind: str, alert: bool
    ) -> None:
        feedback = recorded(house.admin, house.port, origin="review", **fields)
        assert (feedback["kind"], feedback["alert"]) == (kind, alert)

    def test_the_propertys_threshold_decides_what_is_an_alert(self, house: House) -> None:
        house.admin.patch(f"/v1/properties/{house.port}", json={"feedback": {"alert_threshold": 8}})
        seven = {"rating": {"given": 7}}
        assert recorded(house.admin, house.port, **seven)["alert"] is True
        assert recorded(house.admin, house.lago, **seven)["alert"] is False

    @pytest.mark.parametrize(
        ("zone", "said_at", "day"),
        [
            ("Europe/Paris", "2025-07-07T21:59:59Z", "2025-07-07"),
            ("Europe/Paris", "2025-07-07T22:00:00Z", "2025-07-08"),
            ("Europe/Paris", "2025-10-26T22:59:59Z", "2025-10-26"),
            ("Pacific/Kiritimati", "2025-07-07T10:30:00Z", "2025-07-08"),
            ("Pacific/Pago_Pago", "2025-07-07T10:30:00Z", "2025-07-06"),
            ("Europe/Paris", "2025-07-07T23:30:00-10:00", "2025-07-08"),
        ],
    )
    def test_its_day_is_the_propertys(self, house: House, zone: str, said_at: str, day: str) -> None:
        house.admin.patch(f"/v1/properties/{house.port}", json={"time_zone": zone})
        assert recorded(house.admin, house.port, said_at=said_at)["day"] == day

    def test_a_property_that_told_its_rooms_takes_these_and_no_others(self, house: House) -> None:
        house.admin.patch(f"/v1/properties/{house.port}", json={"rooms": ["104", "105"]})
        house.admin.patch(f"/v1/properties/{house.lago}", json={"rooms": ["7"]})
        assert recorded(house.admin, house.port, room="104")["room"] == "104"
        answer = house.admin.post("/v1/feedback", json={"property_id": house.port, "kind": "negative", "room": "7"})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/room")

    def test_the_same_request_again_records_nothing_more(self, house: House) -> None:
        entry = {"property_id": house.port, "kind": "negative", "comment": "Froid"}
        first, again = (
            house.admin.post("/v1/feedback", json=entry, headers={"Idempotency-Key": "once"}) for _ in range(2)
        )
        assert again.headers["idempotent-replayed"] == "true"
        assert again.json() == first.json()
        assert len(house.admin.listed("/v1/feedback")) == 1


class TestTheSameComplaintAgain:
    @pytest.mark.parametrize("shared", ["room", "guest_id"])
    def test_it_is_recorded_with_a_warning_that_names_the_other(self, house: House, shared: str) -> None:
        guest = house.admin.register(stay={"property_id": house.port})
        same = {"room": "104"} if shared == "room" else {"guest_id": guest["id"]}
        first = recorded(house.admin, house.port, **same)
        second = recorded(house.admin, house.port, **same)
        assert first["warnings"] == []
        [warning] = second["warnings"]
        assert (warning["code"], warning["feedback_ids"]) == ("open-complaint", [first["id"]])

    def test_there_is_none_for_praise_for_another_room_or_property_or_once_it_is_settled(self, house: House) -> None:
        first = recorded(house.admin, house.port, room="104")
        assert recorded(house.admin, house.port, room="104", kind="positive")["warnings"] == []
        assert recorded(house.admin, house.port, room="105")["warnings"] == []
        assert recorded(house.admin, house.lago, room="104")["warnings"] == []
        acted(house.admin, first, "resolution")
        assert recorded(house.admin, house.port, room="104")["warnings"] == []


class TestWhoSeesIt:
    def test_another_organisation_finds_nothing(self, house: House, other: House) -> None:
        feedback = recorded(house.admin, house.port)
        assert other.admin.get(f"/v1/feedback/{feedback['id']}").status_code == 404
        assert other.admin.post(f"/v1/feedback/{feedback['id']}/resolution", json={}).status_code == 404
        entry = {"property_id": house.port, "kind": "negative"}
        assert other.admin.post("/v1/feedback", json=entry).status_code == 404

    def test_a_key_of_one_property_finds_nothing_of_the_others(self, house: House) -> None:
        feedback, here = recorded(house.admin, house.port), house.staff("manager", house.lago)
        assert here.get(f"/v1/feedback/{feedback['id']}").status_code == 404
        assert here.post(f"/v1/feedback/{feedback['id']}/claim").status_code == 404
        assert here.post("/v1/feedback", json={"property_id": house.port, "kind": "negative"}).status_code == 404
        assert recorded(here, house.lago)["property_id"] == house.lago

    def test_a_key_of_one_property_names_no_guest_of_the_others(self, house: House) -> None:
        guest = house.admin.register(stay={"property_id": house.port})
        entry = {"property_id": house.lago, "kind": "negative", "guest_id": guest["id"]}
        assert house.staff("front_desk", house.lago).post("/v1/feedback", json=entry).status_code == 404
        assert house.staff("front_desk").post("/v1/feedback", json=entry).status_code == 201

    def test_an_id_of_another_kind_is_none_of_a_feedback(self, house: House) -> None:
        guest = house.admin.register()
        for id_ in (house.port, guest["id"], a_code(house)):
            assert house.admin.get(f"/v1/feedback/{id_}").status_code == 404
            assert house.admin.post(f"/v1/feedback/{id_}/done").status_code == 404

    def test_anothers_guest_code_item_or_employee_cannot_be_named(self, house: House, other: House) -> None:
        guest = other.admin.register()
        named: list[tuple[dict[str, object], str]] = [
            ({"code_id": a_code(other)}, "/code_id"),
            ({"employee_id": an_employee(other)}, "/employee_id"),
            ({"resolution": {"items": [{"item_id": an_item(other)}]}}, "/resolution/items/0/item_id"),
        ]
        entry = {"property_id": house.port, "kind": "negative"}
        for fields, pointer in named:
            answer = house.admin.post("/v1/feedback", json=entry | fields)
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
        assert house.admin.post("/v1/feedback", json=entry | {"guest_id": guest["id"]}).status_code in (404, 422)
        assert house.admin.listed("/v1/feedback") == []

    @pytest.mark.parametrize(
        ("role", "reads", "records", "handles"),
        [
            ("front_desk", True, True, True),
            ("manager", True, True, True),
            ("auditor", True, False, False),
            ("analyst", False, False, False),
            ("machine", True, True, False),
        ],
    )
    def test_roles(self, house: House, role: str, reads: bool, records: bool, handles: bool) -> None:
        feedback, caller = recorded(house.admin, house.port), house.staff(role)
        path = f"/v1/feedback/{feedback['id']}"
        entry = {"property_id": house.port, "kind": "positive"}
        assert caller.get(path).status_code == (200 if reads else 403)
        assert caller.post("/v1/feedback", json=entry).status_code == (201 if records else 403)
        answer = caller.post(f"{path}/notes", json={"text": "Vu"})
        assert answer.status_code == (200 if handles else 403)
        if not handles:
            assert answer.json()["missing_right"] == "feedback:handle"
            assert "administrator" in answer.json()["detail"]


class TestForgetting:
    def test_of_a_forgotten_guest_the_words_go_and_the_figures_stay(self, house: House) -> None:
        guest = house.admin.register(stay={"property_id": house.port})
        feedback = recorded(
            house.admin,
            house.port,
            guest_id=guest["id"],
            comment="Mot secret",
            resolution={"items": [{"item_id": an_item(house)}], "comment": "Autre secret"},
        )
        acted(house.admin, feedback, "notes", text="Encore un secret")
        answer = house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json={"reason": "Demande"})
        assert answer.status_code == 200, answer.text
        answer = house.admin.get(f"/v1/feedback/{feedback['id']}")
        assert "secret" not in answer.text
        after = answer.json()
        assert (after["comment"], after["guest_name"], after["total"]) == (None, None, euros(1250))
        for action, body in (("notes", {"text": "?"}), ("call", {"outcome": "reached", "comment": "?"})):
            refused = house.admin.post(f"/v1/feedback/{feedback['id']}/{action}", json=body)
            assert (refused.status_code, refused.json()["type"]) == (409, "/problems/guest-forgotten")
        reopened = house.admin.post(f"/v1/feedback/{feedback['id']}/spam")
        assert reopened.status_code == 200, "what has no words can still be done"

    def test_a_forgotten_guest_is_not_written_of(self, house: House) -> None:
        guest = house.admin.register()
        house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json={"reason": "Demande"})
        answer = house.admin.post(
            "/v1/feedback",
            json={"property_id": house.port, "kind": "negative", "guest_id": guest["id"], "comment": "?"},
        )
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/guest-forgotten")
