"""`hote sql`: an analyst's own query of the lake, which holds nothing personal and is not changed by it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import duckdb
import orjson
import typer
from duckdb import DuckDBPyConnection, DuckDBPyRelation
from rich.table import Column

from adapters.bootstrap import open_hote
from adapters.cli.console import LAKE, and_more, console, harmless, refuse, table, wait_for
from adapters.duckdb.lake import LakeUnreadable
from adapters.duckdb.sandbox import NUMBERS, NotAQuery, answer, sandbox
from adapters.settings import Settings
from adapters.spreadsheet import Cell, as_csv

MOST = 1_000
"""Rows on the terminal."""

AT_ONCE = 10_000


class Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def sql(
    query: Annotated[str, typer.Argument(help="A SELECT. Its views are feedback, given and stays.")],
    format: Annotated[Format, typer.Option(help="json is an object in each line.")] = Format.TABLE,
) -> None:
    """Query the facts of feedback, of what was given and of stays, read-only: docs/analytics.md tells every column."""
    with open_hote(Settings()) as hote, hote.at_work():
        wait_for(hote, LAKE)
        try:
            with sandbox(hote.lake) as connection, interruptible(connection) as work:
                work.submit(lambda: show(answer(connection, query), format)).result()
        except (NotAQuery, LakeUnreadable, duckdb.Error) as error:
            refuse(str(error))


@contextmanager
def interruptible(connection: DuckDBPyConnection) -> Iterator[ThreadPoolExecutor]:
    """Ends a query that is at work when this process is told to end: DuckDB would not let it hear of that before."""
    with ThreadPoolExecutor(max_workers=1) as work:
        try:
            yield work
        except BaseException:
            connection.interrupt()
            raise


def show(found: DuckDBPyRelation, format_: Format) -> None:
    match format_:
        case Format.CSV:
            for line in as_csv(found.columns, ([*map(harmless, row)] for row in rows(found))):
                typer.echo(line, nl=False)
        case Format.JSON:
            for row in rows(found):
                typer.echo(orjson.dumps(dict(zip(found.columns, row, strict=True)), default=str))
        case Format.TABLE:
            columns = zip(found.columns, found.types, strict=True)
            shown = table(*(Column(name, justify="right" if kind.id in NUMBERS else "left") for name, kind in columns))
            number = 0
            for number, row in enumerate(rows(found), 1):
                if number <= MOST:
                    shown.add_row(*("" if cell is None else str(harmless(cell)) for cell in row))
            console.print(shown)
            and_more(number - MOST)


def rows(found: DuckDBPyRelation) -> Iterator[tuple[Cell, ...]]:
    while some := found.fetchmany(AT_ONCE):
        yield from some
