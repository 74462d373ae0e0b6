"""Reads text whose cells are parted by a delimiter, with quotes and line ends of any kind."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TextIO

from application.imports.limits import too_large
from application.imports.unreadable import CellTooLarge

DELIMITERS = (";", "\t", ",", "|")
"""Where two serve equally well, the first is taken."""

_SAMPLE_LINES = 200
_LINE_LIMIT = 250_000
_DECIMAL = re.compile(r"(?<![^;\t|])(-?\d+),(\d+)(?=[;\t|])|(?<=[;\t|])(-?\d+),(\d+)(?![^\r\n])")
"""A number with a decimal comma that fills a cell, beside a delimiter that is no comma."""
_SEP = re.compile(r"\"?sep=([;,|\t])\"?\s*$", re.IGNORECASE)


def find_delimiter(path: Path, encoding: str) -> str:
    """The one of DELIMITERS that parts most lines in equally many cells; for a single column, one that parts none."""
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        sample = [line for line in islice(_lines(text), _SAMPLE_LINES) if line.strip()]
    hint = _SEP.match(sample[0].rstrip("\r\n")) if sample else None
    if hint:
        return hint[1]
    best = max(DELIMITERS, key=lambda delimiter: _consistency(sample, delimiter))
    if _consistency(sample, best) > 0:
        return best
    return next((delimiter for delimiter in DELIMITERS if not any(delimiter in line for line in sample)), best)


def _consistency(sample: list[str], delimiter: str) -> float:
    """From 0 to 1: how many rows are as wide as most, from the first that is; wider is better."""
    if delimiter == ",":
        sample = [_DECIMAL.sub(r"\1\3.\2\4", line) for line in sample]
    widths: list[int] = []
    with suppress(csv.Error):  # a cell without end: what stands before it can be judged
        widths.extend(len(row) for row in csv.reader(sample, delimiter=delimiter))
    wide = [width for width in widths if width > 1]
    if len(wide) * 4 < len(widths) or not wide:
        return 0.0
    [(usual, times)] = Counter(wide).most_common(1)
    share = times / (len(widths) - widths.index(usual))
    return share * (1 - 1 / usual)


def has_spaced_quotes(path: Path, encoding: str, delimiter: str) -> bool:
    """Whether spaces stand between delimiters and opening quotes, as in `1, "a, b"`."""
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        return any(f'{delimiter} "' in line for line in islice(_lines(text), _SAMPLE_LINES))


def delimited_rows(
    path: Path, encoding: str, delimiter: str, *, spaced_quotes: bool
) -> Iterator[tuple[int, list[str]]]:
    """Every row with the number of the line it begins on. Bytes foreign to the encoding become U+FFFD."""
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        reader = csv.reader(_lines(text), delimiter=delimiter, skipinitialspace=spaced_quotes)
        line = 1
        try:
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:  # a cell longer than its own limit, which is beyond ours
            raise too_large(line) from error


def _lines(text: TextIO) -> Iterator[str]:
    """The lines, without NULs, which the database cannot store; none may fill the memory."""
    while line := text.readline(_LINE_LIMIT):
        if len(line) == _LINE_LIMIT:
            raise CellTooLarge(f"A line is longer than {_LINE_LIMIT:,} characters. Export the file again.")
        yield line.replace("\0", "")
