"""Takes in what a PMS tells over Kafka: each message once, in the transaction that moves on in its partition."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple
from uuid import UUID

import orjson
from kafka.errors import KafkaError
from psycopg import Connection
from psycopg.rows import TupleRow

from adapters.kafka import broker
from adapters.kafka.dead_letters import DeadLetter, set_aside
from adapters.kafka.reading import Batch, Message, Reading
from adapters.kafka.taken import Overtaken, move_on, next_offsets
from adapters.postgres.guest_log import GuestLog
from application.guests import INTAKE_RACES
from application.pms import NotUnderstood, Reader, take_in
from application.ports import Ports
from application.races import persistently
from domain.reserving import Told

TOPIC = "pms.reservations.v1"
DEAD_LETTERS = "pms.reservations.v1.dlq"
GROUP = "hote.pms"

# Batches of two consumers are nearly always about some of the same guests. So of each organisation one is decided at a
# time, or both would be decided again and again.
LOCK_ORGANISATION = "SELECT pg_advisory_xact_lock(%s, hashtext(%s))"
LOCKS = 0x706D7320  # "pms "

logger = logging.getLogger(__name__)


class PmsStanding(NamedTuple):
    """Of the topic's partitions how many this process reads, the messages there that wait, and what hinders it."""

    partitions: int = 0
    behind_messages: int = 0
    failure: str | None = "it has not begun"


class PmsConsumer:
    """One of the group that takes in the topic. For one worker, which calls take_next again and again."""

    def __init__(self, ports: Ports, log: GuestLog, connection: broker.Connection) -> None:
        self._ports = ports
        self._log = log
        self._broker = connection
        self._reading: Reading | None = None
        self.standing = PmsStanding()

    def take_next(self, connection: Connection[TupleRow]) -> bool:
        """Takes in up to 500 messages; False where none came, or no broker answers. See adapters.worker.Work."""
        try:
            reading = self._reading = self._reading or Reading(self._broker, TOPIC, GROUP)
            batch = reading.next_batch(partial(next_offsets, connection, TOPIC))
            if batch:
                self._take_in(connection, batch)
        except KafkaError as error:
            if self.standing.failure != type(error).__name__:
                logger.warning("pms lost the broker (%s)", type(error).__name__)
            self._fails(error)
            self.close()
            return False
        except Overtaken:
            logger.info("pms was overtaken: another process reads some of its partitions")
            reading.again()
            return True
        except Exception as error:
            self._fails(error)
            if self._reading:
                self._reading.again()
            raise
        self.standing = PmsStanding(reading.partitions(), reading.behind(), None)
        return batch is not None

    def close(self) -> None:
        """Leaves the group. To be called when no worker is at it any more."""
        reading, self._reading = self._reading, None
        if reading:
            reading.close()

    def _fails(self, error: Exception) -> None:
        self.standing = self.standing._replace(failure=type(error).__name__)

    def _take_in(self, connection: Connection[TupleRow], batch: Batch) -> None:
        read = Reader(self._ports)
        told: dict[UUID, list[Told]] = {}
        letters = []
        for message in batch.messages:
            try:
                each = read(structured(message))
                told.setdefault(each.organisation_id, []).append(each)
            except NotUnderstood as error:
                letters.append(DeadLetter(TOPIC, message, error.problems))
        if letters:
            codes = sorted({problem.code for letter in letters for problem in letter.problems})
            logger.warning("pms sets %s messages aside: %s", len(letters), ", ".join(codes))
            set_aside(letters, DEAD_LETTERS, self._broker)
        persistently(partial(self._write, connection, batch, told), INTAKE_RACES)

    def _write(self, connection: Connection[TupleRow], batch: Batch, told: Mapping[UUID, Sequence[Told]]) -> None:
        with connection.transaction():
            cursor = connection.cursor()
            for organisation_id in sorted(told):
                cursor.execute(LOCK_ORGANISATION, [LOCKS, str(organisation_id)])
            taken = [take_in(self._ports, organisation_id, each) for organisation_id, each in told.items()]
            ready = [self._log.ready(each.events, each.metadata, each.identities) for each in taken if each.events]
            move_on(cursor, batch.topic_id, batch.before, batch.after)
            for each in ready:
                self._log.write(each, cursor=cursor)


def structured(message: Message) -> bytes:
    """The CloudEvent of a message as one JSON document, also where its attributes came as headers (binary mode)."""
    value = message.value or b""
    attributes = {name[3:]: told.decode(errors="replace") for name, told in message.headers if name[:3] == "ce_"}
    return orjson.dumps(attributes | {"data": orjson.Fragment(value or b"null")}) if attributes else value
