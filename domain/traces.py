"""Finds a person in text that is no field of theirs: a row of a list, a reason that somebody typed."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from uuid import UUID

from domain.contact import Profile

_APART = r"\s<>()\[\],;:\"«»“”„`|=!?/"
"""What parts an e-mail address from what stands beside it; some could be in one, and never are."""
_EMAIL = re.compile(rf"(?<![^{_APART}])[^{_APART}]+@[^{_APART}]*[^{_APART}'.]")
_WORD = re.compile(r"[^\W_]+")
_NO_DIGIT = re.compile(r"\D+")
_MARKS = re.compile("[\u0300-\u036f]+")
_COUNTRY = re.compile("1|7|20|27|3[0-46-9]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|...")
"""The country code of an E.164 number: the ITU gave out these of one and two digits, the others have three."""
_CODE = r"\+\s?\d{1,3}[^\w\n]{0,3}"
_ENDS_IN_CODE = re.compile(_CODE + "$")
_TAIL = 6
"""Digits that a number ends with however it is written."""


class _Phone:
    """A phone number, in whatever way it is written: with or without country code, in any groups."""

    def __init__(self, phone: str, guest: UUID) -> None:
        self.guest = guest
        self._digits = _digits(phone)
        self.tail = self._digits[-_TAIL:]
        whole, national = (r"[^\d\n]{0,3}".join(form) for form in (self._digits, _at_home(self._digits)))
        self._pattern = re.compile(rf"(?<!\d)({_CODE})?(?:0{{1,2}}[^\w\n]{{0,3}})?({whole}|{national})(?!\d)")

    def is_in(self, text: str) -> bool:
        return any(map(self._is_it, self._pattern.finditer(text)))

    def taken_out_of(self, text: str) -> str:
        return self._pattern.sub(lambda found: "…" if self._is_it(found) else found[0], text)

    def _is_it(self, found: re.Match[str]) -> bool:
        """Not where another country's code stands in front."""
        if found[1]:
            return _NO_DIGIT.sub("", found[1] + found[2]) == self._digits
        return not _ENDS_IN_CODE.search(found.string[: found.start()])


class Traces:
    """By what guests are recognised: e-mail addresses, phone numbers, names, however they are written."""

    def __init__(self, guests: Iterable[tuple[UUID, Iterable[Profile]]]) -> None:
        """Each guest with every profile they had."""
        self._emails: dict[str, UUID] = {}
        self._phones: dict[str, list[_Phone]] = {}
        self._names: dict[str, list[tuple[frozenset[str], bool, UUID]]] = {}
        self._words: set[str] = set()
        for guest, profiles in guests:
            for profile in profiles:
                self._add(guest, profile)

    def _add(self, guest: UUID, profile: Profile) -> None:
        self._emails |= {_plain(email): guest for email in profile.emails}
        for phone in profile.phones:
            known = _Phone(phone, guest)
            self._phones.setdefault(known.tail, []).append(known)
        first, last = _words(profile.first_name or ""), _words(profile.last_name)
        self._words.update(first, last)
        if last:
            self._names.setdefault(last[0], []).append((frozenset(first + last), bool(first), guest))

    def __bool__(self) -> bool:
        """Whether there is anybody to find."""
        return bool(self._names or self._emails or self._phones)

    def reached_by(self, cells: Sequence[str]) -> UUID | None:
        """Whose e-mail address or phone number a row has."""
        return self._reached_by(_plain("\n".join(cells)))

    def told_by(self, cells: Sequence[str]) -> UUID | None:
        """Whom a row tells of: the guest with its e-mail or phone, else with its first and last name.

        A last name alone counts where the guest has no other, and only in a row by which nobody can be reached. So a
        namesake can be taken for the guest: good enough to delete by, and not to disclose by.
        """
        text = _plain("\n".join(cells))
        if guest := self._reached_by(text):
            return guest
        if not any(name in text for name in self._names):
            return None
        words = set(_WORD.findall(text))
        for word in words & self._names.keys():
            for name, full, guest in self._names[word]:
                if name <= words and (full or not _can_reach(cells)):
                    return guest
        return None

    def _reached_by(self, text: str) -> UUID | None:
        if "@" in text:
            for email in _EMAIL.findall(text):
                # With and without the quotes around it, for an address can begin with one.
                if guest := self._emails.get(email) or self._emails.get(email.strip("'")):
                    return guest
        return next((phone.guest for phone in self._phones_in(text)), None)

    def _phones_in(self, text: str) -> list[_Phone]:
        digits = _NO_DIGIT.sub("", text)
        tails = {digits[at : at + _TAIL] for at in range(len(digits) - _TAIL + 1)} & self._phones.keys()
        text = text.replace("(0)", "")
        return [phone for tail in tails for phone in self._phones[tail] if phone.is_in(text)]

    def taken_out_of(self, text: str) -> str:
        """The text with an ellipsis in place of each name, e-mail address and phone number."""
        text = unicodedata.normalize("NFC", text)
        text = _EMAIL.sub(lambda found: "…" if _plain(found[0]).strip("'") in self._emails else found[0], text)
        for phone in self._phones_in(text):
            text = phone.taken_out_of(text.replace("(0)", ""))
        return _WORD.sub(lambda found: "…" if _plain(found[0]) in self._words else found[0], text)


def _plain(text: str) -> str:
    """Lower case, without accents."""
    return text.lower() if text.isascii() else _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))


def _words(text: str) -> list[str]:
    return _WORD.findall(_plain(text))


def _can_reach(cells: Sequence[str]) -> bool:
    """Whether an address or a number is in the row; dates have fewer digits, or colons."""
    return any(_EMAIL.search(cell) or (len(_digits(cell)) > 8 and ":" not in cell) for cell in cells)


def _digits(number: str) -> str:
    """Those that count: without the zero of the trunk, as in 06…, +33 (0)6…, and that of 00 33…"""
    return _NO_DIGIT.sub("", number.replace("(0)", "")).lstrip("0")


def _at_home(digits: str) -> str:
    """Without the country code."""
    code = _COUNTRY.match(digits)
    return digits[code.end() :].lstrip("0") if code else digits
