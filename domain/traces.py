"""Finds a person in text that is no field of theirs: a row of a list, a reason that somebody typed."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from domain.contact import Profile

_EMAIL = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+[^\s<>()\[\],;:\"'.]")
_NUMBER = re.compile(r"\+?\d[\d\s().-]{5,}\d")
_WORD = re.compile(r"[^\W_]+")
_LAST_DIGITS = 8
"""What a number has in common however it is written: with or without country code, trunk zero, spaces."""


class Traces:
    """By what guests are recognised: e-mail addresses, phone numbers, names, however they are written."""

    def __init__(self, guests: Iterable[tuple[UUID, Iterable[Profile]]]) -> None:
        """Each guest with every profile they had."""
        self._emails: dict[str, UUID] = {}
        self._numbers: dict[str, UUID] = {}
        self._names: dict[str, list[tuple[frozenset[str], bool, UUID]]] = {}
        self._words: set[str] = set()
        for guest, profiles in guests:
            for profile in profiles:
                self._add(guest, profile)

    def _add(self, guest: UUID, profile: Profile) -> None:
        self._emails |= {_plain(email): guest for email in profile.emails}
        self._numbers |= {_digits(phone): guest for phone in profile.phones}
        first, last = list(_words(profile.first_name or "")), list(_words(profile.last_name))
        self._words.update(first, last)
        if last:
            self._names.setdefault(last[0], []).append((frozenset(first + last), bool(first), guest))

    def told_by(self, cells: Sequence[str]) -> UUID | None:
        """Whom a row tells of: the guest with its e-mail or phone, else with its first and last name.

        A last name alone counts where the guest has no other, and only in a row by which nobody can be reached.
        """
        text = "\n".join(cells)
        emails = [_plain(found) for found in _EMAIL.findall(text)] if "@" in text else []
        numbers = [_digits(found) for cell in cells for found in _NUMBER.findall(cell)]
        reached = [self._emails.get(email) for email in emails] + [self._numbers.get(number) for number in numbers]
        by_contact = next((guest for guest in reached if guest), None)
        if by_contact:
            return by_contact
        words = set(_words(text))
        for word in words & self._names.keys():
            for name, full, guest in self._names[word]:
                if name <= words and (full or not (emails or numbers)):
                    return guest
        return None

    def taken_out_of(self, text: str) -> str:
        """The text with an ellipsis in place of each name, e-mail address and phone number."""
        text = _EMAIL.sub(lambda found: "…" if _plain(found[0]) in self._emails else found[0], text)
        text = _NUMBER.sub(lambda found: "…" if _digits(found[0]) in self._numbers else found[0], text)
        return _WORD.sub(lambda found: "…" if _plain(found[0]) in self._words else found[0], text)


def _plain(text: str) -> str:
    """Lower case, without accents."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _words(text: str) -> Iterator[str]:
    return (found for found in _WORD.findall(_plain(text)))


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)[-_LAST_DIGITS:]
