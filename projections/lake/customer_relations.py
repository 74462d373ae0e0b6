"""Report 1, customer relations: how much feedback there was, what became of it, and how satisfied guests were then."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from duckdb import DuckDBPyConnection

from projections.lake.drill_down import Facts, of_feedback
from projections.lake.names import Row
from projections.lake.query import Query
from projections.lake.reports import Cell, Definition
from projections.lake.selection import grouped, per, selected

COUNTS = (
    "count(*), coalesce(count_if(kind = 'negative'), 0), count(seconds_to_resolution),"
    " count(satisfaction), sum(satisfaction), count(rating), sum(rating)"
)
TIMES = "quantile_disc(seconds_to_resolution, [0.5, 0.9])"
"""Exact: the shortest of the times within which at least that share was resolved."""


class Counts(NamedTuple):
    number: int
    negative: int
    resolved: int
    satisfactions: int
    satisfaction: int | None
    ratings: int
    rating: Decimal | int | None


NOTHING = Counts(0, 0, 0, 0, 0, 0, 0)


def figures(connection: DuckDBPyConnection, query: Query, keys: Sequence[str]) -> tuple[list[Cell], Row]:
    facts = selected(query, "feedback", "day")
    found = grouped(connection, facts, keys, f"{TIMES}, {COUNTS}")
    cells = [(values[: len(keys)], values[len(keys)], Counts(*values[len(keys) + 1 :])) for values in found]
    # Counts add up, quantiles do not.
    if len(cells) == 1:
        [(_, times, counts)] = cells
    else:
        [(times,)] = grouped(connection, facts, [], TIMES)
        counts = added(counts for _, _, counts in cells)
    return [Cell(values, shown(counts, times)) for values, times, counts in cells], shown(counts, times)


def added(counts: Iterable[Counts]) -> Counts:
    return Counts(*(sum(filter(None, column)) for column in zip(NOTHING, *counts, strict=True)))


def shown(counts: Counts, times: Sequence[int] | None) -> Row:
    median, p90 = times or (None, None)
    return {
        "number": counts.number,
        "negative": counts.negative,
        "positive": counts.number - counts.negative,
        "resolved": counts.resolved,
        "share_resolved": per(counts.resolved, counts.number, 4),
        "median_seconds_to_resolution": median,
        "p90_seconds_to_resolution": p90,
        "average_satisfaction": per(counts.satisfaction, counts.satisfactions),
        "average_rating": per(counts.rating, counts.ratings),
    }


def facts(query: Query) -> Facts:
    return of_feedback(selected(query, "feedback", "day"))


CUSTOMER_RELATIONS = Definition(
    dimensions=("kind", "code", "property", "room", "employee", "month", "origin", "portal"),
    columns=(
        "number", "negative", "positive", "resolved", "share_resolved", "median_seconds_to_resolution",
        "p90_seconds_to_resolution", "average_satisfaction", "average_rating",
    ),
    figures=figures,
    facts=facts,
)  # fmt: skip
