"""Finds a person in text that is no field of theirs: a row of a list, a reason that somebody typed."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from uuid import UUID

from domain.contact import Profile

_EMAIL = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]*[^\s<>()\[\],;:\"'.]")
_NUMBER = re.compile(r"\+?\d[\d\s().-]{5,}\d")
_SEVERAL = re.compile(r"[;,|]|\s[-/]\s|\((?!0\))")
"""What parts the phone numbers of one cell, or a number from a remark."""
_WORD = re.compile(r"[^\W_]+")
_NO_DIGIT = re.compile(r"\D+")
_MARKS = re.compile("[\u0300-\u036f]+")
_COUNTRY_CODE = 3
"""Digits at most (E.164)."""
_TAIL = 6
"""Digits that a number ends with however it is written."""


class Traces:
    """By what guests are recognised: e-mail addresses, phone numbers, names, however they are written."""

    def __init__(self, guests: Iterable[tuple[UUID, Iterable[Profile]]]) -> None:
        """Each guest with every profile they had."""
        self._emails: dict[str, UUID] = {}
        self._numbers: dict[str, UUID] = {}
        self._tails: set[str] = set()
        self._names: dict[str, list[tuple[frozenset[str], bool, UUID]]] = {}
        self._words: set[str] = set()
        for guest, profiles in guests:
            for profile in profiles:
                self._add(guest, profile)

    def _add(self, guest: UUID, profile: Profile) -> None:
        self._emails |= {_plain(email): guest for email in profile.emails}
        self._numbers |= {written: guest for phone in profile.phones for written in _with_and_without_country(phone)}
        self._tails.update(_digits(phone)[-_TAIL:] for phone in profile.phones)
        first, last = _words(profile.first_name or ""), _words(profile.last_name)
        self._words.update(first, last)
        if last:
            self._names.setdefault(last[0], []).append((frozenset(first + last), bool(first), guest))

    def __bool__(self) -> bool:
        """Whether there is anybody to find."""
        return bool(self._names)

    def reached_by(self, cells: Sequence[str]) -> UUID | None:
        """Whose e-mail address or phone number a row has."""
        return self._reached_by(cells, _plain("\n".join(cells)))

    def told_by(self, cells: Sequence[str]) -> UUID | None:
        """Whom a row tells of: the guest with its e-mail or phone, else with its first and last name.

        A last name alone counts where the guest has no other, and only in a row by which nobody can be reached. So a
        namesake can be taken for the guest: good enough to delete by, and not to disclose by.
        """
        text = _plain("\n".join(cells))
        if guest := self._reached_by(cells, text):
            return guest
        if not any(name in text for name in self._names):
            return None
        words = set(_WORD.findall(text))
        for word in words & self._names.keys():
            for name, full, guest in self._names[word]:
                if name <= words and (full or not _can_reach(cells)):
                    return guest
        return None

    def _reached_by(self, cells: Sequence[str], text: str) -> UUID | None:
        """`text` is all of the cells, plain: there are many rows, and hardly any is worth a closer look."""
        if "@" in text:
            for email in _EMAIL.findall(text):
                # With and without the quotes around it, for an address can begin with one.
                if guest := self._emails.get(email) or self._emails.get(email.strip("'")):
                    return guest
        digits = _NO_DIGIT.sub("", text)
        if not any(digits[at : at + _TAIL] in self._tails for at in range(len(digits) - _TAIL + 1)):
            return None
        return next((self._numbers[number] for number in _numbers(cells) if number in self._numbers), None)

    def taken_out_of(self, text: str) -> str:
        """The text with an ellipsis in place of each name, e-mail address and phone number."""
        text = unicodedata.normalize("NFC", text)
        text = _EMAIL.sub(lambda found: "…" if _plain(found[0]) in self._emails else found[0], text)
        text = _NUMBER.sub(lambda found: "…" if _digits(found[0]) in self._numbers else found[0], text)
        return _WORD.sub(lambda found: "…" if _plain(found[0]) in self._words else found[0], text)


def _plain(text: str) -> str:
    """Lower case, without accents."""
    return text.lower() if text.isascii() else _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))


def _words(text: str) -> list[str]:
    return _WORD.findall(_plain(text))


def _numbers(cells: Sequence[str]) -> list[str]:
    """Whatever may be one: a number as it stands in a text, and all digits of a cell or of a part of it."""
    parts = [part for cell in cells if any(map(str.isdigit, cell)) for part in (cell, *_SEVERAL.split(cell))]
    return [_digits(found) for part in parts for found in (part, *_NUMBER.findall(part))]


def _can_reach(cells: Sequence[str]) -> bool:
    """Whether an address or a number is in the row; dates have fewer digits, or colons."""
    return any(_EMAIL.search(cell) or (len(_digits(cell)) > 8 and ":" not in cell) for cell in cells)


def _digits(number: str) -> str:
    """Those that count: without the zero of the trunk, as in 06…, +33 (0)6…, and that of 00 33…"""
    return _NO_DIGIT.sub("", number.replace("(0)", "")).lstrip("0")


def _with_and_without_country(phone: str) -> set[str]:
    """The ways to write an E.164 number, as `_digits` has them; a country code has one to three digits."""
    digits = _digits(phone)
    return {digits} | {digits[cut:].lstrip("0") for cut in range(1, _COUNTRY_CODE + 1)}
