"""The lake holds each fact once and as it is now, whatever order and repetition it is told in."""

from collections.abc import Mapping, Sequence
from random import Random
from uuid import UUID

import pytest

from adapters.duckdb.lake import Lake
from domain.event import Recorded
from tests.adapters.duckdb.tables import Told, position, rows
from tests.projections.plain_facts import History


@pytest.mark.parametrize("seed", range(3))
def test_the_tables_are_as_a_plain_fold_of_the_history(lake: Lake, database: str, seed: int) -> None:
    told = Told(lake, database, History(Random(seed)))
    sizes = Random(seed)
    for _ in range(8):
        told.history.go_on(sizes.choice([1, 10, 100]))
        told.tell(sizes.choice([7, 40, 150]))
        assert rows(lake) == told.history.expected()
    assert position(lake) == told.history.events[-1].position


def test_a_batch_that_is_told_again_changes_nothing(lake: Lake, told: Told) -> None:
    """As after a process that died between the lake's commit and the runner's."""
    told.history.go_on(300)
    told.tell()
    again = told.history.events
    for begin in (0, 150, 290):
        told.apply(again[begin:])
    assert rows(lake) == told.history.expected()


def test_a_batch_that_overlaps_what_was_told_adds_only_the_rest(lake: Lake, told: Told) -> None:
    told.history.go_on(200)
    told.tell()
    begin = len(told.history.events) - 50
    told.history.go_on(100)
    told.apply(told.history.events[begin:])
    assert rows(lake) == told.history.expected()


def test_a_batch_that_fails_leaves_everything_as_it_was(
    lake: Lake, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.history.go_on(200)
    told.tell()
    before, reached = rows(lake), position(lake)
    told.history.go_on(200)
    with monkeypatch.context() as broken:
        broken.setattr("adapters.duckdb.writer.INSERT", "INSERT INTO {} SELECT {} FROM ((")
        with pytest.raises(Exception, match="Parser Error"):
            told.tell()
    assert (rows(lake), position(lake)) == (before, reached)
    told.tell()
    assert rows(lake) == told.history.expected()


def test_two_who_write_at_once_do_not_tell_anything_twice(lake: Lake, database: str, told: Told) -> None:
    """As when a process that lost the runner's lock does not know it yet: in the middle of one the other commits."""
    told.history.go_on(300)
    pending = True

    def streams(ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Recorded]]:
        nonlocal pending
        if pending:
            pending = False
            told.tell()
        return told.history.streams(ids)

    other = Told(Lake(database, lake.home, lake.data), database, told.history, streams)
    half = len(told.history.events) // 2
    told.apply(told.history.events[:half])
    other.apply(told.history.events[half:])
    assert not pending
    assert rows(lake) == told.history.expected()
    other.lake.close()
