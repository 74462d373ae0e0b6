"""Report 4, recovery: how many guests came back after a complaint of theirs was resolved, or have booked again."""

from collections.abc import Sequence
from dataclasses import replace

from duckdb import DuckDBPyConnection

from projections.lake.drill_down import Facts, of_feedback
from projections.lake.names import Row
from projections.lake.query import Query
from projections.lake.reports import Cell, Definition
from projections.lake.selection import Selection, expressions, per, selected

# Of several complaints of a guest in one cell the first to be resolved counts. A stay comes later if it begins after
# that day, at any of the properties that the report looks at.
RETURNED = """
    WITH settled AS (SELECT {expressions} guest, min(resolved_on) AS settled_on {complaints} GROUP BY ALL),
    returned AS (
        SELECT settled.*, count(arrival) AS stays, sum(greatest(departure - arrival, 0)) AS nights
        FROM settled LEFT JOIN (SELECT guest, arrival, departure {stays}) AS stay
            ON stay.guest = settled.guest AND stay.arrival > settled.settled_on
        GROUP BY ALL
    )
    SELECT {keys} count(*), coalesce(count_if(stays > 0), 0), coalesce(sum(stays), 0), coalesce(sum(nights), 0)
    FROM returned GROUP BY ALL
"""


def figures(connection: DuckDBPyConnection, query: Query, keys: Sequence[str]) -> tuple[list[Cell], Row]:
    complaints = resolved(query)
    stays = selected(replace(query, first=None, last=None, where={}), "stay", "arrival")

    def found(keys: Sequence[str]) -> list[Cell]:
        statement = RETURNED.format(
            expressions="".join(f"{each}, " for each in expressions(complaints, keys)),
            keys="".join(f"{key}, " for key in keys),
            complaints=complaints.sql,
            stays=stays.sql,
        )
        rows = connection.execute(statement, [*complaints.values, *stays.values]).fetchall()
        return [Cell(row[: len(keys)], shown(*row[len(keys) :])) for row in rows]

    [(_, totals)] = found([])  # a guest can be in several cells
    return found(keys) if keys else [Cell((), totals)], totals


def shown(guests: int, returned: int, stays: int, nights: int) -> Row:
    return {
        "guests": guests,
        "returned": returned,
        "share_returned": per(returned, guests, 4),
        "later_stays": stays,
        "later_nights": nights,
    }


def resolved(query: Query) -> Selection:
    return selected(
        query, "feedback", "resolved_on", "kind = 'negative' AND resolved_on IS NOT NULL AND guest IS NOT NULL"
    )


def facts(query: Query) -> Facts:
    return of_feedback(resolved(query))


RECOVERY = Definition(
    dimensions=("code", "property", "month"),
    columns=("guests", "returned", "share_returned", "later_stays", "later_nights"),
    figures=figures,
    facts=facts,
)
