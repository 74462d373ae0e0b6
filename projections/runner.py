"""Feeds the log to read models: batch by batch, rows and checkpoint in one transaction, one feeder per read model."""

import logging
import time
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from threading import Event as Flag
from threading import Thread
from typing import NamedTuple

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from projections.folding import StandsStill, advance, apply, checkpoint, lock_number, prepare
from projections.projection import Feed, Projection
from projections.rebuild import drop_leftovers, rebuilding

BATCH = 2_000
POLL_SECONDS = 0.05
LOOK_SECONDS = 1.0
"""After which a read model that nobody wakes looks for itself: it may have to begin again."""

SELDOM_SECONDS = 0.25
"""Between batches of read models whose batches cost much."""

RETRY_SECONDS = 2.0
LEFTOVERS_SECONDS = 180.0
LOCKS = 0x70726F6A  # "proj": first of two integers; the second tells the read model

NOT_BEGUN = "it has not begun"
"""The failure of a read model that nobody has fed yet."""

logger = logging.getLogger(__name__)
Pool = ConnectionPool[Connection[TupleRow]]


class Standing(NamedTuple):
    """Where a read model stands: the positions of the log after its own, and the age of the oldest of them."""

    name: str
    position: int
    behind_events: int
    behind_seconds: float
    failed_position: int | None
    failure: str | None


class Runner:
    """A thread for each read model, and one that wakes them: an idle log is looked at by one and not by all.

    Of several processes that run a read model, the first feeds and the others stand by. Those named in `seldom` take
    a few batches a second, however little is in them, unless somebody waits for them.
    """

    def __init__(
        self,
        pool: Pool,
        database_url: str,
        feed: Feed,
        projections: Sequence[Projection],
        seldom: Collection[str] = (),
    ) -> None:
        self._pool = pool
        self._database_url = database_url
        self._feed = feed
        self._projections = projections
        self._seldom = seldom
        self._stop = Flag()
        self._wakes = {projection.name: Flag() for projection in projections}
        self._threads: list[Thread] = []

    def start(self) -> None:
        for projection in self._projections:
            thread = Thread(target=self._run, args=[projection], name=f"projection {projection.name}", daemon=True)
            self._threads.append(thread)
        self._threads.append(Thread(target=self._watch, name="projections", daemon=True))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends after the batches at hand."""
        self._stop.set()
        self._wake(self._wakes)
        for thread in self._threads:
            thread.join()

    def _watch(self) -> None:
        """Wakes all when there is something to read."""
        seen = -1
        while not self._stop.wait(POLL_SECONDS):
            try:
                _, reached = self._feed.read(seen, 0, ())
            except Exception:  # noqa: BLE001  whatever it is, each read model comes upon it, and says so
                self._stop.wait(RETRY_SECONDS)
                continue
            if reached != seen:
                seen = reached
                self._wake(self._wakes.keys() - self._seldom)

    def _wake(self, names: Iterable[str]) -> None:
        for name in names:
            self._wakes[name].set()

    def _run(self, projection: Projection) -> None:
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._database_url, autocommit=True) as connection:
                    self._follow(connection, projection)
            except psycopg.OperationalError as error:
                logger.warning("projection %s lost the database (%s)", projection.name, type(error).__name__)
                self._stop.wait(RETRY_SECONDS)
            except Exception as error:  # noqa: BLE001  a thread that ended would stand still without a word
                logger.error("projection %s cannot begin (%s)", projection.name, type(error).__name__)
                self._stop.wait(RETRY_SECONDS)

    def _follow(self, connection: Connection[TupleRow], projection: Projection) -> None:
        lock = [LOCKS, lock_number(projection.name)]
        while connection.execute("SELECT pg_try_advisory_lock(%s, %s)", lock).fetchone() != (True,):
            if self._stop.wait(RETRY_SECONDS):
                return
        prepare(connection, projection)
        position = checkpoint(connection, projection.name)
        types = [kind.__name__ for kind in projection.folds]
        fold = partial(apply, connection, projection)
        wake = self._wakes[projection.name]
        seldom = projection.name in self._seldom
        at_once, cleared_at, told = BATCH, float("-inf"), ""
        while not self._stop.is_set():
            if time.monotonic() - cleared_at > LEFTOVERS_SECONDS:
                drop_leftovers(connection, [projection])
                cleared_at = time.monotonic()
            try:
                most = min(at_once, BATCH)
                reached, at_once = advance(self._feed, position, most, types, fold)
            except StandsStill as still:
                if str(still) != told:
                    logger.error("projection %s stands still: %s", projection.name, still)
                told = str(still)
                self._stand_still(connection, projection, position, still)
                continue
            told = ""
            if reached == position or (seldom and reached - position < most):
                wake.wait(SELDOM_SECONDS if seldom else LOOK_SECONDS)
                wake.clear()
                reached = checkpoint(connection, projection.name)  # others may have it begin again
            position = reached

    def _stand_still(
        self, connection: Connection[TupleRow], projection: Projection, position: int, still: StandsStill
    ) -> None:
        """Tells which event after `position` it cannot go past, unless a rebuilt one was swapped in, and waits."""
        connection.execute(
            "UPDATE projection.checkpoints SET failed_position = %s, failure = %s WHERE name = %s AND position = %s",
            [still.position, still.failure, projection.name, position],
        )
        self._stop.wait(RETRY_SECONDS)

    def standings(self) -> list[Standing]:
        """Of every read model, also one that has not begun."""
        with self._pool.connection() as connection:
            rows = connection.execute(
                "SELECT name, coalesce(position, 0), greatest(log.settled() - coalesce(position, 0), 0),"
                " coalesce((SELECT extract(epoch FROM now() - recorded_at)::float8 FROM log.events e"
                "           WHERE e.position > c.position ORDER BY e.position LIMIT 1), 0),"
                " failed_position, CASE WHEN position IS NULL THEN %s ELSE failure END"
                " FROM unnest(%s::text[]) AS expected (name) LEFT JOIN projection.checkpoints c USING (name)"
                " ORDER BY name",
                [NOT_BEGUN, [projection.name for projection in self._projections]],
            )
            return [Standing(*row) for row in rows]

    def progress(self, name: str) -> tuple[int, int]:
        """The position that the read model has reached, -1 where there is none yet, and the last of the log.

        The last is given out, and perhaps not settled or never to be: whoever was told of a position was not
        told of a higher one. Whoever asks waits for it: a feeder in this process that is behind looks at once.
        """
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT coalesce((SELECT position FROM projection.checkpoints WHERE name = %s), -1),"
                " pg_sequence_last_value('log.position')",
                [name],
            ).fetchone()
        assert row is not None  # it has no table to be empty
        position, last = int(row[0]), int(row[1])
        if position < last:
            self._wakes[name].set()
        return position, last

    def followed_by(self, names: Sequence[str]) -> int:
        """The position that all of these have reached; 0 while one is rebuilt: its copy may hold what was before."""
        with self._pool.connection() as connection:
            if rebuilding(connection, names):
                return 0
            return min(max(0, checkpoint(connection, name)) for name in names)

    def begin_again(self, name: str) -> None:
        """Has a reaction follow the log from its beginning once more, if it has begun at all."""
        with self._pool.connection() as connection:
            connection.execute("UPDATE projection.checkpoints SET position = 0 WHERE name = %s", [name])
        self._wakes[name].set()

    def wait_for(self, name: str, position: int, timeout: float) -> bool:
        """Whether the read model reached the position within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while self.progress(name)[0] < position:
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS / 5)
        return True
