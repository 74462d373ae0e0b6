"""A topic as one member of a consumer group reads it, from offsets that are kept elsewhere."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError
from kafka.net.compat import KafkaNetClient

from adapters.kafka.broker import Connection

BATCH = 500
POLL_MS = 250
LOOK_SECONDS = 5.0
"""After which a topic in which nothing comes is asked whether its broker is still there."""

PATIENCE_MS = 2_000

logger = logging.getLogger(__name__)
# The client tells of every attempt to connect, several times a second; whoever uses it says once what is the matter.
logging.getLogger("kafka").setLevel(logging.CRITICAL)


class Message(NamedTuple):
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Batch(NamedTuple):
    """Messages, the oldest first in each partition, and the offsets of each: `before` them and `after` them."""

    topic_id: UUID
    messages: Sequence[Message]
    before: Mapping[int, int]
    after: Mapping[int, int]


Offsets = Callable[[UUID, Sequence[int]], Mapping[int, int]]
"""Where these partitions of a topic, known by its id, are to be read from."""


class Reading:
    """Kafka says which partitions are ours, and others from where on: it keeps no offsets. For one thread.

    Members that die are noticed after six seconds. Raises KafkaError as long as no broker answers.
    """

    def __init__(self, connection: Connection, topic: str, group: str) -> None:
        self._topic = topic
        self._topic_id: UUID | None = None
        self._next: dict[int, int] = {}
        self._unsure = True
        self._heard = time.monotonic()

        def client(**settings: object) -> object:
            self._client = KafkaNetClient(**settings)
            return self._client

        try:
            self._consumer = KafkaConsumer(
                topic,
                **connection,
                kafka_client=client,
                group_id=group,
                auto_offset_reset="none",
                enable_auto_commit=False,
                allow_auto_create_topics=False,
                session_timeout_ms=6_000,
                heartbeat_interval_ms=1_000,
                max_poll_interval_ms=20_000,  # also how long a join waits for members that are lost
                reconnect_backoff_max_ms=PATIENCE_MS,
                bootstrap_timeout_ms=PATIENCE_MS,
                metrics_enabled=False,
            )
        except KafkaError:
            self._client.close()  # or its thread would go on
            raise

    def next_batch(self, offsets: Offsets) -> Batch | None:
        """None where nothing came within a quarter of a second, or where it had to be found out where to read."""
        found: dict[TopicPartition, list[ConsumerRecord]] = {}
        try:
            found = self._consumer.poll(POLL_MS, max_records=BATCH)
        except NoOffsetForPartitionError:  # partitions that are new to us
            self._unsure = True
        except OffsetOutOfRangeError as error:
            self._begin_anew(list(error.args[0]))
        topic_id = self._client.cluster.topic_id(self._topic)
        messages = [
            # A header may be without a value, which nobody is allowed to write.
            Message(
                each.partition, each.offset, each.key, each.value, [(name, told or b"") for name, told in each.headers]
            )
            for records in found.values()
            for each in records
        ]
        after = {each.partition: each.offset + 1 for each in messages}
        if self._unsure or topic_id != self._topic_id or not after.keys() <= self._next.keys():
            self._begin(topic_id, offsets)
            return None
        if not messages:
            self._look()
            return None
        self._heard = time.monotonic()
        before = {partition: self._next[partition] for partition in after}
        self._next.update(after)
        return Batch(topic_id, messages, before, after)

    def again(self) -> None:
        """The last batch came to nothing: the next one begins where `offsets` says by then."""
        self._unsure = True

    def partitions(self) -> int:
        """How many are ours."""
        return len(self._consumer.assignment())

    def behind(self) -> int:
        """How many messages of our partitions were not read yet, as far as the broker has told."""
        ends = {each.partition: self._consumer.highwater(each) for each in self._consumer.assignment()}
        return sum(max(0, (end or 0) - self._next.get(partition, 0)) for partition, end in ends.items())

    def close(self) -> None:
        """Leaves the group, so that others have the partitions at once."""
        try:
            self._consumer.close(timeout_ms=PATIENCE_MS)
        finally:
            self._client.close()

    def _begin(self, topic_id: UUID | None, offsets: Offsets) -> None:
        if not topic_id or not topic_id.int:
            return  # the topic is not known yet, or deleted
        assigned = self._consumer.assignment()
        self._next = dict(offsets(topic_id, [each.partition for each in assigned]))
        for each in assigned:
            self._consumer.seek(each, self._next[each.partition])
        self._topic_id, self._unsure = topic_id, False

    def _begin_anew(self, partitions: Sequence[TopicPartition]) -> None:
        """What comes next is gone, or the broker lost its end: all there is is read, of which much may be known."""
        for _, partition in partitions:
            logger.warning("%s %s begins anew: its next message is gone", self._topic, partition)
        self._consumer.seek_to_beginning(*partitions)

    def _look(self) -> None:
        if time.monotonic() - self._heard > LOOK_SECONDS:
            self._consumer.bootstrap(timeout_ms=PATIENCE_MS, refresh=True)
            self._heard = time.monotonic()
