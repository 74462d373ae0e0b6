"""The facts of the lake, batch by batch, are what a plain program would keep of the same history."""

from random import Random

import pytest

from projections.lake.facts import Change, changes
from tests.projections.plain_facts import History, Row, Rows

COLUMN = {"feedback": 1, "source": 2, "guest": 1, "stay": 2, "property": 1, "code": 1, "item": 1}
"""Where a row has the key of a change."""

DAY = {"feedback": 3, "given": 4}


def made(tables: dict[str, list[Row]], change: Change) -> None:
    """The change, as a database makes it."""

    def stays(row: Row) -> bool:
        if row[COLUMN[change.key]] not in change.out:
            return True
        if change.days:
            assert min(change.days) <= row[DAY[change.table]] <= max(change.days), "it would have been missed"
        return False

    tables[change.table] = [*filter(stays, tables[change.table]), *map(tuple, change.rows)]


def told(history: History, sizes: list[int]) -> Rows:
    tables: dict[str, list[Row]] = {table: [] for table in history.expected()}
    events = list(history.events)
    for size in sizes:
        batch, events = events[:size], events[size:]
        for change in changes(batch, history.streams) if batch else []:
            made(tables, change)
    assert not events
    return {table: sorted(rows, key=repr) for table, rows in tables.items()}


@pytest.mark.parametrize("seed", range(20))
def test_a_history_in_batches_of_any_size_is_as_a_plain_fold_of_it(seed: int) -> None:
    history = History(Random(seed))
    history.go_on(600)
    sizes = Random(seed)
    batches = [sizes.choice([1, 1, 2, 3, 50, 200]) for _ in range(len(history.events))]
    assert told(history, batches) == history.expected()


def test_what_the_log_holds_beyond_a_batch_is_not_told_with_it() -> None:
    history = History(Random(4))
    history.go_on(300)
    reached, early = len(history.events), history.expected()
    history.go_on(300)
    tables: dict[str, list[Row]] = {table: [] for table in early}
    for one in history.events[:reached]:
        for change in changes([one], history.streams):
            made(tables, change)
    assert {table: sorted(rows, key=repr) for table, rows in tables.items()} == early
