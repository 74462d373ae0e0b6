"""Verification finds whatever a superuser does to the log below a checkpoint, says where, and cries wolf at nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from uuid import UUID

import psycopg
import pytest
from uuid_utils.compat import uuid7

from adapters.keys.signing import Signer
from adapters.postgres.log import EventLog
from adapters.postgres.proof.checkpoints import Checkpoints
from adapters.postgres.proof.findings import MOST, Fault, Finding
from adapters.postgres.proof.verify import Verification, verify
from adapters.postgres.recorder import Pool
from tests.adapters.postgres.events import ORGANISATION, changed, metadata, registered
from tests.adapters.postgres.tampering import drop_constraints, exchange, forge, rehash, superuser
from tests.adapters.postgres.test_hash_chain import CHANGES

SIGNER = Signer(bytes(32))

A, B, C = sorted(uuid7() for _ in range(3))
"""Guests: A and B have five events each below the checkpoint, taken in turns, C has one; A has another two above."""


def verified(database: str, exported: bytes | None = None) -> Verification:
    with psycopg.connect(database, autocommit=True) as connection:
        return verify(connection, SIGNER.public_key, exported=exported)


def places(verification: Verification) -> set[tuple[Fault, UUID | None, int | None]]:
    return {(finding.kind, finding.stream, finding.version) for finding in verification.findings.kept}


@pytest.fixture
def checkpoints(pool: Pool) -> Checkpoints:
    return Checkpoints(pool, SIGNER, lambda: datetime.now(UTC))


@pytest.fixture
def history(log: EventLog, checkpoints: Checkpoints) -> list[bytes]:
    """Positions 1 to 13; checkpoints at 6 and 11, whose documents these are."""
    log.save(registered(A), registered(B), metadata=metadata())
    documents = []
    for version in range(2, 6):
        log.save(changed(A, version), metadata=metadata())
        log.save(changed(B, version), metadata=metadata())
        if version == 3:
            documents.append(checkpoints.newest())
    log.save(registered(C), metadata=metadata())
    documents.append(checkpoints.newest())
    log.save(changed(A, 6), changed(A, 7), metadata=metadata())
    return documents


@pytest.mark.usefixtures("history")
class TestUntouched:
    def test_an_untouched_log_is_intact(self, database: str) -> None:
        verification = verified(database)
        assert verification.findings.kept == []
        assert (verification.events, verification.streams, verification.position) == (13, 3, 13)
        assert verification.checkpoint is not None
        assert (verification.checkpoint.position, verification.checkpoint.events) == (11, 11)

    def test_destroying_keys_changes_nothing(self, database: str, history: list[bytes]) -> None:
        with superuser(database) as connection:
            connection.execute("UPDATE log.keys SET wrapped = NULL, destroyed_at = now()")
        assert verified(database, history[0]).is_intact

    def test_each_exported_checkpoint_still_fits(self, database: str, history: list[bytes]) -> None:
        assert all(verified(database, document).is_intact for document in history)

    def test_an_append_under_way_is_no_finding(self, database: str, log: EventLog, pool: Pool) -> None:
        with pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            log.save(changed(B, 6), metadata=metadata(), cursor=cursor)
            log.save(changed(A, 8), metadata=metadata())
            verification = verified(database)
            assert (verification.is_intact, verification.events, verification.position) == (True, 14, 13)

    def test_a_log_that_grows_meanwhile_is_intact(self, database: str, log: EventLog, checkpoints: Checkpoints) -> None:
        enough = Event()

        def write() -> int:
            version = 5
            while not enough.is_set():
                log.save(changed(B, version := version + 1), metadata=metadata())
                checkpoints.newest()
            return version

        with ThreadPoolExecutor() as threads:
            last = threads.submit(write)
            verdicts = [verified(database).findings.kept for _ in range(20)]
            enough.set()
        assert verdicts == [[]] * 20
        assert verified(database).events == 8 + last.result()

    def test_progress_ends_with_all_events(self, database: str) -> None:
        told = []
        with psycopg.connect(database, autocommit=True) as connection:
            verify(connection, SIGNER.public_key, progress=lambda *of: told.append(of))
        assert told[-1] == (13, 13)


def test_an_empty_log_is_intact(database: str) -> None:
    verification = verified(database)
    assert (verification.is_intact, verification.events, verification.checkpoint) == (True, 0, None)


@pytest.mark.usefixtures("history")
class TestChanged:
    @pytest.mark.parametrize("column", CHANGES)
    @pytest.mark.parametrize("version", [3, 5, 7], ids=["middle", "end of the checkpoint", "above it"])
    def test_a_changed_column_is_found(self, database: str, column: str, version: int) -> None:
        with superuser(database) as connection:
            statement = f"UPDATE log.events SET {column} = {CHANGES[column]} WHERE stream = %s AND version = %s"  # noqa: S608
            connection.execute(statement.encode(), [A, version])
        assert not verified(database).is_intact

    @pytest.mark.parametrize("column", sorted(set(CHANGES) - {"position", "stream", "version"}))
    def test_one_change_below_the_checkpoint_is_one_finding(self, database: str, column: str) -> None:
        with superuser(database) as connection:
            statement = f"UPDATE log.events SET {column} = {CHANGES[column]} WHERE stream = %s AND version = 3"  # noqa: S608
            connection.execute(statement.encode(), [A])
        [finding] = verified(database).findings.kept
        assert (finding.kind, finding.stream, finding.version, finding.position) == (Fault.CHANGED, A, 3, 5)
        if column != "organisation_id":
            assert finding.organisation_id == ORGANISATION

    def test_an_event_changed_with_its_own_hash_is_given_away_by_the_next(self, database: str) -> None:
        with superuser(database) as connection:
            connection.execute("UPDATE log.events SET payload = '{}' WHERE stream = %s AND version = 3", [A])
            rehash(connection, A, 3)
        assert places(verified(database)) == {(Fault.CHANGED, A, 4)}

    def test_a_tail_rehashed_whole_is_given_away_by_the_checkpoint(self, database: str) -> None:
        with superuser(database) as connection:
            connection.execute("UPDATE log.events SET payload = '{}' WHERE stream = %s AND version = 3", [A])
            rehash(connection, A, *range(3, 8))
        assert places(verified(database)) == {(Fault.CHANGED, A, 5)}

    @pytest.mark.parametrize("column", ["stream", "version", "position", "payload", "hash", "recorded_at", "actor"])
    def test_a_null_where_none_can_be_is_found(self, database: str, column: str) -> None:
        with superuser(database) as connection:
            drop_constraints(connection)
            connection.execute(f"ALTER TABLE log.events ALTER {column} DROP NOT NULL".encode())
            statement = f"UPDATE log.events SET {column} = NULL WHERE stream = %s AND version = 3"  # noqa: S608
            connection.execute(statement.encode(), [A])
        assert not verified(database).is_intact

    @pytest.mark.parametrize("moment", ["infinity", "-infinity", "294276-12-31"])
    def test_a_moment_beyond_all_calendars_is_found(self, database: str, moment: str) -> None:
        with superuser(database) as connection:
            connection.execute("UPDATE log.events SET recorded_at = %s WHERE position = 5", [moment])
        assert places(verified(database)) == {(Fault.CHANGED, A, 3)}

    def test_more_findings_than_are_worth_reading_are_counted(self, database: str, log: EventLog) -> None:
        log.save(*(registered(uuid7()) for _ in range(MOST)), metadata=metadata())
        with superuser(database) as connection:
            connection.execute("UPDATE log.events SET actor = 'nobody'")
        findings = verified(database).findings
        assert (len(findings.kept), findings.count) == (MOST, MOST + 13)


@pytest.mark.usefixtures("history")
class TestMissing:
    @pytest.mark.parametrize(
        ("gone", "found"),
        [
            ("version = 3 AND stream = %(a)s", (Fault.MISSING, A, 3)),
            ("version IN (2, 3) AND stream = %(a)s", (Fault.MISSING, A, 2)),
            ("version = 1 AND stream = %(a)s", (Fault.MISSING, A, 1)),
            ("version = 5 AND stream = %(b)s", (Fault.MISSING, B, 5)),
            ("version > 2 AND stream = %(b)s", (Fault.MISSING, B, 3)),
            ("stream = %(b)s", (Fault.MISSING, B, 1)),
            ("stream = %(c)s", (Fault.MISSING, C, 1)),
        ],
    )
    def test_what_is_taken_out_is_missed(
        self, database: str, gone: str, found: tuple[Fault, UUID | None, int | None]
    ) -> None:
        with superuser(database) as connection:
            statement = f"DELETE FROM log.events WHERE {gone}"  # noqa: S608
            connection.execute(statement.encode(), {"a": A, "b": B, "c": C})
        assert places(verified(database)) == {found}

    def test_an_emptied_log_is_missed(self, database: str) -> None:
        with superuser(database) as connection:
            connection.execute("TRUNCATE log.events")
        assert places(verified(database)) == {(Fault.MISSING, stream, 1) for stream in (A, B, C)}

    def test_an_event_taken_out_with_all_versions_and_hashes_after_it_mended_is_missed(self, database: str) -> None:
        with superuser(database) as connection:
            connection.execute("DELETE FROM log.events WHERE stream = %s AND version = 3", [B])
            for version in (3, 4):
                connection.execute(
                    "UPDATE log.events SET version = %s WHERE stream = %s AND version = %s", [version, B, version + 1]
                )
            rehash(connection, B, 3, 4)
        assert places(verified(database)) == {(Fault.MISSING, B, 5)}

    def test_a_gap_with_the_hash_after_it_mended_is_missed_above_the_checkpoint_too(self, database: str) -> None:
        with superuser(database) as connection:
            connection.execute("DELETE FROM log.events WHERE stream = %s AND version = 6", [A])
            rehash(connection, A, 7)
        assert places(verified(database)) == {(Fault.MISSING, A, 6)}


@pytest.mark.usefixtures("history")
class TestInserted:
    def test_a_stream_below_the_checkpoint_that_it_does_not_know(self, database: str) -> None:
        stranger = uuid7()
        with superuser(database) as connection:
            drop_constraints(connection)
            forge(connection, stranger, 1, -1, (A, 1))
        assert places(verified(database)) == {(Fault.INSERTED, stranger, 1), (Fault.REORDERED, stranger, 1)}

        with superuser(database) as connection:
            connection.execute("UPDATE log.events SET position = 11 WHERE stream = %s", [stranger])
            rehash(connection, stranger, 1)
        assert places(verified(database)) == {(Fault.INSERTED, stranger, 1), (Fault.INSERTED, None, None)}

    def test_an_event_in_the_middle_with_everything_after_it_mended(self, database: str) -> None:
        with superuser(database) as connection:
            drop_constraints(connection)
            connection.execute("UPDATE log.events SET version = version + 1 WHERE stream = %s AND version > 2", [B])
            forge(connection, B, 3, 5, (A, 3))
            connection.execute("DELETE FROM log.events WHERE stream = %s AND version > 2", [A])
            rehash(connection, B, 4, 5, 6)
        assert (Fault.INSERTED, B, 6) in places(verified(database))

    def test_an_event_in_the_middle_with_only_versions_moved(self, database: str) -> None:
        with superuser(database) as connection:
            drop_constraints(connection)
            connection.execute("UPDATE log.events SET version = version + 1 WHERE stream = %s AND version > 2", [B])
            forge(connection, B, 3, 5, (A, 3))
        found = places(verified(database))
        assert found >= {
            (Fault.REORDERED, B, 4),
            (Fault.REORDERED, B, 5),
            (Fault.REORDERED, B, 6),
            (Fault.INSERTED, B, 6),
        }

    def test_an_event_that_claims_a_version_taken(self, database: str) -> None:
        with superuser(database) as connection:
            drop_constraints(connection)
            connection.execute("INSERT INTO log.events SELECT * FROM log.events WHERE position = 6")
        assert places(verified(database)) == {(Fault.INSERTED, B, 3), (Fault.INSERTED, None, None)}

    def test_an_event_appended_behind_the_back_of_the_checkpoint(self, database: str) -> None:
        with superuser(database) as connection:
            connection.execute("DELETE FROM log.events WHERE stream = %s", [C])
            forge(connection, B, 6, 11, (B, 5))
        assert places(verified(database)) == {(Fault.MISSING, C, 1), (Fault.INSERTED, B, 6)}


@pytest.mark.usefixtures("history")
class TestReordered:
    @pytest.mark.parametrize("column", ["version", "position"])
    @pytest.mark.parametrize("versions", [(2, 3), (2, 5)])
    def test_two_events_of_a_stream_that_changed_places(
        self, database: str, column: str, versions: tuple[int, int]
    ) -> None:
        with superuser(database) as connection:
            drop_constraints(connection)
            exchange(connection, column, (B, versions[0]), (B, versions[1]))
        assert places(verified(database)) == {(Fault.REORDERED, B, versions[0]), (Fault.REORDERED, B, versions[1])}

    def test_positions_that_changed_streams(self, database: str) -> None:
        with superuser(database) as connection:
            drop_constraints(connection)
            exchange(connection, "position", (A, 3), (B, 4))
        assert {place[1:] for place in places(verified(database))} >= {(A, 3), (B, 4)}

    def test_positions_that_fall_though_the_hashes_fit(self, database: str) -> None:
        with superuser(database) as connection:
            drop_constraints(connection)
            exchange(connection, "position", (A, 6), (A, 7))
            rehash(connection, A, 6, 7)
        assert places(verified(database)) == {(Fault.REORDERED, A, 7)}

    def test_events_that_changed_streams(self, database: str) -> None:
        with superuser(database) as connection:
            drop_constraints(connection)
            exchange(connection, "stream", (A, 3), (B, 3))
        assert places(verified(database)) >= {(Fault.CHANGED, A, 3), (Fault.CHANGED, B, 3)}


def test_findings_say_where_but_nothing_personal(database: str, history: list[bytes]) -> None:
    del history
    with superuser(database) as connection:
        connection.execute("UPDATE log.events SET reason = 'Lefèvre' WHERE position = 5")
    [finding] = verified(database).findings.kept
    assert finding == Finding(
        Fault.CHANGED, "its hash does not follow from what is stored before and in it", A, 3, 5, ORGANISATION
    )
