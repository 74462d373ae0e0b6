"""The text of one cell, with what lists write for "nothing" taken as nothing."""

from application.text import one_line

_NO_NAME = frozenset(("n/a", "#n/a", "#n/d", "(null)", "néant", "non renseigné", "inconnu", "unknown", "unbekannt"))
_NOTHING = _NO_NAME | {"null", "na", "nan", "none", "nil", "neant", "aucun", "aucune", "keine", "k.a.", "n.c.", "s/o"}


_FORMULA_STARTS = ("'=", "'+", "'-", "'@")


def _as_exported(text: str) -> str:
    """On one line, without the apostrophe that exports, ours too, put before what a spreadsheet would calculate."""
    line = one_line(text)
    return line[1:] if line.startswith(_FORMULA_STARTS) else line


def cell_text(text: str) -> str:
    """The cell on one line, "" when it says nothing. Namibia's NA is among that: lists write it for "not available"."""
    line = _as_exported(text)
    return "" if line.casefold() in _NOTHING or not line.strip("-–—_* /.?") else line


def name_text(text: str) -> str:
    """As `cell_text`, but people are called Null, Na and None."""
    line = _as_exported(text)
    return "" if line.casefold() in _NO_NAME or not line.strip("-–—_* /.?") else line
