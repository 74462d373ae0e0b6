"""GET /v1/guests: searched, filtered, sorted, by pages or whole as a table."""

import csv
from io import BytesIO, StringIO

import httpx
import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from adapters.bootstrap import Hote
from tests.contract.conftest import Body, House, founded, fresh_email

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def full_house(hote: Hote, client: TestClient) -> House:
    """Five guests, each of whom some filter tells from the others; the tests only read of them."""
    house = founded(hote, client, "Groupe Rivage")
    rows: list[Body] = [
        {"last_name": "Lefèvre", "company": "Sirvoy", "country": "FR", "language": "fr"}
        | {"address": {"street": "608 rue du Port"}}
        | {"stay": {"property_id": house.port, "arrival": "2026-11-18", "departure": "2026-11-21", "room": "104"}},
        {"last_name": "Bianchi", "country": "IT", "language": "it"}
        | {"stay": {"property_id": house.lago, "arrival": "2026-12-01", "departure": "2026-12-08"}},
        {"last_name": "Ångström", "country": "SE", "language": "sv"},
        {"last_name": "=cmd|' /C calc'!A0", "first_name": "Œdipe", "country": "FR"},
    ]
    for row in rows:
        house.admin.register(**row)
    again = {"last_name": "Bianchi", "emails": [fresh_email()]}
    guest = house.admin.register(**again, stay={"property_id": house.lago, "arrival": "2025-05-01"})
    assert house.admin.post(
        "/v1/guests/batch",
        json={
            "guests": [
                again | {"emails": guest["emails"], "stay": {"property_id": house.port, "arrival": "2025-06-01"}}
            ]
        },
    ).is_success
    house.admin.listed("/v1/guests")  # waits for the list
    return house


def names(house: House, query: str) -> list[str]:
    answer = house.admin.get(f"/v1/guests?{query}")
    assert answer.status_code == 200, answer.text
    return [guest["last_name"] for guest in answer.json()["items"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("search=lefevre", ["Lefèvre"]),
        ("search=LEF%C3%88", ["Lefèvre"]),
        ("search=sirvoy", ["Lefèvre"]),
        ("search=608", ["Lefèvre"]),
        ("search=angstrom", ["Ångström"]),
        ("search=oedipe", ["=cmd|' /C calc'!A0"]),
        ("search=nobody", []),
        ("status=returning", ["Bianchi"]),
        ("country=SE", ["Ångström"]),
        ("language=it", ["Bianchi"]),
        ("group=Lacs&status=new", ["Bianchi"]),
        ("group=Montagne", []),
        ("arrival[gte]=2026-12-01", ["Bianchi"]),
        ("arrival[gte]=2026-11-01&arrival[lt]=2026-12-01", ["Lefèvre"]),
        ("departure[gte]=2026-11-21&departure[lt]=2026-11-22", ["Lefèvre"]),
        ("departure[lt]=2026-11-21", []),
        ("room=104", ["Lefèvre"]),
        ("room=10", []),
        ("room=104&staying_on=2026-11-21", ["Lefèvre"]),
        ("room=104&staying_on=2026-12-02", []),
        ("staying_on=2026-12-08", ["Bianchi", "Bianchi"]),
    ],
)
def test_a_filter_keeps_those_it_names(full_house: House, query: str, expected: list[str]) -> None:
    assert names(full_house, query) == expected


def test_a_property_keeps_those_who_stayed_there(full_house: House) -> None:
    assert sorted(names(full_house, f"property_id={full_house.port}")) == ["Bianchi", "Lefèvre"]
    assert names(full_house, f"property_id={full_house.lago}&arrival[gte]=2026-01-01") == ["Bianchi"]


@pytest.mark.parametrize(
    "sort", ["last_name", "stays", "last_stay", "company", "country", "status", "total_paid", "created_at"]
)
def test_every_order_goes_both_ways_and_pages_neither_skip_nor_repeat(full_house: House, sort: str) -> None:
    for direction in ("", "-"):
        whole = names(full_house, f"sort={direction}{sort}")
        assert len(whole) == 5
        paged, cursor = [], ""
        while True:
            answer = full_house.admin.get(f"/v1/guests?sort={direction}{sort}&limit=2{cursor}").json()
            assert len(answer["items"]) <= 2
            paged += [guest["last_name"] for guest in answer["items"]]
            if answer["next"] is None:
                break
            cursor = f"&cursor={answer['next']}"
        assert paged == whole


def test_names_are_in_order_without_regard_to_accents(full_house: House) -> None:
    assert names(full_house, "sort=last_name")[-3:] == ["Bianchi", "Bianchi", "Lefèvre"]
    assert names(full_house, "sort=-last_stay")[0:3] == ["Bianchi", "Lefèvre", "Bianchi"]


def test_the_total_comes_when_it_is_asked_for(full_house: House) -> None:
    assert "total" not in full_house.admin.get("/v1/guests").json()
    assert full_house.admin.get("/v1/guests?count=true&limit=1&country=FR").json()["total"] == 2


def test_only_the_columns_that_were_chosen_come(full_house: House) -> None:
    answer = full_house.admin.get("/v1/guests?columns=last_name,stays&search=lefevre").json()
    assert [set(guest) for guest in answer["items"]] == [{"id", "last_name", "stays"}]


def test_the_list_says_of_a_guest_what_their_page_says(full_house: House) -> None:
    [listed] = full_house.admin.get("/v1/guests?search=lefevre").json()["items"]
    page = full_house.admin.get(f"/v1/guests/{listed['id']}").json()
    shared = listed.keys() & page.keys()
    assert len(shared) >= 17
    assert {name: listed[name] for name in shared} == {name: page[name] for name in shared}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("sort=shoe_size", "sort"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("cursor=nonsense", "cursor"),
        ("status=old", "status"),
        ("property_id=here", "property_id"),
        ("arrival[gte]=18/11/2026", "arrival[gte]"),
        ("arrival[gt]=2026-11-18", "arrival[gt]"),
        ("columns=last_name,shoe_size", "columns"),
        ("format=pdf", "format"),
        ("serach=typo", "serach"),
        ("country=France", "country"),
        ("group=%00", "group"),
        ("language=%00", "language"),
        ("room=%00", "room"),
        ("room=", "room"),
        ("staying_on=today", "staying_on"),
    ],
)
def test_what_cannot_be_asked_is_named(house: House, query: str, parameter: str) -> None:
    answer = house.admin.get(f"/v1/guests?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, parameter)


def test_a_cursor_is_of_its_order_only(full_house: House) -> None:
    cursor = full_house.admin.get("/v1/guests?limit=1&sort=last_name").json()["next"]
    assert full_house.admin.get(f"/v1/guests?limit=1&sort=-last_name&cursor={cursor}").status_code == 422


class TestTables:
    COLUMNS = "first_name,last_name,phones,emails,stays,last_stay"

    def rows(self, answer: httpx.Response) -> list[list[object]]:
        assert answer.status_code == 200
        assert "attachment" in answer.headers["content-disposition"]
        if answer.headers["content-type"].startswith("text/csv"):
            return [list(row) for row in csv.reader(StringIO(answer.text.removeprefix("\ufeff")))]
        assert answer.headers["content-type"] == XLSX
        sheet = load_workbook(BytesIO(answer.content)).active
        assert sheet is not None
        return [list(row) for row in sheet.iter_rows(values_only=True)]

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_a_list_can_be_had_whole_as_a_table(self, full_house: House, kind: str) -> None:
        by_name = self.rows(
            full_house.admin.get(f"/v1/guests?columns={self.COLUMNS}&format={kind}&limit=1&sort=last_name")
        )
        media_type = {"csv": "text/csv", "xlsx": XLSX}[kind]
        by_accept = self.rows(
            full_house.admin.get(f"/v1/guests?columns={self.COLUMNS}&sort=last_name", headers={"Accept": media_type})
        )
        assert by_name == by_accept
        assert by_name[0] == ["id", *self.COLUMNS.split(",")]
        assert len(by_name) == 6
        assert [row[2] for row in by_name[-3:]] == ["Bianchi", "Bianchi", "Lefèvre"]

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_a_name_that_is_a_formula_is_only_text(self, full_house: House, kind: str) -> None:
        rows = self.rows(full_house.admin.get(f"/v1/guests?search=calc&columns=last_name&format={kind}"))
        assert rows[1][1] == "'=cmd|' /C calc'!A0"

    def test_a_table_holds_nothing_of_what_the_filter_leaves_out(self, full_house: House) -> None:
        rows = self.rows(full_house.admin.get("/v1/guests?country=SE&columns=last_name&format=csv"))
        assert [row[1] for row in rows] == ["last_name", "Ångström"]

    @pytest.mark.parametrize("path", ["/v1/properties", "/v1/keys"])
    def test_so_can_every_other_list(self, full_house: House, path: str) -> None:
        known = len(full_house.admin.listed(path))
        assert len(self.rows(full_house.admin.get(f"{path}?format=csv"))) == known + 1
        assert len(self.rows(full_house.admin.get(path, headers={"Accept": XLSX}))) == known + 1

    def test_what_we_do_not_have_is_refused(self, house: House) -> None:
        answer = house.admin.get("/v1/guests", headers={"Accept": "application/pdf"})
        assert (answer.status_code, answer.json()["type"]) == (406, "/problems/not-acceptable")


@pytest.mark.parametrize("path", ["/v1/properties", "/v1/keys"])
def test_settings_are_paged_like_everything(house: House, path: str) -> None:
    for number in range(4):
        house.staff("analyst", house.port if number % 2 else house.lago)
        hotel = {"name": f"Hôtel {number}", "country": "FR", "time_zone": "Europe/Paris", "currency": "EUR"}
        house.admin.post("/v1/properties", json=hotel)
    for sort in ("created_at", "-created_at"):
        whole = [item["id"] for item in house.admin.listed(f"{path}?sort={sort}")]
        assert whole == sorted(whole, reverse=sort.startswith("-"))
        paged: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            answer = house.admin.get(f"{path}?sort={sort}&limit=2&count=true{cursor and '&cursor=' + cursor}").json()
            paged += [item["id"] for item in answer["items"]]
            cursor = answer["next"]
            assert answer["total"] == len(whole)
        assert paged == whole
    assert house.admin.get(f"{path}?cursor=nonsense").status_code == 422
