"""Wrapping every key anew beside those who use them: nothing destroyed comes back, and nothing comes too late."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest
from psycopg.errors import CheckViolation, LockNotAvailable
from uuid_utils.compat import uuid7

from adapters.keys.master import MasterKey
from adapters.keys.sources import KEY_BYTES
from adapters.postgres.keys import left_to_rewrap, retire, rewrap, rewrap_the_last
from adapters.postgres.log import EventLog
from adapters.postgres.recorder import Pool
from domain.guest_events import GuestRegistered
from tests.adapters.postgres.events import metadata, registered
from tests.waiting import PATIENCE, eventually

OLD, NEW = (bytes([number]) * KEY_BYTES for number in (1, 2))


def last_name(log: EventLog, guest: UUID) -> str | None:
    [recorded] = log.stream(guest)
    assert isinstance(recorded.event, GuestRegistered)
    return recorded.event.profile.last_name if recorded.event.profile else None


def erase(pool: Pool, guest: UUID) -> None:
    with pool.connection() as connection:
        connection.execute("UPDATE log.keys SET wrapped = NULL, destroyed_at = now() WHERE subject = %s", [guest])


def test_a_key_being_destroyed_is_left_out_and_stays_destroyed(pool: Pool, database: str) -> None:
    erased, held, free = (uuid7() for _ in range(3))
    old = EventLog(pool, MasterKey(OLD))
    old.save(*(registered(guest) for guest in (erased, held, free)), metadata=metadata())
    ring = MasterKey(NEW, OLD)
    with pool.connection() as connection:
        with psycopg.connect(database) as other:
            other.execute("UPDATE log.keys SET wrapped = NULL, destroyed_at = now() WHERE subject = %s", [erased])
            other.execute("SELECT FROM log.keys WHERE subject = %s FOR SHARE", [held])  # as an append does
            assert sum(rewrap(connection, ring)) == 1, "it waited, or wrapped what others hold"
            assert left_to_rewrap(connection, ring) == 2
        rewrap_the_last(connection, ring)

    new = EventLog(pool, MasterKey(NEW))
    assert [last_name(new, guest) for guest in (erased, held, free)] == [None, "Lefèvre", "Lefèvre"]


def test_nothing_is_destroyed_between_reading_and_writing_it(pool: Pool, database: str) -> None:
    guest = uuid7()
    EventLog(pool, MasterKey(OLD)).save(registered(guest), metadata=metadata())

    class Interrupted(MasterKey):
        def rewrap(self, subject: UUID, wrapped: bytes) -> bytes:
            with psycopg.connect(database, options="-c lock_timeout=50ms") as other, pytest.raises(LockNotAvailable):
                other.execute("UPDATE log.keys SET wrapped = NULL, destroyed_at = now() WHERE subject = %s", [subject])
            return super().rewrap(subject, wrapped)

    with pool.connection() as connection:
        assert sum(rewrap(connection, Interrupted(NEW, OLD))) == 1
    erase(pool, guest)
    assert last_name(EventLog(pool, MasterKey(NEW)), guest) is None


def test_what_an_earlier_master_key_wrapped_comes_too_late_once_it_is_retired(pool: Pool) -> None:
    ring = MasterKey(NEW, OLD)
    asleep, guest = EventLog(pool, MasterKey(OLD)), uuid7()
    asleep.save(registered(guest), metadata=metadata())
    with pool.connection() as connection:
        for _ in range(2):  # the second time does nothing
            retire(connection, ring.ids[1])
        with pytest.raises(CheckViolation, match="retired_master_key"):
            asleep.save(registered(uuid7()), metadata=metadata())
        rewrap_the_last(connection, ring)
    erase(pool, guest)


def test_retiring_waits_for_a_transaction_that_may_have_brought_a_key(pool: Pool, database: str) -> None:
    ring = MasterKey(NEW, OLD)
    late = uuid7()
    with psycopg.connect(database) as other, ThreadPoolExecutor(1) as thread, pool.connection() as connection:
        other.execute(
            "INSERT INTO log.keys (subject, wrapped, created_at) VALUES (%s, %s, now())",
            [late, MasterKey(OLD).new_key(late)[1]],
        )
        retiring = thread.submit(retire, connection, ring.ids[1])
        waits = "SELECT FROM pg_locks WHERE relation = 'log.keys'::regclass AND NOT granted"
        eventually(lambda: retiring.done() or other.execute(waits).fetchone() is not None)
        assert not retiring.done()
        other.commit()
        retiring.result(PATIENCE)
        rewrap_the_last(connection, ring)
    assert EventLog(pool, MasterKey(NEW)).recorder.wrapped_keys([late])[late] is not None
