"""The runner feeds read models: no event skipped, rows and checkpoint as one, and it says where it cannot go on."""

import logging
from collections.abc import Sequence
from typing import LiteralString

import psycopg
import pytest
from uuid_utils.compat import uuid7

from adapters.postgres.feed import LogFeed
from adapters.postgres.log import EventLog
from adapters.postgres.recorder import Pool
from domain.event import Recorded
from domain.guest_events import GuestDeleted
from projections import runner
from projections.runner import Runner, Standing
from tests.projections.names import Names, Reaction, metadata, register, rows, running
from tests.waiting import PATIENCE, eventually


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
    [position] = log.save(gone, metadata=metadata())
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


@pytest.mark.parametrize("lost", ["DROP SCHEMA names CASCADE", "DELETE FROM projection.checkpoints"])
def test_a_read_model_that_is_not_there_whole_begins_anew(
    pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names, lost: LiteralString
) -> None:
    [position] = register(log, "Ana")
    with running(pool, database, feed, names) as at_work:
        assert at_work.wait_for("names", position, PATIENCE)
    with pool.connection() as connection:
        connection.execute(lost)
    [position] = register(log, "Bo")
    with running(pool, database, feed, names) as at_work:
        assert at_work.wait_for("names", position, PATIENCE)
    assert rows(pool) == ["Ana", "Bo"]


def test_who_waits_has_the_feeder_look_at_once(
    pool: Pool, database: str, log: EventLog, feed: LogFeed, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(pool, database, feed, names) as at_work:
        [position] = register(log, "Ana")
        assert at_work.wait_for("names", position, PATIENCE)
        monkeypatch.setattr(runner, "POLL_SECONDS", 2 * PATIENCE)
        for name in ("Bo", "Cy", "Di"):
            [position] = register(log, name)
            eventually(lambda position=position: at_work.progress("names")[0] == position)  # type: ignore[misc]
        monkeypatch.setattr(runner, "POLL_SECONDS", 0.005)
        register(log, "Eve")
        at_work.progress("names")


def test_a_reaction_has_no_tables_and_goes_on_where_it_stopped(
    pool: Pool, database: str, log: EventLog, feed: LogFeed
) -> None:
    reaction = Reaction()
    for name in ("Ana", "Bo"):
        [position] = register(log, name)
        with running(pool, database, feed, reaction) as at_work:
            assert at_work.wait_for("reaction", position, PATIENCE)
    assert reaction.answered == ["Ana", "Bo"]
    with pool.connection() as connection:
        assert connection.execute("SELECT FROM pg_namespace WHERE nspname = 'reaction'").fetchone() is None
