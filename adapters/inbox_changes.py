"""Hands each change of the inbox to everybody in this process who has it open, as Postgres tells of it."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from threading import Event as Flag
from threading import Thread
from uuid import UUID

import psycopg
from anyio import WouldBlock, create_memory_object_stream
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from anyio.to_thread import run_sync
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from projections.inbox.changes import CHANNEL, Change, Many, read

WAITING = 200
"""Changes that wait for a reader at most; one who is further behind is dropped, and asks for the rest anew."""

MOST_FOR_ONE = 50
"""Streams that one caller has open at a time, in one process."""

LOOK_SECONDS = 0.5
RETRY_SECONDS = 1.0
logger = logging.getLogger(__name__)


class NotListening(Exception):
    """Postgres cannot be heard just now."""


class TooMany(Exception):
    """The caller has as many streams open as one may."""


@dataclass(frozen=True, eq=False)
class Subscription:
    """Somebody who has the inbox open; `properties` None sees all of the organisation's."""

    caller: str
    organisation_id: UUID
    properties: frozenset[UUID] | None
    sender: MemoryObjectSendStream[Change | Many]
    changes: MemoryObjectReceiveStream[Change | Many]
    drop: Callable[[], None]

    def concerns(self, change: Change | Many) -> bool:
        if isinstance(change, Many):
            return True
        seen = self.properties is None or change.property_id in self.properties
        return seen and change.organisation_id == self.organisation_id


class InboxChanges:
    """One connection that listens, and who is told. All but the listening happens in the event loop."""

    def __init__(self, database_url: str) -> None:
        # Who only listens would not notice otherwise that the server is gone without a word.
        self._database = make_conninfo(database_url, keepalives_idle=10, keepalives_interval=5, keepalives_count=3)
        self._open: set[Subscription] = set()
        self._heard = False
        self._stop = Flag()

    @asynccontextmanager
    async def listening(self, _: object) -> AsyncIterator[None]:
        """An app's lifespan: for as long as it serves."""
        loop = asyncio.get_running_loop()
        self._stop.clear()
        thread = Thread(target=self._listen, args=[loop.call_soon_threadsafe], name="inbox changes", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            self.end_all()
            await run_sync(thread.join)

    @contextmanager
    def subscribed(
        self, caller: str, organisation_id: UUID, properties: frozenset[UUID] | None, drop: Callable[[], None]
    ) -> Iterator[MemoryObjectReceiveStream[Change | Many]]:
        """The changes from now on; they end when no more can be heard, and `drop` is called on who reads too slowly.

        Raises NotListening, TooMany.
        """
        if not self._heard:
            raise NotListening
        if Counter(each.caller for each in self._open)[caller] >= MOST_FOR_ONE:
            raise TooMany
        sender, changes = create_memory_object_stream[Change | Many](WAITING)
        subscription = Subscription(caller, organisation_id, properties, sender, changes, drop)
        self._open.add(subscription)
        try:
            with sender, changes:
                yield changes
        finally:
            self._open.discard(subscription)

    def end_all(self) -> None:
        """Whoever reads has what waits for them, and then an end."""
        self._heard = False
        for each in self._open:
            each.sender.close()
        self._open.clear()

    def _listen(self, call: Callable[..., object]) -> None:
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._database, autocommit=True) as connection:
                    connection.execute(SQL("LISTEN {}").format(Identifier(CHANNEL)))
                    call(self._begin)
                    while not self._stop.is_set():
                        for notice in connection.notifies(timeout=LOOK_SECONDS):
                            call(self._tell, read(notice.payload))
            except Exception as error:  # noqa: BLE001  a thread that ended would leave every inbox silent
                logger.warning("the inbox cannot be listened to (%s)", type(error).__name__)
                call(self.end_all)
                self._stop.wait(RETRY_SECONDS)

    def _begin(self) -> None:
        self._heard = True

    def _tell(self, change: Change | Many) -> None:
        for each in self._open:
            if each.concerns(change):
                try:
                    each.sender.send_nowait(change)
                except WouldBlock:
                    each.drop()
