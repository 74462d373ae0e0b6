"""What is known of a guest, made comparable: names, addresses and numbers as they would be if nobody ever mistyped."""

import re
from collections.abc import Iterator
from hashlib import blake2b
from itertools import combinations, product
from typing import NamedTuple

from domain.contact import Profile
from projections.guest_list.text import fold, national

SALUTATIONS = frozenset({
    "m", "mr", "mme", "mlle", "mm", "mrs", "ms", "miss", "monsieur", "madame", "mademoiselle", "dr", "docteur", "herr",
    "frau", "sig", "signor", "signora", "sr", "sra", "senor", "senora",
})  # fmt: skip
IGNORING_DOTS = frozenset({"gmail.com", "googlemail.com"})
ROLES = frozenset({
    "info", "contact", "reservation", "reservations", "booking", "bookings", "hotel", "admin", "office", "mail",
    "email", "accueil", "reception",
})  # fmt: skip
"""What stands before the @ of addresses that are a house's rather than a person's."""
SHORTEST_LOCAL = 5
"""Letters of an e-mail address before the @ below which two who have the same are still strangers."""
MOST_NAMES = 4

_WORD = re.compile(r"[^\W_]+")


class Trait(NamedTuple):
    """Something two guests can share. The lower the `kind`, the more it says; `hash` is of what it is."""

    kind: int
    hash: int


PHONE, MAILBOX, LOCAL_PART, NAME_AND_STREET, NAME_AND_COMPANY, NAME_AND_MAIL, NAME = range(1, 8)

MOST_HOLDERS = {
    PHONE: 20, MAILBOX: 20, LOCAL_PART: 10, NAME_AND_STREET: 20, NAME_AND_COMPANY: 20, NAME_AND_MAIL: 10, NAME: 3
}  # fmt: skip
"""What more guests share says nothing of any two of them, as a name that is common does not."""


class Person(NamedTuple):
    """Folded: no case, no accents. `first` and `last` are words; `mails` pairs of local part and domain."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    mails: tuple[tuple[str, str], ...]
    phones: tuple[str, ...]
    """In E.164."""
    street: str
    postal_code: str
    company: str

    @classmethod
    def of(cls, profile: Profile) -> "Person":
        address = profile.address
        return cls(
            first=_words(profile.first_name),
            last=_words(profile.last_name),
            mails=tuple(_mail(email) for email in profile.emails),
            phones=profile.phones,
            street=fold(address.street or "") if address else "",
            postal_code=fold(address.postal_code or "") if address else "",
            company=fold(profile.company or ""),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """A first name with a last one, in whichever order they stand, of each there are; else all there is."""
        pairs = product(self.first, self.last) if self.first else combinations(self.last, 2)
        return tuple(" ".join(sorted(pair)) for pair in pairs)[:MOST_NAMES] or self.last

    @property
    def traits(self) -> set[Trait]:
        return {Trait(kind, _hash(what)) for kind, what in self._shared()}

    def _shared(self) -> Iterator[tuple[int, str]]:
        for phone in self.phones:
            yield PHONE, national(phone)
        for local, domain in self.mails:
            yield MAILBOX, f"{local}@{domain}"
            if len(local) >= SHORTEST_LOCAL and local not in ROLES:
                yield LOCAL_PART, local
        for name in self.names:
            if self.street:
                yield NAME_AND_STREET, f"{name}|{self.postal_code}"
            if self.company:
                yield NAME_AND_COMPANY, f"{name}|{self.company}"
            for local, _ in self.mails:
                yield NAME_AND_MAIL, f"{name}|{local[:3]}"
            if " " in name:
                yield NAME, name


def _words(name: str | None) -> tuple[str, ...]:
    return tuple(word for word in _WORD.findall(fold(name or "")) if word not in SALUTATIONS)


def _mail(email: str) -> tuple[str, str]:
    """The mailbox that an address most likely leads to."""
    local, _, domain = email.lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in IGNORING_DOTS:
        return local.replace(".", ""), "gmail.com"
    return local, domain


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), signed=True)
