"""Reads a sheet of a workbook (.xlsx, .xls, .ods), through a process that may break without harm."""

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, TypeAdapter

from application.imports import workbook_process
from application.imports.limits import CELL_LIMIT, COLUMN_LIMIT, ROW_LIMIT, too_large
from application.imports.unreadable import (
    FileDamaged,
    FileEmpty,
    FileEncrypted,
    FileTooLarge,
    UnknownChoice,
    Unreadable,
)

PRINT_LIMIT = 1_000_000_000
"""Bytes of a sheet as JSON: a thousand for each of a million rows."""

Merged = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells, counted from 0 within the rows."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook. `rows` can be read once, and are numbered as Excel shows them."""

    name: str
    names: tuple[str, ...]
    merged: tuple[Merged, ...]
    rows: Iterator[tuple[int, list[str]]]


class _Opening(BaseModel):
    problem: Literal["encrypted", "damaged", "too-large", "no-such-sheet", "empty"] | None = None
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    merged: tuple[Merged, ...] = ()


_ROW = TypeAdapter[tuple[int, list[str] | None]](tuple[int, list[str] | None])
"""The number of a row, and its cells, or None where they are too many or too long."""


@contextmanager
def open_sheet(path: Path, name: str | None = None, at_most: int | None = None) -> Iterator[Sheet]:
    """The sheet of that name, or the first that holds a table; all its rows, or `at_most` so many.

    Raises an Unreadable. What the process prints goes through a file without a name, which vanishes by itself.
    """
    limits = workbook_process.Limits(PRINT_LIMIT, at_most or sys.maxsize, COLUMN_LIMIT, ROW_LIMIT, CELL_LIMIT)
    command = [sys.executable, "-P", workbook_process.__file__, str(path), name or "", *map(str, limits)]
    with tempfile.TemporaryFile() as printed:
        ended = subprocess.run(command, stdout=printed, stderr=subprocess.DEVNULL, check=False)  # noqa: S603
        if ended.returncode == workbook_process.OUT_OF_MEMORY or ended.returncode < 0:  # a signal: another limit
            raise _unreadable(_Opening(problem="too-large"))
        if ended.returncode:
            raise _unreadable(_Opening(problem="damaged"))
        printed.seek(0)
        opening = _Opening.model_validate_json(printed.readline())
        if opening.problem:
            raise _unreadable(opening)
        yield Sheet(opening.sheet, opening.sheets, opening.merged, _rows(printed))


def _rows(lines: Iterable[bytes]) -> Iterator[tuple[int, list[str]]]:
    for number, cells in map(_ROW.validate_json, lines):
        if cells is None:
            raise too_large(number)
        yield number, cells


def _unreadable(opening: _Opening) -> Unreadable:
    match opening.problem:
        case "encrypted":
            return FileEncrypted("The workbook is protected by a password. Save it without one.")
        case "too-large":
            return FileTooLarge(
                "The sheet holds or claims more cells than one import takes. Delete the empty rows and columns "
                "around the table, or save it as .csv."
            )
        case "empty":
            return FileEmpty("No visible sheet of the workbook holds anything.")
        case "no-such-sheet":
            return UnknownChoice(f"There is no such sheet. The sheets are: {', '.join(opening.sheets)}.")
        case _:
            return FileDamaged("The workbook is damaged or incomplete. Export it again.")
