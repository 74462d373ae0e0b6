"""Makes what is written of a guest and what is typed to find them comparable, letter for letter."""

import re
import unicodedata

_MARKS = re.compile("[\u0300-\u036f]+")
_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
    | dict.fromkeys("‘’ʼ′`´", "'")
    | dict.fromkeys("‐‑‒–—―−", "-")
)
_BETWEEN_SCRIPTS = re.compile(r"(?<=[!-~])(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])(?=[!-~])")

_PHONE = re.compile(r"[+0][0-9\s().\-/]*[0-9]")
_NOT_DIALLED = re.compile(r"\(0\)|[\s().\-/]")
_SHORT_CODE = re.compile(r"\+([17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])")
"""The country codes of one and two digits (ITU-T E.164); all others have three."""


def fold(text: str) -> str:
    """The text without case, accents, apostrophes and hyphens: "D'Œuvre-Lefèvre" is "doeuvre lefevre".

    A hyphen is a space, so that "jean-pierre" finds "Jean Pierre"; an apostrophe is nothing, so that
    "dangelo" finds "D'Angelo". Letters outside ASCII are set apart from those within: see `plan`.
    """
    folded = text.casefold()
    if not folded.isascii():
        folded = _MARKS.sub("", unicodedata.normalize("NFKD", folded))
        if not folded.isascii():
            folded = _BETWEEN_SCRIPTS.sub(" ", folded.casefold().translate(_LETTERS))
    return " ".join(folded.replace("'", "").replace("-", " ").replace("\0", " ").split())


def terms(search: str) -> list[str]:
    """The folded words that a guest's text must all contain; none for a blank search.

    What begins like a phone number and is nothing but one, "06 12 34" or "+33 (0)6-12", is one term.
    """
    search = search.strip()
    if _PHONE.fullmatch(search):
        return [_NOT_DIALLED.sub("", search)]
    return fold(search).split()


def national(phone: str) -> str:
    """An E.164 number as it is dialled within its country, "0612345678" for "+33612345678"."""
    code = _SHORT_CODE.match(phone)
    return "0" + phone[code.end() if code else 4 :]
