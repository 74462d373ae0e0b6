"""GET /v1/quality-costs: what was given outside complaints, as a list."""

import csv
import io
from datetime import date, timedelta

import pytest

from tests.contract.conftest import Body, House
from tests.contract.recording import a_code, an_item, euros

PATH = "/v1/quality-costs"


def given(house: House, property_id: str | None = None, **fields: object) -> Body:
    """One bottle of wine, unless the fields say otherwise."""
    entry = {"property_id": property_id or house.port} | fields
    if "items" not in entry:
        entry["items"] = [{"item_id": an_item(house), "quantity": 1}]
    answer = house.admin.post(PATH, json=entry)
    assert answer.status_code == 201, answer.text
    cost: Body = answer.json()
    return cost


def ids(costs: list[Body]) -> list[str]:
    return [cost["id"] for cost in costs]


def test_it_shows_what_was_given_and_what_that_is_called_now(house: House) -> None:
    code, item = a_code(house, "Aniversaire"), an_item(house, "Gâteau", 900)
    items = [{"item_id": item, "quantity": 2}, {"item_id": item, "quantity": 1, "unit_value": euros(0)}]
    cost = given(house, code_id=code, room="104", comment="Pour ses 40 ans", items=items)
    house.admin.patch(f"/v1/codes/{code}", json={"name": "Anniversaire"})
    house.admin.patch(f"/v1/cost-items/{item}", json={"unit_value": euros(5000)})
    house.admin.post(f"/v1/cost-items/{item}/retire")
    [listed] = house.admin.listed(PATH)
    assert listed == {
        "id": cost["id"],
        "property_id": house.port,
        "day": cost["day"],
        "created_at": cost["created_at"],
        "code_id": code,
        "code": "Anniversaire",
        "room": "104",
        "guest_id": None,
        "comment": "Pour ses 40 ans",
        "total": euros(1800),
        "items": [
            {"item_id": item, "item": "Gâteau", "quantity": 2, "unit_value": euros(900), "value": euros(1800)},
            {"item_id": item, "item": "Gâteau", "quantity": 1, "unit_value": euros(0), "value": euros(0)},
        ],
    }


def test_each_filter_keeps_what_it_names(house: House) -> None:
    guest, code = house.admin.register(stay={"property_id": house.lago}), a_code(house)
    lago = given(house, house.lago, guest_id=guest["id"], code_id=code, room="7")
    port = given(house)
    day = date.fromisoformat(lago["day"])
    assert ids(house.admin.listed(PATH)) == ids([port, lago])
    assert ids(house.admin.listed(PATH, params={"sort": "created_at"})) == ids([lago, port])
    for name, value in (
        ("property_id", house.lago),
        ("group", "Lacs"),
        ("guest_id", guest["id"]),
        ("code_id", code),
        ("room", "7"),
    ):
        assert ids(house.admin.listed(PATH, params={name: value})) == [lago["id"]], name
    tomorrow = str(day + timedelta(days=1))
    assert len(house.admin.listed(PATH, params={"day[gte]": str(day), "day[lt]": tomorrow})) == 2
    assert house.admin.listed(PATH, params={"day[gte]": tomorrow}) == []
    assert house.admin.listed(PATH, params={"day[lt]": str(day)}) == []


def test_pages_have_all_of_it_once(house: House) -> None:
    costs = [given(house) for _ in range(3)]
    house.admin.listed(PATH)
    page = house.admin.get(PATH, params={"limit": 2, "count": "true"}).json()
    following = house.admin.get(PATH, params={"limit": 2, "cursor": page["next"]}).json()
    assert (ids(page["items"] + following["items"]), page["total"]) == (ids(costs[::-1]), 3)
    assert following["next"] is None


def test_a_key_for_one_property_sees_what_was_given_there(house: House, other: House) -> None:
    given(house)
    lago = given(house, house.lago)
    house.admin.listed(PATH)
    desk = house.staff("front_desk", house.lago)
    assert ids(desk.get(PATH).json()["items"]) == [lago["id"]]
    assert desk.get(PATH, params={"property_id": house.port}).json()["items"] == []
    assert other.admin.listed(PATH, params={"property_id": house.port}) == []
    assert house.staff("analyst").get(PATH).status_code == 403


def test_the_list_is_a_table_that_no_spreadsheet_calculates(house: House) -> None:
    item = an_item(house, "Vin")
    given(house, comment="=1+1", code_id=a_code(house, "VIP"), items=[{"item_id": item, "quantity": 2}])
    house.admin.listed(PATH)
    answer = house.admin.get(PATH, headers={"Accept": "text/csv"})
    [row] = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert (row["code"], row["comment"], row["items"]) == ("VIP", "'=1+1", "2 × Vin")
    assert (row["total"], row["currency"]) == ("2500", "EUR")
    assert house.admin.get(PATH, params={"format": "xlsx"}).content.startswith(b"PK")


def test_what_is_noted_of_a_guest_goes_with_them_and_the_figure_stays(house: House) -> None:
    guest = house.admin.register()
    given(house, guest_id=guest["id"], comment="Voyage de noces")
    [before] = house.admin.listed(PATH)
    assert before["comment"] == "Voyage de noces"
    erased = house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json={"reason": "Demande"})
    assert erased.status_code == 200, erased.text
    assert house.admin.listed(PATH) == [before | {"comment": None}]
    certificate = house.admin.get(f"/v1/erasures/{erased.json()['erasure_id']}").json()
    assert "cost_of_quality" in str(certificate)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("cursor", "x"), ("day[gte]", "1/12/2026"), ("guest_id", "7"), ("limit", "0"), ("colour", "red")],
)
def test_what_cannot_be_asked_is_pointed_at(house: House, parameter: str, value: str) -> None:
    answer = house.admin.get(PATH, params={parameter: value})
    assert answer.status_code == 422
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]
