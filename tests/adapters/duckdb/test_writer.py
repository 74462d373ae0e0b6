"""The lake holds each fact once and as it is now, whatever order and repetition it is told in."""

from random import Random

import pytest

from adapters.duckdb.lake import Lake
from tests.adapters.duckdb.tables import Told, apply, position, rows


@pytest.mark.parametrize("seed", range(3))
def test_the_tables_are_as_a_plain_fold_of_the_history(lake: Lake, seed: int) -> None:
    told = Told(lake, seed)
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
        apply(told.facts, again[begin:])
    assert rows(lake) == told.history.expected()


def test_a_batch_that_overlaps_what_was_told_adds_only_the_rest(lake: Lake, told: Told) -> None:
    told.history.go_on(200)
    told.tell()
    begin = len(told.history.events) - 50
    told.history.go_on(100)
    apply(told.facts, told.history.events[begin:])
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


def test_two_who_write_at_once_do_not_tell_anything_twice(lake: Lake, told: Told) -> None:
    """As when a process that lost the runner's lock does not know it yet: in the middle of one the other commits."""
    told.history.go_on(300)
    other = Told(Lake(lake._database_url, lake.home, lake.data))
    other.history = told.history
    pending = True

    def streams(ids: object) -> object:
        nonlocal pending
        if pending:
            pending = False
            told.tell()
        return told.history.streams(ids)  # type: ignore[arg-type]

    half = len(told.history.events) // 2
    apply(told.facts, told.history.events[:half])
    other.facts._streams = streams  # type: ignore[assignment]
    apply(other.facts, told.history.events[half:])
    assert not pending
    assert rows(lake) == told.history.expected()
    other.lake.close()
