"""Times the reports over a million facts, in the lake and as plain SQL in Postgres, side by side.

`python -m tests.benchmarks.reports [--rows 10000000]`: of ten million, some ten minutes and 6 GB of disk. The same rows
are in both; Postgres has them indexed and vacuumed, and what it reads is in memory.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from uuid import UUID

import psycopg
from duckdb import DuckDBPyConnection
from psycopg import Connection
from psycopg.rows import TupleRow

from adapters.duckdb.lake import Lake
from adapters.postgres.migrate import migrate
from projections.lake.complaint_costs import COMPLAINT_COSTS
from projections.lake.customer_relations import CUSTOMER_RELATIONS
from projections.lake.quality_costs import QUALITY_COSTS, WITH_COMPLAINTS
from projections.lake.query import Query
from projections.lake.reports import Definition, run
from tests.benchmarks.guest_list import started
from tests.benchmarks.reports_in_postgres import complaint_costs, customer_relations, quality_costs, with_complaints
from tests.benchmarks.reports_rows import ORGANISATION, copy, fill

ROUNDS = 5
IN_POSTGRES = 2

REPORTS: list[tuple[str, Definition, Callable[[Query], list[str]]]] = [
    ("customer-relations", CUSTOMER_RELATIONS, customer_relations),
    ("complaint-costs", COMPLAINT_COSTS, complaint_costs),
    ("quality-costs", QUALITY_COSTS, quality_costs),
    ("quality-costs + complaints", WITH_COMPLAINTS, with_complaints),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="hote") as home:
        measure(Path(home), rows)


def measure(home: Path, rows: int) -> None:
    server = started(home / "postgres")
    try:
        with psycopg.connect(server.get_uri()) as connection:
            migrate(connection)
        lake = Lake(server.get_uri(), home, str(home / "lake"))
        with lake.connection() as duckdb, psycopg.connect(server.get_uri(), autocommit=True) as postgres:
            fill(duckdb, rows)
            print(f"{copy(duckdb, server.get_uri()):12,} facts")
            compare(duckdb, postgres)
        lake.close()
    finally:
        server.cleanup()


def compare(duckdb: DuckDBPyConnection, postgres: Connection[TupleRow]) -> None:
    [(house,)] = duckdb.execute("SELECT min(property) FROM lake.feedback").fetchall()
    print(f"\n{'':28}{'':24}{'rows':>8}{'lake ms':>10}{'Postgres ms':>13}{'ratio':>8}")
    for name, definition, statements in REPORTS:
        for what, query in questions(house):
            rows = run(duckdb, definition, query, dict).rows
            answers = [postgres.execute(statement.encode()).fetchall() for statement in statements(query)]
            assert len(answers[0]) == len(rows), "the answers differ"
            ours = timed(partial(run, duckdb, definition, query, dict), ROUNDS)
            theirs = timed(partial(ask, postgres, statements(query)), IN_POSTGRES)
            print(f"{name:28}{what:24}{len(rows):8,}{ours:10.0f}{theirs:13.0f}{theirs / ours:8.1f}", flush=True)


def ask(postgres: Connection[TupleRow], statements: Sequence[str]) -> None:
    for statement in statements:
        postgres.execute(statement.encode()).fetchall()


def questions(house: UUID) -> Iterator[tuple[str, Query]]:
    """Each with a name to print."""
    by_code = Query(ORGANISATION, group_by=["code"])
    yield "by code", by_code
    yield "by code and month", replace(by_code, group_by=["code", "month"])
    yield "by property and month", replace(by_code, group_by=["property", "month"])
    yield "one month, by code", replace(by_code, first=date(2024, 5, 1), last=date(2024, 5, 31))
    yield "one property, by code", replace(by_code, among=[house])


def timed(ask: Callable[[], object], rounds: int) -> float:
    """Milliseconds, the median of several rounds; it was asked before, and what it reads is in memory."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - start)
    return median(taken) * 1e3


if __name__ == "__main__":
    main()
