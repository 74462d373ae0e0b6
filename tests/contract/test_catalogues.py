"""/v1/codes, /v1/cost-items, /v1/employees: added, listed, changed and retired, for all properties or some."""

import csv
import io
from typing import NamedTuple

import pytest

from adapters.bootstrap import Hote
from tests.contract.conftest import Body, House

EUROS = {"amount": 1800, "currency": "EUR"}


class Catalogue(NamedTuple):
    """Where it is, an entry for it, and another value for each of the entry's fields."""

    path: str
    entry: Body
    other: Body


CODES = Catalogue("/v1/codes", {"name": "Bruit"}, {"name": "Bruit de la rue"})
ITEMS = Catalogue(
    "/v1/cost-items",
    {"name": "Vin", "unit_value": EUROS},
    {"name": "Champagne", "unit_value": {"amount": 3500, "currency": "CHF"}},
)
EMPLOYEES = Catalogue(
    "/v1/employees",
    {"name": "Zoé Kerbrat", "email": "zoe@rivage.example"},
    {"name": "Zoé Martin", "email": None},
)
every = pytest.mark.parametrize("catalogue", [CODES, ITEMS, EMPLOYEES], ids=lambda catalogue: catalogue.path)


def added(house: House, catalogue: Catalogue, **more: object) -> Body:
    answer = house.admin.post(catalogue.path, json=catalogue.entry | more)
    assert answer.status_code == 201, answer.text
    entry: Body = answer.json()
    return entry


def ids(entries: list[Body]) -> list[str]:
    return [entry["id"] for entry in entries]


@every
def test_an_entry_is_added_for_all_properties_unless_some_are_named(house: House, catalogue: Catalogue) -> None:
    answer = house.admin.post(catalogue.path, json=catalogue.entry)
    entry = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{catalogue.path}/{entry['id']}"
    assert answer.headers["etag"] == '"1"'
    assert int(answer.headers["hote-position"]) > 0
    assert entry == catalogue.entry | {
        "id": entry["id"],
        "properties": None,
        "retired": False,
        "created_at": entry["created_at"],
        "version": 1,
    }
    assert house.admin.get(answer.headers["location"]).json() == entry
    assert house.admin.listed(catalogue.path) == [entry]
    assert added(house, catalogue, properties=[house.port])["properties"] == [house.port]


@every
def test_each_field_changes_alone(house: House, catalogue: Catalogue) -> None:
    entry = added(house, catalogue)
    path = f"{catalogue.path}/{entry['id']}"
    for name, value in (catalogue.other | {"properties": [house.lago]}).items():
        entry |= {name: value, "version": entry["version"] + 1}
        answer = house.admin.patch(path, json={name: value})
        assert (answer.status_code, answer.json()) == (200, entry)
        assert answer.headers["etag"] == f'"{entry["version"]}"'
        assert house.admin.patch(path, json={name: value}).json() == entry  # it is so already
    assert house.admin.listed(catalogue.path) == [entry]
    assert house.admin.patch(path, json={"properties": None}).json()["properties"] is None


@every
def test_a_change_honours_if_match(house: House, catalogue: Catalogue) -> None:
    path = f"{catalogue.path}/{added(house, catalogue)['id']}"
    assert house.admin.patch(path, json={"name": "A"}, headers={"If-Match": '"1"'}).status_code == 200
    assert house.admin.patch(path, json={"name": "B"}, headers={"If-Match": '"1"'}).status_code == 412


@every
def test_what_is_retired_leaves_the_list_and_stays_as_it_is(house: House, catalogue: Catalogue) -> None:
    kept, entry = added(house, catalogue), added(house, catalogue)
    path = f"{catalogue.path}/{entry['id']}"
    retired = entry | {"retired": True, "version": 2}
    for _ in range(2):
        answer = house.admin.post(f"{path}/retire")
        assert (answer.status_code, answer.json()) == (200, retired)
    assert house.admin.get(path).json() == retired
    assert house.admin.listed(catalogue.path) == [kept]
    assert house.admin.listed(catalogue.path, params={"retired": "true"}) == [retired]
    refused = house.admin.patch(path, json={"name": "B"}, headers={"Accept-Language": "fr"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/retired")
    assert refused.json()["title"] == "Élément retiré"


@every
def test_the_list_is_in_either_order_by_pages_and_of_one_property(house: House, catalogue: Catalogue) -> None:
    everywhere, port, lago = (added(house, catalogue, properties=p) for p in (None, [house.port], [house.lago]))
    newest_first = ids([lago, port, everywhere])
    assert ids(house.admin.listed(catalogue.path)) == newest_first
    assert ids(house.admin.listed(catalogue.path, params={"sort": "created_at"})) == newest_first[::-1]
    assert ids(house.admin.listed(catalogue.path, params={"property_id": house.port})) == ids([port, everywhere])
    page = house.admin.get(catalogue.path, params={"limit": 2, "count": "true"}).json()
    following = house.admin.get(catalogue.path, params={"limit": 2, "cursor": page["next"]}).json()
    assert (ids(page["items"] + following["items"]), page["total"], following["next"]) == (newest_first, 3, None)


@every
def test_a_key_for_one_property_sees_what_serves_it(house: House, catalogue: Catalogue) -> None:
    everywhere, port, lago = (added(house, catalogue, properties=p) for p in (None, [house.port], [house.lago]))
    house.admin.listed(catalogue.path)
    scoped = house.staff("admin", house.lago)
    assert ids(scoped.get(catalogue.path).json()["items"]) == ids([lago, everywhere])
    assert scoped.get(f"{catalogue.path}/{port['id']}").status_code == 404
    assert scoped.post(catalogue.path, json=catalogue.entry).status_code == 403
    assert scoped.patch(f"{catalogue.path}/{everywhere['id']}", json={"name": "A"}).status_code == 403
    assert scoped.patch(f"{catalogue.path}/{lago['id']}", json={"properties": None}).status_code == 403
    assert scoped.post(catalogue.path, json=catalogue.entry | {"properties": [house.lago]}).status_code == 201


@every
def test_a_property_that_is_not_the_organisations_is_pointed_at(
    house: House, other: House, catalogue: Catalogue
) -> None:
    wrong = {"properties": [house.port, other.port]}
    path = f"{catalogue.path}/{added(house, catalogue)['id']}"
    for answer in (
        house.admin.post(catalogue.path, json=catalogue.entry | wrong),
        house.admin.patch(path, json=wrong, headers={"Accept-Language": "fr"}),
    ):
        assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/properties/1", "property-unknown")
    assert error["detail"].startswith("L'organisation n'a pas")
    assert house.admin.get(path).json()["version"] == 1


@pytest.mark.parametrize(
    ("catalogue", "wrong", "pointer"),
    [
        (CODES, {"name": None}, "/name"),
        (CODES, {"name": " "}, "/name"),
        (CODES, {"name": "<b>\u0007"}, "/name"),
        (CODES, {"name": "n" * 101}, "/name"),
        (CODES, {"properties": []}, "/properties"),
        (CODES, {"properties": ["port"]}, "/properties/0"),
        (CODES, {"colour": "red"}, "/colour"),
        (ITEMS, {"unit_value": None}, "/unit_value"),
        (ITEMS, {"unit_value": 18}, "/unit_value"),
        (ITEMS, {"unit_value": {"amount": 1800}}, "/unit_value/currency"),
        (ITEMS, {"unit_value": {"amount": -1, "currency": "EUR"}}, "/unit_value/amount"),
        (ITEMS, {"unit_value": {"amount": 18.5, "currency": "EUR"}}, "/unit_value/amount"),
        (ITEMS, {"unit_value": {"amount": 10**11, "currency": "EUR"}}, "/unit_value/amount"),
        (ITEMS, {"unit_value": {"amount": 1800, "currency": "euro"}}, "/unit_value/currency"),
        (EMPLOYEES, {"name": None}, "/name"),
        (EMPLOYEES, {"email": "zoe"}, "/email"),
        (EMPLOYEES, {"email": "a@b.fr\r\nBcc: c@d.fr"}, "/email"),
    ],
)
def test_what_cannot_be_set_is_pointed_at_and_changes_nothing(
    house: House, catalogue: Catalogue, wrong: Body, pointer: str
) -> None:
    path = f"{catalogue.path}/{added(house, catalogue)['id']}"
    for answer in (
        house.admin.post(catalogue.path, json=catalogue.entry | wrong),
        house.admin.patch(path, json=wrong),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == pointer
    assert house.admin.get(path).headers["etag"] == '"1"'
    assert len(house.admin.listed(catalogue.path)) == 1


def test_a_new_entry_needs_a_name_and_an_item_a_value(house: House) -> None:
    for catalogue, needed in ((CODES, {"/name"}), (ITEMS, {"/name", "/unit_value"}), (EMPLOYEES, {"/name"})):
        answer = house.admin.post(catalogue.path, json={})
        assert answer.status_code == 422
        assert {error["pointer"] for error in answer.json()["errors"]} == needed


def test_the_list_is_a_table_that_no_spreadsheet_calculates(house: House) -> None:
    added(house, ITEMS, name="=1+1")
    house.admin.listed(ITEMS.path)
    answer = house.admin.get(ITEMS.path, headers={"Accept": "text/csv"})
    [row] = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert (row["name"], row["amount"], row["currency"], row["retired"]) == ("'=1+1", "1800", "EUR", "false")
    for catalogue in (CODES, EMPLOYEES):
        added(house, catalogue)
        house.admin.listed(catalogue.path)
        assert catalogue.entry["name"] in house.admin.get(catalogue.path, params={"format": "csv"}).text
        assert house.admin.get(catalogue.path, params={"format": "xlsx"}).content.startswith(b"PK")


def test_who_an_employee_is_cannot_be_read_in_the_log(house: House, hote: Hote) -> None:
    zoe = added(house, EMPLOYEES)
    house.admin.patch(f"/v1/employees/{zoe['id']}", json=EMPLOYEES.other)
    with hote.pool.connection() as connection:
        payloads = connection.execute("SELECT payload FROM log.events WHERE stream = %s", [zoe["id"]]).fetchall()
    stored = b" ".join(bytes(row[0]) for row in payloads)
    assert len(payloads) == 2
    assert not any(word in stored for word in (b"Kerbrat", b"Martin", b"rivage"))
