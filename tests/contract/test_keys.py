"""/v1/keys: shown once, changed in name and end only, retired for good."""

import pytest

from adapters.bootstrap import Hote
from tests.contract.conftest import Api, House

NEW = {"name": "Réception", "role": "front_desk"}


def test_a_key_is_shown_once_and_works(house: House) -> None:
    answer = house.admin.post("/v1/keys", json=NEW)
    issued = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/keys/{issued['id']}"
    assert answer.headers["etag"] == '"1"'
    assert int(answer.headers["hote-position"]) > 0
    assert Api(house.admin.client, issued["key"]).get("/v1/guests").status_code == 200

    without = {name: value for name, value in issued.items() if name != "key"}
    assert house.admin.get(answer.headers["location"]).json() == without
    [listed] = [key for key in house.admin.listed("/v1/keys") if key["id"] == issued["id"]]
    assert listed == without


def test_the_secret_is_nowhere_in_the_log(house: House, hote: Hote) -> None:
    issued = house.admin.post("/v1/keys", json=NEW).json()
    with hote.pool.connection() as connection:
        payloads = connection.execute("SELECT payload FROM log.events WHERE stream = %s", [issued["id"]]).fetchall()
    assert payloads
    secret = issued["key"].removeprefix("hote_")[22:]
    assert all(secret.encode() not in bytes(row[0]) for row in payloads)


def test_its_name_and_end_can_be_changed_and_its_reach_cannot(house: House) -> None:
    path = house.admin.post("/v1/keys", json=NEW).headers["location"]
    answer = house.admin.patch(path, json={"name": "Nuit", "expires_at": "2031-01-01T00:00:00+01:00"})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (answer.json()["name"], answer.json()["expires_at"]) == ("Nuit", "2030-12-31T23:00:00Z")
    assert house.admin.patch(path, json={"expires_at": None}).json()["expires_at"] is None
    for reach in ({"role": "admin"}, {"properties": None}):
        assert house.admin.patch(path, json=reach).status_code == 422


def test_a_change_honours_if_match(house: House) -> None:
    path = house.admin.post("/v1/keys", json=NEW).headers["location"]
    assert house.admin.patch(path, json={"name": "A"}, headers={"If-Match": '"1"'}).status_code == 200
    assert house.admin.patch(path, json={"name": "B"}, headers={"If-Match": '"1"'}).status_code == 412
    assert house.admin.get(path).json()["name"] == "A"


def test_retired_is_retired(house: House) -> None:
    path = house.admin.post("/v1/keys", json=NEW).headers["location"]
    retired = house.admin.post(f"{path}/retire")
    assert retired.status_code == 200
    assert retired.json()["revoked_at"] is not None
    again = house.admin.post(f"{path}/retire")
    assert again.json() == retired.json()
    assert house.admin.patch(path, json={"name": "Après"}).json()["revoked_at"] == retired.json()["revoked_at"]


@pytest.mark.parametrize(
    ("new", "pointer"),
    [
        ({"role": "analyst"}, "/name"),
        ({"name": "", "role": "analyst"}, "/name"),
        ({"name": "a\u0000", "role": "analyst"}, "/name"),
        ({"name": "k"}, "/role"),
        ({"name": "k", "role": "king"}, "/role"),
        ({"name": "k", "role": "analyst", "properties": []}, "/properties"),
        ({"name": "k", "role": "analyst", "properties": ["here"]}, "/properties/0"),
        ({"name": "k", "role": "analyst", "expires_at": "2031-01-01T00:00:00"}, "/expires_at"),
        ({"name": "k", "role": "analyst", "expires_at": "9999-12-31T23:59:59-14:00"}, "/expires_at"),
    ],
)
def test_what_breaks_a_rule_is_pointed_at(house: House, new: dict[str, object], pointer: str) -> None:
    answer = house.admin.post("/v1/keys", json=new)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
