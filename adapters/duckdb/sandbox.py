"""An analyst's access to the lake: a DuckDB that has a copy of the catalogue and the files of facts, and no more."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from duckdb import DuckDBPyConnection, DuckDBPyRelation, StatementType

from adapters.duckdb.engine import literal, start, transaction
from adapters.duckdb.lake import Lake, readable, storage

VIEWS = files("projections.lake").joinpath("views.sql").read_text()

NUMBERS = frozenset(["tinyint", "smallint", "integer", "bigint", "hugeint", "float", "double", "decimal"])
PLAIN = NUMBERS | {"boolean", "date", "varchar"}
"""Types whose values stay what they are; others are shown as text, such as times with a zone, lists, ids."""


class NotAQuery(Exception):
    """It is not one SELECT, or one that DuckDB cannot run; says why."""


@contextmanager
def sandbox(lake: Lake) -> Iterator[DuckDBPyConnection]:
    """The lake as it is now, attached as `lake`, and the views of it.

    Nothing here can reach Postgres, for the extension that speaks to it is not loaded and none can be; nor a file that
    is not one of the facts, so that a function of DuckLake that writes files fails as well. Raises LakeUnreadable.
    """
    with TemporaryDirectory(prefix="sql-", dir=lake.home) as folder:
        catalogue = Path(folder) / "catalogue.duckdb"
        _copy_catalogue(lake, catalogue)
        with start(lake.home, ["ducklake", *storage(lake.data)]) as connection:
            connection.execute(
                f"ATTACH {literal(f'ducklake:{catalogue}')} AS lake"
                f" (READ_ONLY, DATA_PATH {literal(lake.data)}, OVERRIDE_DATA_PATH)"
            )
            connection.execute(VIEWS)
            connection.execute(f"SET allowed_paths = [{', '.join(map(literal, _files(connection)))}]")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET python_enable_replacements = false")
            connection.execute("SET lock_configuration = true")
            with readable():
                yield connection


def _files(connection: DuckDBPyConnection) -> Iterator[str]:
    """Those that hold the facts as they are now."""
    for (table,) in connection.execute("SELECT table_name FROM ducklake_table_info('lake')").fetchall():
        found = connection.execute("SELECT data_file, delete_file FROM ducklake_list_files('lake', ?)", [table])
        yield from (path for pair in found.fetchall() for path in pair if path)


def answer(connection: DuckDBPyConnection, text: str) -> DuckDBPyRelation:
    """The rows that a query asks for, with values for the cells of a table: what is not PLAIN is text.

    Raises NotAQuery, and duckdb.Error where a file cannot be read, or it fails while rows are fetched.
    """
    try:
        statements = connection.extract_statements(text)
        if [each.type for each in statements] != [StatementType.SELECT]:
            raise NotAQuery("only a SELECT can be run, and only one")
        found = connection.sql(statements[0])
        columns = enumerate(zip(found.columns, found.types, strict=True), 1)
        return found.project(", ".join(_cell(number, name, kind.id) for number, (name, kind) in columns))
    except duckdb.IOException:
        raise
    except duckdb.Error as error:
        raise NotAQuery(str(error)) from error


def _cell(number: int, name: str, kind: str) -> str:
    quoted = name.replace('"', '""')
    return f'#{number}{"" if kind in PLAIN else "::VARCHAR"} AS "{quoted}"'


def _copy_catalogue(lake: Lake, path: Path) -> None:
    """What is scheduled for deletion is left out, or a function of DuckLake could be had to delete it."""
    with lake.connection() as connection:
        connection.execute(f"ATTACH {literal(path)} AS copy")
        with transaction(connection):
            tables = connection.execute(
                "FROM postgres_query('__ducklake_metadata_lake', ?)",
                ["SELECT tablename FROM pg_tables WHERE schemaname = 'lake'"],
            ).fetchall()
            for (table,) in tables:
                rows = "LIMIT 0" if table == "ducklake_files_scheduled_for_deletion" else ""
                connection.execute(f"CREATE TABLE copy.{table} AS FROM __ducklake_metadata_lake.lake.{table} {rows}")
        connection.execute("DETACH copy")
