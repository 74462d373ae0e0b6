"""Checkpoints: each stands on the one before, none is signed over a changed log, and tampering with them is found."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow
from uuid_utils.compat import uuid7

from adapters.keys.signing import verified as signed
from adapters.postgres.log import EventLog
from adapters.postgres.proof.checkpoints import EVERY, Checkpoints, LogTampered
from adapters.postgres.proof.findings import Fault
from adapters.postgres.recorder import Pool
from tests.adapters.postgres.events import changed, metadata, registered
from tests.adapters.postgres.tampering import STRANGER, drop_constraints, forge, rehash, resigned, superuser
from tests.adapters.postgres.test_proof import SIGNER, places, verified

A, B = sorted(uuid7() for _ in range(2))
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)

Tamper = Callable[[Connection[TupleRow]], object]


@pytest.fixture
def checkpoints(pool: Pool) -> Checkpoints:
    return Checkpoints(pool, SIGNER, lambda: NOON)


@pytest.fixture
def history(log: EventLog, checkpoints: Checkpoints) -> list[bytes]:
    """Three checkpoints, at positions 2, 4 and 6, of two guests with three events each."""
    documents = []
    for version in range(1, 4):
        for guest in (A, B):
            log.save(changed(guest, version) if version > 1 else registered(guest), metadata=metadata())
        documents.append(checkpoints.newest())
    return documents


def root_by_the_book(database: str, position: int) -> str:
    """The root as docs/proof.md describes it, by other means than ours."""
    with psycopg.connect(database) as connection:
        heads = connection.execute(
            "SELECT DISTINCT ON (stream) stream, version, position, hash FROM log.events WHERE position <= %s"
            " ORDER BY stream, version DESC",
            [position],
        ).fetchall()
    buckets: dict[int, bytes] = {}
    for stream, version, place, hash_ in heads:
        number = stream.int % 4096
        leaf = stream.bytes + version.to_bytes(4, "big") + place.to_bytes(8, "big") + hash_
        buckets[number] = buckets.get(number, b"\x00") + leaf

    def node(first: int, width: int) -> bytes:
        if width == 1:
            return sha256(buckets.get(first, b"\x00")).digest()
        half = width // 2
        return sha256(b"\x01" + node(first, half) + node(first + half, half)).digest()

    return node(0, 4096).hex()


class TestTaking:
    def test_it_says_what_the_log_was(self, database: str, history: list[bytes]) -> None:
        for number, document in enumerate(history, 1):
            body = signed(document, SIGNER.public_key)
            assert (
                body.items()
                >= {
                    "kind": "checkpoint",
                    "position": 2 * number,
                    "streams": 2,
                    "events": 2 * number,
                    "root": root_by_the_book(database, 2 * number),
                    "taken_at": "2026-05-01T12:00:00Z",
                    "previous": sha256(history[number - 2]).hexdigest() if number > 1 else None,
                }.items()
            )

    def test_many_streams_in_common_buckets(self, database: str, log: EventLog, checkpoints: Checkpoints) -> None:
        guests = [UUID(int=number << 64 | number % 3) for number in range(30)]
        for some in (guests[20:], guests[:20]):
            log.save(*map(registered, some), metadata=metadata())
            checkpoints.newest()
        log.save(changed(guests[5], 2), metadata=metadata())
        body = signed(checkpoints.newest(), SIGNER.public_key)
        assert (body["root"], body["streams"], body["events"]) == (root_by_the_book(database, 31), 30, 31)
        assert verified(database).is_intact

    def test_a_log_that_has_not_moved_on_gets_no_other(self, history: list[bytes], checkpoints: Checkpoints) -> None:
        assert checkpoints.newest() == history[-1]

    def test_it_stops_below_an_append_under_way(self, log: EventLog, pool: Pool, checkpoints: Checkpoints) -> None:
        log.save(registered(A), metadata=metadata())
        with pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            log.save(changed(A, 2), metadata=metadata(), cursor=cursor)
            log.save(registered(B), metadata=metadata())
            assert json.loads(checkpoints.newest())["position"] == 1
        assert json.loads(checkpoints.newest())["events"] == 3

    @pytest.mark.usefixtures("history")
    def test_one_a_minute_is_enough(self, pool: Pool, log: EventLog) -> None:
        def taken_after(age: timedelta) -> int:
            Checkpoints(pool, SIGNER, lambda: NOON + age).take_if_due()
            with pool.connection() as connection:
                return len(connection.execute("SELECT FROM proof.checkpoint").fetchall()) - 3

        log.save(changed(A, 4), metadata=metadata())
        assert taken_after(EVERY - timedelta(microseconds=1)) == 0
        assert taken_after(EVERY) == 1
        assert taken_after(2 * EVERY) == 1  # nothing new

    def test_several_at_once_make_one_chain(self, database: str, log: EventLog, checkpoints: Checkpoints) -> None:
        def write_and_take(number: int) -> bytes:
            guest = uuid7()
            log.save(
                registered(guest), *(changed(guest, version) for version in range(2, 2 + number)), metadata=metadata()
            )
            return checkpoints.newest()

        with ThreadPoolExecutor(6) as threads:
            list(threads.map(write_and_take, range(24)))
        verification = verified(database, checkpoints.newest())
        assert verification.is_intact
        assert verification.checkpoint is not None
        assert verification.checkpoint.events == verification.events == sum(range(1, 25))


def rehashed(connection: Connection[TupleRow]) -> None:
    connection.execute("UPDATE log.events SET payload = '{}' WHERE stream = %s AND version = 2", [A])
    rehash(connection, A, 2, 3)


def rehashed_with_its_head(connection: Connection[TupleRow]) -> None:
    rehashed(connection)
    connection.execute(
        "UPDATE proof.head h SET hash = e.hash FROM log.events e WHERE e.stream = %s AND e.version = 3"
        " AND h.stream = e.stream",
        [A],
    )


def slipped_in(connection: Connection[TupleRow]) -> None:
    """An event below the checkpoint at 6, which the next legitimate append then follows."""
    drop_constraints(connection)
    forge(connection, A, 4, 6, (A, 3))


class TestNothingIsSignedOverAChange:
    @pytest.mark.parametrize("tamper", [rehashed, rehashed_with_its_head, slipped_in])
    def test_of_a_stream_that_goes_on(
        self, database: str, log: EventLog, history: list[bytes], checkpoints: Checkpoints, tamper: Tamper
    ) -> None:
        with superuser(database) as connection:
            tamper(connection)
            [[version]] = connection.execute("SELECT max(version) + 1 FROM log.events WHERE stream = %s", [A])
        log.save(changed(A, version), metadata=metadata())
        with pytest.raises(LogTampered):
            checkpoints.newest()
        verification = verified(database, history[0])
        assert not verification.is_intact
        assert verification.checkpoint is not None
        assert verification.checkpoint.position == 6

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM proof.head WHERE stream = %(a)s",
            "DELETE FROM proof.head",
            "TRUNCATE proof.checkpoint",
            "TRUNCATE proof.bucket",
            "DELETE FROM proof.checkpoint WHERE position = 6",
            "UPDATE proof.checkpoint SET document = document || ' ' WHERE position = 6",
        ],
    )
    def test_of_what_was_signed(
        self, database: str, log: EventLog, history: list[bytes], checkpoints: Checkpoints, statement: str
    ) -> None:
        del history
        with superuser(database) as connection:
            connection.execute(statement.encode(), {"a": A})
        log.save(changed(A, 4), metadata=metadata())
        with pytest.raises(LogTampered):
            checkpoints.newest()

    @pytest.mark.usefixtures("history")
    def test_of_a_head_that_is_gone_when_another_comes_into_its_bucket(
        self, database: str, log: EventLog, checkpoints: Checkpoints
    ) -> None:
        with superuser(database) as connection:
            connection.execute("DELETE FROM proof.head WHERE stream = %s", [A])
        log.save(registered(UUID(int=A.int ^ 1 << 64)), metadata=metadata())
        with pytest.raises(LogTampered):
            checkpoints.newest()


class TestTamperingWithCheckpoints:
    @pytest.mark.parametrize(
        ("statement", "position"),
        [
            ("UPDATE proof.checkpoint SET document = document || ' ' WHERE position = 6", 6),
            ("UPDATE proof.checkpoint SET document = document || ' ' WHERE position = 4", 4),
            ("UPDATE proof.checkpoint SET document = 'nonsense' WHERE position = 2", 2),
            ("UPDATE proof.checkpoint SET position = 7 WHERE position = 6", 7),
            ("DELETE FROM proof.checkpoint WHERE position = 6", 4),
            ("DELETE FROM proof.checkpoint WHERE position = 4", 6),
            ("DELETE FROM proof.checkpoint WHERE position = 2", 4),
            ("DELETE FROM proof.checkpoint", 0),
            ("UPDATE proof.bucket SET hash = sha256(hash)", 6),
            ("DELETE FROM proof.head WHERE stream = %(a)s", 6),
            ("UPDATE proof.head SET hash = sha256(hash) WHERE stream = %(a)s", 6),
            ("UPDATE proof.head SET version = 2 WHERE stream = %(a)s", 6),
            ("UPDATE proof.head SET position = 2 WHERE stream = %(a)s", 6),
            ("UPDATE proof.head SET stream = uuidv7() WHERE stream = %(a)s", 6),
            ("INSERT INTO proof.head VALUES (uuidv7(), 1, 3, sha256(''))", 6),
        ],
    )
    def test_is_found(self, database: str, history: list[bytes], statement: str, position: int) -> None:
        del history
        with superuser(database) as connection:
            connection.execute(statement.encode(), {"a": A})
        found = verified(database).findings.kept
        assert {finding.kind for finding in found} == {Fault.CHECKPOINT}
        assert position in {finding.position for finding in found}

    def test_an_edited_head_is_named_and_the_log_not_blamed(self, database: str, history: list[bytes]) -> None:
        del history
        with superuser(database) as connection:
            connection.execute("UPDATE proof.head SET hash = sha256(hash) WHERE stream = %s", [A])
        assert places(verified(database)) == {(Fault.CHECKPOINT, None, None), (Fault.CHECKPOINT, A, 3)}

    @pytest.mark.usefixtures("history")
    def test_a_newest_checkpoint_that_is_gone_is_one_finding(self, database: str) -> None:
        with superuser(database) as connection:
            connection.execute("DELETE FROM proof.checkpoint WHERE position = 6")
        [finding, buckets] = verified(database).findings.kept
        assert finding.detail == "proof.head goes on to position 6: newer checkpoints are missing"
        assert "proof.bucket" in buckets.detail

    def test_one_signed_by_somebody_else_is_no_checkpoint(self, database: str, history: list[bytes]) -> None:
        with superuser(database) as connection:
            rehashed_with_its_head(connection)
            forged = resigned(history[2], STRANGER, root=root_by_the_book(database, 6))
            connection.execute("UPDATE proof.checkpoint SET document = %s WHERE position = 6", [forged])
        verification = verified(database)
        assert (Fault.CHECKPOINT, None, None) in places(verification)
        assert verification.checkpoint is not None
        assert verification.checkpoint.position == 4

    def test_another_document_of_ours_is_no_checkpoint(self, database: str, history: list[bytes]) -> None:
        certificate = resigned(history[2], SIGNER, kind="erasure")
        with superuser(database) as connection:
            connection.execute("UPDATE proof.checkpoint SET document = %s WHERE position = 6", [certificate])
        assert not verified(database).is_intact
        assert not verified(database, certificate).is_intact


class TestAnExportedCheckpoint:
    def test_it_shows_a_log_that_was_cut_back_with_all_its_proof(self, database: str, history: list[bytes]) -> None:
        with superuser(database) as connection:
            connection.execute("DELETE FROM log.events WHERE position > 4")
            connection.execute("DELETE FROM proof.checkpoint WHERE position > 4")
            connection.execute(
                "UPDATE proof.head h SET version = e.version, position = e.position, hash = e.hash"
                " FROM log.events e WHERE e.stream = h.stream AND e.version = 2"
            )
            connection.execute(
                r"UPDATE proof.bucket b SET hash = sha256('\x00' || uuid_send(stream) || int4send(version) ||"
                " int8send(position) || h.hash) FROM proof.head h WHERE h.bucket = b.bucket"
            )
        assert verified(database).is_intact  # docs/proof.md says so: only what is kept outside can tell
        assert verified(database, history[1]).is_intact
        [finding] = verified(database, history[2]).findings.kept
        assert (finding.kind, finding.position) == (Fault.MISSING, 6)

    def test_it_shows_a_history_that_was_made_anew(
        self, database: str, history: list[bytes], checkpoints: Checkpoints
    ) -> None:
        with superuser(database) as connection:
            rehashed(connection)
            connection.execute("TRUNCATE proof.checkpoint, proof.head, proof.bucket")
        checkpoints.newest()
        assert verified(database).is_intact
        assert verified(database, history[0]).is_intact  # what was changed came later
        assert places(verified(database, history[1])) == {(Fault.CHECKPOINT, None, None)}

    @pytest.mark.parametrize("document", [b"", b"nonsense", b"{}", b"[" * 100_000, b"\xff\xfe", b'{"signature": 1}'])
    def test_what_is_no_checkpoint_is_refused(self, database: str, history: list[bytes], document: bytes) -> None:
        del history
        assert places(verified(database, document)) == {(Fault.CHECKPOINT, None, None)}

    def test_one_signed_by_somebody_else_is_refused(self, database: str, history: list[bytes]) -> None:
        assert places(verified(database, resigned(history[0], STRANGER))) == {(Fault.CHECKPOINT, None, None)}
