"""The statements of the reports as Postgres has them; each begins with the statement for the rows of the answer."""

# ruff: noqa: S608  no text here comes from anywhere else

from collections.abc import Sequence

from projections.lake.query import Query
from projections.lake.reports import DIMENSIONS


def customer_relations(query: Query) -> list[str]:
    times = "percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds_to_resolution)"
    counts = (
        "count(*), count(*) FILTER (WHERE kind = 'negative'), count(seconds_to_resolution), count(satisfaction),"
        " sum(satisfaction), count(rating), sum(rating)"
    )
    facts = f"FROM facts.feedback WHERE {_asked(query, 'day')}"
    rows = f"SELECT {_listed(query, 'day', counts, times)} {facts} {_by(query)}"
    return [rows, f"SELECT {times} {facts}"]


def complaint_costs(query: Query) -> list[str]:
    if "item" in query.group_by:
        complaints = f"FROM facts.given WHERE origin = 'complaint' AND {_asked(query, 'day')}"
        rows = f"SELECT {_listed(query, 'day', 'currency', 'count(*), sum(value)')} {complaints} {_by(query, 1)}"
    else:
        complaints = f"FROM facts.feedback WHERE kind = 'negative' AND {_asked(query, 'resolved_on')}"
        rows = f"SELECT {_listed(query, 'resolved_on', 'currency', 'count(*), sum(cost)')} {complaints} {_by(query, 1)}"
    return [rows, _nights(query)]


def quality_costs(query: Query) -> list[str]:
    return _given(query, "origin <> 'complaint' AND")


def with_complaints(query: Query) -> list[str]:
    return _given(query, "", "origin")


def _given(query: Query, origins: str, *first: str) -> list[str]:
    listed = _listed(query, "day", *first, "currency", "count(*), sum(quantity), sum(value)")
    facts = f"FROM facts.given WHERE {origins} {_asked(query, 'day')}"
    return [f"SELECT {listed} {facts} {_by(query, 1 + len(first))}"]


def _nights(query: Query) -> str:
    """Each month of a room is a number whose bits are the nights, as in the lake."""
    bounds = [
        f"arrival < DATE '{query.last}' + 1" if query.last else "",
        f"departure > DATE '{query.first}'" if query.first else "",
    ]
    stays = " AND ".join(filter(None, [_asked(query, None), "departure > arrival", *bounds]))
    first, last = query.first or "0001-01-01", query.last or "9999-12-31"
    return f"""
        WITH stays AS (
            SELECT property, room, arrival - DATE '0001-01-01' AS arrival, departure - DATE '0001-01-01' AS departure
            FROM facts.stay WHERE {stays}
        ),
        bits AS (
            SELECT property, room, block, greatest(arrival - block * 60, 0) AS first,
                least(departure - block * 60, 60) AS "end"
            FROM stays, generate_series(arrival / 60, (departure - 1) / 60) AS block
        ),
        distinct_nights AS (
            SELECT property, room, block, bit_or((1::bigint << "end") - (1::bigint << first)) AS nights
            FROM bits WHERE room IS NOT NULL GROUP BY property, room, block
            UNION ALL
            SELECT property, room, block, (1::bigint << "end") - (1::bigint << first) FROM bits WHERE room IS NULL
        ),
        calendar AS (
            SELECT to_char(DATE '0001-01-01' + day, 'YYYY-MM') AS month, day / 60 AS block,
                bit_or(1::bigint << day % 60) AS nights
            FROM (
                SELECT generate_series(
                    greatest(min(arrival), DATE '{first}' - DATE '0001-01-01'),
                    least(max(departure), DATE '{last}' - DATE '0001-01-01' + 1) - 1
                ) AS day FROM stays
            ) AS days
            GROUP BY 1, 2
        )
        SELECT property, {"month" if "month" in query.group_by else "''"},
            sum(bit_count((distinct_nights.nights & calendar.nights)::bit(64)))
        FROM distinct_nights JOIN calendar USING (block) GROUP BY 1, 2
    """


def _asked(query: Query, day: str | None) -> str:
    conditions = [f"organisation = '{query.organisation_id}'"]
    if query.among:
        conditions.append(f"property IN ({', '.join(repr(str(one)) for one in query.among)})")
    if day == "resolved_on":
        conditions.append("resolved_on IS NOT NULL")
    if day and query.first and query.last:
        conditions.append(f"{day} BETWEEN '{query.first}' AND '{query.last}'")
    return " AND ".join(conditions)


def _keys(query: Query) -> Sequence[str]:
    return list(dict.fromkeys(key for dimension in query.group_by for key in DIMENSIONS[dimension]))


def _listed(query: Query, day: str, *others: str) -> str:
    keys = [f"to_char({day}, 'YYYY-MM')" if key == "month" else key for key in _keys(query)]
    *first, measures = others
    return ", ".join([*keys, *first, measures])


def _by(query: Query, more: int = 0) -> str:
    places = ", ".join(str(place + 1) for place in range(len(_keys(query)) + more))
    return f"GROUP BY {places}" if places else ""
