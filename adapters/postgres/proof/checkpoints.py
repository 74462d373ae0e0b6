"""Takes checkpoints of the log: what each costs depends on what happened since the last, not on what there is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import LiteralString

from psycopg import Connection
from psycopg.rows import TupleRow

from adapters.keys.signing import SignatureWrong, Signer
from adapters.postgres.locks import CHECKPOINT
from adapters.postgres.proof.documents import Checkpoint, fingerprint, trusted
from adapters.postgres.proof.hashes import NOTHING, merkle_root
from adapters.postgres.recorder import Pool
from domain.refusal import Refusal

EVERY = timedelta(minutes=1)

NEWEST = "SELECT document FROM proof.checkpoint ORDER BY position DESC LIMIT 1"

TOUCHED = "SELECT DISTINCT proof.bucket_of(stream) FROM log.events WHERE position > %s AND position <= %s"

BUCKETS: LiteralString = r"""
    SELECT bucket, sha256('\x00' || string_agg(
        uuid_send(stream) || int4send(version) || int8send(position) || hash, ''::bytea ORDER BY stream
    )) AS hash
    FROM proof.head WHERE bucket = ANY (%s) GROUP BY bucket"""

# A stream that moved must still hold, unchanged, the event that was its head, and nothing but new events after it.
ADVANCE = """
    WITH moved AS MATERIALIZED (
        SELECT DISTINCT ON (stream) stream, version, position, hash, count(*) OVER (PARTITION BY stream) AS events
          FROM log.events WHERE position > %s AND position <= %s
         ORDER BY stream, version DESC
    ), written AS (
        INSERT INTO proof.head SELECT stream, version, position, hash FROM moved
        ON CONFLICT (bucket, stream) DO UPDATE
           SET version = excluded.version, position = excluded.position, hash = excluded.hash
    )
    SELECT count(*) FILTER (WHERE h.stream IS NULL), coalesce(sum(m.events), 0)::bigint,
           coalesce(bool_and(
               m.version = coalesce(h.version, 0) + m.events
               AND (h.stream IS NULL OR EXISTS (
                   SELECT FROM log.events e
                    WHERE e.stream = h.stream AND e.version = h.version AND e.position = h.position AND e.hash = h.hash
               ))
           ), true)
      FROM moved m LEFT JOIN proof.head h ON h.bucket = proof.bucket_of(m.stream) AND h.stream = m.stream"""


class LogTampered(Refusal):
    """What the last checkpoint signed has been changed since: no other is signed over it."""

    code = "log-tampered"

    def __init__(self) -> None:
        super().__init__("The log is no longer what its last checkpoint signed; a verification says where.")


class Checkpoints:
    """Safe for threads and processes: one at a time takes a checkpoint."""

    def __init__(self, pool: Pool, signer: Signer, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._signer = signer
        self._now = now

    def take_if_due(self) -> None:
        """Takes one unless the newest is of the last minute, or of the log as it is, or somebody else is taking one.

        Waits for nobody. Raises LogTampered.
        """
        with self._pool.connection() as connection, connection.transaction():
            if connection.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", CHECKPOINT).fetchone() != (True,):
                return
            last = self._newest(connection)
            # A clock that was put back makes the newest one of the future: it must not stop the next for as long.
            if last is None or abs(self._now() - last[1].taken_at) >= EVERY:
                self._take(connection, last)

    def newest(self) -> bytes:
        """The document of the newest checkpoint, of the log as it is: if it has moved on, one is taken first.

        Raises LogTampered.
        """
        with self._pool.connection() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", CHECKPOINT)
            return self._take(connection, self._newest(connection))

    def _newest(self, connection: Connection[TupleRow]) -> tuple[bytes, Checkpoint] | None:
        row = connection.execute(NEWEST).fetchone()
        if row is None:
            return None
        try:
            return row[0], trusted(row[0], self._signer.public_key)
        except SignatureWrong as error:
            raise LogTampered from error

    def _take(self, connection: Connection[TupleRow], last: tuple[bytes, Checkpoint] | None) -> bytes:
        """In a transaction that holds the lock, so that `last` stays the newest."""
        # A statement of its own, and read committed: what follows must see all that is settled (decision 2).
        [settled] = connection.execute("SELECT log.settled()").fetchone() or [0]
        if last is not None and last[1].position >= settled:
            return last[0]
        document = self._signer.sign(self._advanced(connection, last, settled).model_dump(mode="json"))
        connection.execute("INSERT INTO proof.checkpoint VALUES (%s, %s)", [settled, document])
        return document

    def _advanced(
        self, connection: Connection[TupleRow], last: tuple[bytes, Checkpoint] | None, settled: int
    ) -> Checkpoint:
        """Brings heads and buckets to the settled position, if they and the log still are what the last one signed."""
        before = last[1] if last else None
        span = [before.position if before else 0, settled]
        touched = [bucket for (bucket,) in connection.execute(TOUCHED, span)]
        buckets: dict[int, bytes] = dict(connection.execute("SELECT bucket, hash FROM proof.bucket"))
        heads = dict.fromkeys(touched, NOTHING) | dict(connection.execute(BUCKETS, [touched]))
        if merkle_root(buckets | heads).hex() != (before.root if before else merkle_root({}).hex()):
            raise LogTampered
        row = connection.execute(ADVANCE, span).fetchone()
        assert row is not None
        streams, events, sound = row
        if not sound:
            raise LogTampered
        changed: dict[int, bytes] = dict(connection.execute(BUCKETS, [touched]))
        connection.execute(
            "INSERT INTO proof.bucket SELECT * FROM unnest(%s::smallint[], %s::bytea[])"
            " ON CONFLICT (bucket) DO UPDATE SET hash = excluded.hash",
            [list(changed), list(changed.values())],
        )
        return Checkpoint(
            position=settled,
            streams=streams + (before.streams if before else 0),
            events=events + (before.events if before else 0),
            root=merkle_root(buckets | changed).hex(),
            taken_at=self._now(),
            previous=fingerprint(last[0]) if last else None,
        )
