"""The lake opens anywhere, for anybody at once, and says nothing of the database's password."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import rmtree

import psycopg
import pytest

from adapters.duckdb import engine
from adapters.duckdb.lake import Lake, LakeUnreadable
from adapters.postgres.recorder import Pool
from tests.adapters.duckdb.tables import TABLES, Told, position, rows

SECRET = "passe-partout"  # noqa: S105
SPAWN = multiprocessing.get_context("spawn")


def open_and_read(database: str, home: Path) -> None:
    lake = Lake(database, home, str(home / "lake"))
    assert position(lake) == 0
    lake.close()


def with_password(database: str) -> str:
    return database.replace("postgres:@", f"postgres:{SECRET}@")


def test_processes_that_begin_together_make_one_lake(database: str, lake: Lake, home: Path) -> None:
    processes = [SPAWN.Process(target=open_and_read, args=(database, home)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    with lake.connection() as connection:
        found = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake'").fetchall()
    assert sorted(found) == sorted((table,) for table in (*TABLES, "checkpoint"))
    assert position(lake) == 0


def test_threads_that_begin_together_share_it(lake: Lake) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda _: position(lake), range(40))) == [0] * 40


def test_it_needs_nothing_of_the_home_of_the_user(
    database: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    open_and_read(database, home)
    assert [path.name for path in tmp_path.iterdir()] == ["lake"]


def test_a_relative_folder_is_the_same_after_a_change_of_folder(
    database: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    lake = Lake(database, home, "facts")
    told = Told(lake, database)
    told.tell()
    monkeypatch.chdir("/")
    assert rows(lake) == told.history.expected()
    lake.close()


def test_what_does_not_fit_into_memory_goes_to_the_home_and_is_gone_afterwards(
    database: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MEMORY", "64MB")
    lake = Lake(database, home, str(home / "lake"))
    with lake.connection() as connection:
        found = connection.execute("SELECT uuid() AS id, i FROM range(3000000) t (i) ORDER BY id")
        assert found.fetchone() is not None
        assert [path.name for path in home.iterdir() if path.name.startswith("duckdb-")]
    lake.close()
    assert [path.name for path in home.iterdir()] == ["lake"]


def test_what_is_open_does_not_show_the_password(database: str, home: Path) -> None:
    lake = Lake(with_password(database), home, str(home / "lake"))
    with lake.connection() as connection:
        for inside in ("duckdb_databases()", "duckdb_secrets()", "duckdb_settings()", "duckdb_logs()"):
            assert SECRET not in str(connection.sql(f"FROM {inside}").project("columns(*)::VARCHAR").fetchall())
        with pytest.raises(Exception, match="does not exist") as failed:
            connection.execute("FROM postgres_query('__ducklake_metadata_lake', 'SELECT * FROM nothing')")
    assert SECRET not in str(failed.value)
    lake.close()


def test_a_database_that_is_not_there_is_said_without_the_password(database: str, home: Path) -> None:
    lake = Lake(with_password(database) + "/nowhere", home, str(home / "lake"))
    with pytest.raises(psycopg.OperationalError) as failed, lake.connection():
        pass
    assert SECRET not in repr(failed.getrepr(chain=True))


def test_lost_files_are_said_and_not_taken_for_no_facts(lake: Lake, told: Told) -> None:
    told.history.go_on(50)
    told.tell()
    rmtree(lake.data)
    with pytest.raises(LakeUnreadable, match="hote rebuild lake"):
        rows(lake)


def test_it_lives_on_when_its_connections_to_the_catalogue_end(pool: Pool, lake: Lake, told: Told) -> None:
    told.history.go_on(50)
    told.tell()
    with pool.connection() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    told.history.go_on(50)
    told.tell()
    assert rows(lake) == told.history.expected()
