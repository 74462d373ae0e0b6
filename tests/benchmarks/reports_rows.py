"""Millions of invented facts for the benchmark of reports, in a lake and, the same rows, in Postgres."""

# ruff: noqa: S608  no text here comes from anywhere else

from uuid import UUID

import psycopg
from duckdb import DuckDBPyConnection

ORGANISATION = UUID(int=1)
DAYS = 1095
PROPERTIES, CODES, EMPLOYEES, ITEMS, ROOMS = 40, 60, 500, 30, 300

FEEDBACK, STAYS, GIFTS = 0.7, 0.1, 0.04
"""Shares of all rows; what is left of them is given with resolutions, as near as chance has it."""


def ids(name: str, number: int) -> str:
    return f"CREATE TEMP TABLE {name} AS SELECT list(uuid()) AS ids FROM range({number})"


def one_of(name: str, chance: str, number: int) -> str:
    return f"(SELECT ids FROM {name})[1 + least(floor({number} * {chance}), {number - 1})::INTEGER]"


DAY = f"(DATE '2023-01-01' + (number * {DAYS} // {{rows}})::INTEGER)"
ROOM = "(100 * (1 + room * 6 // 300) + room % 50)::VARCHAR"

FEEDBACK_ROWS = f"""
    INSERT INTO lake.feedback
    WITH chances AS (
        SELECT range AS number, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e,
            random() AS f, random() AS g, random() AS h, floor({ROOMS} * random())::INTEGER AS room
        FROM range({{rows}})
    )
    SELECT '{ORGANISATION}'::UUID, uuid(), {one_of("properties", "a", PROPERTIES)}, {DAY},
        if(b < 0.6, 'negative', 'positive'),
        CASE WHEN c < 0.7 THEN 'staff' WHEN c < 0.95 THEN 'review' ELSE 'message' END,
        if(c BETWEEN 0.7 AND 0.95, ['booking.com', 'google', 'tripadvisor', 'hote'][1 + floor(4 * d)::INTEGER], NULL),
        -- some codes are far more frequent than others
        if(d < 0.95, {one_of("codes", "d * d / 0.95", CODES)}, NULL), if(e < 0.85, {ROOM}, NULL),
        if(f < 0.8, {one_of("employees", "f / 0.8", EMPLOYEES)}, NULL), if(g < 0.5, uuid(), NULL),
        if(c BETWEEN 0.7 AND 0.95, (1 + floor(91 * d) / 10)::DECIMAL(4, 2), NULL), b < 0.15,
        if(h < 0.85, {DAY} + floor(14 * e ** 3)::INTEGER, NULL),
        if(h < 0.85, floor(86400 * 14 * e ** 3)::INTEGER, NULL),
        if(h < 0.7, 1 + floor(5 * g)::SMALLINT, NULL), if(h < 0.85, 'EUR', NULL),
        CASE WHEN h < 0.25 THEN 500 + floor(20000 * f)::BIGINT WHEN h < 0.85 THEN 0 END
    FROM chances
"""
GIVEN_ROWS = f"""
    INSERT INTO lake.given
    SELECT organisation, if(kind = 'negative', 'complaint', 'praise'), feedback, property, resolved_on, code, room,
        employee, guest, {one_of("items", "random()", ITEMS)}, 1, cost, cost, currency, 1
    FROM lake.feedback WHERE cost > 0
"""
GIFT_ROWS = f"""
    INSERT INTO lake.given
    SELECT organisation, 'quality_cost', uuid(), property, day, code, room, NULL, guest,
        {one_of("items", "random()", ITEMS)}, 2, 1500, 3000, 'EUR', 1
    FROM lake.feedback LIMIT {{rows}}
"""
STAY_ROWS = f"""
    INSERT INTO lake.stay
    WITH chances AS (
        SELECT range AS number, random() AS a, random() AS b, random() AS c, floor({ROOMS} * random())::INTEGER AS room
        FROM range({{rows}})
    )
    SELECT '{ORGANISATION}'::UUID, uuid(), uuid(), {one_of("properties", "a", PROPERTIES)},
        if(b < 0.95, {ROOM}, NULL), {DAY}, {DAY} + 1 + floor(4 * c)::INTEGER
    FROM chances
"""
NAME_ROWS = f"""
    INSERT INTO lake.property SELECT '{ORGANISATION}'::UUID, unnest(ids), 'Hôtel', 'EUR' FROM properties;
    INSERT INTO lake.code SELECT '{ORGANISATION}'::UUID, unnest(ids), 'Code' FROM codes;
    INSERT INTO lake.cost_item SELECT '{ORGANISATION}'::UUID, unnest(ids), 'Article' FROM items
"""

INDEXES = """
    CREATE INDEX ON facts.feedback (organisation, day);
    CREATE INDEX ON facts.feedback (organisation, property, day);
    CREATE INDEX ON facts.feedback (organisation, resolved_on) WHERE kind = 'negative';
    CREATE INDEX ON facts.feedback (organisation, property, resolved_on) WHERE kind = 'negative';
    CREATE INDEX ON facts.given (organisation, origin, day);
    CREATE INDEX ON facts.given (organisation, property, day);
    CREATE INDEX ON facts.stay (organisation, arrival);
    CREATE INDEX ON facts.stay (organisation, property, arrival)
"""


def fill(lake: DuckDBPyConnection, rows: int) -> None:
    for name, number in (("properties", PROPERTIES), ("codes", CODES), ("employees", EMPLOYEES), ("items", ITEMS)):
        lake.execute(ids(name, number))
    lake.execute("SELECT setseed(0.5)")
    lake.execute(FEEDBACK_ROWS.format(rows=round(rows * FEEDBACK)))
    lake.execute(GIVEN_ROWS)
    lake.execute(GIFT_ROWS.format(rows=round(rows * GIFTS)))
    lake.execute(STAY_ROWS.format(rows=round(rows * STAYS)))
    lake.execute(NAME_ROWS)


def copy(lake: DuckDBPyConnection, database: str) -> int:
    """The same rows in Postgres, indexed and vacuumed. Gives their number."""
    number = 0
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA facts")
        lake.execute(f"ATTACH '{database}' AS postgres (TYPE postgres)")
        for table in ("feedback", "given", "stay"):
            lake.execute(f"CREATE TABLE postgres.facts.{table} AS FROM lake.{table}")
            [(rows,)] = lake.execute(f"SELECT count(*) FROM lake.{table}").fetchall()
            print(f"{rows:12,} {table}", flush=True)
            number += rows
        connection.execute(INDEXES)
        connection.execute("VACUUM ANALYZE facts.feedback, facts.given, facts.stay")
    return number
