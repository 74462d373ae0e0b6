"""Writes stored events to the log's table and reads them back: no writer waits for another, no reader misses one."""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from weakref import WeakSet

from eventsourcing.persistence import ApplicationRecorder, IntegrityError, Notification, StoredEvent, Subscription
from psycopg import Connection, Cursor, OperationalError
from psycopg.errors import ForeignKeyViolation, UniqueViolation, error_from_result
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from domain.event import Metadata
from domain.refusal import Refusal

Pool = ConnectionPool[Connection[TupleRow]]


@dataclass(frozen=True)
class SealedEvent(StoredEvent):
    """An event ready to be stored; `state` is JSON whose personal fields are ciphertext."""

    schema_version: int = 1


@dataclass(frozen=True)
class LoggedEvent(Notification):
    """A row of the log, with its stream's wrapped key if the stream is a guest's and not forgotten."""

    schema_version: int
    recorded_at: datetime
    actor: str
    organisation_id: UUID
    property_id: UUID | None
    correlation_id: UUID
    causation_id: UUID | None
    reason: str | None
    traceparent: str | None
    hash: bytes
    wrapped: bytes | None


class IdentityConflict(IntegrityError):
    """An e-mail or phone of the append belongs to another guest of the organisation."""


class Forgotten(Refusal):
    """Something personal was to be written of a guest whose key is destroyed."""

    code = "guest-forgotten"

    def __init__(self) -> None:
        super().__init__("This guest has been forgotten; nothing more can be written of them.")


@dataclass(frozen=True)
class Writes:
    """What goes into an append's transaction besides the events."""

    keys: Mapping[UUID, bytes] = field(default_factory=dict)
    """New subjects' wrapped keys."""
    forget: Sequence[UUID] = ()
    """Subjects whose key is destroyed."""
    claims: Sequence[tuple[bytes, UUID]] = ()
    """Fingerprints of identities taken, with the guest who takes each."""
    releases: Sequence[bytes] = ()
    """Fingerprints of identities given up."""


NO_WRITES = Writes()
NO_SUCH_STATEMENT = b"26000"
POLL_SECONDS = 0.05
SUBSCRIPTION_BATCH = 500

APPEND = b"SELECT log.append($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20)"
APPEND_FORMATS = [1 if number in (7, 12, 13) else 0 for number in range(1, 21)]
"""Text, but free text is binary: a NUL in it is then refused, where libpq's text would silently end there."""

COLUMNS = """e.stream, e.version, e.type, e.payload, e.position, e.schema_version, e.recorded_at, e.actor,
    e.organisation_id, e.property_id, e.correlation_id, e.causation_id, e.reason, e.traceparent, e.hash, k.wrapped"""
FROM = "FROM log.events e LEFT JOIN log.keys k ON k.subject = e.stream"


def array(values: Collection[UUID | int | str | bytes]) -> str | None:
    """Postgres's text of an array of values that need no quotes; null for none.

    For one event, psycopg's own adaptation of lists takes longer than all the rest of an append.
    """
    if not values:
        return None
    return "{" + ",".join([r"\\x" + v.hex() if isinstance(v, bytes) else str(v) for v in values]) + "}"


class PostgresRecorder(ApplicationRecorder):
    """The recorder of the `eventsourcing` library over our own table. Safe for threads and processes.

    Connections of the pool are in autocommit mode.
    """

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._prepared: WeakSet[Connection[TupleRow]] = WeakSet()

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        metadata: Metadata | None = None,
        writes: Writes = NO_WRITES,
        keys: Mapping[UUID, bytes] = NO_WRITES.keys,
        owners: Collection[UUID] = (),
        cursor: Cursor[TupleRow] | None = None,
        **_: object,
    ) -> Sequence[int]:
        """Appends all or nothing in one round trip, and gives the positions.

        `keys` are the new ones, wrapped, that sealed the events, and `owners` the subjects whose existing
        keys did; a `cursor` appends inside the caller's own transaction. Raises IntegrityError when a
        stream has moved on, IdentityConflict when an identity is taken, Forgotten when an owner's key is
        no more.
        """
        assert metadata is not None  # optional only because the library's method takes nothing but events
        parameters = (
            array([event.originator_id for event in stored_events]),
            array([event.originator_version for event in stored_events]),
            array([event.topic for event in stored_events]),
            array([event.schema_version if isinstance(event, SealedEvent) else 1 for event in stored_events]),
            array([event.state for event in stored_events]),
            metadata.recorded_at,
            metadata.actor,
            metadata.organisation_id,
            metadata.property_id,
            metadata.correlation_id,
            metadata.causation_id,
            metadata.reason,
            metadata.traceparent,
            array([*writes.keys, *keys]),
            array([*writes.keys.values(), *keys.values()]),
            array(owners),
            array(writes.forget),
            array(writes.releases),
            array([fingerprint for fingerprint, _ in writes.claims]),
            array([guest for _, guest in writes.claims]),
        )
        try:
            if cursor is not None:
                if cursor.connection.info.transaction_status == TransactionStatus.IDLE:
                    raise ValueError("the cursor's connection has no open transaction to append in")
                return self._append(cursor.connection, parameters, alone=False)
            # Not `with pool.connection()`: in autocommit its commit has nothing to do, and takes a tenth of an append.
            connection = self.pool.getconn()
            try:
                return self._append(connection, parameters, alone=True)
            finally:
                self.pool.putconn(connection)
        except UniqueViolation as error:
            conflict = IdentityConflict if error.diag.constraint_name == "identities_pkey" else IntegrityError
            raise conflict(str(error.diag.constraint_name)) from error
        except ForeignKeyViolation as error:
            raise Forgotten from error

    def _append(self, connection: Connection[TupleRow], parameters: Sequence[object], *, alone: bool) -> Sequence[int]:
        # Straight to libpq: through a cursor, the client would work longer on an append than the server does.
        values = [None if value is None else str(value).encode() for value in parameters]
        if alone:
            result = self._execute_prepared(connection, values)
        else:
            result = connection.pgconn.exec_params(APPEND, values, None, APPEND_FORMATS)
        if result.status != ExecStatus.TUPLES_OK:
            if connection.broken:
                raise OperationalError("the connection was lost during an append; whether it was done is not known")
            raise error_from_result(result)
        positions = result.get_value(0, 0)
        assert positions is not None  # the function always gives an array
        return [int(position) for position in positions[1:-1].split(b",")]

    def _execute_prepared(self, connection: Connection[TupleRow], values: list[bytes | None]) -> PGresult:
        if connection not in self._prepared:
            self._prepare(connection)
        result = connection.pgconn.exec_prepared(b"append", values, APPEND_FORMATS)  # type: ignore[arg-type]  # None too
        if result.error_field(DiagnosticField.SQLSTATE) == NO_SUCH_STATEMENT:
            # After a rollback psycopg forgets every prepared statement of the connection, ours with its own.
            self._prepare(connection)
            result = connection.pgconn.exec_prepared(b"append", values, APPEND_FORMATS)  # type: ignore[arg-type]
        return result

    def _prepare(self, connection: Connection[TupleRow]) -> None:
        if connection.info.encoding != "utf-8":
            raise ValueError("the log speaks UTF-8 with the database")
        connection.pgconn.prepare(b"append", APPEND)
        self._prepared.add(connection)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[LoggedEvent]:
        order = "DESC" if desc else "ASC"
        return self._select(
            f"SELECT {COLUMNS} {FROM} WHERE e.stream = %s AND e.version > %s AND e.version <= %s"
            f" ORDER BY e.version {order} LIMIT %s",
            [originator_id, gt or 0, lte if lte is not None else 2**31 - 1, limit],
        )

    def select_streams(self, streams: Sequence[UUID]) -> Sequence[LoggedEvent]:
        """The events of many streams at once, each stream's in order."""
        return self._select(
            f"SELECT {COLUMNS} {FROM} WHERE e.stream = ANY(%b) ORDER BY e.stream, e.version",
            [list(streams)],
        )

    def wrapped_keys(self, subjects: Sequence[UUID]) -> dict[UUID, bytes | None]:
        """The wrapped key of each subject that ever had one; None where it was destroyed."""
        with self.pool.connection() as connection:
            return dict(
                connection.execute("SELECT subject, wrapped FROM log.keys WHERE subject = ANY(%b)", [list(subjects)])
            )

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
        organisation_id: UUID | None = None,
    ) -> Sequence[LoggedEvent]:
        """Of one organisation, if one is given."""
        after = (start or 0) - (1 if inclusive_of_start else 0)
        settled = self.max_notification_id() or 0
        return self._select(
            f"SELECT {COLUMNS} {FROM} WHERE e.position > %s AND e.position <= %s"
            " AND (%s::text[] IS NULL OR e.type = ANY(%s)) AND (%s::uuid IS NULL OR e.organisation_id = %s)"
            " ORDER BY e.position LIMIT %s",
            [
                *(after, min(settled, stop) if stop is not None else settled),
                *(list(topics) or None, list(topics), organisation_id, organisation_id, limit),
            ],
        )

    def max_notification_id(self) -> int | None:
        """The position up to which the log can no longer change: what a reader may read and remember."""
        with self.pool.connection() as connection:
            row = connection.execute("SELECT log.settled()").fetchone()
        assert row is not None
        settled: int = row[0]
        return settled or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        return PollingSubscription(self, gt, topics)

    def _select(self, statement: str, parameters: Sequence[object]) -> Sequence[LoggedEvent]:
        with self.pool.connection() as connection, connection.cursor(binary=True) as cursor:
            cursor.execute(statement.encode(), parameters)
            return [LoggedEvent(*row) for row in cursor]


class PollingSubscription(Subscription[ApplicationRecorder]):
    """Follows the log by asking: a NOTIFY in the append would have every commit wait for the one before it."""

    def __init__(self, recorder: PostgresRecorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._waiting: Iterator[Notification] = iter(())
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Ends the iteration, also while it waits; callable from any thread."""
        super().stop()
        self._stopped.set()

    def __next__(self) -> Notification:
        while not self._stopped.is_set():
            for notification in self._waiting:
                self._last_notification_id = notification.id
                return notification
            found = self._recorder.select_notifications(
                self._last_notification_id, SUBSCRIPTION_BATCH, topics=self._topics, inclusive_of_start=False
            )
            self._waiting = iter(found)
            if not found:
                self._stopped.wait(POLL_SECONDS)
        raise StopIteration
