"""Takes in fifty thousand messages of a PMS with two workers: `python -m tests.benchmarks.pms [--messages 50000]`.

From the topic to the guest list: each worker is a process that takes in messages and feeds the guest list, where the
other does not; broker and database share the machine with them. Beside it, in the same run, two processes that read the
same topic and parse each message, and do nothing else.
"""

import argparse
import gc
import multiprocessing
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Flag
from uuid import UUID

import orjson
import psycopg
from kafka import KafkaConsumer, TopicPartition
from uuid_utils.compat import uuid7

from adapters.kafka.broker import connection
from adapters.kafka.pms import DEAD_LETTERS, TOPIC, PmsConsumer
from adapters.keys.master import MasterKey
from adapters.keys.sources import KEY_BYTES
from adapters.postgres.connections import Connections
from adapters.postgres.feed import LogFeed
from adapters.postgres.guest_log import GuestLog
from adapters.postgres.migrate import migrate
from adapters.postgres.recorder import Pool
from adapters.worker import Worker
from application.ports import Ports
from projections.guest_list.fold import GuestList
from projections.runner import Runner
from tests.benchmarks.guest_list import started as database_started
from tests.installation import rivage
from tests.kafka.broker import Broker, started
from tests.kafka.telling import Tale, send, told
from tests.waiting import eventually

SPAWN = multiprocessing.get_context("spawn")
WORKERS, PARTITIONS = 2, 4
MASTER = MasterKey(bytes(range(KEY_BYTES)))
POLL_SECONDS = 0.05


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=50_000)
    messages = parser.parse_args().messages
    with tempfile.TemporaryDirectory(prefix="hote") as home, started(Broker()) as broker:
        server = database_started(Path(home, "postgres"))
        try:
            database = server.get_uri()
            with psycopg.connect(database) as connection:
                migrate(connection)
            with Connections(database) as pool:
                measure(pool, database, broker, messages)
        finally:
            server.cleanup()


def measure(pool: Pool, database: str, broker: Broker, messages: int) -> None:
    log = GuestLog(pool, MASTER)
    ports = Ports(log=log, now=lambda: datetime.now(UTC), new_id=uuid7)
    broker.make(TOPIC, PARTITIONS)
    broker.make(DEAD_LETTERS, 1)
    send(broker, a_season(rivage(ports).property_id, messages))
    workers = [SPAWN.Process(target=work, args=(database, broker.bootstrap), daemon=True) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    eventually(lambda: taken(pool) > 0)
    begin, first = time.perf_counter(), taken(pool)
    while taken(pool) < messages:
        time.sleep(POLL_SECONDS)
    written = time.perf_counter() - begin
    runner = Runner(pool, database, LogFeed(log.events), [GuestList()])
    _, last = runner.progress("guest_list")
    assert runner.wait_for("guest_list", last, 300)
    seconds = time.perf_counter() - begin
    for worker in workers:
        worker.kill()
    rate, to_log = ((messages - first) / each for each in (seconds, written))
    print(f"{rate:,.0f} messages/s to the guest list with {WORKERS} workers, {to_log:,.0f} to the log")
    with pool.connection() as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM guest_list.guest), (SELECT count(*) FROM log.events)"
        ).fetchone()
        ends = connection.execute("SELECT partition, next_offset FROM kafka.taken ORDER BY partition").fetchall()
    assert row
    print(f"{row[0]:,} guests, {row[1]:,} events")
    with SPAWN.Pool(WORKERS) as readers:
        readers.map(len, ["begun"] * WORKERS)
        baseline = messages / max(
            readers.starmap(read_and_parse, [(broker.bootstrap, ends[number::WORKERS]) for number in range(WORKERS)])
        )
    print(f"{baseline:,.0f} messages/s read and parsed alone, by as many: {rate / baseline:.2f} x")


def work(database: str, bootstrap: str) -> None:
    gc.set_threshold(20_000)  # as adapters.bootstrap does
    with Connections(database) as pool:
        log = GuestLog(pool, MASTER)
        ports = Ports(log=log, now=lambda: datetime.now(UTC), new_id=uuid7)
        Runner(pool, database, LogFeed(log.events), [GuestList()]).start()
        Worker("pms", database, PmsConsumer(ports, log, connection(bootstrap)).take_next).start()
        Flag().wait()


def a_season(property_id: UUID, messages: int) -> Iterator[Tale]:
    """Reservations in the order in which they come, change and end; of seven guests one comes again."""
    dice = random.Random(6)
    moments: list[tuple[float, int, int, str]] = []
    number = 0
    while len(moments) < messages:
        steps = ["created"] + ["changed"] * (dice.random() < 0.3)
        steps += dice.choices([["checked_in", "checked_out"], ["cancelled"], ["no_show"]], [0.62, 0.36, 0.02])[0]
        times = sorted(number + dice.expovariate(1 / 2_000) for _ in steps)
        moments += [
            (moment, number, version, what) for version, (moment, what) in enumerate(zip(times, steps, strict=True))
        ]
        number += 1
    for _, number, version, what in sorted(sorted(moments, key=lambda each: each[:1])[:messages]):
        day = number % 27 + 1
        guest = number - 4_000 if number % 7 == 0 and number > 4_000 else number
        yield told(
            property_id,
            f"R{number}",
            version + 1,
            what,
            state="booked" if what == "changed" else None,
            source="channel" if number % 3 else "internal",
            arrival=f"2025-03-{day:02}",
            departure=f"2025-03-{day + 1 + version % 2:02}",
            rooms=[str(100 + number % 80)],
            paid={"amount": 12_000 + number % 900, "currency": "EUR"},
            guest={
                "salutation": "Mme",
                "first_name": f"Zoé {guest % 900}",
                "last_name": f"Lefèvre {guest}",
                "emails": [f"zoe{guest}@example.com"],
                "phones": [f"+33 6 {guest % 10**8:08}"],
                "language": "fr",
                "country": "FR",
                "address": {"street": "1 rue du Port", "postal_code": "17000", "city": "La Rochelle", "country": "FR"},
            },
        )


def taken(pool: Pool) -> int:
    with pool.connection() as connection:
        row = connection.execute("SELECT coalesce(sum(next_offset), 0)::int FROM kafka.taken").fetchone()
    assert row
    return int(row[0])


def read_and_parse(bootstrap: str, ends: list[tuple[int, int]]) -> float:
    """The baseline: seconds until partitions are read to their ends."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, metrics_enabled=False)
    partitions = [TopicPartition(TOPIC, partition) for partition, _ in ends]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    left = sum(end for _, end in ends)
    begin = time.perf_counter()
    while left:
        for records in consumer.poll(250).values():
            left -= len([orjson.loads(each.value) for each in records])
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
