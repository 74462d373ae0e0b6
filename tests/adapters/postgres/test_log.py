"""The log: all or nothing, one winner of a version, nobody overtaken, and nothing ever changed."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any, ClassVar

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, Notification
from psycopg.errors import InsufficientPrivilege, LockNotAvailable
from psycopg_pool import ConnectionPool
from uuid_utils.compat import uuid7

from adapters.keys.master import MasterKey
from adapters.keys.sources import KEY_BYTES
from adapters.postgres.log import EventLog
from adapters.postgres.recorder import Forgotten, IdentityConflict, Pool, Writes
from domain.event import Event
from domain.guest_events import GuestDeleted, GuestRegistered, StayRemoved
from tests.adapters.postgres.events import changed, metadata, registered


def count(pool: Pool, table: str) -> object:
    statements = {
        "events": "SELECT count(*) FROM log.events",
        "keys": "SELECT count(*) FROM log.keys",
        "identities": "SELECT count(*) FROM log.identities",
    }
    with pool.connection() as connection:
        row = connection.execute(statements[table].encode()).fetchone()
        assert row is not None
        return row[0]


def test_a_stream_reads_as_it_was_written(log: EventLog) -> None:
    guest, other = uuid7(), uuid7()
    first, second = registered(guest), changed(guest, 2)
    log.save(first, registered(other), second, metadata=metadata())

    assert [each.event for each in log.stream(guest)] == [first, second]
    assert {stream: len(events) for stream, events in log.streams([guest, other, uuid7()]).items()} == {
        guest: 2,
        other: 1,
    }


def test_a_stream_as_of_a_moment_leaves_out_what_was_recorded_later(log: EventLog) -> None:
    guest = uuid7()
    before = metadata()
    log.save(registered(guest), metadata=before)
    later = before.model_copy(update={"recorded_at": before.recorded_at + timedelta(hours=1)})
    log.save(changed(guest, 2), metadata=later)

    assert len(log.stream(guest, as_of=before.recorded_at)) == 1
    assert len(log.stream(guest, as_of=later.recorded_at)) == 2


def test_of_many_appends_at_one_version_exactly_one_wins(log: EventLog) -> None:
    guest = uuid7()
    log.save(registered(guest), metadata=metadata())
    together = threading.Barrier(8)

    def append(name: str) -> bool:
        together.wait()
        try:
            log.save(changed(guest, 2, name), metadata=metadata())
        except IntegrityError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(append, "ABCDEFGH")) == 1
    assert len(log.stream(guest)) == 2


def test_a_gap_in_versions_is_refused(log: EventLog, pool: Pool) -> None:
    guest = uuid7()
    log.save(registered(guest), metadata=metadata())

    for events in ([changed(guest, 3)], [changed(guest, 2), changed(guest, 4)]):
        with pytest.raises(IntegrityError):
            log.save(*events, metadata=metadata())
    assert count(pool, "events") == 1


def test_an_identity_that_is_taken_leaves_nothing_of_the_append(log: EventLog, pool: Pool) -> None:
    first, second = uuid7(), uuid7()
    log.save(registered(first), metadata=metadata(), writes=Writes(claims=[(b"mail", first)]))

    with pytest.raises(IdentityConflict):
        log.save(registered(second), metadata=metadata(), writes=Writes(claims=[(b"phone", second), (b"mail", second)]))
    assert [count(pool, table) for table in ("events", "keys", "identities")] == [1, 1, 1]


def test_an_identity_given_up_can_be_taken_in_another_organisation_or_later(log: EventLog) -> None:
    first, second, third = uuid7(), uuid7(), uuid7()
    log.save(registered(first), metadata=metadata(), writes=Writes(claims=[(b"mail", first)]))
    log.save(registered(second), metadata=metadata(uuid7()), writes=Writes(claims=[(b"mail", second)]))
    log.save(
        changed(first, 2), registered(third), metadata=metadata(),
        writes=Writes(releases=[b"mail"], claims=[(b"mail", third)]),
    )  # fmt: skip

    with pytest.raises(IdentityConflict):
        log.save(changed(first, 3), metadata=metadata(), writes=Writes(claims=[(b"mail", first)]))


@pytest.mark.parametrize(
    "statement", ["UPDATE log.events SET actor = 'me'", "DELETE FROM log.events", "TRUNCATE log.events"]
)
def test_the_log_is_append_only(log: EventLog, pool: Pool, statement: str) -> None:
    log.save(registered(uuid7()), metadata=metadata())

    with pool.connection() as connection, pytest.raises(InsufficientPrivilege, match="append-only"):
        connection.execute(statement.encode())


def test_an_append_in_a_transaction_of_the_caller_is_undone_with_it(log: EventLog, pool: Pool) -> None:
    guest = uuid7()
    with pool.connection() as connection, connection.transaction(force_rollback=True), connection.cursor() as cursor:
        log.save(registered(guest), metadata=metadata(), cursor=cursor)
    assert log.stream(guest) == []
    assert count(pool, "keys") == 0


def test_a_cursor_without_a_transaction_is_refused(log: EventLog, pool: Pool) -> None:
    with pool.connection() as connection, connection.cursor() as cursor, pytest.raises(ValueError, match="transaction"):
        log.save(registered(uuid7()), metadata=metadata(), cursor=cursor)
    assert count(pool, "events") == 0


@pytest.mark.parametrize("outcome", ["commit", "rollback"])
def test_readers_wait_for_a_lower_position_until_its_transaction_ends(log: EventLog, pool: Pool, outcome: str) -> None:
    slow, fast = uuid7(), uuid7()
    with pool.connection() as connection:
        connection.execute("BEGIN")
        with connection.cursor() as cursor:
            log.save(registered(slow), metadata=metadata(), cursor=cursor)
        log.save(registered(fast), metadata=metadata())

        assert log.recorder.select_notifications(None, 10) == []
        connection.execute(outcome.encode())

    streams = [row.originator_id for row in log.recorder.select_notifications(None, 10)]
    assert streams == ([slow, fast] if outcome == "commit" else [fast])


def test_readers_do_not_wait_for_a_savepoint_that_was_rolled_back(log: EventLog, pool: Pool) -> None:
    fast = uuid7()
    with pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
        with connection.transaction(force_rollback=True):
            log.save(registered(uuid7()), metadata=metadata(), cursor=cursor)
        log.save(registered(fast), metadata=metadata())

        assert [row.originator_id for row in log.recorder.select_notifications(None, 10)] == [fast]


def test_readers_do_not_wait_for_a_stranger_s_lock(log: EventLog, database: str) -> None:
    log.save(registered(uuid7()), metadata=metadata())
    with psycopg.connect(database) as stranger:
        stranger.execute("SELECT pg_advisory_xact_lock(0), pg_advisory_xact_lock_shared(0, 0)")

        assert len(log.recorder.select_notifications(None, 10)) == 1


def test_notifications_are_bounded_by_start_stop_limit_and_topics(log: EventLog) -> None:
    guest = uuid7()
    log.save(registered(guest), changed(guest, 2), changed(guest, 3), registered(uuid7()), metadata=metadata())
    select = log.recorder.select_notifications
    first, second, third, fourth = (row.id for row in select(None, 10))

    assert [row.id for row in select(second, 10)] == [second, third, fourth]
    assert [row.id for row in select(second, 10, inclusive_of_start=False)] == [third, fourth]
    assert [row.id for row in select(first, 2)] == [first, second]
    assert [row.id for row in select(None, 10, stop=third)] == [first, second, third]
    assert [row.id for row in select(None, 10, topics=["GuestRegistered"])] == [first, fourth]


def test_a_subscription_goes_on_with_what_comes_later_and_ends_when_stopped(log: EventLog) -> None:
    guest = uuid7()
    log.save(registered(guest), metadata=metadata())
    first = log.recorder.max_notification_id()
    with log.recorder.subscribe(gt=first) as subscription, ThreadPoolExecutor(1) as thread:
        rest: Iterator[Notification] = subscription
        waiting = thread.submit(next, rest)
        log.save(changed(guest, 2), metadata=metadata())
        assert waiting.result(timeout=30).originator_version == 2

        ended = thread.submit(list, rest)
        subscription.stop()
        assert ended.result(timeout=30) == []


def test_a_key_destroyed_between_sealing_and_append_refuses_the_append(
    log: EventLog, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = uuid7()
    log.save(registered(guest), metadata=metadata())
    insert = log.recorder.insert_events

    def forgotten_first(*arguments: Any, **options: Any) -> Any:
        monkeypatch.undo()
        log.save(
            GuestDeleted(originator_id=guest, originator_version=2), metadata=metadata(), writes=Writes(forget=[guest])
        )
        return insert(*arguments, **options)

    monkeypatch.setattr(log.recorder, "insert_events", forgotten_first)
    with pytest.raises(Forgotten):
        log.save(changed(guest, 3), metadata=metadata())
    assert count(pool, "events") == 2


def test_forgetting_waits_for_an_append_that_is_under_way(log: EventLog, pool: Pool, database: str) -> None:
    guest = uuid7()
    log.save(registered(guest), metadata=metadata())
    with pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
        log.save(changed(guest, 2), metadata=metadata(), cursor=cursor)

        with psycopg.connect(database, options="-c lock_timeout=1ms") as other, pytest.raises(LockNotAvailable):
            other.execute("UPDATE log.keys SET wrapped = NULL, destroyed_at = now()")


def test_free_text_is_kept_as_it_is_or_refused(log: EventLog) -> None:
    guest = uuid7()
    text = 'é "quoted", {braced} \\ NULL 🏨'
    log.save(registered(guest), metadata=metadata().model_copy(update={"reason": text, "actor": text}))
    (row,) = log.recorder.select_events(guest)
    assert (row.reason, row.actor) == (text, text)

    with pytest.raises(psycopg.DataError):
        log.save(registered(uuid7()), metadata=metadata().model_copy(update={"reason": "cut\0here"}))


def test_a_lost_connection_is_told_as_such_and_the_next_append_gets_another(database: str) -> None:
    guest = uuid7()
    with ConnectionPool(database, min_size=1, max_size=1, kwargs={"autocommit": True}) as pool:
        log = EventLog(pool, MasterKey(bytes(KEY_BYTES)))
        log.save(registered(guest), metadata=metadata())
        with psycopg.connect(database, autocommit=True) as other, pool.connection() as connection:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", [connection.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            log.save(changed(guest, 2), metadata=metadata())

        log.save(changed(guest, 2), metadata=metadata())
        assert len(log.stream(guest)) == 2


class RoomChanged(Event):
    """An event of these tests: what was once a text is a number now, and has a floor."""

    schema_version = 3
    upcasters: ClassVar = {
        1: lambda fields: {"room": int(fields["room"])},
        2: lambda fields: fields | {"floor": fields["room"] // 100},
    }

    room: int
    floor: int


def test_an_old_event_is_read_through_its_upcasters(log: EventLog) -> None:
    stream = uuid7()
    log.save(RoomChanged(originator_id=stream, originator_version=1, room=7, floor=9), metadata=metadata())
    stored = log.recorder.select_events(stream)[0]
    assert stored.schema_version == 3

    for version, state in ((1, b'{"room":"412"}'), (2, b'{"room":412}')):
        old = type(stored)(**vars(stored) | {"schema_version": version, "state": state})
        event = log.mapper.to_domain_event(old)
        assert event == RoomChanged(originator_id=stream, originator_version=1, room=412, floor=4)


def test_events_without_personal_fields_need_no_key(log: EventLog, pool: Pool) -> None:
    log.save(StayRemoved(originator_id=uuid7(), originator_version=1, stay_id=uuid7()), metadata=metadata())
    assert count(pool, "keys") == 0


def test_a_second_first_event_of_a_guest_does_not_replace_their_key(log: EventLog) -> None:
    guest = uuid7()
    log.save(registered(guest), metadata=metadata())
    with pytest.raises(IntegrityError):
        log.save(registered(guest, "Somebody else"), metadata=metadata())

    (recorded,) = log.stream(guest)
    assert isinstance(recorded.event, GuestRegistered)
    assert recorded.event.profile is not None
    assert recorded.event.profile.last_name == "Lefèvre"


def test_appends_after_a_rollback_on_the_same_connection(database: str) -> None:
    options = {"autocommit": True, "prepare_threshold": 1}
    with ConnectionPool(database, min_size=1, max_size=1, kwargs=options) as pool:
        log = EventLog(pool, MasterKey(bytes(KEY_BYTES)))
        log.save(registered(uuid7()), metadata=metadata())
        with suppress(KeyError), pool.connection() as connection, connection.transaction():
            for _ in range(3):
                connection.execute("SELECT 1 WHERE %s = 1", [1])
            raise KeyError  # psycopg now deallocates every prepared statement of the connection
        assert log.save(registered(uuid7()), metadata=metadata())
        with pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            assert log.save(registered(uuid7()), metadata=metadata(), cursor=cursor)
