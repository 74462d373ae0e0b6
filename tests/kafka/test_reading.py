"""A topic is read from offsets that are kept elsewhere, also when they are not what Kafka expects."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import pytest
from kafka import KafkaProducer

from adapters.kafka import reading
from adapters.kafka.broker import connection
from adapters.kafka.reading import Reading
from tests.kafka.broker import Broker
from tests.waiting import eventually

TOPIC = "read.v1"


class Shelf:
    """Keeps how far each topic was read, of one partition."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.offsets: dict[UUID, int] = {}

    def of(self, topic_id: UUID, partitions: Sequence[int]) -> Mapping[int, int]:
        return {each: self.offsets.get(topic_id, 0) for each in partitions}

    def reads(self, *values: bytes, kept: bool = True) -> None:
        """Sooner or later, these one after the other."""
        found: list[bytes | None] = []

        def as_expected() -> bool:
            if batch := self.reading.next_batch(self.of):
                found.extend(each.value for each in batch.messages)
                if kept:
                    self.offsets[batch.topic_id] = batch.after[0]
            return found[-len(values) :] == list(values)

        eventually(as_expected)


def write(broker: Broker, *values: bytes) -> None:
    with KafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        for each in values:
            producer.send(TOPIC, each)


def test_messages_are_read_from_where_others_say(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LOOK_SECONDS", 0.0)
    broker.make(TOPIC, 1)
    write(broker, b"one", b"two")
    shelf = Shelf(Reading(connection(broker.bootstrap), TOPIC, "readers"))
    shelf.reads(b"one", b"two", kept=False)

    shelf.reading.again()  # a batch that came to nothing
    shelf.reads(b"one", b"two")

    if not broker.forgets:  # the broker of the wheel says of no offset that it is gone
        (topic_id,) = shelf.offsets
        shelf.offsets[topic_id] = 4_711
        shelf.reading.again()
        shelf.reads(b"one", b"two")

    broker.drop(TOPIC)
    broker.make(TOPIC, 1)
    write(broker, b"three", b"four", b"five")
    shelf.reads(b"three", b"four", b"five")
    assert len(shelf.offsets) == 2
    shelf.reading.close()
