"""/v1/guests/{id}/history: every event of a guest, for who may read it, also when the guest is no more."""

import csv
import io
import json
from datetime import datetime

import psycopg
import pytest
from openpyxl import load_workbook

from adapters.bootstrap import Hote
from tests.contract.conftest import Api, Body, House, fresh_email


def items(api: Api, guest: Body, **query: object) -> list[Body]:
    answer = api.get(f"/v1/guests/{guest['id']}/history", params=query)
    assert answer.status_code == 200, answer.text
    found: list[Body] = answer.json()["items"]
    return found


@pytest.fixture
def guest(house: House) -> Body:
    """Registered with a stay, made a VIP, and their stay corrected."""
    stay = {"property_id": house.port, "arrival": "2026-11-18", "departure": "2026-11-21"}
    guest = house.admin.register(first_name="Zoé", stay=stay)
    path = f"/v1/guests/{guest['id']}"
    house.admin.patch(path, json={"level": "VIP"})
    changed: Body = house.admin.patch(path, json={"stay": {"room": "104"}}).json()
    return changed


def test_every_event_is_told_oldest_first(house: House, guest: Body, hote: Hote) -> None:
    found = items(house.admin, guest)
    assert [(each["version"], each["type"]) for each in found] == [
        (1, "GuestRegistered"), (2, "StayRecorded"), (3, "GuestChanged"), (4, "StayRecorded")
    ]  # fmt: skip
    assert [each["position"] for each in found] == sorted(each["position"] for each in found)
    assert found[0]["data"]["profile"]["last_name"] == "Lefèvre"
    stay = found[1]["data"]["stay"]
    assert stay == stay | guest["stay"] | {"room": None, "realised": True}
    assert found[2]["data"]["fields"] == ["level"]
    assert found[2]["data"]["profile"]["level"] == "VIP"
    assert found[3]["property_id"] == house.port
    assert found[0]["correlation_id"] == found[1]["correlation_id"] != found[2]["correlation_id"]
    assert datetime.fromisoformat(found[3]["recorded_at"]) == datetime.fromisoformat(guest["updated_at"])
    assert {each["actor"].split(":")[0] for each in found} == {"key"}
    with psycopg.connect(hote.database_url) as connection:
        stored = connection.execute(
            "SELECT encode(hash, 'hex') FROM log.events WHERE stream = %s ORDER BY version", [guest["id"]]
        )
        assert [each["hash"] for each in found] == [hash_ for (hash_,) in stored]


def test_by_a_moment_there_is_what_had_been_recorded(house: House, guest: Body) -> None:
    everything = items(house.admin, guest)
    for number, each in enumerate(everything[2:], 3):
        assert items(house.admin, guest, as_of=each["recorded_at"]) == everything[:number]
    answer = house.admin.get(f"/v1/guests/{guest['id']}/history", params={"as_of": "2020-01-01T00:00:00Z"})
    assert answer.status_code == 404


def test_it_comes_in_pages(house: House, guest: Body) -> None:
    everything = items(house.admin, guest)
    path = f"/v1/guests/{guest['id']}/history"
    first = house.admin.get(path, params={"limit": 3, "count": True}).json()
    assert (first["items"], first["total"]) == (everything[:3], 4)
    last = house.admin.get(path, params={"limit": 3, "cursor": first["next"]}).json()
    assert (last["items"], last["next"]) == (everything[3:], None)
    assert house.admin.get(path, params={"limit": 4}).json()["next"] is None
    for cursor in ("-1", "x", "9" * 30):
        answer = house.admin.get(path, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "cursor")


def test_and_as_a_table(house: House, guest: Body) -> None:
    everything = items(house.admin, guest)
    path = f"/v1/guests/{guest['id']}/history"
    answer = house.admin.get(path, headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row | {"data": json.loads(row["data"])} for row in rows] == [
        {name: "" if value is None else value if name == "data" else str(value) for name, value in each.items()}
        | {"recorded_at": datetime.fromisoformat(each["recorded_at"]).isoformat()}
        for each in everything
    ]
    workbook = load_workbook(io.BytesIO(house.admin.get(path, params={"format": "xlsx"}).content), read_only=True)
    assert workbook.active is not None
    assert len(list(workbook.active.iter_rows())) == 1 + len(everything)


@pytest.mark.parametrize("end", ["deleted", "anonymised"])
def test_of_who_is_no_more_it_tells_all_but_what_was_personal(house: House, guest: Body, end: str) -> None:
    before = items(house.admin, guest)
    path = f"/v1/guests/{guest['id']}"
    if end == "deleted":
        assert house.admin.delete(path).status_code == 204
    else:
        assert house.admin.post(f"{path}/anonymise", json={"reason": "RGPD, art. 17"}).status_code == 200
    found = items(house.staff("auditor"), guest)
    for each in before:
        if "profile" in each["data"]:
            each["data"]["profile"] = None
    assert found[: len(before)] == before
    ended = {each["type"]: each["reason"] for each in found[len(before) :]}
    if end == "deleted":
        assert ended == {"GuestDeleted": None}
    else:
        assert {"GuestAnonymised", "ErasureBegun"} <= ended.keys()
        assert ended["ErasureBegun"] == "RGPD, art. 17"
    assert items(house.staff("auditor"), guest, as_of=before[0]["recorded_at"])[0] == before[0]


def test_a_key_of_one_property_reads_what_is_its_business(house: House, guest: Body) -> None:
    house.admin.post(
        "/v1/guests/batch",
        json={"guests": [{"last_name": "Lefèvre", "emails": guest["emails"], "stay": {"property_id": house.lago}}]},
    )
    assert [each["type"] for each in items(house.admin, guest)][-1] == "StayRecorded"
    at_the_port = items(house.staff("manager", house.port), guest)
    assert at_the_port == items(house.admin, guest)[:-1]
    assert house.lago not in json.dumps(at_the_port)
    elsewhere = house.admin.register(emails=[fresh_email()], stay={"property_id": house.lago})
    answer = house.staff("manager", house.port).get(f"/v1/guests/{elsewhere['id']}/history")
    assert answer.status_code == 404


def test_who_may_not_is_told_what_is_missing(house: House, other: House, guest: Body) -> None:
    path = f"/v1/guests/{guest['id']}/history"
    answer = house.staff("front_desk").get(path)
    assert (answer.status_code, answer.json()["missing_right"]) == (403, "history:read")
    assert other.admin.get(path).status_code == 404
    assert house.admin.get(f"/v1/guests/{house.port}/history").status_code == 404
