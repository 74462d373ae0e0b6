"""Report 3, quality costs: what was given outside complaints, and with what complaints got beside it on request."""

from collections import Counter
from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from projections.lake.drill_down import of_given
from projections.lake.names import Row
from projections.lake.query import Query
from projections.lake.reports import Cell, Definition
from projections.lake.selection import Selection, grouped, selected

MEASURES = "count(*), sum(quantity), sum(value)"


def report(origins: str, *always: str) -> Definition:
    """Of what was given with origins that fulfil a condition of SQL."""

    def given(query: Query) -> Selection:
        return selected(query, "given", "day", origins)

    def figures(connection: DuckDBPyConnection, query: Query, keys: Sequence[str]) -> tuple[list[Cell], list[Row]]:
        totals: dict[str, Counter[str]] = {}
        cells = []
        for *values, currency, gifts, quantity, cost in grouped(
            connection, given(query), [*keys, "currency"], MEASURES
        ):
            measured = {"gifts": gifts, "quantity": quantity, "cost": cost}
            totals.setdefault(currency, Counter()).update(measured)
            cells.append(Cell(values, {"currency": currency, **measured}))
        return cells, [{"currency": currency, **totals[currency]} for currency in sorted(totals)]

    return Definition(
        dimensions=("code", "item", "property", "room", "month", "origin"),
        columns=("currency", "gifts", "quantity", "cost"),
        figures=figures,
        facts=lambda query: of_given(given(query)),
        always=always,
    )


QUALITY_COSTS = report("origin != 'complaint'")
WITH_COMPLAINTS = report("true", "origin")
