"""Reads a sheet of a workbook (.xlsx, .xls, .ods), through a process that may break without harm."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, TypeAdapter

from application.imports import workbook_process
from application.imports.unreadable import (
    FileDamaged,
    FileEmpty,
    FileEncrypted,
    FileTooLarge,
    UnknownChoice,
    Unreadable,
)

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


_ROW = TypeAdapter[tuple[int, list[str]]](tuple[int, list[str]])


@contextmanager
def open_sheet(path: Path, name: str | None = None, at_most: int | None = None) -> Iterator[Sheet]:
    """The sheet of that name, or the first that holds a table; all its rows, or `at_most` so many.

    Raises an Unreadable. What the process prints goes through a file without a name, which vanishes by itself.
    """
    command = [sys.executable, "-P", workbook_process.__file__, str(path), name or "", str(at_most or "")]
    with tempfile.TemporaryFile() as printed:
        ended = subprocess.run(command, stdout=printed, stderr=subprocess.DEVNULL, check=False)  # noqa: S603
        if ended.returncode == workbook_process.OUT_OF_MEMORY or ended.returncode < 0:  # a signal: out of time too
            raise _unreadable(_Opening(problem="too-large"))
        if ended.returncode:
            raise _unreadable(_Opening(problem="damaged"))
        printed.seek(0)
        opening = _Opening.model_validate_json(printed.readline())
        if opening.problem:
            raise _unreadable(opening)
        yield Sheet(opening.sheet, opening.sheets, opening.merged, map(_ROW.validate_json, printed))


def _unreadable(opening: _Opening) -> Unreadable:
    match opening.problem:
        case "encrypted":
            return FileEncrypted("The workbook is protected by a password. Save it without one.")
        case "too-large":
            return FileTooLarge(
                "The sheet claims more cells than fit in memory. Delete the empty rows and columns around "
                "the table, or save it as .csv."
            )
        case "empty":
            return FileEmpty("No visible sheet of the workbook holds anything.")
        case "no-such-sheet":
            return UnknownChoice(f"There is no such sheet. The sheets are: {', '.join(opening.sheets)}.")
        case _:
            return FileDamaged("The workbook is damaged or incomplete. Export it again.")
