"""A PMS on the other side of Kafka: the messages it writes, and the hand that sends them."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import orjson
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from adapters.kafka.pms import TOPIC
from tests.kafka.broker import Broker
from tests.waiting import eventually


class Tale(NamedTuple):
    """What is sent of a reservation: its external id, by which the partition is chosen, and the message."""

    external_id: str
    value: bytes


def told(property_id: UUID, external_id: str, version: int, what: str = "created", **changes: object) -> Tale:
    """A CloudEvent of the type `pms.reservation.{what}`; the changes are of its data."""
    data = {
        "property_id": str(property_id),
        "external_id": external_id,
        "version": version,
        "arrival": "2031-05-02",
        "departure": "2031-05-05",
        "rooms": ["12"],
        "total": {"amount": 30_000, "currency": "EUR"},
        "guest": {"first_name": "Ana", "last_name": "Lefèvre", "emails": [f"{external_id}@example.com"]},
    }
    event = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/pms",
        "type": f"pms.reservation.{what}",
        "data": data | changes,
    }
    return Tale(external_id, orjson.dumps(event))


def send(broker: Broker, tales: Iterable[Tale], headers: list[tuple[str, bytes]] | None = None) -> None:
    """Returns when the broker has them all."""
    with KafkaProducer(bootstrap_servers=broker.bootstrap, metrics_enabled=False) as producer:
        sent = [producer.send(TOPIC, each.value, each.external_id.encode(), headers=headers or []) for each in tales]
        for each in sent:
            each.get()


def first_in(broker: Broker, topic: str, number: int) -> list[Any]:
    """So many messages of the topic, when they are there."""
    consumer = KafkaConsumer(bootstrap_servers=broker.bootstrap, metrics_enabled=False)
    try:
        partitions = [TopicPartition(topic, each) for each in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        found: list[Any] = []

        def all_there() -> bool:
            found.extend(each for records in consumer.poll(250).values() for each in records)
            return len(found) >= number

        eventually(all_there)
        return found
    finally:
        consumer.close()
