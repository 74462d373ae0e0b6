"""The runner feeds read models: no event skipped, rows and checkpoint as one, and it says where it cannot go on."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import Cursor
from psycopg.rows import TupleRow
from uuid_utils.compat import uuid7

from adapters.postgres.feed import LogFeed
from adapters.postgres.log import EventLog
from adapters.postgres.recorder import Pool
from domain.contact import Profile
from domain.event import Event, Metadata, Recorded
from domain.guest import GuestChanged, GuestDeleted, GuestRegistered, Origin
from projections import runner
from projections.runner import Feed, Runner, Standing, rebuild

ORGANISATION = uuid7()
PATIENCE = 20.0


class Names:
    """A read model of last names in the order they came, which stumbles over any it is told to."""

    name = "names"
    tables = "CREATE TABLE names (position bigint PRIMARY KEY, name text)"
    indexes = "CREATE INDEX names_by_name ON names (name)"
    folds: tuple[type[Event], ...] = (GuestRegistered, GuestChanged)

    def __init__(self) -> None:
        self.stumbles_over: str | None = None
        self.batches: list[int] = []

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        self.batches.append(len(batch))
        for each in batch:
            assert isinstance(each.event, GuestRegistered | GuestChanged)
            name = each.event.profile.last_name if each.event.profile else None
            cursor.execute("INSERT INTO names VALUES (%s, %s)", [each.position, name])
            if name == self.stumbles_over:
                raise ZeroDivisionError(f"{name} is too much")


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.005)


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def feed(log: EventLog) -> LogFeed:
    return LogFeed(log)


def register(log: EventLog, *last_names: str) -> list[int]:
    """The positions of guests with these names."""
    events = [
        GuestRegistered(
            originator_id=uuid7(),
            originator_version=1,
            organisation_id=ORGANISATION,
            origin=Origin.MANUAL,
            profile=Profile(last_name=name),
        )
        for name in last_names
    ]
    metadata = Metadata(
        recorded_at=datetime.now(UTC), actor="test", organisation_id=ORGANISATION, correlation_id=uuid7()
    )
    return list(log.save(*events, metadata=metadata))


@contextmanager
def running(pool: Pool, database: str, feed: Feed, *projections: Names) -> Iterator[Runner]:
    at_work = Runner(pool, database, feed, projections)
    at_work.start()
    try:
        yield at_work
    finally:
        at_work.stop()


def rows(pool: Pool) -> list[str]:
    with pool.connection() as connection:
        return [row[0] for row in connection.execute("SELECT name FROM names.names ORDER BY position")]


def eventually(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.005)


def standing(at_work: Runner) -> Standing | None:
    return next(iter(at_work.standings()), None)


def test_rows_follow_the_log_in_order(pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names) -> None:
    register(log, "Ana", "Bo")
    with running(pool, database, feed, names) as at_work:
        [*_, last] = register(log, "Cy", "Di")
        assert at_work.wait_for("names", last, PATIENCE)
        assert rows(pool) == ["Ana", "Bo", "Cy", "Di"]
        assert standing(at_work) == Standing("names", last, 0, 0.0, None, None)


def test_a_position_the_log_has_not_reached_is_waited_for_in_vain(
    pool: Pool, database: str, feed: LogFeed, names: Names
) -> None:
    with running(pool, database, feed, names) as at_work:
        assert not at_work.wait_for("names", 10**6, 0.02)
        assert not at_work.wait_for("nothing", 0, 0.02)


def test_it_goes_on_where_it_stopped(pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names) -> None:
    for name in ("Ana", "Bo"):
        [position] = register(log, name)
        with running(pool, database, feed, names) as at_work:
            assert at_work.wait_for("names", position, PATIENCE)
    assert rows(pool) == ["Ana", "Bo"]


def test_only_events_it_folds_reach_it_and_it_gets_past_the_others(
    pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names
) -> None:
    register(log, "Ana")
    gone = GuestDeleted(originator_id=uuid7(), originator_version=1)
    metadata = Metadata(
        recorded_at=datetime.now(UTC), actor="test", organisation_id=ORGANISATION, correlation_id=uuid7()
    )
    [position] = log.save(gone, metadata=metadata)
    with running(pool, database, feed, names) as at_work:
        assert at_work.wait_for("names", position, PATIENCE)
    assert rows(pool) == ["Ana"]


def test_it_stops_at_what_it_cannot_fold_says_so_and_goes_on_once_it_can(
    pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names, caplog: pytest.LogCaptureFixture
) -> None:
    ana, bo, cy = register(log, "Ana", "Xylozqua", "Cy")
    names.stumbles_over = "Xylozqua"
    with running(pool, database, feed, names) as at_work, caplog.at_level(logging.DEBUG):
        eventually(lambda: bool((now := standing(at_work)) and now.position and now.failure))
        stuck = standing(at_work)
        assert stuck is not None
        assert (stuck.position, stuck.failed_position, stuck.behind_events) == (ana, bo, 2)
        assert stuck.failure == "ZeroDivisionError at a GuestRegistered"
        assert stuck.behind_seconds > 0
        assert rows(pool) == ["Ana"]

        names.stumbles_over = None
        assert at_work.wait_for("names", cy, PATIENCE)
        eventually(lambda: (now := standing(at_work)) is not None and now.failure is None)
    assert rows(pool) == ["Ana", "Xylozqua", "Cy"]
    assert any("stands still" in record.getMessage() for record in caplog.records)
    assert not [record for record in caplog.records if "Xylozqua" in record.getMessage()]


def test_it_stops_at_what_cannot_even_be_read(
    pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names
) -> None:
    first, _, last = register(log, "Ana", "Bo", "Cy")
    with running(pool, database, _Unreadable(feed, first), names) as at_work:
        eventually(lambda: bool((now := standing(at_work)) and now.position and now.failure))
        stuck = standing(at_work)
        assert stuck is not None
        assert (stuck.position, stuck.failure) == (first, "ValueError reading what follows")
    with running(pool, database, feed, names) as at_work:
        assert at_work.wait_for("names", last, PATIENCE)
    assert rows(pool) == ["Ana", "Bo", "Cy"]


class _Unreadable:
    """A feed that breaks at the event after a position."""

    def __init__(self, feed: LogFeed, position: int) -> None:
        self._feed = feed
        self._position = position

    def read(self, after: int, limit: int, types: Sequence[str]) -> tuple[list[Recorded], int]:
        batch, reached = self._feed.read(after, limit, types)
        if reached > self._position:
            raise ValueError("Bo cannot be read")
        return batch, reached


def test_rows_and_checkpoint_move_together(
    pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names
) -> None:
    """Whatever moment a reader picks, it sees exactly the rows up to the checkpoint."""
    positions = register(log, *(f"Nom{number}" for number in range(50)))
    with psycopg.connect(database) as reader, running(pool, database, feed, names) as at_work:
        seen: set[int] = set()
        while True:
            reader.rollback()
            reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            checkpoint = reader.execute("SELECT coalesce(max(position), -1) FROM projection.checkpoints").fetchone()
            assert checkpoint
            if checkpoint[0] >= 0:
                shown = {row[0] for row in reader.execute("SELECT position FROM names.names")}
                assert shown == {position for position in positions if position <= checkpoint[0]}
            seen.add(checkpoint[0])
            if checkpoint[0] == positions[-1]:
                break
            if len(positions) < 200:
                positions += register(log, "Encore")
        assert at_work.wait_for("names", positions[-1], PATIENCE)


class TestRebuild:
    def done(self, database: str, feed: Feed, names: Names) -> list[tuple[int, int]]:
        with psycopg.connect(database, autocommit=True) as connection:
            return list(rebuild(connection, feed, names))

    def test_what_is_rebuilt_is_what_was_there(
        self, pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names
    ) -> None:
        [*_, last] = register(log, "Ana", "Bo", "Cy")
        with running(pool, database, feed, names) as at_work:
            assert at_work.wait_for("names", last, PATIENCE)
        live = rows(pool)
        [*_, end] = self.done(database, feed, names)
        assert end == (last, last)
        assert rows(pool) == live
        with pool.connection() as connection:
            left = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'names%'").fetchall()
            indexes = connection.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'names'").fetchall()
        assert left == [("names",)]
        assert ("names_by_name",) in indexes

    def test_it_mends_rows_that_went_wrong_and_a_model_that_stood_still(
        self, pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names
    ) -> None:
        register(log, "Ana", "Bo")
        names.stumbles_over = "Bo"
        with running(pool, database, feed, names) as at_work:
            eventually(lambda: bool((now := standing(at_work)) and now.position and now.failure))
        with pool.connection() as connection:
            connection.execute("UPDATE names.names SET name = 'wrong'")
        names.stumbles_over = None
        self.done(database, feed, names)
        assert rows(pool) == ["Ana", "Bo"]
        now = standing(Runner(pool, database, feed, [names]))
        assert now is not None
        assert (now.failure, now.behind_events) == (None, 0)

    def test_one_that_was_interrupted_leaves_the_live_one_and_can_be_begun_again(
        self, pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names
    ) -> None:
        [*_, last] = register(log, "Ana", "Bo")
        with running(pool, database, feed, names) as at_work:
            assert at_work.wait_for("names", last, PATIENCE)
        names.stumbles_over = "Bo"
        with pytest.raises(ZeroDivisionError):
            self.done(database, feed, names)
        assert rows(pool) == ["Ana", "Bo"]
        names.stumbles_over = None
        self.done(database, feed, names)
        assert rows(pool) == ["Ana", "Bo"]

    def test_what_happens_meanwhile_is_in_the_live_one_and_in_the_new(
        self, pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(runner, "REBUILD_BATCH", 5)
        expected = [f"Nom{number}" for number in range(40)]
        [*_, last] = register(log, *expected)
        with running(pool, database, feed, names) as at_work:
            assert at_work.wait_for("names", last, PATIENCE)
            with psycopg.connect(database, autocommit=True) as connection:
                for _ in rebuild(connection, feed, Names()):
                    [last] = register(log, "Meanwhile")
                    expected.append("Meanwhile")
                    assert at_work.wait_for("names", last, PATIENCE)
                    assert rows(pool)[-1] == "Meanwhile"
            [last] = register(log, "After")
            assert at_work.wait_for("names", last, PATIENCE)
        assert rows(pool) == [*expected, "After"]

    def test_the_new_one_never_shows_less_than_the_live_one_did(
        self, pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names
    ) -> None:
        register(log, "Ana")
        with psycopg.connect(database, autocommit=True) as connection:
            steps = rebuild(connection, feed, Names())
            next(steps)
            with running(pool, database, feed, names) as at_work:
                [last] = register(log, "Meanwhile")
                assert at_work.wait_for("names", last, PATIENCE)
            assert list(steps) == [(last, last)]
        assert rows(pool) == ["Ana", "Meanwhile"]

    def test_a_batch_that_was_read_for_the_old_one_is_not_folded_into_the_new(
        self, pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names
    ) -> None:
        [ana, bo] = register(log, "Ana", "Bo")
        self.done(database, feed, names)
        batch, reached = feed.read(ana, 10, ["GuestRegistered"])
        with psycopg.connect(database, autocommit=True) as connection:
            assert runner.apply(connection, names, batch, ana, reached) == bo
        assert rows(pool) == ["Ana", "Bo"]


def test_of_two_runners_one_feeds_and_the_other_takes_over(
    pool: Pool, database: str, log: EventLog, feed: LogFeed
) -> None:
    one, other = Names(), Names()
    first = Runner(pool, database, feed, [one])
    first.start()
    [position] = register(log, "Ana")
    assert first.wait_for("names", position, PATIENCE)
    with running(pool, database, feed, other) as second:
        [position] = register(log, "Bo")
        assert second.wait_for("names", position, PATIENCE)
        assert other.batches == []
        first.stop()
        [position] = register(log, "Cy")
        assert second.wait_for("names", position, PATIENCE)
    assert (sum(one.batches), sum(other.batches)) == (2, 1)
    assert rows(pool) == ["Ana", "Bo", "Cy"]


def test_a_lost_connection_is_found_again(
    pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names
) -> None:
    with running(pool, database, feed, names) as at_work:
        for name in ("Ana", "Bo", "Cy"):
            [position] = register(log, name)
            assert at_work.wait_for("names", position, PATIENCE)
            with psycopg.connect(database, autocommit=True) as connection:
                killed = connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s",
                    [runner.LOCKS],
                ).fetchall()
            assert killed == [(True,)]
    assert rows(pool) == ["Ana", "Bo", "Cy"]
