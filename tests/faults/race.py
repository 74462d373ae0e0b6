"""A race of processes for a log: writers of every temper, and readers who remember their own position.

The truth is what the table holds in the end. The log under test is either ours or the library's in its
function mode, which is known to lose events.
"""

import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, LiteralString, NamedTuple, Protocol, TypeAlias
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Cursor
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool
from uuid_utils.compat import uuid7

from adapters.keys.master import MasterKey
from adapters.keys.sources import KEY_BYTES
from adapters.postgres.log import EventLog
from domain.event import Metadata
from domain.guest_events import StayRemoved

PATIENCE_SECONDS = 120
SLOW_SECONDS = 0.02
END = UUID(int=0)  # the stream of the one event that tells readers to stop

Place = tuple[UUID, int]
Seen = tuple[int, bytes, int]
Pipe: TypeAlias = "Connection[Any, Any]"


class Log(Protocol):
    """What the race needs of a log under test."""

    everything: LiteralString
    """Gives position, stream and version of all events by position."""
    recorder: ApplicationRecorder

    def append(self, events: Sequence[Place], cursor: Cursor[Any] | None = None) -> None: ...

    def transaction(self) -> AbstractContextManager[Cursor[Any]]: ...

    def close(self) -> None: ...


class OurLog:
    """The event log of the service."""

    everything: LiteralString = "SELECT position, stream, version FROM log.events ORDER BY 1"

    def __init__(self, url: str) -> None:
        self._pool = ConnectionPool(url, min_size=1, max_size=3, kwargs={"autocommit": True}, open=True)
        self._log = EventLog(self._pool, MasterKey(bytes(KEY_BYTES)))
        self._metadata = Metadata(
            recorded_at=datetime.now(UTC), actor="test", organisation_id=uuid4(), correlation_id=uuid4()
        )
        self.recorder: ApplicationRecorder = self._log.recorder

    def append(self, events: Sequence[Place], cursor: Cursor[Any] | None = None) -> None:
        removed = [StayRemoved(originator_id=s, originator_version=v, stay_id=s) for s, v in events]
        self._log.save(*removed, metadata=self._metadata, cursor=cursor)

    @contextmanager
    def transaction(self) -> Iterator[Cursor[Any]]:
        with self._pool.connection() as connection, connection.transaction():
            yield connection.cursor()

    def close(self) -> None:
        self._pool.close()


class LibraryLog:
    """The library's recorder with POSTGRES_ENABLE_DB_FUNCTIONS=y."""

    everything: LiteralString = (
        "SELECT notification_id, originator_id, originator_version FROM stored_events ORDER BY 1"
    )

    def __init__(self, url: str) -> None:
        where = conninfo_to_dict(url)
        self._store = PostgresDatastore(
            dbname=str(where["dbname"]),
            host=str(where["host"]),
            port=str(where.get("port", "")),
            user=str(where["user"]),
            password="",
            pool_size=3,
            enable_db_functions=True,
        )
        self._recorder = PostgresApplicationRecorder(self._store)
        self.recorder: ApplicationRecorder = self._recorder

    def create(self) -> None:
        self._recorder.create_table()

    def append(self, events: Sequence[Place], cursor: Cursor[Any] | None = None) -> None:
        if cursor is None:
            self._recorder.insert_events([StoredEvent(s, v, "happened", b"{}") for s, v in events])
        else:
            rows = [self._recorder.construct_pg_stored_event(s, v, "happened", b"{}") for s, v in events]
            cursor.execute(self._recorder.sql_invoke_pg_function_insert_events, [rows])

    def transaction(self) -> AbstractContextManager[Cursor[Any]]:
        return self._store.transaction(commit=True)

    def close(self) -> None:
        self._store.close()


def single(log: Log, rounds: int, _: Pipe) -> None:
    """Forty events of a stream in each round, one at a time."""
    for _round in range(rounds):
        stream = uuid7()
        for version in range(1, 41):
            log.append([(stream, version)])


def batches(log: Log, rounds: int, _: Pipe) -> None:
    """Four batches in each round, of 110 events of one stream."""
    for _round in range(rounds):
        stream = uuid7()
        for start in range(1, 441, 110):
            log.append([(stream, version) for version in range(start, start + 110)])


def slow(log: Log, rounds: int, _: Pipe) -> None:
    """A transaction of ten events in each round, overtaken by one event and open a while longer."""
    for _round in range(rounds):
        stream = uuid7()
        with log.transaction() as cursor:
            log.append([(stream, version) for version in range(1, 11)], cursor)
            log.append([(uuid7(), 1)])
            time.sleep(SLOW_SECONDS)


def aborting(log: Log, rounds: int, _: Pipe) -> None:
    """Ten transactions of two events in each round, of which every other is rolled back."""
    for _round in range(rounds):
        for number in range(10):
            stream = uuid7()
            with log.transaction() as cursor:
                log.append([(stream, 1), (stream, 2)], cursor)
                if number % 2:
                    raise psycopg.Rollback


def doomed(log: Log, rounds: int, pipe: Pipe) -> None:
    """Ten events in each round, then ten that it is killed before committing, overtaken by one event."""
    for _round in range(rounds):
        stream = uuid7()
        log.append([(stream, version) for version in range(1, 11)])
    stream = uuid7()
    with log.transaction() as cursor:
        log.append([(stream, version) for version in range(1, 11)], cursor)
        log.append([(uuid7(), 1)])
        pipe.send(stream.bytes)
        pipe.recv()  # never comes


WRITERS = (doomed, single, single, batches, batches, slow, slow, aborting)


def written(rounds: int) -> int:
    """The events that a race leaves behind."""
    return rounds * (10 + 2 * 40 + 2 * 440 + 2 * 11 + 10) + 2


def polling(log: Log, limit: int) -> Iterator[Seen]:
    """Follows the log in pages, from the position of the last event it was given."""
    position = 0
    while True:
        for each in log.recorder.select_notifications(position, limit, inclusive_of_start=False):
            position = each.id
            yield each.id, UUID(str(each.originator_id)).bytes, each.originator_version


def subscribing(log: Log) -> Iterator[Seen]:
    with log.recorder.subscribe() as subscription:
        for each in subscription:
            yield each.id, UUID(str(each.originator_id)).bytes, each.originator_version


READERS: Sequence[Callable[[Log], Iterator[Seen]]] = (
    partial(polling, limit=100),
    partial(polling, limit=2000),
    subscribing,
)


def write(
    kind: Callable[[str], Log], url: str, temper: Callable[[Log, int, Pipe], None], rounds: int, pipe: Pipe
) -> None:
    log = kind(url)
    pipe.send("ready")
    pipe.recv()
    temper(log, rounds, pipe)
    log.close()


def read(kind: Callable[[str], Log], url: str, reader: Callable[[Log], Iterator[Seen]], pipe: Pipe) -> None:
    log = kind(url)
    seen: list[Seen] = []
    pipe.send("ready")
    for each in reader(log):
        seen.append(each)
        if each[1] == END.bytes:
            break
    pipe.send(seen)
    log.close()


class Counts(NamedTuple):
    """What the readers of a race together got wrong."""

    missed: int
    twice: int
    out_of_order: int


def compare(truth: Sequence[Seen], seen: Sequence[Seen]) -> Counts:
    versions: dict[bytes, int] = {}
    out_of_order = 0
    for _, stream, version in seen:
        out_of_order += version <= versions.get(stream, 0)
        versions[stream] = version
    return Counts(len(set(truth) - set(seen)), len(seen) - len(set(seen)), out_of_order)


def receive(pipe: Pipe) -> Any:
    if not pipe.poll(PATIENCE_SECONDS):
        raise TimeoutError("a process of the race does not answer")
    return pipe.recv()


def start(target: Callable[..., None], *arguments: object) -> tuple[SpawnProcess, Pipe]:
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=target, args=(*arguments, there), daemon=True)
    process.start()
    there.close()  # so that the end of the process is noticed here
    return process, here


def own_transaction(connection: psycopg.Connection[tuple[Any, ...]]) -> object:
    """The id of the connection's transaction; the first call gives it one."""
    return connection.execute("SELECT pg_current_xact_id()").fetchone()


def race(kind: Callable[[str], Log], url: str, elsewhere: str, rounds: int) -> tuple[list[Seen], list[Counts]]:
    """Runs a race to its end; gives the table's rows by position, and what each reader got wrong.

    `elsewhere` is another database of the same server. In both, a transaction that has an id of its own
    stays open until every reader has seen the last event.
    """
    log = kind(url)
    with psycopg.connect(url) as idle, psycopg.connect(elsewhere) as idle_elsewhere:
        idle_ids = [own_transaction(each) for each in (idle, idle_elsewhere)]
        writers = [start(write, kind, url, temper, rounds) for temper in WRITERS]
        readers = [start(read, kind, url, reader) for reader in READERS]
        for _, pipe in writers + readers:
            receive(pipe)
        for _, pipe in writers:
            pipe.send("go")

        victim, pipe = writers[0]
        lost = receive(pipe)
        victim.kill()
        for process, _ in writers:
            process.join(PATIENCE_SECONDS)
            assert process.exitcode == (-signal.SIGKILL if process is victim else 0)

        log.append([(END, 1)])
        seen = [receive(pipe) for _, pipe in readers]
        assert idle_ids == [own_transaction(each) for each in (idle, idle_elsewhere)]
    with log.transaction() as cursor:
        rows = [tuple(row.values()) if isinstance(row, dict) else row for row in cursor.execute(log.everything)]
    log.close()
    truth = [(position, stream.bytes, version) for position, stream, version in rows]
    assert lost not in {stream for _, stream, _ in truth}
    return truth, [compare(truth, each) for each in seen]
