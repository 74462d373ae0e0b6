"""How large a row may be: beyond that a file is broken or hostile, and costs far more than it tells."""

from collections.abc import Iterable, Iterator, Sequence

from application.imports.unreadable import CellTooLarge

CELL_LIMIT = 10_000
"""Characters, also of a cell that a person edits."""

ROW_LIMIT = 100_000
"""Characters of all cells together."""

COLUMN_LIMIT = 1_000
"""Cells."""


def within_limits(rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows with their numbers, as they come. Raises CellTooLarge at the first that is too large."""
    for number, cells in rows:
        characters = sum(map(len, cells))
        if len(cells) > COLUMN_LIMIT or (
            characters > CELL_LIMIT and (characters > ROW_LIMIT or max(map(len, cells)) > CELL_LIMIT)
        ):
            raise too_large(number)
        yield number, cells


def too_large(number: int) -> CellTooLarge:
    """The refusal of a row or line, which is numbered as an editor or Excel shows it."""
    return CellTooLarge(
        f"Row or line {number} is too large: a cell may hold {CELL_LIMIT:,} characters, and a row {ROW_LIMIT:,} "
        f"in {COLUMN_LIMIT:,} cells. Shorten it, or look for a missing closing quote there."
    )
