"""Puts messages that nobody can understand aside, in a topic of their own, with what is wrong with each."""

from collections.abc import Sequence
from typing import NamedTuple

from kafka import KafkaProducer

from adapters.kafka.broker import Connection
from adapters.kafka.reading import Message
from domain.contact import FieldProblem

PATIENCE_MS = 10_000
MOST_BYTES = 900_000
"""Of a message, with key and headers; brokers take 1 MiB in all. Of a longer one only the place is told."""

MOST_PROBLEMS = 20


class DeadLetter(NamedTuple):
    """A message of a topic, and what is wrong with it."""

    topic: str
    message: Message
    problems: Sequence[FieldProblem]

    @property
    def key(self) -> bytes | None:
        return None if self._is_too_long else self.message.key

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """`problem` for each of the first: its code, a space, and the JSON pointer of the field, "" for the whole."""
        return [
            *(("problem", f"{each.code} {each.pointer}".encode()) for each in self.problems[:MOST_PROBLEMS]),
            ("topic", self.topic.encode()),
            ("partition", str(self.message.partition).encode()),
            ("offset", str(self.message.offset).encode()),
            *(() if self._is_too_long else self.message.headers),
        ]

    @property
    def value(self) -> bytes | None:
        return None if self._is_too_long else self.message.value

    @property
    def _is_too_long(self) -> bool:
        _, _, key, value, headers = self.message
        return len(key or b"") + len(value or b"") + sum(len(name) + len(told) for name, told in headers) > MOST_BYTES


def set_aside(letters: Sequence[DeadLetter], topic: str, connection: Connection) -> None:
    """Returns when the broker has them. Whoever dies after that and before it moves on sets them aside again.

    Raises KafkaError.
    """
    # One for each time: it is seldom, and one that waited for a broker would send again what was given up.
    with KafkaProducer(
        **connection,
        acks="all",
        max_block_ms=PATIENCE_MS,
        request_timeout_ms=PATIENCE_MS // 2,
        delivery_timeout_ms=PATIENCE_MS,
        metrics_enabled=False,
    ) as producer:
        sent = [producer.send(topic, each.value, each.key, headers=each.headers) for each in letters]
        for each in sent:
            each.get()
