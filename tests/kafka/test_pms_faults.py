"""Whatever dies while a PMS tells its reservations, the log is then as if nothing had."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from pydantic import SecretStr
from uuid_utils.compat import uuid7

from adapters.bootstrap import Hote, open_hote
from adapters.kafka import reading
from adapters.kafka.broker import connection
from adapters.kafka.pms import DEAD_LETTERS, TOPIC, PmsConsumer
from adapters.keys.master import MasterKey
from adapters.keys.sources import KEY_BYTES
from adapters.postgres.guest_log import GuestLog
from adapters.postgres.recorder import Pool
from adapters.settings import Settings
from adapters.worker import Worker
from application.desk import known_as
from application.pms import Reader, take_in
from application.ports import Ports
from domain.event import Event
from domain.reservation import ReservationBooked
from tests.conftest import END_OF_OTHERS, FreshDatabase
from tests.installation import Rivage, free_port, rivage, running
from tests.kafka.broker import Broker, started
from tests.kafka.conftest import NewBroker
from tests.kafka.proxy import Proxy, proxied
from tests.kafka.telling import Tale, send, told
from tests.waiting import eventually

RESERVATIONS = 90
ENDS = ("checked_in", "cancelled", "no_show")


def tales(property_id: UUID, numbers: range) -> list[Tale]:
    """Each reservation is booked, changed, and comes to an end; every third is of the guest of the one before."""
    found = []
    for number in numbers:
        guest = {"last_name": "Lefèvre", "emails": [f"guest{number - (number % 3 == 2)}@example.com"]}
        tell = partial(told, property_id, f"F{number}", guest=guest)
        found += [
            tell(1),
            tell(2, "changed", state="booked", rooms=["3", "4"]),
            tell(3, ENDS[number % 3], rooms=["3", "4"]),
        ]
    return found


def plain(value: object) -> object:
    """Without ids, which differ from one log to the other."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return "an id" if isinstance(value, UUID) else str(value)


def happened(hote: Hote, hotel: Rivage) -> dict[str, list[object]]:
    """What happened to each reservation, and then, in whatever order, to its guest."""
    keys = {known_as(hotel.property_id, f"F{number}"): f"F{number}" for number in range(RESERVATIONS)}
    owners = hote.ports.log.owners(hotel.caller.organisation_id, keys)
    streams = hote.ports.log.streams(list(owners.values()))
    events = [each.event for stream in streams.values() for each in stream]
    guest_ids = {each.guest_id for each in events if isinstance(each, ReservationBooked) if each.guest_id}
    guests = hote.ports.log.streams(list(guest_ids))
    found: dict[str, list[object]] = {}
    for key, owner in owners.items():
        first = streams[owner][0].event
        assert isinstance(first, ReservationBooked)
        assert first.guest_id
        of_guest = [contents(each.event) for each in guests[first.guest_id]]
        of_stay = [contents(each.event) for each in streams[owner]]
        found[keys[key]] = [of_stay, sorted(of_guest)]
    return found


def contents(event: Event) -> str:
    told = event.model_dump(exclude={"originator_id", "originator_version"})
    return f"{type(event).__name__} {json.dumps(plain(told))}"


def undisturbed(hote: Hote, hotel: Rivage) -> None:
    """Without Kafka: one after the other."""
    read, log = Reader(hote.ports), hote.ports.log
    for tale in tales(hotel.property_id, range(RESERVATIONS)):
        taken = take_in(hote.ports, hotel.caller.organisation_id, [read(tale.value)])
        log.append(taken.events, taken.metadata, taken.identities)


@contextmanager
def at_work(name: str, hote: Hote, consumer: PmsConsumer) -> Iterator[None]:
    worker = Worker(name, hote.database_url, consumer.take_next)
    worker.start()
    try:
        yield
    finally:
        worker.stop()
        consumer.close()


def partitions(consumer: PmsConsumer) -> int:
    return consumer.standing.partitions


def taken(hote: Hote) -> int:
    """How many messages were."""
    return one(hote, "SELECT coalesce(sum(next_offset), 0)::int FROM kafka.taken")


def partitions_begun(hote: Hote) -> int:
    return one(hote, "SELECT count(*) FROM kafka.taken")


def one(hote: Hote, sql: LiteralString) -> int:
    with psycopg.connect(hote.database_url) as database:
        row = database.execute(sql).fetchone()
    assert row
    return int(row[0])


def make_topics(broker: Broker) -> None:
    broker.make(TOPIC)
    broker.make(DEAD_LETTERS, 1)


def test_the_log_is_as_if_nothing_had_died(
    new_broker: NewBroker,
    fresh_database: FreshDatabase,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def installed(database: str, kafka: SecretStr | None = None) -> Settings:
        home = tmp_path_factory.mktemp("home")
        return Settings(home=home, database_url=SecretStr(database), kafka_bootstrap=kafka)

    broker = new_broker()
    with proxied(broker.port) as proxy, fresh_database() as calm, fresh_database() as wild:
        with open_hote(installed(calm)) as hote:
            hotel = rivage(hote.ports)
            undisturbed(hote, hotel)
            expected = happened(hote, hotel)
        broker.advertised = proxy.port
        address = f"127.0.0.1:{proxy.port}"
        with started(broker), open_hote(installed(wild, SecretStr(address))) as hote:
            assert hote.pms
            make_topics(broker)
            hotel = rivage(hote.ports)
            monkeypatch.setenv("HOTE_KAFKA_BOOTSTRAP", address)
            log = hote.settings.home / "worker.log"
            with (
                running(hote.settings.home, hote.database_url, "worker", output=log) as other,
                at_work("pms", hote, hote.pms),
            ):
                disturb(broker, proxy, hote, hotel, other.pid)
                hote.pool.check()  # of what was cut off, the test makes no use
                eventually(lambda: happened(hote, hotel) == expected)
            assert hote.pms.standing.failure is None
    assert len(expected) == RESERVATIONS


def disturb(broker: Broker, proxy: Proxy, hote: Hote, hotel: Rivage, other: int) -> None:
    assert hote.pms
    pms = hote.pms
    third = RESERVATIONS // 3
    told = [tales(hotel.property_id, range(start, start + third)) for start in range(0, RESERVATIONS, third)]
    eventually(lambda: partitions(pms) == 2)  # the process has the others

    proxy.cut_after(20_000)
    send(broker, told[0])
    eventually(lambda: proxy.was_cut)
    eventually(lambda: taken(hote) > 0)
    os.kill(other, signal.SIGKILL)
    send(broker, told[1])
    with psycopg.connect(hote.database_url, autocommit=True) as database:
        database.execute(END_OF_OTHERS + " AND pid <> pg_backend_pid()", [database.info.dbname])

    before, begun = taken(hote), partitions_begun(hote)
    broker.stop()
    broker.start()
    if broker.forgets:
        make_topics(broker)
        eventually(lambda: partitions_begun(hote) == begun + 4)  # these are others than those before
        send(broker, [*told[0], *told[1]])
    eventually(lambda: taken(hote) > before)

    third_one = PmsConsumer(hote.ports, hote.log, connection(f"127.0.0.1:{proxy.port}"))
    with at_work("pms 3", hote, third_one):
        send(broker, told[2])
        eventually(lambda: partitions(third_one) > 0)


def test_a_broker_that_is_away_is_told_of_once(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(reading, "PATIENCE_MS", 100)
    log = GuestLog(pool, MasterKey(bytes(KEY_BYTES)))
    ports = Ports(log, lambda: datetime.now(UTC), uuid7)
    consumer = PmsConsumer(ports, log, connection(f"127.0.0.1:{free_port()}"))
    with pool.connection() as database:
        assert [consumer.take_next(database) for _ in range(3)] == [False] * 3
    assert consumer.standing.failure == "KafkaTimeoutError"
    assert [each.getMessage() for each in caplog.records] == ["pms lost the broker (KafkaTimeoutError)"]
