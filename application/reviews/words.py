"""What somebody wrote in a review, told from what portals put where they wrote nothing."""

from application.reviews.refused import RowRefused
from application.text import fold, one_line, several_lines

LONGEST = 20_000
"""Characters of one text."""

_LONGEST_NAME = 200
_RULES = "-–—_./ "
_ANYWHERE = frozenset(("n a", "na", "nan", "null", "sans objet", "not applicable", "non applicable"))
_NOTHING = {
    "author": frozenset(("n a",)),  # people are called Na and Null
    "liked": _ANYWHERE | {"no positive"},
    # "Nothing" under what was liked is a complaint, and stays; here it says as much as an empty cell.
    "disliked": _ANYWHERE | {"no negative", "nothing", "none", "rien", "aucun", "aucune", "neant"},
}
"""Whole texts, folded, that stand for none."""

_LONGEST_NOTHING = 20


def said(field: str, cell: str) -> str | None:
    """What the cell says, with its line breaks, as data: markup and formulas stay. None for nothing.

    Raises RowRefused.
    """
    if len(cell) > LONGEST:
        raise RowRefused(field, "too-long")
    text = several_lines(cell)
    if not text.strip(_RULES) or (len(text) <= _LONGEST_NOTHING and fold(text) in _NOTHING.get(field, _ANYWHERE)):
        return None
    return text


def named(field: str, cell: str) -> str | None:
    """As `said`, of the name of something or somebody, on one line."""
    text = said(field, cell)
    if text is not None and len(text) > _LONGEST_NAME:
        raise RowRefused(field, "too-long")
    return text and one_line(text)
