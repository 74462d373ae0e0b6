"""Any history is intact until a superuser touches it, forgotten guests or not, and whatever is done to it is found."""

# ruff: noqa: S608  every statement here is made of constants

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from psycopg import Connection
from psycopg.rows import TupleRow
from uuid_utils.compat import uuid7

from adapters.postgres.log import EventLog
from adapters.postgres.proof.checkpoints import Checkpoints
from adapters.postgres.recorder import Pool
from tests.adapters.postgres.events import changed, metadata, registered
from tests.adapters.postgres.tampering import drop_constraints, exchange, forge, rehash, superuser
from tests.adapters.postgres.test_hash_chain import CHANGES
from tests.adapters.postgres.test_proof import SIGNER, verified

Place = tuple[UUID, int]
"""Stream and version."""

GUESTS = 4
STEPS = st.lists(st.tuples(st.integers(0, GUESTS - 1), st.integers(1, 3), st.booleans()), min_size=1, max_size=8)
"""Whose events come next, how many in one append, and whether a checkpoint is taken then."""


@st.composite
def tamperings(draw: st.DrawFn, connection: Connection[TupleRow], places: list[Place]) -> str:
    """Does one random thing to the log at one or two of these places, and gives its name."""
    stream, version = place = draw(st.sampled_from(places))
    other = draw(st.sampled_from(places))
    [last] = connection.execute("SELECT max(version) FROM log.events WHERE stream = %s", [stream]).fetchone() or [0]
    kind = draw(st.sampled_from(["change", "rehash", "delete", "delete and mend", "insert", "copy", "exchange"]))
    where = "WHERE stream = %s AND version = %s"
    match kind:
        case "change":
            column = draw(st.sampled_from(sorted(CHANGES)))
            connection.execute(f"UPDATE log.events SET {column} = {CHANGES[column]} {where}".encode(), place)
            return f"change {column}"
        case "rehash":
            connection.execute(f"UPDATE log.events SET payload = payload || ' ' {where}".encode(), place)
            rehash(connection, stream, *range(version, last + 1))
        case "delete":
            connection.execute(f"DELETE FROM log.events {where}".encode(), place)
        case "delete and mend":
            connection.execute(f"DELETE FROM log.events {where}".encode(), place)
            for each in range(version, last):
                connection.execute(f"UPDATE log.events SET version = %s {where}".encode(), [each, stream, each + 1])
            rehash(connection, stream, *range(version, last))
        case "insert":
            found = connection.execute(f"SELECT position FROM log.events {where}".encode(), place).fetchone()
            assert found is not None
            connection.execute(
                "UPDATE log.events SET version = version + 1 WHERE stream = %s AND version >= %s", [stream, version]
            )
            forge(connection, stream, version, found[0], (stream, version + 1))
            rehash(connection, stream, *range(version + 1, last + 2))
        case "copy":
            connection.execute("CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT * FROM log.events " + where, place)
            connection.execute("UPDATE copied SET stream = %s, version = 1", [uuid7()])
            connection.execute("INSERT INTO log.events SELECT * FROM copied")
        case "exchange":
            column = draw(st.sampled_from(["stream", "version", "position", "payload", "hash"]))
            values = connection.execute(
                f"SELECT DISTINCT {column} FROM log.events WHERE (stream, version) IN ((%s, %s), (%s, %s))".encode(),
                [*place, *other],
            )
            assume(values.rowcount == 2)
            exchange(connection, column, place, other)
            return f"exchange {column}"
    return kind


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), STEPS, STEPS)
def test_a_random_history_and_a_random_tampering(
    database: str,
    log: EventLog,
    pool: Pool,
    data: st.DataObject,
    below: list[tuple[int, int, bool]],
    above: list[tuple[int, int, bool]],
) -> None:
    guests = [uuid7() for _ in range(GUESTS)]
    versions = [0] * GUESTS
    checkpoints = Checkpoints(pool, SIGNER, lambda: datetime.now(UTC))
    with superuser(database) as connection:
        connection.execute("TRUNCATE log.events, log.keys, proof.head, proof.bucket, proof.checkpoint")

    def write(steps: list[tuple[int, int, bool]]) -> None:
        for guest, count, checkpoint in steps:
            numbers = range(versions[guest] + 1, versions[guest] + count + 1)
            events = [changed(guests[guest], n) if n > 1 else registered(guests[guest]) for n in numbers]
            log.save(*events, metadata=metadata())
            versions[guest] += count
            if checkpoint:
                checkpoints.newest()

    write(below)
    kept = checkpoints.newest()
    places = [(guests[guest], version) for guest in range(GUESTS) for version in range(1, versions[guest] + 1)]
    write([(guest, count, False) for guest, count, _ in above])
    forgotten = data.draw(st.sets(st.sampled_from(guests)), label="forgotten")
    with superuser(database) as connection:
        connection.execute(
            "UPDATE log.keys SET wrapped = NULL, destroyed_at = now() WHERE subject = ANY (%s)", [list(forgotten)]
        )
    assert verified(database, kept).findings.kept == []

    with superuser(database) as connection:
        drop_constraints(connection)
        data.draw(tamperings(connection, places), label="tampering")
    assert not verified(database).is_intact
    assert not verified(database, kept).is_intact
