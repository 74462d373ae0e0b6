"""Report 2, complaint costs: what resolving complaints cost, for each, and for each night a room was occupied."""

from collections import Counter
from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from projections.lake.drill_down import Facts, of_feedback, of_given
from projections.lake.names import Row
from projections.lake.nights import nights
from projections.lake.query import Query
from projections.lake.reports import Cell, Definition
from projections.lake.selection import Selection, grouped, per, selected

OF_STAYS = ("property", "room", "month")
"""The keys that nights have too; by any other, each cell is seen against all nights."""


def figures(connection: DuckDBPyConnection, query: Query, keys: Sequence[str]) -> tuple[list[Cell], list[Row]]:
    by_item = "item" in keys and "item" not in query.where
    found = (
        # An item can stand twice in a resolution, and its complaint counts once.
        grouped(connection, given(query), [*keys, "currency"], "count_if(line = 1), sum(value)")
        if "item" in keys or "item" in query.where
        else grouped(connection, resolved(query), [*keys, "currency"], "count(*), sum(cost)")
    )
    shared = [place for place, key in enumerate(keys) if key in OF_STAYS]
    occupied = nights(connection, query, [keys[place] for place in shared])
    cells, complaints, costs = [], Counter[str](), Counter[str]()
    for *values, currency, number, cost in found:
        complaints[currency] += number
        costs[currency] += cost
        of_cell = occupied[currency, *(values[place] for place in shared)]
        cells.append(Cell(values, shown(currency, number, cost, of_cell)))
    if by_item:  # a complaint that got two items is in two cells
        complaints = Counter(dict(grouped(connection, resolved(query), ["currency"], "count(*)")))
    of_all = Counter[object]()
    for (currency, *_), number in occupied.items():
        of_all[currency] += number
    totals = [
        shown(currency, complaints[currency], costs[currency], of_all[currency]) for currency in sorted(complaints)
    ]
    return cells, totals


def resolved(query: Query) -> Selection:
    return selected(query, "feedback", "resolved_on", "kind = 'negative' AND resolved_on IS NOT NULL")


def given(query: Query) -> Selection:
    return selected(query, "given", "day", "origin = 'complaint'")


def shown(currency: str, complaints: int, cost: int, occupied: int) -> Row:
    return {
        "currency": currency,
        "complaints": complaints,
        "cost": cost,
        "cost_per_complaint": per(cost, complaints),
        "occupied_nights": occupied or None,
        "cost_per_occupied_night": per(cost, occupied),
    }


def facts(query: Query) -> Facts:
    """Complaints, or what they got where it is about an item."""
    return of_given(given(query)) if "item" in query.where else of_feedback(resolved(query))


COMPLAINT_COSTS = Definition(
    dimensions=("code", "item", "property", "room", "employee", "month"),
    columns=(
        "currency", "complaints", "cost", "cost_per_complaint", "occupied_nights", "cost_per_occupied_night",
    ),
    figures=figures,
    facts=facts,
)  # fmt: skip
