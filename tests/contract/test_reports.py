"""/v1/reports: the figures of what was just recorded, for whom they may be, and the facts behind each."""

from collections.abc import Sequence
from csv import DictReader
from io import BytesIO, StringIO
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from uuid import uuid4

import openpyxl
import pytest
from fastapi.testclient import TestClient
from psycopg import Cursor
from psycopg.rows import TupleRow

from adapters.bootstrap import Hote
from adapters.duckdb.writer import LakeFacts
from domain.event import Recorded
from tests.contract.conftest import Api, Body, House, founded
from tests.contract.recording import a_code, an_employee, an_item, euros, recorded

REPORTS = ("customer-relations", "complaint-costs", "quality-costs", "recovery")


class Season(NamedTuple):
    """What happened in a house: two complaints at the port, of 37.50 and nothing, one at the lake, a compliment and a
    birthday; somebody slept three nights in room 104 of the port."""

    house: House
    noise: str
    wine: str
    employee: str
    guest: str
    position: str

    def report(self, name: str, *, by: Api | None = None, **parameters: Any) -> Body:
        answer = (by or self.house.admin).get(
            f"/v1/reports/{name}", params=parameters, headers={"Hote-At-Least": self.position}
        )
        assert answer.status_code == 200, answer.text
        body: Body = answer.json()
        return body


@pytest.fixture(scope="module")
def season(hote: Hote, client: TestClient) -> Season:
    """For all who only read of it."""
    return lived(founded(hote, client, "Groupe Rivage"))


def lived(house: House) -> Season:
    desk = house.staff("front_desk")
    noise, birthday, wine = a_code(house, "Bruit"), a_code(house, "Anniversaire"), an_item(house)
    employee = an_employee(house)
    stay = {"property_id": house.port, "arrival": "2024-05-01", "departure": "2024-05-04", "room": "104"}
    guest = house.admin.register(stay=stay)["id"]
    complaint = recorded(
        desk, house.port, code_id=noise, room="104", employee_id=employee, guest_id=guest,
        resolution={"items": [{"item_id": wine, "quantity": 3}], "satisfaction": 4},
    )  # fmt: skip
    recorded(desk, house.port, code_id=noise, resolution={"satisfaction": 1})
    recorded(desk, house.lago, resolution={"items": [{"item_id": wine, "quantity": 1, "unit_value": euros(99)}]})
    recorded(desk, house.lago, kind="positive", code_id=noise)
    gift = {"property_id": house.port, "code_id": birthday, "room": "201", "items": [{"item_id": wine, "quantity": 2}]}
    answer = desk.post("/v1/quality-costs", json=gift)
    assert answer.status_code == 201, answer.text
    assert complaint["total"] == euros(3750)
    return Season(house, noise, wine, employee, guest, answer.headers["Hote-Position"])


def figures(report: Body, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in report["rows"]]


class TestFigures:
    def test_customer_relations(self, season: Season) -> None:
        found = season.report("customer-relations", group_by="property,kind")
        assert figures(found, "property", "kind", "number", "resolved", "average_satisfaction") == [
            ("Hôtel du Port", "negative", 2, 2, 2.5),
            ("Villa Lago", "negative", 1, 1, None),
            ("Villa Lago", "positive", 1, 0, None),
        ]
        totals = found["totals"]
        assert (totals["number"], totals["negative"], totals["positive"]) == (4, 3, 1)
        assert (totals["resolved"], totals["share_resolved"], totals["average_satisfaction"]) == (3, 0.75, 2.5)
        assert 0 <= totals["median_seconds_to_resolution"] <= totals["p90_seconds_to_resolution"] < 60
        assert found["position"] >= int(season.position)

    def test_complaint_costs(self, season: Season) -> None:
        found = season.report("complaint-costs", group_by="code")
        names = ("code", "currency", "complaints", "cost", "cost_per_complaint", "occupied_nights")
        assert figures(found, *names, "cost_per_occupied_night") == [
            ("Bruit", "EUR", 2, 3750, 1875, 3, 1250),
            (None, "EUR", 1, 99, 99, 3, 33),
        ]
        assert found["totals"] == [
            {
                "currency": "EUR",
                "complaints": 3,
                "cost": 3849,
                "cost_per_complaint": 1283,
                "occupied_nights": 3,
                "cost_per_occupied_night": 1283,
            }
        ]

    def test_of_an_item_the_complaints_that_got_it(self, season: Season) -> None:
        found = season.report("complaint-costs", group_by="item")
        assert figures(found, "item", "complaints", "cost") == [("Bouteille de vin", 2, 3849)]
        assert found["totals"][0]["complaints"] == 3

    def test_nights_are_those_of_the_property(self, season: Season) -> None:
        found = season.report("complaint-costs", group_by="property")
        assert figures(found, "property", "occupied_nights") == [("Hôtel du Port", 3), ("Villa Lago", None)]

    def test_quality_costs(self, season: Season) -> None:
        found = season.report("quality-costs", group_by="code")
        assert figures(found, "code", "gifts", "quantity", "cost") == [("Anniversaire", 1, 2, 2500)]
        assert found["totals"] == [{"currency": "EUR", "gifts": 1, "quantity": 2, "cost": 2500}]

    def test_quality_costs_and_complaints_are_told_apart(self, season: Season) -> None:
        found = season.report("quality-costs", include="complaints", group_by="item")
        assert found["columns"] == ["origin", "item_id", "item", "currency", "gifts", "quantity", "cost"]
        assert figures(found, "origin", "item", "quantity", "cost") == [
            ("complaint", "Bouteille de vin", 4, 3849),
            ("quality_cost", "Bouteille de vin", 2, 2500),
        ]
        assert found["totals"][0]["cost"] == 6349

    def test_employees_have_their_names(self, season: Season) -> None:
        found = season.report("customer-relations", group_by="employee")
        assert figures(found, "employee_id", "employee", "number") == [
            (season.employee, "Inès Caron", 1),
            (None, None, 3),
        ]


class TestWhatHappensAfterwards:
    @pytest.fixture
    def season(self, house: House) -> Season:
        """One of its own, to go on with."""
        return lived(house)

    def test_recovery(self, season: Season) -> None:
        assert season.report("recovery")["totals"]["returned"] == 0
        stay = {"property_id": season.house.lago, "arrival": "2094-05-01", "departure": "2094-05-06"}
        again = season.house.admin.patch(f"/v1/guests/{season.guest}", json={"stay": stay})
        season = season._replace(position=again.headers["Hote-Position"])
        found = season.report("recovery", group_by="code")
        names = ("code", "guests", "returned", "share_returned", "later_stays", "later_nights")
        assert figures(found, *names) == [("Bruit", 1, 1, 1.0, 1, 5)]

    def test_what_is_renamed_is_renamed_in_the_past_and_changes_no_figure(self, season: Season) -> None:
        renamed = season.house.admin.patch(f"/v1/codes/{season.noise}", json={"name": "Nuisances"})
        assert renamed.status_code == 200, renamed.text
        season = season._replace(position=renamed.headers["Hote-Position"])
        found = season.report("complaint-costs", group_by="code")
        assert figures(found, "code", "cost") == [("Nuisances", 3750), (None, 99)]

    def test_a_reopened_complaint_costs_nothing_until_it_is_resolved_again(self, season: Season) -> None:
        [behind] = facts(season, "complaint-costs", room="104")
        path = f"/v1/feedback/{behind['feedback_id']}"
        reopened = season.house.admin.post(f"{path}/reopen", json={"reason": "Encore du bruit"})
        assert reopened.status_code == 200, reopened.text
        season = season._replace(position=reopened.headers["Hote-Position"])
        assert season.report("complaint-costs")["totals"][0]["cost"] == 99
        items = [{"item_id": season.wine, "quantity": 1}]
        again = season.house.admin.post(f"{path}/resolution", json={"items": items, "satisfaction": 5})
        assert again.status_code in (200, 201), again.text
        season = season._replace(position=again.headers["Hote-Position"])
        assert season.report("complaint-costs")["totals"][0]["cost"] == 99 + 1250

    def test_spam_counts_nowhere_until_it_is_restored(self, season: Season) -> None:
        before = season.report("customer-relations")["totals"]["number"]
        entry = {"property_id": season.house.port, "kind": "negative"}
        nonsense = season.house.admin.post("/v1/feedback", json=entry).json()["id"]
        for action, more in (("spam", 0), ("restore", 1)):
            answer = season.house.admin.post(f"/v1/feedback/{nonsense}/{action}")
            season = season._replace(position=answer.headers["Hote-Position"])
            assert season.report("customer-relations")["totals"]["number"] == before + more

    def test_nobody_hides_what_was_given_by_calling_it_spam(self, season: Season) -> None:
        [behind] = facts(season, "complaint-costs", room="104")
        answer = season.house.admin.post(f"/v1/feedback/{behind['feedback_id']}/spam")
        cost = season.report("complaint-costs")["totals"]
        season = season._replace(position=answer.headers["Hote-Position"])
        assert season.report("complaint-costs")["totals"] == cost

    def test_what_a_spreadsheet_would_calculate_is_text(self, season: Season) -> None:
        renamed = season.house.admin.patch(f"/v1/codes/{season.noise}", json={"name": "=1+1"})
        season = season._replace(position=renamed.headers["Hote-Position"])
        answer = TestTables.download(season, "complaint-costs", group_by="code", format="csv")
        assert "'=1+1" in answer.decode()


class TestWithoutItsFiles:
    @pytest.fixture
    def writing(self, monkeypatch: pytest.MonkeyPatch) -> Lock:
        """Whoever holds it keeps the lake from being written, where DuckDB would make the folder anew."""
        lock, apply = Lock(), LakeFacts.apply

        def in_turn(facts: LakeFacts, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
            with lock:
                apply(facts, cursor, batch)

        monkeypatch.setattr(LakeFacts, "apply", in_turn)
        return lock

    @pytest.mark.parametrize("path", ["customer-relations", "customer-relations/rows"])
    def test_a_report_says_so_and_the_log_what_to_do(
        self, hote: Hote, writing: Lock, house: House, path: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        season = lived(house)
        season.report(path)  # which is after all that was written before the lock was there
        lake = Path(hote.lake.data)
        with writing:
            away = lake.rename(lake.with_name("away"))
            try:
                answer = house.admin.get(f"/v1/reports/{path}")
            finally:
                away.rename(lake)
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
        assert "hote rebuild lake" in caplog.text
        season.report(path)


class TestFilters:
    @pytest.mark.parametrize(
        ("parameters", "number"),
        [
            ({}, 4),
            ({"from": "2000-01-01", "to": "2000-12-31"}, 0),
            ({"from": "2000-01-01"}, 4),
            ({"to": "2000-12-31"}, 0),
            ({"month": "2000-02"}, 0),
            ({"group": "Lacs"}, 2),
            ({"group": "Mers"}, 0),
            ({"code_id": "none"}, 1),
            ({"room": "104"}, 1),
            ({"room": "none"}, 3),
            ({"employee_id": "none"}, 3),
            ({"kind": "positive"}, 1),
            ({"origin": "review"}, 0),
            ({"portal": "none"}, 4),
            ({"code_id": str(uuid4())}, 0),
        ],
    )
    def test_they_keep_what_matches(self, season: Season, parameters: dict[str, Any], number: int) -> None:
        assert season.report("customer-relations", **parameters)["totals"]["number"] == number

    def test_several_properties(self, season: Season) -> None:
        port, lago = season.house.port, season.house.lago
        for properties, number in (([port], 2), ([lago], 2), ([port, lago], 4), ([str(uuid4())], 0)):
            assert season.report("customer-relations", property_id=properties)["totals"]["number"] == number

    @pytest.mark.parametrize("name", REPORTS)
    @pytest.mark.parametrize(
        ("parameters", "parameter", "code"),
        [
            ({"group_by": "weather"}, "group_by", "choice-invalid"),
            ({"group_by": "code,property,month"}, "group_by", "choice-invalid"),
            ({"from": "01/02/2024"}, "from", "date-invalid"),
            ({"from": "2024-03-02", "to": "2024-03-01"}, "to", "before-from"),
            ({"month": "2024-13"}, "month", "malformed"),
            ({"property_id": "port"}, "property_id", "id-invalid"),
            ({"propery_id": str(uuid4())}, "propery_id", "field-unknown"),
        ],
    )
    def test_what_cannot_be_asked_is_a_422_that_names_it(
        self, house: House, name: str, parameters: dict[str, str], parameter: str, code: str
    ) -> None:
        answer = house.admin.get(f"/v1/reports/{name}", params=parameters)
        assert answer.status_code == 422, answer.text
        [wrong] = answer.json()["errors"]
        assert (wrong["parameter"], wrong["code"]) == (parameter, code)


class TestWhoMay:
    def test_a_key_of_one_property_sees_that_property_only(self, season: Season) -> None:
        clerk = season.house.staff("analyst", season.house.lago)
        found = season.report("customer-relations", by=clerk, group_by="property")
        assert figures(found, "property", "number") == [("Villa Lago", 2)]
        assert season.report("customer-relations", by=clerk, property_id=season.house.port)["totals"]["number"] == 0
        assert season.report("complaint-costs", by=clerk)["totals"][0]["cost"] == 99
        assert season.report("complaint-costs", by=clerk)["totals"][0]["occupied_nights"] is None
        assert facts(season, "complaint-costs", by=clerk, property_id=season.house.port) == []

    def test_another_organisation_sees_nothing(self, season: Season, other: House) -> None:
        for name in REPORTS:
            assert season.report(name, by=other.admin, group_by="property")["rows"] == []
            assert facts(season, name, by=other.admin) == []

    @pytest.mark.parametrize(
        ("role", "status"),
        [("front_desk", 403), ("machine", 403), ("manager", 200), ("analyst", 200), ("auditor", 200), ("admin", 200)],
    )
    def test_by_role(self, house: House, role: str, status: int) -> None:
        for path in (f"/v1/reports/{name}{rows}" for name in REPORTS for rows in ("", "/rows")):
            assert house.staff(role).get(path).status_code == status

    def test_without_a_key_nothing(self, nobody: Api) -> None:
        assert nobody.get("/v1/reports/customer-relations").status_code == 401


def facts(season: Season, name: str, *, by: Api | None = None, **parameters: Any) -> list[Body]:
    items: list[Body] = season.report(f"{name}/rows", by=by, **parameters)["items"]
    return items


class TestFactsBehind:
    def test_the_feedback_behind_a_figure(self, season: Season) -> None:
        [row] = season.report("customer-relations", group_by="code,kind", kind="negative", room="none")["rows"][:1]
        behind = facts(season, "customer-relations", code_id=row["code_id"], kind=row["kind"], room="none")
        assert len(behind) == row["number"] == 1
        assert behind[0]["satisfaction"] == 1
        assert behind[0]["property"] == "Hôtel du Port"

    def test_the_gifts_behind_the_cost_of_an_item(self, season: Season) -> None:
        behind = facts(season, "complaint-costs", item_id=season.wine)
        assert sorted((row["quantity"], row["value"], row["item"]) for row in behind) == [
            (1, 99, "Bouteille de vin"),
            (3, 3750, "Bouteille de vin"),
        ]

    def test_by_pages(self, season: Season) -> None:
        first = season.report("customer-relations/rows", limit=3)
        second = season.report("customer-relations/rows", limit=3, cursor=first["next"])
        assert (len(first["items"]), len(second["items"]), second["next"]) == (3, 1, None)
        assert first["items"] + second["items"] == facts(season, "customer-relations")

    @pytest.mark.parametrize("cursor", ["x", "W10", "WyIxIiwgIjIiXQ", ""])
    def test_a_cursor_of_no_page_is_refused(self, house: House, cursor: str) -> None:
        answer = house.admin.get("/v1/reports/customer-relations/rows", params={"cursor": cursor})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "cursor-invalid"


class TestTables:
    def test_a_report_as_csv(self, season: Season) -> None:
        answer = self.download(season, "complaint-costs", group_by="code", format="csv")
        rows = list(DictReader(StringIO(answer.decode("utf-8-sig"))))
        assert [(row["code"], row["cost"], row["currency"]) for row in rows] == [
            ("Bruit", "3750", "EUR"),
            ("", "99", "EUR"),
        ]

    def test_facts_as_a_workbook(self, season: Season) -> None:
        answer = self.download(season, "quality-costs/rows", format="xlsx")
        header, *rows = openpyxl.load_workbook(BytesIO(answer)).active.values
        [gift] = (dict(zip(header, row, strict=True)) for row in rows)
        assert (gift["code"], gift["room"], gift["quantity"], gift["value"]) == ("Anniversaire", "201", 2, 2500)

    @staticmethod
    def download(season: Season, name: str, **parameters: str) -> bytes:
        headers = {"Hote-At-Least": season.position}
        answer = season.house.admin.get(f"/v1/reports/{name}", params=parameters, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.content
