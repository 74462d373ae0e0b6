"""The inbox, its counts, and the lists of feedback, as clients read them."""

import csv
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tests.contract.conftest import Api, Body, Clock, House
from tests.contract.recording import a_code, acted, an_employee, an_item, recorded


def ids(items: list[Body]) -> list[str]:
    return [item["id"] for item in items]


def test_what_a_guest_complained_of_is_in_the_inbox(house: House) -> None:
    code, employee = a_code(house), an_employee(house)
    guest = house.admin.register(first_name="Zoé", stay={"property_id": house.port, "room": "104"})
    told = {
        "code_id": code,
        "room": "104",
        "guest_id": guest["id"],
        "employee_id": employee,
        "comment": "Travaux dès 7 h",
        "emoji": "😠",
    }
    feedback = recorded(house.admin, house.port, **told)
    [item] = house.admin.listed("/v1/inbox")

    assert item["id"] == feedback["id"]
    assert {name: item[name] for name in told} == told
    assert (item["kind"], item["origin"], item["code"]) == ("negative", "staff", "Bruit")
    assert item["guest_name"] == "Zoé Lefèvre"
    assert (item["folder"], item["category"], item["mark"], item["resolved"]) == ("inbox", "alert", "✗", False)
    assert item["marks"] == ["negative", "alert"]
    assert item["version"] == 1


def test_a_review_shows_what_was_written_by_whom_and_where(house: House) -> None:
    words = {"title": "Bien", "author": "Marie", "comment": "Calme"}
    told = {"origin": "review", "portal": "booking.com", "language": "fr", "rating": {"given": 8.5, "scale": 10}}
    recorded(house.admin, house.port, **told, **words, kind="positive")
    [item] = house.admin.listed("/v1/inbox")
    assert {name: item[name] for name in told | words} == told | words
    assert (item["category"], item["marks"]) == ("new", ["positive", "review"])


def test_the_most_urgent_come_first_on_all_pages(house: House) -> None:
    new = [recorded(house.admin, house.port, kind="positive") for _ in range(3)]
    alerts = [recorded(house.admin, house.lago) for _ in range(3)]
    held = acted(house.admin, new[0], "hold")
    expected = [held["id"], *ids(alerts[::-1]), *ids(new[:0:-1])]
    assert ids(house.admin.listed("/v1/inbox")) == expected

    seen, cursor = [], None
    while True:
        answer = house.admin.get(
            "/v1/inbox", params={"limit": 2, "count": True} | ({"cursor": cursor} if cursor else {})
        )
        seen += ids(answer.json()["items"])
        assert answer.json()["total"] == 6
        cursor = answer.json()["next"]
        if cursor is None:
            break
    assert seen == expected
    assert ids(house.admin.listed("/v1/inbox", params={"category": "alert"})) == ids(alerts[::-1])
    assert [item["category"] for item in house.admin.listed("/v1/inbox", params={"category": "on_hold"})] == ["on_hold"]


def test_folders_hold_what_was_put_there(house: House) -> None:
    left, done, spam, settled = (recorded(house.admin, house.port) for _ in range(4))
    acted(house.admin, done, "done")
    acted(house.admin, spam, "spam")
    acted(house.admin, settled, "resolution", items=[])
    folders = {
        folder: ids(house.admin.listed("/v1/inbox", params={"folder": folder})) for folder in ("inbox", "done", "spam")
    }
    assert folders == {"inbox": [left["id"]], "done": [settled["id"], done["id"]], "spam": [spam["id"]]}
    acted(house.admin, spam, "restore")
    assert len(house.admin.listed("/v1/inbox")) == 2


def test_counts_tell_how_much_there_is(house: House) -> None:
    for kind, hotel in (("negative", house.port), ("positive", house.port), ("negative", house.lago)):
        recorded(house.admin, hotel, kind=kind)
    acted(house.admin, recorded(house.admin, house.port), "hold")
    acted(house.admin, recorded(house.admin, house.lago), "done")
    house.admin.listed("/v1/inbox")

    def counted(api: Api, **query: str) -> tuple[list[int], list[int]]:
        body = api.get("/v1/inbox/counts", params=query).json()
        assert list(body["folders"]) == ["inbox", "done", "spam"]
        assert list(body["categories"]) == ["on_hold", "alert", "new"]
        return list(body["folders"].values()), list(body["categories"].values())

    assert counted(house.admin) == ([4, 1, 0], [1, 2, 1])
    assert counted(house.admin, property_id=house.port) == ([3, 0, 0], [1, 1, 1])
    assert counted(house.admin, group="Lacs") == ([1, 1, 0], [0, 1, 0])
    assert counted(house.staff("front_desk", house.lago)) == ([1, 1, 0], [0, 1, 0])
    assert counted(house.staff("front_desk", house.lago), property_id=house.port) == ([0, 0, 0], [0, 0, 0])


def test_a_key_sees_the_feedback_of_its_properties_alone(house: House, other: House) -> None:
    recorded(house.admin, house.port)
    mine = recorded(house.admin, house.lago)
    recorded(other.admin, other.port)
    house.admin.listed("/v1/inbox")
    scoped = house.staff("front_desk", house.lago)
    for path in ("/v1/inbox", "/v1/feedback"):
        assert ids(scoped.get(path).json()["items"]) == [mine["id"]]
        assert scoped.get(path, params={"property_id": house.port}).json()["items"] == []
        assert len(house.admin.get(path).json()["items"]) == 2
        assert ids(house.admin.get(path, params={"group": "Lacs"}).json()["items"]) == [mine["id"]]
        assert ids(house.admin.get(path, params={"property_id": house.lago}).json()["items"]) == [mine["id"]]


def test_who_has_it_is_shown_and_asked_for(house: House) -> None:
    ines = an_employee(house)
    feedback = recorded(house.admin, house.port)
    recorded(house.admin, house.port)
    acted(house.admin, feedback, "transfer", employee_id=ines)
    [item] = house.admin.listed("/v1/inbox", params={"assigned_to": ines})
    assert (item["id"], item["assigned_to"], item["holder"]) == (feedback["id"], ines, None)
    acted(house.admin, feedback, "claim", employee_id=ines)
    [item] = house.admin.listed("/v1/inbox", params={"assigned_to": ines})
    assert item["holder"] == "Inès Caron"


def test_the_panel_has_what_head_office_chose(house: House) -> None:
    fields = [
        {"key": "birth_date", "label": "Né le", "kind": "date"},
        {"key": "segment", "label": "Segment"},
    ]
    guest = house.admin.register(first_name="Zoé", country="FR", stay={"property_id": house.port})
    house.admin.patch("/v1/organisation", json={"profile_fields": fields})
    custom = {"birth_date": "1985-11-18", "segment": "Affaires"}
    assert house.admin.patch(f"/v1/guests/{guest['id']}", json={"custom": custom}).status_code == 200
    chosen = ["age", "Segment", "segment", "last_name", "stays", "country", "company", "shoe size"]
    recorded(house.admin, house.port, guest_id=guest["id"])
    recorded(house.admin, house.port)
    position = house.admin.patch("/v1/organisation", json={"panel_attributes": chosen}).headers["Hote-Position"]

    def panels() -> list[Body]:
        answer = house.admin.get("/v1/inbox", headers={"Hote-At-Least": position})
        return [item["panel"] for item in answer.json()["items"]]

    none, panel = panels()
    assert none == {}
    born = datetime(1985, 11, 18, tzinfo=UTC)
    assert panel.pop("age") == (datetime.now(ZoneInfo("Europe/Paris")).replace(tzinfo=UTC) - born).days // 365.25
    known = {"last_name": "Lefèvre", "stays": 1, "country": "FR", "company": None}
    assert panel == {"Segment": "Affaires", "segment": "Affaires"} | known
    assert list(panel) == [name for name in chosen if name in panel]

    position = house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json={"reason": "Demande"}).headers[
        "Hote-Position"
    ]
    _, panel = panels()
    assert panel == dict.fromkeys(("age", "Segment", "segment", "last_name", "company")) | {"stays": 1, "country": "FR"}


def test_the_panel_tells_of_a_block_until_it_is_over(house: House) -> None:
    guest = house.admin.register()
    recorded(house.admin, house.port, guest_id=guest["id"])
    house.admin.patch("/v1/organisation", json={"panel_attributes": ["status"]})
    today = datetime.now(ZoneInfo("Europe/Paris")).date()
    for days, status in ((2, "blocked"), (-2, "new")):
        body = {"reason": "damage", "until": str(today + timedelta(days=days))}
        answer = house.admin.send("PUT", f"/v1/guests/{guest['id']}/block", json=body)
        items = house.admin.get("/v1/inbox", headers={"Hote-At-Least": answer.headers["Hote-Position"]}).json()["items"]
        assert [item["panel"] for item in items] == [{"status": status}]


def test_nothing_a_guest_said_is_shown_once_they_are_forgotten(house: House) -> None:
    guest = house.admin.register(stay={"property_id": house.port})
    recorded(house.admin, house.port, guest_id=guest["id"], comment="Travaux", title="Bruit", room="104")
    house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json={"reason": "Demande"})
    for path in ("/v1/inbox", "/v1/feedback", f"/v1/guests/{guest['id']}/feedback"):
        [item] = house.admin.listed(path)
        assert (item["comment"], item["title"], item["guest_name"]) == (None, None, None)
        assert (item["guest_id"], item["room"]) == (guest["id"], "104")


def test_the_list_of_feedback_is_filtered(house: House) -> None:
    code, item = a_code(house), an_item(house)
    guest = house.admin.register(stay={"property_id": house.port})
    praise = recorded(house.admin, house.port, kind="positive", said_at="2026-03-28T23:30:00+01:00")
    noise = recorded(house.admin, house.port, code_id=code, room="104", said_at="2026-03-29T00:30:00+01:00")
    known = recorded(house.admin, house.lago, guest_id=guest["id"], origin="message")
    acted(house.admin, noise, "resolution", items=[{"item_id": item, "quantity": 2}], satisfaction=4)

    def found(**query: Any) -> list[str]:
        return ids(house.admin.listed("/v1/feedback", params=query))

    assert found() == ids([known, noise, praise])
    assert found(kind="positive") == [praise["id"]]
    assert found(code_id=code) == found(room="104") == found(resolved=True) == [noise["id"]]
    assert found(resolved=False) == ids([known, praise])
    assert found(guest_id=guest["id"]) == found(origin="message") == [known["id"]]
    assert found(**{"day[gte]": "2026-03-29", "day[lt]": "2026-03-30"}) == [noise["id"]]
    assert found(**{"day[lt]": "2026-03-29"}) == [praise["id"]]
    assert ids(house.admin.listed(f"/v1/guests/{guest['id']}/feedback")) == [known["id"]]

    [settled] = house.admin.listed("/v1/feedback", params={"resolved": True})
    assert (settled["mark"], settled["satisfaction"], settled["folder"]) == ("✓", 4, "done")
    assert settled["total"] == {"amount": 2500, "currency": "EUR"}


def test_a_renamed_code_is_shown_by_its_new_name(house: House) -> None:
    code = a_code(house, "Bruit")
    recorded(house.admin, house.port, code_id=code)
    house.admin.patch(f"/v1/codes/{code}", json={"name": "Nuisances"})
    assert [item["code"] for item in house.admin.listed("/v1/feedback")] == ["Nuisances"]


@pytest.mark.parametrize(
    ("zone", "kept", "last"),
    [
        ("Europe/Paris", 0, "2026-10-25T23:59:59+01:00"),
        ("Europe/Paris", 1, "2026-10-26T23:59:59+01:00"),
        ("Pacific/Auckland", 0, "2026-10-25T23:59:59+13:00"),
        ("America/New_York", 0, "2026-10-24T23:59:59-04:00"),
    ],
)
def test_what_was_resolved_leaves_the_overview_at_the_propertys_midnight(
    clock: Clock, house: House, zone: str, kept: int, last: str
) -> None:
    """Resolved in the night in which Paris puts its clocks back, at 01:30 there."""
    settings = {"time_zone": zone, "feedback": {"keep_resolved_days": kept}}
    assert house.admin.patch(f"/v1/properties/{house.port}", json=settings).status_code == 200
    resolved_at, leaves_at = datetime(2026, 10, 24, 23, 30, tzinfo=UTC), datetime.fromisoformat(last)
    api = clock.at(house.admin, resolved_at)
    settled, left = recorded(api, house.port), recorded(api, house.port)
    acted(api, recorded(api, house.port), "spam")
    acted(api, settled, "resolution", items=[])
    api.listed("/v1/feedback")

    def overview(now: datetime) -> dict[str, str]:
        items = clock.at(house.admin, now).get("/v1/feedback?view=overview").json()["items"]
        return {item["id"]: item["mark"] for item in items}

    assert overview(leaves_at) == {settled["id"]: "✓", left["id"]: "✗"}
    assert overview(leaves_at + timedelta(seconds=1)) == {left["id"]: "✗"}


def test_the_response_clock_runs_in_opening_hours(clock: Clock, house: House) -> None:
    """Told on a Friday at 17:30, open on weekdays from 9 to 18; an hour is the target."""
    day = [{"from": "09:00", "to": "18:00"}]
    hours = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), day)
    settings = {"feedback": {"opening_hours": hours, "response_target_minutes": 60}}
    assert house.admin.patch(f"/v1/properties/{house.port}", json=settings).status_code == 200
    friday = datetime(2026, 10, 23, 17, 30, tzinfo=ZoneInfo("Europe/Paris"))
    api = clock.at(house.admin, friday)
    feedback = recorded(api, house.port)
    api.listed("/v1/inbox")

    def response(now: datetime) -> Body:
        [item] = clock.at(house.admin, now).get("/v1/inbox").json()["items"]
        return dict(item["response"])

    running = {"running": True, "paused": False, "target_seconds": 3600}
    monday = friday.replace(day=26, hour=9, minute=30)
    assert response(friday + timedelta(days=1)) == running | {"elapsed_seconds": 1800, "overdue": False}
    assert response(monday) == running | {"elapsed_seconds": 3600, "overdue": False}
    assert response(monday + timedelta(minutes=1)) == running | {"elapsed_seconds": 3660, "overdue": True}

    api = clock.at(house.admin, monday)
    acted(api, feedback, "hold")
    api.listed("/v1/inbox")
    assert response(monday + timedelta(hours=5)) == {
        "elapsed_seconds": 3600, "running": False, "paused": True, "target_seconds": 3600, "overdue": False,
    }  # fmt: skip


def test_lists_can_be_had_as_tables(house: House) -> None:
    recorded(house.admin, house.port, comment="=HYPERLINK(1)", room="104", origin="message", author="Zoé")
    house.admin.listed("/v1/inbox")
    for path in ("/v1/inbox", "/v1/feedback"):
        answer = house.admin.get(path, params={"format": "csv"})
        assert answer.headers["content-type"].startswith("text/csv")
        [row] = csv.DictReader(answer.text.removeprefix("\ufeff").splitlines())
        assert (row["comment"], row["room"], row["guest"], row["mark"]) == ("'=HYPERLINK(1)", "104", "Zoé", "✗")
        assert house.admin.get(path, params={"format": "xlsx"}).content[:2] == b"PK"


@pytest.mark.parametrize("path", ["/v1/inbox", "/v1/feedback"])
@pytest.mark.parametrize("query", ["cursor=nowhere", "limit=0", "folder=bin", "property_id=1", "view=all", "page=2"])
def test_what_cannot_be_asked_for_is_named(house: House, path: str, query: str) -> None:
    answer = house.admin.get(f"{path}?{query}")
    assert answer.status_code == 422
    assert [error["parameter"] for error in answer.json()["errors"]] == [query.split("=")[0]]


def test_the_feedback_of_a_guest_nobody_knows_is_not_found(house: House, other: House) -> None:
    theirs = other.admin.register()
    assert house.admin.get(f"/v1/guests/{theirs['id']}/feedback").status_code == 404
    assert house.admin.get(f"/v1/guests/{UUID(int=0)}/feedback").status_code == 404
