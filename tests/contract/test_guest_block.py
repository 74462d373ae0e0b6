"""/v1/guests/{id}/block: said, replaced, over, taken back; and what the list makes of it."""

from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from tests.contract.conftest import Body, House

TODAY = datetime.now(UTC).date()
YESTERDAY, TOMORROW = (str(TODAY + timedelta(days=days)) for days in (-1, 1))


def blocked(house: House, **how: object) -> Body:
    guest = house.admin.register()
    answer = house.admin.send("PUT", f"/v1/guests/{guest['id']}/block", json={"reason": "damage"} | how)
    assert (answer.status_code, answer.content) == (204, b""), answer.text
    return guest


def standing(house: House, guest: Body) -> tuple[str, Body | None]:
    """As the guest's page has it, which the list must have too."""
    page = house.admin.get(f"/v1/guests/{guest['id']}").json()
    [listed] = [each for each in house.admin.listed("/v1/guests") if each["id"] == guest["id"]]
    assert {name: page[name] for name in listed if name in page} == {
        name: listed[name] for name in listed if name in page
    }
    return page["status"], page["block"]


def test_a_guest_is_blocked_and_unblocked(house: House) -> None:
    guest = blocked(house)
    assert standing(house, guest) == ("blocked", {"reason": "damage", "until": None})
    answer = house.admin.delete(f"/v1/guests/{guest['id']}/block")
    assert answer.status_code == 204
    assert standing(house, guest) == ("new", None)
    again = house.admin.delete(f"/v1/guests/{guest['id']}/block")
    assert again.headers["hote-position"] == answer.headers["hote-position"]


def test_a_further_block_takes_the_place_of_the_one_before(house: House) -> None:
    guest = blocked(house, until=TOMORROW)
    path = f"/v1/guests/{guest['id']}/block"
    house.admin.send("PUT", path, json={"reason": "fraud"})
    version = house.admin.get(f"/v1/guests/{guest['id']}").json()["version"]
    house.admin.send("PUT", path, json={"reason": "fraud"})
    assert house.admin.get(f"/v1/guests/{guest['id']}").json()["version"] == version
    assert standing(house, guest) == ("blocked", {"reason": "fraud", "until": None})


def test_it_holds_until_the_end_of_its_last_day(house: House) -> None:
    assert standing(house, blocked(house, until=str(TODAY)))[0] == "blocked"
    assert standing(house, blocked(house, until=YESTERDAY)) == ("new", None)


def test_the_list_finds_those_who_are_blocked_now(house: House) -> None:
    over, still, never = blocked(house, until=YESTERDAY), blocked(house, until=TOMORROW), house.admin.register()
    for sort in ("status", "-status", "created_at", "stays"):
        found = house.admin.listed("/v1/guests", params={"status": "blocked", "sort": sort})
        assert [each["id"] for each in found] == [still["id"]]
        found = house.admin.listed("/v1/guests", params={"status": "new", "sort": sort})
        assert {each["id"] for each in found} == {over["id"], never["id"]}


def test_only_the_version_that_was_seen(house: House) -> None:
    guest = house.admin.register()
    path, stale = f"/v1/guests/{guest['id']}/block", {"If-Match": '"7"'}
    assert house.admin.send("PUT", path, json={"reason": "other"}, headers=stale).status_code == 412
    assert house.admin.send("DELETE", path, headers=stale).status_code == 412


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/reason"),
        ({"reason": "rude"}, "/reason"),
        ({"reason": "fraud", "until": "31/12/2027"}, "/until"),
        ({"reason": "fraud", "since": "2027-12-31"}, "/since"),
    ],
)
def test_what_cannot_be_said_is_named(house: House, body: Body, pointer: str) -> None:
    guest = house.admin.register()
    answer = house.admin.send("PUT", f"/v1/guests/{guest['id']}/block", json=body)
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer])


def test_who_cannot_be_blocked(house: House) -> None:
    gone = house.admin.register()
    house.admin.post(f"/v1/guests/{gone['id']}/anonymise", json={"reason": "asked"})
    body = {"reason": "fraud"}
    for id_, status, code in ((gone["id"], 409, "guest-forgotten"), (uuid7(), 404, "not-found")):
        answer = house.admin.send("PUT", f"/v1/guests/{id_}/block", json=body)
        assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{code}")


def test_a_block_holds_everywhere_so_the_key_must_reach_everywhere(house: House) -> None:
    zoe = {"last_name": "Lefèvre", "emails": ["zoe.block@example.com"]}
    guest = house.admin.register(**zoe, stay={"property_id": house.port, "arrival": "2026-11-18"})
    elsewhere = {"property_id": house.lago, "arrival": "2026-01-05"}
    house.admin.post("/v1/guests/batch", json={"guests": [zoe | {"stay": elsewhere}]})
    desk = house.staff("front_desk", house.port)
    assert desk.send("PUT", f"/v1/guests/{guest['id']}/block", json={"reason": "fraud"}).status_code == 403
