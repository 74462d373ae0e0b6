"""Each report of a random history is what a plain program finds in it, to the cent."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import duckdb
import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.duckdb.lake import TABLES, Lake
from adapters.duckdb.upkeep import tidy
from adapters.duckdb.writer import tell
from projections.lake.complaint_costs import COMPLAINT_COSTS
from projections.lake.customer_relations import CUSTOMER_RELATIONS
from projections.lake.drill_down import page, whole
from projections.lake.quality_costs import QUALITY_COSTS, WITH_COMPLAINTS
from projections.lake.query import BadQuery, Query
from projections.lake.recovery import RECOVERY
from projections.lake.reports import Definition, Report, run
from tests.adapters.duckdb.tables import Told
from tests.projections.plain_facts import START, History
from tests.projections.plain_reports import PlainReports

SEEDS = 8
EVENTS = 500
BATCH = 90


class Slow(History):
    """Goes on for some months."""

    def _now(self) -> datetime:
        return START + timedelta(hours=7.77 * len(self.events))


@cache
def told(seed: int) -> tuple[Slow, PlainReports, DuckDBPyConnection]:
    """A history, what a plain program knows after it, and a lake that was told."""
    history = Slow(Random(seed))
    history.go_on(EVENTS)
    connection = duckdb.connect()
    connection.execute("ATTACH ':memory:' AS lake; USE lake")
    connection.execute(TABLES)
    connection.execute("INSERT INTO checkpoint VALUES (0)")
    for start in range(0, len(history.events), BATCH):
        tell(connection, history.events[start : start + BATCH], history.streams)
    return history, PlainReports(history), connection


def employees() -> Mapping[UUID, str | None]:
    return {UUID(int=7): "Inès"}


@st.composite
def asked(draw: st.DrawFn, *dimensions: str, where: Sequence[str]) -> tuple[int, Query]:
    """A history by its seed, and a question about it."""
    seed = draw(st.integers(0, SEEDS - 1))
    history, plain, _ = told(seed)
    days = st.none() | st.dates(date(2024, 4, 28), date(2024, 10, 1))
    houses = st.lists(st.sampled_from(sorted(history.names["property"])), max_size=2)
    keys = draw(st.lists(st.sampled_from(where), max_size=2, unique=True)) if draw(st.booleans()) else []
    values = {key: sorted({fact.get(key) for fact in [*plain.feedback, *plain.given]}, key=str) for key in keys}
    return seed, Query(
        history.organisation,
        among=draw(st.none() | houses),
        first=draw(days),
        last=draw(days),
        where={key: draw(st.sampled_from(values[key])) for key in keys},
        group_by=draw(st.lists(st.sampled_from(dimensions), max_size=2)),
    )


def answered(definition: Definition, seed: int, query: Query) -> Report:
    history, _, connection = told(seed)
    found = run(connection, definition, query, employees)
    assert found.position == history.events[-1].position
    assert all(list(row) == list(found.columns) for row in found.rows)
    return found


def same(found: Report, rows: Sequence[dict[str, Any]], totals: object) -> None:
    assert sorted(map(repr, found.rows)) == sorted(map(repr, rows))
    assert found.totals == totals


@settings(max_examples=150, deadline=None)
@given(
    asked(
        *("kind", "code", "property", "room", "employee", "month", "origin", "portal"),
        where=["kind", "code", "room", "employee", "origin", "portal"],
    )
)
def test_customer_relations(question: tuple[int, Query]) -> None:
    seed, query = question
    same(answered(CUSTOMER_RELATIONS, seed, query), *told(seed)[1].customer_relations(query))


@settings(max_examples=150, deadline=None)
@given(
    asked("code", "item", "property", "room", "employee", "month", where=["code", "item", "room", "employee"]).filter(
        lambda question: question[1].where.get("item", "") is not None
    )
)
def test_complaint_costs(question: tuple[int, Query]) -> None:
    seed, query = question
    same(answered(COMPLAINT_COSTS, seed, query), *told(seed)[1].complaint_costs(query))


@settings(max_examples=150, deadline=None)
@given(asked("code", "item", "property", "room", "month", "origin", where=["code", "item", "room"]), st.booleans())
def test_quality_costs(question: tuple[int, Query], complaints: bool) -> None:
    seed, query = question
    definition = WITH_COMPLAINTS if complaints else QUALITY_COSTS
    same(answered(definition, seed, query), *told(seed)[1].quality_costs(query, complaints=complaints))


@settings(max_examples=100, deadline=None)
@given(asked("code", "property", "month", where=["code", "room"]))
def test_recovery(question: tuple[int, Query]) -> None:
    seed, query = question
    same(answered(RECOVERY, seed, query), *told(seed)[1].recovery(query))


def test_in_files_that_were_tidied_the_figures_are_the_same(database: str, tmp_path: Path) -> None:
    history, plain, _ = told(4)
    expected: dict[Definition, Callable[[Query], tuple[Any, Any]]] = {
        CUSTOMER_RELATIONS: plain.customer_relations,
        COMPLAINT_COSTS: plain.complaint_costs,
        QUALITY_COSTS: partial(plain.quality_costs, complaints=False),
        WITH_COMPLAINTS: partial(plain.quality_costs, complaints=True),
        RECOVERY: plain.recovery,
    }
    asked = Query(history.organisation, first=date(2024, 5, 11))
    with closing(Lake(database, tmp_path, str(tmp_path / "lake"))) as lake:
        Told(lake, database, history).tell(batch=BATCH)
        with lake.connection() as connection:
            tidy(connection)
            for definition, figures in expected.items():
                for dimensions in ((), *pairwise(definition.dimensions)):
                    query = replace(asked, group_by=dimensions)
                    same(run(connection, definition, query, employees), *figures(query))


def test_rows_are_in_the_order_of_names_and_those_without_come_last() -> None:
    history, _, _ = told(1)
    found = answered(CUSTOMER_RELATIONS, 1, Query(history.organisation, group_by=["portal", "month"]))
    assert found.rows[-1]["portal"] is None
    portals = [row["portal"] for row in found.rows if row["portal"]]
    assert portals.index("Ж 王 😀") > portals.index("booking.com") > portals.index("<b>Propreté</b>")
    months = [str(row["month"]) for row in found.rows if row["portal"] is None]
    assert months == sorted(months)


def test_another_organisation_sees_nothing() -> None:
    _, _, connection = told(1)
    stranger = Query(UUID(int=1), group_by=["property", "code"])
    for definition in (CUSTOMER_RELATIONS, COMPLAINT_COSTS, QUALITY_COSTS, WITH_COMPLAINTS, RECOVERY):
        assert run(connection, definition, stranger, dict).rows == []
        assert list(whole(connection, definition.facts(stranger), stranger, dict)) == []


@pytest.mark.parametrize(
    ("group_by", "expected"),
    [(["item"], "kind, code, property, room, employee, month, origin, portal"), (["code", "kind", "month"], "≤ 2")],
)
def test_what_cannot_be_grouped_by_is_refused(group_by: list[str], expected: str) -> None:
    history, _, connection = told(1)
    with pytest.raises(BadQuery) as refused:
        run(connection, CUSTOMER_RELATIONS, Query(history.organisation, group_by=group_by), employees)
    assert (refused.value.field, refused.value.expected) == ("group_by", expected)


def pages(definition: Definition, query: Query, limit: int) -> Iterator[list[dict[str, Any]]]:
    _, _, connection = told(2)
    cursor = None
    while True:
        found = page(connection, definition.facts(query), query, employees, limit, cursor)
        assert all(list(row) == list(found.columns) for row in found.items)
        yield list(found.items)
        if not (cursor := found.next):
            return


@pytest.mark.parametrize("definition", [CUSTOMER_RELATIONS, COMPLAINT_COSTS, QUALITY_COSTS, WITH_COMPLAINTS, RECOVERY])
@pytest.mark.parametrize("limit", [1, 7, 200])
def test_all_pages_of_facts_are_the_whole(definition: Definition, limit: int) -> None:
    history, _, connection = told(2)
    query = Query(history.organisation, first=date(2024, 5, 20))
    found = list(pages(definition, query, limit))
    assert all(len(each) == limit for each in found[:-1])
    facts = [row for each in found for row in each]
    assert facts == list(whole(connection, definition.facts(query), query, employees))
    assert len({str(row) for row in facts}) == len(facts) > 10


def test_the_facts_behind_a_figure_come_to_it() -> None:
    history, _, connection = told(3)
    query = Query(history.organisation, group_by=["code", "item"])
    checked = 0
    for row in answered(COMPLAINT_COSTS, 3, query).rows:
        where = {key: UUID(str(row[f"{key}_id"])) if row[f"{key}_id"] else None for key in ("code", "item")}
        behind = list(whole(connection, COMPLAINT_COSTS.facts(replace(query, where=where)), query, employees))
        of_currency = [each for each in behind if each["currency"] == row["currency"]]
        assert sum(int(str(each["value"])) for each in of_currency) == row["cost"]
        assert len({each["source_id"] for each in of_currency}) == row["complaints"]
        checked += 1
    assert checked > 5


@pytest.mark.parametrize("cursor", ["", "x", "[]", "W10", "WyIxIiwgIjIiXQ", "eyJhIjogMX0", "é", "W10" * 1000])
def test_a_cursor_that_no_page_gave_is_refused(cursor: str) -> None:
    history, _, connection = told(2)
    query = Query(history.organisation)
    with pytest.raises(BadQuery) as refused:
        page(connection, CUSTOMER_RELATIONS.facts(query), query, employees, 10, cursor)
    assert refused.value.field == "cursor"


def test_a_guest_returned_whose_stay_begins_after_the_day_of_the_resolution() -> None:
    house, guest, resolved = UUID(int=2), UUID(int=3), date(2024, 5, 10)
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS lake; USE lake")
        connection.execute(TABLES)
        connection.execute("INSERT INTO checkpoint VALUES (1)")
        connection.execute(
            "INSERT INTO feedback (organisation, property, kind, guest, resolved_on) VALUES (?, ?, 'negative', ?, ?)",
            [house, house, guest, resolved],
        )
        found = []
        for number, arrival in enumerate([resolved, resolved + timedelta(1)]):
            stay = [house, guest, UUID(int=number), house, None, arrival, arrival + timedelta(2)]
            connection.execute("INSERT INTO stay VALUES (?, ?, ?, ?, ?, ?, ?)", stay)
            totals = run(connection, RECOVERY, Query(house), employees).totals
            assert isinstance(totals, dict)
            found.append((totals["returned"], totals["later_nights"]))
    assert found == [(0, 0), (1, 2)]
