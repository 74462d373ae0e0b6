"""Prints a sheet of a workbook as JSON lines: what it is, then each row. Runs as a process of its own.

The library allocates whatever area a sheet claims, and ends its process when memory does not suffice: two cells
in opposite corners are enough. And a text that many cells share stands in the file only once. So it works here,
under limits, and away from the server's interpreter lock.
"""

import json
import resource
import signal
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

Cell = int | float | str | bool | time | date | datetime | timedelta

OUT_OF_MEMORY = 3
"""Exit status, for what was printed by then is no whole answer."""

_MEMORY = 2 << 30
_SECONDS = 300
_HEADER_ROWS = 60
_MERGED_LIMIT = 1_000
_WHOLE_TABLE = 3


class Limits(NamedTuple):
    """What is printed at most."""

    size: int
    """Bytes."""
    rows: int
    columns: int
    row: int
    """Characters of all its cells."""
    cell: int
    """Characters."""


def main(path: str, wanted: str, limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.size, limits.size))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it, and fails to write instead
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            names = [
                sheet.name
                for sheet in workbook.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
            ]
            _print(workbook, names, wanted, limits)
    except PasswordError:
        _tell({"problem": "encrypted"})
    except CalamineError as error:
        _tell({"problem": "too-large" if "limit exceeded" in str(error) else "damaged"})
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)


def _print(workbook: CalamineWorkbook, names: list[str], wanted: str, limits: Limits) -> None:
    if wanted and wanted not in names:
        _tell({"problem": "no-such-sheet", "sheets": names})
        return
    sheet = workbook.get_sheet_by_name(wanted) if wanted else _first_table(workbook, names)
    if sheet is None or sheet.start is None:
        _tell({"problem": "empty", "sheets": names})
        return
    left = sheet.start[1]
    merged = [
        (top, first - left, bottom, last - left)
        for (top, first), (bottom, last) in sheet.merged_cell_ranges or []
        if bottom < _HEADER_ROWS
    ]
    _tell({"sheet": sheet.name, "sheets": names, "merged": merged[:_MERGED_LIMIT]})
    numbered = enumerate(([_text(cell) for cell in row] for row in sheet.iter_rows()), start=1)
    filled = ((number, cells) for number, cells in numbered if any(cells))
    for number, cells in islice(filled, limits.rows):
        if (
            len(cells) > limits.columns
            or (characters := sum(map(len, cells))) > limits.row
            or (characters > limits.cell and max(map(len, cells)) > limits.cell)
        ):
            _tell((number, None))  # the reader refuses the sheet for it
            break
        _tell((number, cells))


def _tell(line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


def _first_table(workbook: CalamineWorkbook, names: list[str]) -> CalamineSheet | None:
    """The first sheet with several rows and columns, or else with several rows, or else with anything."""
    best, best_rank = None, 0
    for name in names:
        sheet = workbook.get_sheet_by_name(name)
        filled = [sum(cell != "" for cell in row) for row in islice(sheet.iter_rows(), _HEADER_ROWS)]
        rank = (sheet.start is not None) + (sum(map(bool, filled)) > 1) * (1 + (max(filled, default=0) > 1))
        if rank > best_rank:
            best, best_rank = sheet, rank
        if rank == _WHOLE_TABLE:
            break
    return best


def _text(cell: Cell) -> str:
    """Dates ISO, to the second; numbers with the 15 digits that Excel keeps, never in exponent form."""
    if isinstance(cell, str):
        return cell.replace("\0", "")  # the library reads some text of old .xls files with NULs between
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{Decimal(f'{cell:.15g}'):f}"
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(cell, datetime):
        cell = (cell + timedelta(milliseconds=500)).replace(microsecond=0)
        return cell.isoformat() if cell.time() != time() else cell.date().isoformat()
    return cell.isoformat()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Limits(*map(int, sys.argv[3:])))
