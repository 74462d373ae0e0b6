"""However often and wherever the process that feeds the lake is killed, each fact is in it once, and as it is now."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import SpawnProcess
from pathlib import Path
from random import Random
from threading import Event as Flag
from typing import Any
from uuid import UUID

import pytest

from adapters.duckdb import upkeep, writer
from adapters.duckdb.lake import Lake
from adapters.duckdb.writer import LakeFacts
from adapters.keys.master import MasterKey
from adapters.keys.sources import KEY_BYTES
from adapters.postgres.connections import Connections
from adapters.postgres.feed import LogFeed
from adapters.postgres.guest_log import GuestLog
from adapters.postgres.recorder import Pool
from domain.event import Metadata
from projections import runner
from projections.folding import checkpoint
from tests.adapters.duckdb.tables import position, rows
from tests.projections.plain_facts import History
from tests.waiting import PATIENCE, eventually

SPAWN = multiprocessing.get_context("spawn")
MASTER = MasterKey(bytes(range(KEY_BYTES)))
WRITING, WRITTEN, TIDYING = "before a table is written", "after a commit of the lake", "while it is tidied"


def feed(database: str, home: Path, point: str | None, number: int) -> None:
    """What the process does; it kills itself at the point, when it comes there for the `number`th time."""
    runner.BATCH, upkeep.EVERY = 25 if point else 100, 5
    passed = 0

    def killing(function: Callable[..., Any], here: str) -> Callable[..., Any]:
        def wrapped(*arguments: Any) -> Any:
            nonlocal passed
            done = function(*arguments) if here == WRITTEN else None
            if here == point:
                passed += 1
                if passed == number:
                    os.kill(os.getpid(), signal.SIGKILL)
            return done if here == WRITTEN else function(*arguments)

        return wrapped

    class Mortal:
        """A connection on which the upkeep may die between any two of its steps."""

        def __init__(self, connection: Any) -> None:
            self.execute = killing(connection.execute, TIDYING)

    tidy = upkeep.tidy
    upkeep.tidy = lambda connection: tidy(Mortal(connection))  # type: ignore[arg-type]
    writer._make = killing(writer._make, WRITING)
    writer.tell = killing(writer.tell, WRITTEN)
    with Connections(database) as pool:
        log = GuestLog(pool, MASTER)
        facts = LakeFacts(Lake(database, home, str(home / "lake")), log.streams)
        runner.Runner(pool, database, LogFeed(log.events), [facts]).start()
        Flag().wait()


@contextmanager
def feeding(database: str, home: Path, point: str | None = None, number: int = 0) -> Iterator[SpawnProcess]:
    process = SPAWN.Process(target=feed, args=(database, home, point, number))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


class Told:
    """A history that goes into the log, event by event."""

    def __init__(self, pool: Pool) -> None:
        self.history = History(Random(11))
        self.log = GuestLog(pool, MASTER)
        self.last = 0
        self._told = 0

    def go_on(self, number: int) -> None:
        self.history.go_on(number)
        for one in self.history.events[self._told :]:
            metadata = Metadata(
                recorded_at=one.recorded_at,
                actor="test",
                organisation_id=one.organisation_id,
                correlation_id=UUID(int=1),
            )
            self.last = self.log.append([one.event], metadata)
        self._told = len(self.history.events)


@pytest.fixture
def lake(database: str, tmp_path: Path) -> Iterator[Lake]:
    lake = Lake(database, tmp_path, str(tmp_path / "lake"))
    yield lake
    lake.close()


def test_killed_at_any_point_of_its_work(database: str, tmp_path: Path, pool: Pool, lake: Lake) -> None:
    told, random = Told(pool), Random(3)

    def reached() -> int:
        with pool.connection() as connection:
            return checkpoint(connection, "lake")

    points = [(point, random.randrange(1, 10)) for point in (WRITING, WRITTEN, TIDYING) for _ in range(2)]
    for point, number in random.sample(points, len(points)):
        told.go_on(random.randrange(80, 160))
        with feeding(database, tmp_path, point, number) as process:
            process.join(PATIENCE)
            assert process.exitcode == -signal.SIGKILL, point
        if point == WRITTEN:
            assert position(lake) > reached(), "it did not die between the two commits"
    for _ in range(3):  # and at whatever moment, while events go on
        with feeding(database, tmp_path):
            before = position(lake)
            eventually(lambda before=before: position(lake) > before)  # type: ignore[misc]
            told.go_on(random.randrange(1, 100))
        told.go_on(20)
    with feeding(database, tmp_path):
        eventually(lambda: reached() >= told.last)
    assert rows(lake) == told.history.expected()


def test_a_lake_that_was_dropped_is_not_gone_on_with_from_the_middle(pool: Pool, lake: Lake) -> None:
    told = Told(pool)
    told.go_on(200)
    facts = LakeFacts(lake, told.log.streams)
    feed = LogFeed(told.log.events)
    half, _ = feed.read(told.last // 2, told.last, [kind.__name__ for kind in facts.folds])
    with pool.connection() as connection, connection.cursor() as cursor, pytest.raises(writer.LakeLost):
        facts.apply(cursor, half)
    assert position(lake) == 0
