"""A DuckDB inside this process: in memory, bounded, and fetching nothing from anywhere."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from itertools import count
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

MEMORY = "1GB"
THREADS = 2

numbers = count(1)


def start(home: Path, extensions: Iterable[str]) -> DuckDBPyConnection:
    """A DuckDB of its own, with extensions from installed packages.

    They are loaded from where they are: nothing is copied into a folder that other processes share, or cannot write.
    What does not fit into memory goes to a folder of its own in `home`, which exists for as long as it is needed.
    """
    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "threads": THREADS,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "home_directory": str(home),
            "temp_directory": str(home / f"duckdb-{os.getpid()}-{next(numbers)}"),
        }
    )
    for name in extensions:
        package = files(f"duckdb_extension_{name}")
        path = package / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
        connection.execute(f"LOAD {literal(path)}")
    return connection


@contextmanager
def transaction(connection: DuckDBPyConnection) -> Iterator[None]:
    """Commits at the end, or rolls back. Raises duckdb.TransactionException where somebody else wrote the same."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def literal(value: object) -> str:
    """Its text as SQL writes it, for the few statements that take no parameters."""
    return "'" + str(value).replace("'", "''") + "'"
