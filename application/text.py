"""Text as people typed it, made fit to keep and fit to compare."""

import re
import unicodedata

# Characters nobody sees: controls, directional marks and overrides (which make "gpj.exe" look like "exe.jpg"),
# zero-width spaces, byte order marks, lone surrogates. The joiners U+200C and U+200D stay: Persian and emoji
# need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_MARKS = "".join(filter(unicodedata.combining, map(chr, range(0x20000))))
_TOO_MANY_MARKS = re.compile(f"([{_MARKS}]{{30}})[{_MARKS}]+")
"""Normalising takes the square of the marks on a letter. 30 is the limit of stream-safe text (UAX 15)."""

_NOT_WORD = re.compile(r"[\W_]+")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})


def one_line(text: str) -> str:
    """The text in NFC, runs of whitespace as one space, without invisible characters.

    They are taken out rather than refused: nobody can mend what nobody sees.
    """
    text = _stream_safe(text)
    if not text.isprintable():
        text = _INVISIBLE.sub("", text)
    elif "  " not in text:  # the only white space that is printable: nearly every text is done here
        return unicodedata.normalize("NFC", text.strip())
    return " ".join(unicodedata.normalize("NFC", text).split())


def _stream_safe(text: str) -> str:
    return _TOO_MANY_MARKS.sub(r"\1", text) if len(text) > 60 and not text.isascii() else text


def several_lines(text: str) -> str:
    """As `one_line`, but the line breaks stay."""
    return "\n".join(one_line(line) for line in text.splitlines()).strip()


def fold(text: str) -> str:
    """The text as compared: lower-case words without accents or punctuation ("N° de Tél." → "n de tel")."""
    decomposed = unicodedata.normalize("NFKD", _stream_safe(text).casefold().translate(_LETTERS))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", bare).strip()
