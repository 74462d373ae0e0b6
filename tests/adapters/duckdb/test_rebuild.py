"""A rebuilt lake has the same rows, its readers see all or nothing of it, and one that ends early changes nothing."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from shutil import rmtree

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from adapters.duckdb import rebuild as making
from adapters.duckdb.lake import Lake
from adapters.postgres.recorder import Pool
from domain.event import Recorded
from projections.folding import StandsStill
from projections.rebuild import CannotBegin, Step
from tests.adapters.duckdb.tables import Told, files, position, rows
from tests.projections.plain_facts import History


class FeedOf:
    """A history as the log feeds it."""

    def __init__(self, history: History) -> None:
        self.history = history

    def read(self, after: int, limit: int, types: Sequence[str]) -> tuple[list[Recorded], int]:
        last = self.history.events[-1].position
        stop = min(last, after + limit) if limit else max(after, last)
        wanted = (one for one in self.history.events if after < one.position <= (stop if limit else after))
        return [one for one in wanted if type(one.event).__name__ in types], stop


@pytest.fixture
def connection(database: str) -> Iterator[Connection[TupleRow]]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def fed(told: Told, pool: Pool) -> Told:
    """Told everything; the runner remembers it, and goes on from there."""
    told.history.go_on(300)
    told.tell()
    remember(pool, told)
    return told


def remember(pool: Pool, told: Told) -> None:
    with pool.connection() as connection:
        connection.execute(
            "INSERT INTO projection.checkpoints (name, position) VALUES ('lake', %s)"
            " ON CONFLICT (name) DO UPDATE SET position = excluded.position",
            [told.history.events[-1].position],
        )


def steps(connection: Connection[TupleRow], told: Told) -> Generator[Step, None, None]:
    return making.rebuild(connection, FeedOf(told.history), told.lake, told.history.streams)


def test_it_has_the_rows_it_had_in_few_files(connection: Connection[TupleRow], fed: Told) -> None:
    last = list(steps(connection, fed))[-1]
    assert last.position == fed.history.events[-1].position
    assert rows(fed.lake) == fed.history.expected()
    assert position(fed.lake) <= last.position
    assert files(fed.lake) == 10  # one for each kind of feedback, origin of what was given, and other table


def test_it_mends_what_was_wrong_or_lost(connection: Connection[TupleRow], fed: Told) -> None:
    with fed.lake.connection() as duck:
        duck.execute("DELETE FROM lake.given WHERE quantity = 2")
    rmtree(fed.lake.data)
    list(steps(connection, fed))
    assert rows(fed.lake) == fed.history.expected()


def test_what_is_told_after_it_goes_on_from_there(connection: Connection[TupleRow], fed: Told) -> None:
    list(steps(connection, fed))
    fed.history.go_on(200)
    fed.tell(batch=30)
    assert rows(fed.lake) == fed.history.expected()


def test_it_catches_up_with_what_was_told_meanwhile(
    connection: Connection[TupleRow], fed: Told, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "BATCH", 50)
    making_it = steps(connection, fed)
    for step in making_it:
        if step.position > step.goal // 2:
            break
    fed.history.go_on(200)
    fed.tell()
    remember(pool, fed)
    assert any(step.doing == "catching up" for step in making_it)
    assert rows(fed.lake) == fed.history.expected()


def test_another_process_reads_the_old_rows_until_it_has_the_new(
    connection: Connection[TupleRow], fed: Told, database: str, home: Path
) -> None:
    other = Lake(database, home, fed.lake.data)
    before = rows(other)
    with other.connection() as reading:
        reading.begin()
        assert len(reading.execute("FROM lake.feedback").fetchall()) == len(before["feedback"])
        for _ in steps(connection, fed):
            assert rows(other) == before
        assert len(reading.execute("FROM lake.given").fetchall()) == len(before["given"])
    assert rows(other) == fed.history.expected()
    other.close()


def test_one_that_ends_early_leaves_everything_as_it_was(connection: Connection[TupleRow], fed: Told) -> None:
    before = rows(fed.lake)
    with closing(steps(connection, fed)) as making_it:
        assert any(step.doing == "swapping" for step in making_it)
    assert rows(fed.lake) == before
    list(steps(connection, fed))


def test_only_one_is_made_at_a_time(connection: Connection[TupleRow], fed: Told, database: str) -> None:
    with closing(steps(connection, fed)) as making_it, psycopg.connect(database, autocommit=True) as elsewhere:
        next(making_it)
        with pytest.raises(CannotBegin):
            next(steps(elsewhere, fed))


def test_an_event_that_cannot_be_folded_is_named(
    connection: Connection[TupleRow], fed: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(fed.lake)
    with monkeypatch.context() as broken:
        broken.setattr("projections.lake.facts.total", lambda _: 1 / 0)
        with pytest.raises(StandsStill, match="ZeroDivisionError at a FeedbackResolved"):
            list(steps(connection, fed))
    assert rows(fed.lake) == before
