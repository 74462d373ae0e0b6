"""What happened reaches the topics of a real broker: all of it, in order, under ids that stay; and an end for some."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import psycopg
import pytest
from kafka import KafkaConsumer, TopicPartition
from psycopg import Cursor
from psycopg.rows import TupleRow
from uuid_utils.compat import uuid7

from adapters.kafka import publisher
from adapters.kafka.broker import connection
from adapters.kafka.publisher import Publisher
from adapters.postgres.log import EventLog
from adapters.postgres.recorder import Pool
from adapters.postgres.sealed_feed import SealedFeed
from application.integration_events.published import TOPICS
from domain.contact import Profile
from domain.event import Event, Metadata, Recorded
from domain.guest_events import BlockReason, GuestAnonymised, GuestBlocked, GuestRegistered, GuestUnblocked, Origin
from projections.runner import Runner
from tests.following import follow
from tests.kafka.broker import Broker, started
from tests.kafka.conftest import NewBroker
from tests.waiting import eventually


class Heard(NamedTuple):
    """A message of one organisation's events, or a tombstone, whose type is None."""

    key: str
    type: str | None
    id: str | None
    position: int


class House:
    """An organisation whose guests and reservations are told of."""

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self.id = uuid7()
        self.streams: list[UUID] = []

    def records(self, *events: Event) -> None:
        now = datetime.now(UTC)
        said = Metadata(recorded_at=now, actor="key:admin", organisation_id=self.id, correlation_id=uuid7())
        self.log.save(*events, metadata=said)
        self.streams += [e.originator_id for e in events if e.originator_version == 1]

    def guest(self) -> UUID:
        guest_id = uuid7()
        profile = Profile(last_name="Lefèvre", emails=("zoe@example.com",))
        place = {"originator_id": guest_id, "originator_version": 1}
        self.records(GuestRegistered(**place, organisation_id=self.id, origin=Origin.MANUAL, profile=profile))
        return guest_id

    def expected(self) -> dict[str, list[str]]:
        """The ids of what is told under each key, as the log has them."""
        return {str(stream): [each.hash.hex() for each in self.log.stream(stream)] for stream in self.streams}

    def heard(self, broker: Broker) -> list[Heard]:
        """All that the topics hold of it, each partition in order."""
        consumer = KafkaConsumer(bootstrap_servers=broker.bootstrap, group_id=None, enable_auto_commit=False)
        try:
            partitions = [
                TopicPartition(topic, n) for topic in TOPICS for n in consumer.partitions_for_topic(topic) or ()
            ]
            consumer.assign(partitions)
            consumer.seek_to_beginning()
            ends = consumer.end_offsets(partitions)
            messages = []
            while any(consumer.position(each) < end for each, end in ends.items()):
                messages += [m for some in consumer.poll(100).values() for m in some]
        finally:
            consumer.close()
        ours = []
        for each in messages:
            event = json.loads(each.value) if each.value else {}
            position = int(dict(each.headers)["hote-position"])
            if each.key.decode() in map(str, self.streams):
                assert event.get("subject", each.key.decode()) == each.key.decode()
                ours.append(Heard(each.key.decode(), event.get("type"), event.get("id"), position))
        return ours


def place(stream: UUID, version: int) -> dict[str, object]:
    return {"originator_id": stream, "originator_version": version}


def firsts(heard: Sequence[Heard]) -> dict[str, list[str]]:
    """The ids under each key, without those that had come before."""
    ids: dict[str, dict[str, None]] = {}
    for each in heard:
        if each.id:
            ids.setdefault(each.key, {})[each.id] = None
    return {key: list(found) for key, found in ids.items()}


@pytest.fixture(scope="module", autouse=True)
def _topics(broker: Broker) -> None:
    for topic in TOPICS:
        broker.make(topic)


@pytest.fixture
def house(log: EventLog) -> House:
    return House(log)


def test_events_of_a_key_come_in_the_order_of_the_log_and_a_tombstone_after_the_last(
    broker: Broker, house: House, database: str
) -> None:
    guests = [house.guest() for _ in range(3)]
    for version in range(2, 12, 2):
        for guest in guests:
            house.records(GuestBlocked(**place(guest, version), reason=BlockReason.OTHER))
            house.records(GuestUnblocked(**place(guest, version + 1)))
    house.records(GuestAnonymised(**place(guests[0], 12), erasure_id=uuid7()))
    told = Publisher(connection(broker.bootstrap))
    with psycopg.connect(database, autocommit=True) as link:
        follow(link, SealedFeed(house.log), [told])
    told.close()
    heard = house.heard(broker)
    assert firsts(heard) == house.expected()
    assert [each.type for each in heard if each.key == str(guests[0])][-2:] == ["hote.guest.anonymised.v1", None]
    assert [each for each in heard if each.key != str(guests[0]) and each.type is None] == []
    for key in map(str, guests):
        positions = [each.position for each in heard if each.key == key]
        assert positions == sorted(positions)


class Dies(Publisher):
    """As a process that is killed when the broker has what it was told and nobody has noted that it does."""

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        super().apply(cursor, batch)
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_who_dies_before_it_is_noted_tells_all_again_under_the_same_ids(
    broker: Broker, house: House, database: str
) -> None:
    guests = [house.guest() for _ in range(3)]
    house.records(GuestBlocked(**place(guests[0], 2), reason=BlockReason.OTHER))
    dies, told = Dies(connection(broker.bootstrap)), Publisher(connection(broker.bootstrap))
    with psycopg.connect(database, autocommit=True) as link, pytest.raises(psycopg.OperationalError):
        follow(link, SealedFeed(house.log), [dies])
    house.records(GuestUnblocked(**place(guests[0], 3)))
    with psycopg.connect(database, autocommit=True) as link:
        follow(link, SealedFeed(house.log), [told])
    dies.close()
    told.close()
    heard = house.heard(broker)
    assert firsts(heard) == house.expected()
    assert sorted(len([1 for each in heard if each.key == str(guest)]) for guest in guests) == [2, 2, 5]


def test_a_broker_that_is_away_is_waited_for(
    new_broker: NewBroker, house: House, pool: Pool, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "TAKEN_WITHIN_MS", 1_000)
    with started(new_broker()) as broker:
        told = Publisher(connection(broker.bootstrap))
        runner = Runner(pool, database, SealedFeed(house.log), [told])
        house.guest()
        runner.start()
        try:
            eventually(lambda: runner.standings()[0].failure is None and runner.standings()[0].behind_events == 0)
            broker.stop()
            guest = house.guest()
            eventually(lambda: runner.standings()[0].failure == "KafkaTimeoutError at a GuestRegistered")
            broker.start()
            eventually(lambda: runner.standings()[0].failure is None and runner.standings()[0].behind_events == 0)
        finally:
            runner.stop()
            told.close()
        assert firsts(house.heard(broker))[str(guest)] == house.expected()[str(guest)]
