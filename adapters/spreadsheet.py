"""Rows as CSV and XLSX, streamed, safe to open in a spreadsheet.

CSV is RFC 4180 with commas, in UTF-8 with a byte order mark, without which Excel takes it for windows-1252.
A French Excel that is to split columns at a double click needs `;`: for people there is XLSX.
"""

import csv
import re
from collections.abc import Generator, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from tempfile import TemporaryFile

import xlsxwriter

Cell = str | bool | int | float | Decimal | date | datetime | None
"""A time is shown as on its own clock: give it in the zone that the reader expects."""

SHEET_ROWS = 1_048_576
"""What Excel can open; more rows go on to another sheet."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PHONE = re.compile(r"\+[0-9]{1,15}")

CHUNK = 64 * 1024


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe comes before what could begin one.

    The list of characters is OWASP's ("CSV Injection"). A phone number in E.164 stays as it is: a plus and
    digits can only ever be a number, and an apostrophe would break it for the machines that read it.
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not PHONE.fullmatch(text) else text


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Generator[str]:
    """Lines of CSV; dates and times as ISO 8601, true and false in lower case, nothing for None."""
    writer = csv.writer(_Passing())
    yield "\ufeff" + writer.writerow([safe(title) for title in header])
    for row in rows:
        yield writer.writerow([_csv_cell(cell) for cell in row])


class _Passing:
    """A file that hands each line back to who wrote it; csv's writerow returns what write does."""

    def write(self, line: str) -> str:
        return line


def _csv_cell(cell: Cell) -> object:
    match cell:
        case str():
            return safe(cell)
        case bool():
            return str(cell).lower()
        case date():
            return cell.isoformat()
    return cell


def as_xlsx(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Generator[bytes]:
    """An Excel workbook with typed cells, made on disk, so that memory does not grow with the rows."""
    with TemporaryFile() as file:
        with xlsxwriter.Workbook(file, {"constant_memory": True, "remove_timezone": True}) as workbook:
            left = iter(rows)
            while _add_sheet(workbook, header, islice(left, SHEET_ROWS - 1)) == SHEET_ROWS - 1:
                pass
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def _add_sheet(workbook: xlsxwriter.Workbook, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Gives the number of rows below the header."""
    sheet = workbook.add_worksheet()
    sheet.freeze_panes(1, 0)
    bold = workbook.add_format({"bold": True})
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    time = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for column, title in enumerate(header):
        sheet.write_string(0, column, safe(title), bold)
    number = 0
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            match cell:
                case str():
                    sheet.write_string(number, column, safe(cell))
                case bool():
                    sheet.write_boolean(number, column, cell)
                case int() | float() | Decimal():
                    sheet.write_number(number, column, cell)
                case datetime():
                    sheet.write_datetime(number, column, cell, time)
                case date():
                    sheet.write_datetime(number, column, cell, day)
    return number
