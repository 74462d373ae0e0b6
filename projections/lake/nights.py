"""How many nights rooms were occupied, as far as stays are known."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from duckdb import DuckDBPyConnection

from projections.lake.query import Query
from projections.lake.selection import selected

# A night is one room on one date. Two guests of one room share it, so nights are set as bits, sixty dates to an
# integer: counting distinct dates instead takes ten times as long. A stay without a room has nights of its own.
# Dates are numbers from 0001-01-01 on, so that none is negative.
NIGHTS = """
    WITH stays AS (
        SELECT property, room, (arrival - DATE '0001-01-01')::INTEGER AS arrival,
            (departure - DATE '0001-01-01')::INTEGER AS departure
        {stays}
    ),
    bits AS (
        SELECT property, room, arrival // 60 AS block, arrival % 60 AS first, departure - arrival // 60 * 60 AS "end"
        FROM stays
        UNION ALL
        SELECT property, room, block, 0, departure - block * 60
        FROM (
            SELECT *, unnest(range(arrival // 60 + 1, (departure - 1) // 60 + 1))::INTEGER AS block
            FROM stays WHERE arrival // 60 < (departure - 1) // 60
        )
    ),
    occupied AS (
        SELECT property, room, block, (1::BIGINT << least("end", 60)) - (1::BIGINT << first) AS nights FROM bits
    ),
    distinct_nights AS (
        SELECT property, room, block, bit_or(nights) AS nights
        FROM occupied WHERE room IS NOT NULL GROUP BY property, room, block
        UNION ALL
        SELECT property, room, block, nights FROM occupied WHERE room IS NULL
    ),
    period AS (
        SELECT unnest(range(greatest(?::INTEGER, min(arrival)), least(?::INTEGER, max(departure)))) AS day FROM stays
    ),
    calendar AS (
        SELECT strftime(DATE '0001-01-01' + day::INTEGER, '%Y-%m') AS month, day // 60 AS block,
            bit_or(1::BIGINT << (day % 60)::INTEGER) AS nights
        FROM period GROUP BY ALL
    )
    SELECT {keys}, sum(bit_count(distinct_nights.nights & calendar.nights))
    FROM distinct_nights JOIN calendar USING (block) GROUP BY ALL
"""


def nights(connection: DuckDBPyConnection, query: Query, keys: Sequence[str]) -> Counter[tuple[object, ...]]:
    """By currency, which is that of the property now, and by the values of the keys: property, room, month.

    Of a query's filters those by property, period and room count; nobody stays for a code or an employee.
    """
    where = {key: value for key, value in query.where.items() if key == "room"}
    stays = selected(replace(query, first=None, where=where), "stay", "arrival", "departure > arrival")
    first = query.first or date.min
    statement = NIGHTS.format(stays=f"{stays.sql} AND departure > ?", keys=", ".join(["property", *keys]))
    bounds = [_number(first), query.last and _number(query.last) + 1]
    found = connection.execute(statement, [*stays.values, first, *bounds]).fetchall()
    properties = "SELECT property, currency FROM lake.property WHERE organisation = ?"
    currencies = dict(connection.execute(properties, [query.organisation_id]).fetchall())
    occupied = Counter[tuple[object, ...]]()
    for property_id, *values, number in found:
        occupied[currencies[property_id], *values] += number
    return occupied


def _number(day: date) -> int:
    return (day - date.min).days
