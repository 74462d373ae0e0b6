"""Tells Kafka what happened: integration events in the order of the log, each until the brokers have it."""

from collections.abc import Sequence

from kafka import KafkaProducer
from kafka.errors import KafkaError
from psycopg import Cursor
from psycopg.rows import TupleRow

from adapters.kafka.broker import Connection
from application.integration_events.published import PUBLISHED, Publication, published
from domain.event import Event, Recorded

TAKEN_WITHIN_MS = 10_000
"""By all replicas that are in sync; else the batch is sent again."""

AT_ONCE, MOST_BYTES = 500, 1_000_000
"""Publications that are sent together, and what they come to at most: brokers take 1 MiB."""

CONTENT_TYPE = ("content-type", b"application/cloudevents+json; charset=UTF-8")


class Publisher:
    """A reaction: it follows the log from its beginning, and its checkpoint is of what the brokers acknowledged.

    Where it dies before that is written, or nobody knows whether they have it, they get the batch once more. Whatever
    comes twice, what comes first of each key is in the order of the log, also from two processes at a time: each sends
    to a partition only when all that it sent there before was acknowledged.
    """

    name = "integration_events"
    tables = ""
    indexes = ""
    readable = None
    folds: tuple[type[Event], ...] = PUBLISHED

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._producer: KafkaProducer | None = None

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        """Raises KafkaError."""
        del cursor
        publications = [each for recorded in batch if (each := published(recorded))]
        try:
            for start in range(0, len(publications), AT_ONCE):
                self._send(publications[start : start + AT_ONCE])
        except KafkaError:
            self.close()  # what is sent next must not come in among what was left over
            raise

    def _send(self, publications: Sequence[Publication]) -> None:
        if self._producer is None:
            self._producer = self._connected()
        sent = []
        for each in publications:
            key, event = str(each.event.subject).encode(), each.event.model_dump_json().encode()
            position = ("hote-position", str(each.position).encode())
            sent.append(self._producer.send(each.topic, event, key, headers=[CONTENT_TYPE, position]))
            if each.last:
                sent.append(self._producer.send(each.topic, None, key, headers=[position]))
        self._producer.flush()
        for one in sent:
            one.get(timeout=0)

    def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer:
            producer.close(timeout=TAKEN_WITHIN_MS / 1000)

    def _connected(self) -> KafkaProducer:
        """One that has all of a partition in one batch, which is taken or not: it lingers for longer than that takes
        to be put together."""
        return KafkaProducer(
            **self._connection,
            acks="all",
            enable_idempotence=True,
            batch_size=MOST_BYTES,
            linger_ms=TAKEN_WITHIN_MS // 2,
            request_timeout_ms=TAKEN_WITHIN_MS // 2,
            delivery_timeout_ms=TAKEN_WITHIN_MS,
            max_block_ms=TAKEN_WITHIN_MS // 2,
            bootstrap_timeout_ms=TAKEN_WITHIN_MS // 2,
            metrics_enabled=False,
        )
