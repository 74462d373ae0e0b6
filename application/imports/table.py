"""Finds the table in a file's rows: where its header is, what its columns are called, where it ends."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from application.imports.column_names import HEADER_LIMIT, column_names, unique
from application.imports.unreadable import FileEmpty
from application.imports.workbook import Merged

Row = tuple[int, Sequence[str]]
"""The number of a row or line in the file, from 1, and its cells."""


@dataclass(frozen=True)
class Table:
    """Where a file's table is, and what its columns are called."""

    headers: tuple[str, ...]
    """Each is there once: a second "Day" is "Day (2)", a blank third one "Column 3"."""
    has_header: bool
    """False where the first row holds a guest; all headers are then "Column 1", "Column 2"…"""
    preamble: int
    """How many rows or lines stand before the table: a title, a date of printing, blank ones."""
    body: int
    """The row or line, from 1, on which the table's first row after the header may stand."""


_HEADER_AMONG = 5
"""Of the rows that are wide enough: further down, a guest's note may well hold two of the words."""
_HEADER_WORDS = """
nom prenom name surname firstname lastname first last email mail courriel telephone tel phone mobile portable
gsm adresse address ville city pays country langue language civilite titre salutation societe company arrivee
arrival depart departure checkin checkout chambre room nationalite nationality cp zip postal date sejour nuits
nights reservation booking statut status nombre vorname nachname telefon ort land nome cognome apellido
apellidos
"""
_WORD = re.compile(r"[a-z]+")
_NUMBER = re.compile(r"(?=\D*\d)[\d\s.,+()%€$£/-]+")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b.*|\d{1,2}:\d{2}(:\d{2})?")
_FOOTER = re.compile(
    r"(sous[- ]?|sub[- ]?|grand )?total\b|nombre (de|d['’])|number of|nb\.? (de|d['’])|page\s*(:\s*)?\d"
    r"|(imprim|édit|génér)ée? (le|par)\b|(printed|generated) (on|by|at)\b|fin (de|du)\b|end of\b|record count"
    r"|\(?\d+ (clients?|guests?|lignes?|rows?|enregistrements?|records?|séjours?|départs?|departures?)\b",
    re.IGNORECASE,
)
_FOOTER_ROWS = 50


def find_table(sample: Sequence[Row], merged: Sequence[Merged] = ()) -> Table:
    """The table that a file's first rows, and the merged cells among them, tell of.

    The header is the first row with two words that columns of guest lists are called by; failing that, the first
    that fills half of the table's width, unless its cells look like those beneath. Then there is no header, and
    columns are called "Column 1", "Column 2"…, as are those whose header is blank. Raises FileEmpty.
    """
    rows = [(number, list(cells)) for number, cells in sample if _filled(cells)]
    if not rows:
        raise FileEmpty("The file holds no rows. Export it again.")
    widths = Counter(len(cells) for _, cells in rows if len(cells) > 1)
    usual = max(widths, key=lambda width: widths[width], default=1)
    widest = max((_filled(cells) for _, cells in rows if len(cells) <= usual), default=usual)
    candidates = [
        index
        for index, (_, cells) in enumerate(rows)
        if _filled(cells) * 2 >= widest and _filled(cells) >= min(widest, 2)
    ]
    likely = candidates[:_HEADER_AMONG]
    at = next((index for index in likely if _speaks_like_a_header(rows[index][1])), candidates[0])
    header, cells = rows[at]
    below = [cells for _, cells in rows[at + 1 :]]
    if not _speaks_like_a_header(cells) and _looks_like_data(cells, below):
        return Table(unique([""] * usual), has_header=False, preamble=header - 1, body=header)
    names, top, bottom = column_names(dict(rows), header, merged)
    while len(names) > 1 and not names[-1] and not any(any(cells[len(names) - 1 :]) for cells in below):
        names.pop()
    return Table(unique(names), has_header=True, preamble=top - 1, body=bottom + 1)


def table_rows(rows: Iterable[Row], table: Table) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows of the table's body, as wide as its headers. Skipped: blank rows, the header where a printed list
    repeats it on each page, and the totals and counts at the end.

    A row with more filled cells than there are headers keeps them all.
    """
    width = len(table.headers)
    held: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in rows:
        if number < table.body or not _any(cells):
            continue
        row = tuple(cells)
        if len(row) < width:
            row += ("",) * (width - len(row))
        elif len(row) > width and not _any(row[width:]):
            row = row[:width]
        if row[0].strip() == table.headers[0] and tuple(map(str.strip, row)) == table.headers:
            continue
        if _is_footer(row):
            held.append((number, row))
            if len(held) > _FOOTER_ROWS:
                yield held.pop(0)
            continue
        if held:
            yield from held
            held.clear()
        yield number, row


def _any(cells: Sequence[str]) -> bool:
    return any(cell and not cell.isspace() for cell in cells)


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _is_footer(row: tuple[str, ...]) -> bool:
    first = next(cell for cell in row if cell and not cell.isspace())
    return (
        _FOOTER.match(first.strip()) is not None
        and _filled(row) * 2 <= len(row)
        and not any("@" in cell for cell in row)
    )


def _kind(cell: str) -> str:
    cell = cell.strip()
    if not cell:
        return ""
    if "@" in cell:
        return "address"
    if _DATE.fullmatch(cell):
        return "date"
    return "number" if _NUMBER.fullmatch(cell) else "text"


def _speaks_like_a_header(cells: Sequence[str]) -> bool:
    if any(_kind(cell) in ("address", "date") for cell in cells):
        return False
    header_words = _HEADER_WORDS.split()
    folded = (unicodedata.normalize("NFKD", cell[:HEADER_LIMIT].casefold()) for cell in cells)
    plain = (cell.encode("ascii", "ignore").decode() for cell in folded)
    return sum(any(word in header_words for word in _WORD.findall(cell)) for cell in plain) >= 2


def _looks_like_data(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row holds data: a date, an address, or numbers over numbers."""
    for column, cell in enumerate(cells):
        kind = _kind(cell)
        if kind in ("address", "date"):
            return True
        if kind == "number":
            kinds = Counter(_kind(row[column]) for row in below if column < len(row) and row[column].strip())
            if not kinds or kinds.most_common(1)[0][0] == "number":
                return True
    return False
