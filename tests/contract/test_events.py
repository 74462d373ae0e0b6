"""GET /v1/events: what happens in an organisation, page by page, without a word of who it happens to."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from uuid_utils.compat import uuid7

from adapters.bootstrap import Hote
from adapters.postgres import sealed_feed
from tests.contract.conftest import Body, House
from tests.waiting import eventually


def followed(house: House, after: int = 0, **asked: Any) -> list[Body]:
    """What is told after a position, by pages, up to what was written last."""
    changed = house.admin.patch("/v1/organisation", json={"panel_attributes": [str(uuid7())]})
    items: list[Body] = []

    def has_all() -> bool:
        nonlocal after
        answer = house.admin.get("/v1/events", params=asked | {"after": after})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items.extend(page["items"])
        after = page["next"]
        return after >= int(changed.headers["Hote-Position"])

    eventually(has_all)
    return items


def test_what_happens_is_told_in_order_and_nobody_is_named(house: House, other: House) -> None:
    guest = house.admin.register(
        last_name="Xylozqua",
        emails=["xylozqua@example.com"],
        language="fr",
        stay={"property_id": house.port, "room": "104"},
    )
    other.admin.register()
    house.admin.patch(f"/v1/guests/{guest['id']}", json={"note": "Xylozqua is late", "level": "Xylozqua"})
    house.admin.send("PUT", f"/v1/guests/{guest['id']}/block", json={"reason": "fraud"})
    said = {"property_id": house.port, "kind": "negative", "guest_id": guest["id"], "comment": "Xylozqua"}
    feedback = house.admin.post("/v1/feedback", json=said).json()
    erased = house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json={"reason": "Xylozqua asked"}).json()

    items = followed(house)
    assert "xylozqua" not in json.dumps(items).lower()
    ours = [each for each in items if each["subject"] in (guest["id"], feedback["id"])]
    assert [(each["type"], each["subject"]) for each in ours] == [
        ("hote.guest.registered.v1", guest["id"]),
        ("hote.guest.stay_recorded.v1", guest["id"]),
        ("hote.guest.changed.v1", guest["id"]),
        ("hote.guest.blocked.v1", guest["id"]),
        ("hote.feedback.recorded.v1", feedback["id"]),
        ("hote.guest.anonymised.v1", guest["id"]),
    ]
    assert ours[2]["data"] == {"fields": ["level", "note"], "language": "fr", "country": None}
    assert ours[-1]["data"] == {"erasure_id": erased["erasure_id"]}
    assert {each["organisationid"] for each in items} == {str(house.id)}
    positions = [each["position"] for each in items]
    assert positions == sorted(positions)


def test_an_event_is_the_one_that_history_tells(house: House) -> None:
    guest = house.admin.register()
    [event] = followed(house)
    [told] = house.admin.get(f"/v1/guests/{guest['id']}/history").json()["items"]
    assert (event["position"], event["id"]) == (told["position"], told["hash"])


@pytest.mark.parametrize(("limit", "positions", "rows"), [(1, 20_000, 1_000), (200, 2, 1_000), (200, 20_000, 2)])
def test_pages_of_any_size_hold_every_event_once_and_come_to_an_end(
    house: House, other: House, monkeypatch: pytest.MonkeyPatch, limit: int, positions: int, rows: int
) -> None:
    guests = [api.register()["id"] for api in (house.admin, other.admin) * 3]
    start = followed(house)[0]["position"] - 1
    monkeypatch.setattr(sealed_feed, "POSITIONS", positions)
    monkeypatch.setattr(sealed_feed, "ROWS", rows)
    assert [each["subject"] for each in followed(house, start, limit=limit)] == guests[::2]


def test_at_the_end_there_is_nothing_to_go_on_to(house: House) -> None:
    assert house.admin.get("/v1/events", params={"after": 2**62}).json() == {"items": [], "next": 2**62}


def test_types_can_be_chosen(house: House) -> None:
    guest = house.admin.register(stay={"property_id": house.port})
    house.admin.send("PUT", f"/v1/guests/{guest['id']}/block", json={"reason": "other"})
    chosen = "hote.guest.blocked.v1,hote.guest.stay_recorded.v1"
    assert [each["type"] for each in followed(house, types=chosen)] == chosen.split(",")[::-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("after", "-1"),
        ("after", "now"),
        ("after", str(2**63)),
        ("limit", "0"),
        ("limit", "201"),
        ("types", "hote.guest.renamed.v1"),
        ("types", ""),
        ("type", "hote.guest.blocked.v1"),
    ],
)
def test_a_parameter_that_is_wrong_is_named(house: House, name: str, value: str) -> None:
    answer = house.admin.get("/v1/events", params={name: value})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert [each["parameter"] for each in answer.json()["errors"]] == [name]


def test_machines_follow_all_of_an_organisation_or_nothing(house: House) -> None:
    assert house.staff("machine").get("/v1/events").status_code == 200
    assert house.staff("machine", house.port).get("/v1/events").status_code == 403
    assert house.staff("manager").get("/v1/events").json()["missing_right"] == "events:read"


def test_what_goes_through_kafka_is_documented_beside(client: TestClient, hote: Hote) -> None:
    document = client.get("/asyncapi.json").json()
    assert document["asyncapi"] == "3.0.0"
    assert hote.publisher is None
    assert client.get("/readyz").json()["integration_events"] is None
