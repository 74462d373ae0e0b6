"""Turns an uploaded file, whatever it is, into rows of text cells under headers."""

import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from application.imports.delimited import DELIMITERS, delimited_rows, find_delimiter, has_spaced_quotes
from application.imports.encoding import ENCODINGS, find_encoding
from application.imports.html_table import html_rows
from application.imports.limits import within_limits
from application.imports.signature import Kind, identify
from application.imports.table import Row, Table, find_table, table_rows
from application.imports.unreadable import UnknownChoice
from application.imports.workbook import open_sheet

_SAMPLE_ROWS = 200


@dataclass(frozen=True)
class Reading:
    """How a file is read. What does not concern its kind is None or empty."""

    kind: Kind
    table: Table
    encoding: str | None = None
    delimiter: str | None = None
    spaced_quotes: bool = False
    """Whether spaces stand before opening quotes."""
    sheet: str | None = None
    sheets: tuple[str, ...] = ()


def inspect(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    limit: int = sys.maxsize,
) -> Reading:
    """Finds out how the file is to be read, save for what is given. Raises an Unreadable.

    `limit` is in bytes; a file that was let in before needs none.
    """
    if encoding is not None and encoding not in ENCODINGS:
        raise UnknownChoice(f"The encoding must be one of {', '.join(ENCODINGS)}.")
    if delimiter is not None and delimiter not in DELIMITERS:
        raise UnknownChoice("The delimiter must be a comma, a semicolon, a tab or a vertical bar.")
    kind = identify(path, limit)
    if kind == "workbook":
        with open_sheet(path, sheet, at_most=_SAMPLE_ROWS) as opened:
            table = find_table(list(opened.rows), opened.merged)
        return Reading(kind, table, sheet=opened.name, sheets=opened.names)
    if encoding == "utf-16" and not _has_byte_order_mark(path):
        raise UnknownChoice("The file does not begin with a byte order mark: choose utf-16-le or utf-16-be.")
    encoding = encoding or find_encoding(path)
    if kind == "html":
        return Reading(kind, find_table(_sample(html_rows(path, encoding))), encoding)
    delimiter = delimiter or find_delimiter(path, encoding)
    spaced = has_spaced_quotes(path, encoding, delimiter)
    sample = _sample(delimited_rows(path, encoding, delimiter, spaced_quotes=spaced))
    return Reading(kind, find_table(sample), encoding, delimiter, spaced)


def rows(path: Path, reading: Reading) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each row of the table with its number in the file, as an editor or Excel shows it. The file is streamed.

    A row is as wide as the headers, or wider if more of its cells are filled. Cells are text: dates of workbooks
    as ISO 8601, numbers without exponent, booleans as true and false, errors as nothing. Raises an Unreadable.
    """
    match reading:
        case Reading(kind="workbook"):
            with open_sheet(path, reading.sheet) as opened:
                yield from table_rows(opened.rows, reading.table)
        case Reading(kind="html", encoding=str(encoding)):
            yield from table_rows(within_limits(html_rows(path, encoding)), reading.table)
        case Reading(encoding=str(encoding), delimiter=str(delimiter)):
            source = delimited_rows(path, encoding, delimiter, spaced_quotes=reading.spaced_quotes)
            yield from table_rows(within_limits(source), reading.table)


def _sample(source: Iterator[Row]) -> list[Row]:
    filled = ((number, cells) for number, cells in within_limits(source) if any(map(str.strip, cells)))
    return list(islice(filled, _SAMPLE_ROWS))


def _has_byte_order_mark(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) in (BOM_UTF16_LE, BOM_UTF16_BE)
