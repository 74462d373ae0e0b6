"""However small and many the commits, files and snapshots stay few, and nobody who reads is disturbed."""

import os
import time
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from adapters.duckdb import upkeep
from adapters.duckdb.lake import Lake
from tests.adapters.duckdb.tables import Told, files, rows, snapshots

EVERY = 5
TABLES_OF_A_LAKE = 7


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "EVERY", EVERY)


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "KEPT", timedelta(0))


@pytest.mark.usefixtures("hurried", "nothing_kept")
def test_many_small_commits_leave_few_files_and_few_snapshots(lake: Lake, told: Told) -> None:
    told.history.go_on(10 * EVERY)
    told.tell(batch=1)
    assert rows(lake) == told.history.expected()
    assert snapshots(lake) <= 2 * EVERY
    assert files(lake) <= 2 * EVERY + TABLES_OF_A_LAKE
    on_disk = list(Path(lake.data).rglob("*.parquet"))
    assert len(on_disk) <= 10 * EVERY  # what the last of them took out of use stays until the next time


@pytest.mark.usefixtures("nothing_kept")
def test_rows_taken_out_of_many_files_do_not_keep_these_apart(
    lake: Lake, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "DELETED", 1.0)
    for _ in range(upkeep.HOLEY + 4):
        told.history.go_on(60)
        told.tell()
    with lake.connection() as connection:
        table = "SELECT file_count, delete_file_count FROM ducklake_table_info('lake') WHERE table_name = 'feedback'"
        [(count, holey)] = connection.execute(table).fetchall()
        assert min(count, holey) > upkeep.HOLEY
        upkeep.tidy(connection)
        assert connection.execute(table).fetchall() == [(2, 0)]  # one for each kind
    assert rows(lake) == told.history.expected()


@pytest.mark.usefixtures("hurried")
def test_a_query_that_began_before_reads_on_as_if_nothing_had_happened(lake: Lake, told: Told) -> None:
    told.history.go_on(400)
    told.tell()
    with lake.connection() as connection:
        connection.begin()
        before = connection.execute("SELECT count(*), sum(cost) FROM lake.feedback").fetchall()
        first = connection.execute("SELECT feedback FROM lake.feedback")
        some = first.fetchmany(5)
        told.history.go_on(4 * EVERY)
        told.tell(batch=1)
        assert len(some + first.fetchall()) == before[0][0]
        assert connection.execute("SELECT count(*), sum(cost) FROM lake.feedback").fetchall() == before
        assert connection.execute("SELECT count(*) FROM lake.stay WHERE room IS NULL").fetchall()
    assert rows(lake) == told.history.expected()


def test_what_a_killed_commit_left_is_deleted_when_it_is_old_enough_to_be_nobodys(lake: Lake, told: Told) -> None:
    told.history.go_on(20)
    told.tell()
    known = next(Path(lake.data).rglob("*.parquet"))
    left, just_written = known.with_name("left.parquet"), known.with_name("just-written.parquet")
    for file in (left, just_written):
        file.write_bytes(known.read_bytes())
    old = time.time() - (upkeep.ABANDONED + timedelta(hours=1)).total_seconds()
    os.utime(left, (old, old))
    with lake.connection() as connection:
        upkeep.tidy(connection)
    assert not left.exists()
    assert just_written.exists()
    assert rows(lake) == told.history.expected()


def test_an_upkeep_that_fails_stops_nobody(
    lake: Lake, told: Told, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: object) -> None:
        raise duckdb.TransactionException("somebody else merged them")

    monkeypatch.setattr(upkeep, "tidy", fails)
    told.history.go_on(20)
    told.tell()
    assert rows(lake) == told.history.expected()
    assert "the lake could not be tidied (TransactionException)" in caplog.text
