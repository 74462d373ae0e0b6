"""A read model is rebuilt beside the live one, which nobody notices, and nothing of it is left when it fails."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Identifier

from adapters.postgres.feed import LogFeed
from adapters.postgres.log import EventLog
from adapters.postgres.recorder import Pool
from projections import folding, runner
from projections import rebuild as making
from projections.folding import StandsStill
from projections.projection import Feed
from projections.rebuild import CannotBegin, Step, drop_leftovers, rebuild, rebuilding
from projections.runner import Runner
from tests.projections.names import Names, Reaction, register, rows, running
from tests.waiting import PATIENCE, eventually


@contextmanager
def connected(database: str) -> Iterator[Connection[TupleRow]]:
    with psycopg.connect(database, autocommit=True, options="-c lock_timeout=20s") as connection:
        yield connection


def rebuilt(database: str, feed: Feed, names: Names) -> list[Step]:
    with connected(database) as connection:
        return list(rebuild(connection, feed, names))


def schemas(pool: Pool) -> list[str]:
    with pool.connection() as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'names%' ORDER BY 1")
        return [row[0] for row in found]


def leave(pool: Pool, schema: str) -> None:
    """What a killed rebuild leaves."""
    name = Identifier(schema)
    with pool.connection() as connection, connection.transaction():
        connection.execute(SQL("CREATE SCHEMA {} CREATE TABLE names (name text)").format(name))
        connection.execute(SQL("INSERT INTO {}.names SELECT name FROM names.names").format(name))


def live(pool: Pool, database: str, log: EventLog, feed: LogFeed, *last_names: str) -> int:
    """Makes the read model of these names; gives the last position."""
    [*_, last] = register(log, *last_names)
    with running(pool, database, feed, Names()) as at_work:
        assert at_work.wait_for("names", last, PATIENCE)
    return last


def test_what_is_rebuilt_is_what_was_there(
    pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names
) -> None:
    last = live(pool, database, log, feed, "Ana", "Bo", "Cy")
    [*steps, end] = rebuilt(database, feed, names)
    assert [step.doing for step in steps] == ["folding", "folding", "making indexes"]
    assert end == Step("done", last, last)
    assert rows(pool) == ["Ana", "Bo", "Cy"]
    assert schemas(pool) == ["names"]
    with pool.connection() as connection:
        indexes = connection.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'names'").fetchall()
    assert ("names_by_name",) in indexes


def test_one_that_never_was_is_made(pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names) -> None:
    register(log, "Ana")
    rebuilt(database, feed, names)
    [last] = register(log, "Bo")
    with running(pool, database, feed, names) as at_work:
        assert at_work.wait_for("names", last, PATIENCE)
    assert rows(pool) == ["Ana", "Bo"]


def test_it_mends_rows_that_went_wrong_and_a_model_that_stood_still(
    pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names
) -> None:
    register(log, "Ana", "Bo")
    names.stumbles_over = "Bo"
    with running(pool, database, feed, names) as at_work:
        eventually(lambda: any(now.position and now.failure for now in at_work.standings()))
        with pool.connection() as connection:
            connection.execute("UPDATE names.names SET name = 'wrong'")
        rebuilt(database, feed, Names())
        assert rows(pool) == ["Ana", "Bo"]
        eventually(lambda: all((now.failure, now.behind_events) == (None, 0) for now in at_work.standings()))


def test_an_event_that_cannot_be_folded_is_named_and_the_live_one_stays(
    pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names
) -> None:
    last = live(pool, database, log, feed, "Ana", "Bo", "Cy", "Xylozqua")
    names.stumbles_over = "Xylozqua"
    with pytest.raises(StandsStill) as told:
        rebuilt(database, feed, names)
    assert str(told.value) == f"ZeroDivisionError at a GuestRegistered, position {last}"
    assert told.value.__cause__ is None
    assert rows(pool) == ["Ana", "Bo", "Cy", "Xylozqua"]
    assert schemas(pool) == ["names"]
    [standing] = Runner(pool, database, feed, [names]).standings()
    assert (standing.failure, standing.behind_events) == (None, 0)


@pytest.mark.parametrize("steps_taken", [1, 2, 3])
def test_one_that_is_given_up_leaves_nothing(
    pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names, steps_taken: int
) -> None:
    live(pool, database, log, feed, "Ana", "Bo")
    with connected(database) as connection, closing(rebuild(connection, feed, names)) as steps:
        for _ in range(steps_taken):
            next(steps)
        assert schemas(pool) == ["names", "names_next"]
    assert schemas(pool) == ["names"]
    rebuilt(database, feed, names)
    assert rows(pool) == ["Ana", "Bo"]


def test_of_two_at_once_the_second_is_told(
    pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names
) -> None:
    live(pool, database, log, feed, "Ana")
    with connected(database) as connection, closing(rebuild(connection, feed, names)) as steps:
        next(steps)
        with pytest.raises(CannotBegin, match="another process"):
            rebuilt(database, feed, names)
        assert [step.doing for step in steps][-1] == "done"
    assert rows(pool) == ["Ana"]


class TestBesideTheLiveOne:
    def test_what_happens_meanwhile_is_in_the_live_one_and_in_the_new(
        self, pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(making, "BATCH", 5)
        expected = [f"Nom{number}" for number in range(40)]
        register(log, *expected)
        with running(pool, database, feed, names) as at_work, connected(database) as connection:
            for _ in rebuild(connection, feed, Names()):
                [last] = register(log, "Meanwhile")
                expected.append("Meanwhile")
                assert at_work.wait_for("names", last, PATIENCE)
                assert rows(pool) == expected
            [last] = register(log, "After")
            assert at_work.wait_for("names", last, PATIENCE)
        assert rows(pool) == [*expected, "After"]

    @pytest.mark.parametrize("ahead", [1, 12])
    def test_the_new_one_never_shows_less_than_the_live_one_did(
        self, pool: Pool, database: str, log: EventLog, feed: LogFeed, monkeypatch: pytest.MonkeyPatch, ahead: int
    ) -> None:
        monkeypatch.setattr(making, "BATCH", 5)
        register(log, "Ana")
        with connected(database) as connection:
            steps = rebuild(connection, feed, Names())
            while next(steps).doing != "making indexes":
                pass
            last = live(pool, database, log, feed, *(["Meanwhile"] * ahead))
            [*_, end] = list(steps)
        assert end == Step("done", last, last)
        assert rows(pool) == ["Ana", *(["Meanwhile"] * ahead)]

    def test_a_batch_that_was_read_for_the_old_one_is_not_folded_into_the_new(
        self, pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names
    ) -> None:
        [ana, bo] = register(log, "Ana", "Bo")
        rebuilt(database, feed, names)
        batch, reached = feed.read(ana, 10, ["GuestRegistered"])
        with connected(database) as connection:
            assert folding.apply(connection, names, batch, ana, reached) == bo
        assert rows(pool) == ["Ana", "Bo"]

    def test_no_reader_waits_fails_or_misses_anything(
        self, pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names
    ) -> None:
        """While models are swapped again and again, under a reader that never ends."""
        last = live(pool, database, log, feed, "Ana", "Bo")
        seen: list[int] = []
        ended = threading.Event()

        def read() -> None:
            with psycopg.connect(database, autocommit=True, prepare_threshold=1) as reader:
                while not ended.is_set():
                    row = reader.execute("SELECT count(*) FROM names.names").fetchone()
                    assert row
                    seen.append(row[0])

        thread = threading.Thread(target=read)
        with connected(database) as export, running(pool, database, feed, names) as at_work:
            with export.transaction():
                export.execute("SELECT FROM names.names LIMIT 1")
                thread.start()
                rebuilt(database, feed, Names())
                assert schemas(pool) == ["names", "names_old"]
                counted = len(seen)
                eventually(lambda: len(seen) > counted)
                with pytest.raises(CannotBegin, match="still read"):
                    rebuilt(database, feed, Names())
            for number in range(10):
                [last] = register(log, f"Nom{number}")
                rebuilt(database, feed, Names())
            assert at_work.wait_for("names", last, PATIENCE)
            counted = len(seen)
            eventually(lambda: len(seen) > counted + 1)
            ended.set()
            thread.join()
        assert seen == sorted(seen)
        assert (seen[0], seen[-1]) == (2, 12)
        assert schemas(pool) == ["names"]

    def test_reactions_keep_silent(self, pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names) -> None:
        reaction = Reaction()
        with running(pool, database, feed, names, reaction) as at_work:
            [*_, last] = register(log, "Ana", "Bo")
            assert at_work.wait_for("reaction", last, PATIENCE)
            rebuilt(database, feed, Names())
            [last] = register(log, "Cy")
            assert at_work.wait_for("reaction", last, PATIENCE)
        assert reaction.answered == ["Ana", "Bo", "Cy"]


class TestLeftovers:
    def test_what_a_killed_one_left_is_dropped_by_whoever_feeds_the_live_one(
        self, pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(runner, "LEFTOVERS_SECONDS", 0.0)
        live(pool, database, log, feed, "Ana")
        with running(pool, database, feed, names):
            for left in ("names_next", "names_old"):
                leave(pool, left)
                eventually(lambda: schemas(pool) == ["names"])
        assert rows(pool) == ["Ana"]

    def test_one_at_work_is_left_alone(
        self, pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names
    ) -> None:
        live(pool, database, log, feed, "Ana")
        with connected(database) as connection, closing(rebuild(connection, feed, names)) as steps:
            next(steps)
            with pool.connection() as other:
                drop_leftovers(other, [names])
                assert rebuilding(other, ["names"])
                assert not rebuilding(other, ["guest_list"])
        assert schemas(pool) == ["names"]
        with pool.connection() as other:
            assert not rebuilding(other, ["names"])

    def test_one_that_is_read_from_is_left_until_it_is_not(
        self, pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names, caplog: pytest.LogCaptureFixture
    ) -> None:
        live(pool, database, log, feed, "Ana")
        with connected(database) as dump, pool.connection() as connection:
            leave(pool, "names_next")
            with dump.transaction():
                dump.execute("SELECT FROM names_next.names")
                drop_leftovers(connection, [names])
                assert "names_next is still read from" in caplog.text
            drop_leftovers(connection, [names])
        assert schemas(pool) == ["names"]
