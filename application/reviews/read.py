"""Reads a file of reviews: first through, to learn how it is written, then row by row."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path

from application.imports.dates import DateEvidence, DateOrder, Verdict
from application.imports.delimited import delimited_rows, find_delimiter, has_spaced_quotes
from application.imports.draft import DateOrderUnknown
from application.imports.encoding import find_encoding
from application.imports.html_table import html_rows
from application.imports.signature import identify
from application.imports.unreadable import Unreadable
from application.imports.workbook import open_sheet
from application.reviews.columns import Columns, find_columns
from application.reviews.judge import Plan, Review, judge, read_rating
from application.reviews.refused import Refused

Row = tuple[int, Sequence[str]]

SCALES = (5, 10, 100)
"""What ratings are of where nobody says it: the first that holds them, but for one in a hundred at most."""

_HEADER_AMONG = 10
"""Of the rows that hold anything."""


class ColumnsUnknown(Unreadable):
    """No row near the top says which column holds the ratings, and what the others hold."""

    code = "columns-unknown"


@dataclass(frozen=True)
class Choices:
    """What a person says of a file; None and no columns leave it to the file. `columns` is from header to field."""

    columns: Mapping[str, str]
    scale: int | None = None
    portal: str | None = None
    language: str | None = None
    date_order: DateOrder | None = None


@dataclass(frozen=True)
class ReviewFile:
    """A file that was read through: how its rows are read, and how many there are."""

    plan: Plan
    count: int
    header: int
    """The number of the row that holds the headers."""
    rows: Callable[[], Iterator[Row]]

    def reviews(self) -> Iterator[Review | Refused]:
        """What becomes of each row, from the top at each call."""
        return (judge(line, cells, self.plan) for line, cells in _below(self.rows, self.header))


def open_reviews(path: Path, choices: Choices) -> ReviewFile:
    """Raises an Unreadable, and DateOrderUnknown when a person has to choose."""
    rows = _rows_of(path)
    header, columns = _header(rows, choices.columns)
    evidence = DateEvidence()
    ratings: Counter[Decimal] = Counter()
    count = 0
    for _, cells in _below(rows, header):
        count += 1
        if (column := columns.at.get("date", len(cells))) < len(cells):
            evidence.add(cells[column])
        if (column := columns.at["rating"]) < len(cells) and (rating := read_rating(cells[column])):
            ratings[rating.given] += rating.scale is None
    plan = Plan(
        columns=columns,
        date_order=choices.date_order or _date_order(evidence),
        scale=choices.scale or columns.scale or _scale(ratings),
        portal=choices.portal or columns.portal,
        language=choices.language,
    )
    return ReviewFile(plan, count, header, rows)


def _rows_of(path: Path) -> Callable[[], Iterator[Row]]:
    """What reads the rows of the file, from the top at each call."""
    kind = identify(path, sys.maxsize)
    if kind == "workbook":
        return partial(_workbook_rows, path)
    encoding = find_encoding(path)
    if kind == "html":
        return partial(html_rows, path, encoding)
    delimiter = find_delimiter(path, encoding)
    spaced = has_spaced_quotes(path, encoding, delimiter)
    return partial(delimited_rows, path, encoding, delimiter, spaced_quotes=spaced)


def _workbook_rows(path: Path) -> Iterator[Row]:
    with open_sheet(path) as sheet:
        yield from sheet.rows


def _header(rows: Callable[[], Iterator[Row]], chosen: Mapping[str, str]) -> tuple[int, Columns]:
    """The number of the row of headers, and what they say."""
    filled = ((line, cells) for line, cells in rows() if any(map(str.strip, cells)))
    for line, cells in islice(filled, _HEADER_AMONG):
        if columns := find_columns(cells, chosen):
            return line, columns
    named = ", ".join(chosen)
    raise ColumnsUnknown(
        f"No row near the top of the file has these headers, one of them of ratings: {named}."
        if chosen
        else "The headers do not say which column holds the ratings and which the words: say it with --column, twice."
    )


def _below(rows: Callable[[], Iterator[Row]], header: int) -> Iterator[Row]:
    return ((line, cells) for line, cells in rows() if line > header and any(map(str.strip, cells)))


def _date_order(evidence: DateEvidence) -> DateOrder:
    verdict = evidence.verdict
    if verdict in (Verdict.AMBIGUOUS, Verdict.CONFLICTING):
        raise DateOrderUnknown(
            "Day and month could be either way round in this file's dates. Say it with --date-order: dmy, mdy or ymd."
        )
    return DateOrder.DMY if verdict is Verdict.NONE else DateOrder(verdict)


def _scale(ratings: Counter[Decimal]) -> int:
    for scale in SCALES:
        if 100 * sum(times for given, times in ratings.items() if given > scale) <= ratings.total():
            return scale
    return SCALES[-1]
