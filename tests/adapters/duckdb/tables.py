"""What tests read from a lake, and how they tell it a history."""

from collections.abc import Iterator, Sequence
from random import Random

import psycopg

from adapters.duckdb.lake import Lake
from adapters.duckdb.writer import LakeFacts
from domain.event import Recorded
from projections.lake.facts import Streams
from tests.projections.plain_facts import History, Rows

TABLES = ("feedback", "given", "stay", "property", "code", "cost_item")


class Told:
    """A history that the lake is told, batch by batch."""

    def __init__(
        self, lake: Lake, database: str, history: History | None = None, streams: Streams | None = None
    ) -> None:
        self.history = history or History(Random(0))
        self.lake = lake
        self._database = database
        self._facts = LakeFacts(lake, streams or self.history.streams)
        self._told = 0

    def tell(self, batch: int = 100) -> None:
        for _ in self.batches(batch):
            pass

    def batches(self, batch: int) -> Iterator[None]:
        events = self.history.events
        while self._told < len(events):
            now = events[self._told : self._told + batch]
            self.apply(now)
            self._told += len(now)
            yield

    def apply(self, batch: Sequence[Recorded]) -> None:
        """As the runner does."""
        with psycopg.connect(self._database) as connection, connection.cursor() as cursor:
            self._facts.apply(cursor, batch)


def rows(lake: Lake) -> Rows:
    """The tables, but for the checkpoint."""
    with lake.connection() as connection:
        return {table: sorted(connection.execute(f"FROM lake.{table}").fetchall(), key=repr) for table in TABLES}


def position(lake: Lake) -> int:
    with lake.connection() as connection:
        [(position,)] = connection.execute("FROM lake.checkpoint").fetchall()
    return int(position)


def files(lake: Lake) -> int:
    """Data files in use."""
    with lake.connection() as connection:
        [(number,)] = connection.execute("SELECT sum(file_count) FROM ducklake_table_info('lake')").fetchall()
    return int(number)


def snapshots(lake: Lake) -> int:
    with lake.connection() as connection:
        [(number,)] = connection.execute("SELECT count(*) FROM ducklake_snapshots('lake')").fetchall()
    return int(number)
