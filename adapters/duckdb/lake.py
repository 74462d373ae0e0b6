"""The lake: facts in Parquet files under one folder, their catalogue (DuckLake) in the schema `lake` of Postgres."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from threading import Lock

import duckdb
import psycopg
from duckdb import DuckDBPyConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from adapters.duckdb.engine import literal, start, transaction
from adapters.postgres.locks import LAKE

SCHEMA = "lake"
PARTITIONS = {"feedback": "organisation, kind", "given": "organisation, origin", "stay": "organisation"}
TABLES = files("projections.lake").joinpath("schema.sql").read_text()


class LakeUnreadable(Exception):
    """Files of the lake, or its catalogue, cannot be read. Its text quotes nothing, and can be logged."""


class Lake:
    """Attached as `lake`, in a DuckDB that begins with the first use. Safe for threads, and for other processes.

    `data` is a folder or the URL of an object storage, which needs the package duckdb-extension-httpfs.
    """

    def __init__(self, database_url: str, home: Path, data: str) -> None:
        self.home = home
        self.data = data if "://" in data else str(Path(data).absolute())
        self._database_url = database_url
        self._connection: DuckDBPyConnection | None = None
        self._opening = Lock()

    @contextmanager
    def connection(self) -> Iterator[DuckDBPyConnection]:
        """One of one's own; what it has begun and not committed is rolled back at the end.

        Raises LakeUnreadable, and psycopg.OperationalError where there is no database at the first use.
        """
        with readable(), self._opened().cursor() as connection:
            yield connection

    def close(self) -> None:
        with self._opening:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _opened(self) -> DuckDBPyConnection:
        with self._opening:
            if self._connection is None:
                self._connection = self._open()
            return self._connection

    def _open(self) -> DuckDBPyConnection:
        connection = start(self.home, ["ducklake", "postgres_scanner", *storage(self.data)])
        with psycopg.connect(self._database_url, autocommit=True) as postgres:
            # Others may begin at the same moment, and neither would see the other's tables.
            postgres.execute("SELECT pg_advisory_lock(%s, %s)", LAKE)
            postgres.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            self._attach(connection)
            if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE database_name = 'lake'").fetchall():
                create_tables(connection, SCHEMA)
        return connection

    def _attach(self, connection: DuckDBPyConnection) -> None:
        """The password is in a secret: DuckDB shows the address of what is attached, also in errors."""
        address = conninfo_to_dict(self._database_url)
        password = literal(address.pop("password", None) or "")
        connection.execute(f"CREATE SECRET catalogue (TYPE postgres, PASSWORD {password})")
        # Without inlining: in this version a reader that meets a flush of inlined rows can fail until it attaches anew
        # (https://github.com/duckdb/ducklake/issues/1413).
        connection.execute(
            f"ATTACH {literal('ducklake:postgres:' + make_conninfo('', **address))} AS {SCHEMA}"
            f" (META_SECRET catalogue, META_SCHEMA {SCHEMA}, DATA_PATH {literal(self.data)},"
            " OVERRIDE_DATA_PATH, DATA_INLINING_ROW_LIMIT 0)"
        )


@contextmanager
def readable() -> Iterator[None]:
    """Raises LakeUnreadable for what DuckDB cannot read."""
    try:
        yield
    except duckdb.IOException as error:
        raise LakeUnreadable(
            "the lake's files or its catalogue cannot be read: where files are lost, run hote rebuild lake"
        ) from error


def create_tables(connection: DuckDBPyConnection, database: str) -> None:
    """Empty ones, that hold what happened up to position 0."""
    connection.execute(f"USE {database}")
    with transaction(connection):
        connection.execute(TABLES)
        if database == SCHEMA:
            partition(connection)
        connection.execute("INSERT INTO checkpoint VALUES (0)")
    connection.execute("USE memory")


def partition(connection: DuckDBPyConnection) -> None:
    """Has rows that no query reads together lie in files apart; those of the past stay where they are."""
    for table, columns in PARTITIONS.items():
        connection.execute(f"ALTER TABLE lake.{table} SET PARTITIONED BY ({columns})")


def storage(data: str) -> list[str]:
    """The extension that reaches an object storage; it reads AWS_ACCESS_KEY_ID and the like."""
    return ["httpfs"] if "://" in data else []
