"""How alike two guests are, field by field, and what all of that comes to."""

import re
from itertools import product
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from projections.duplicates.person import NAME, Person
from projections.guest_list.text import national

LIKELY = 60
"""From this score on, two guests are suggested."""

_DIGITS = re.compile("[0-9]")

NEAR_DOMAIN = 2
"""Letters that two domains differ in at most where one is mistyped."""


class Match(NamedTuple):
    """A field in which two agree, and how."""

    field: str
    how: str


SCORES = {
    Match("name", "same"): 60,
    Match("name", "order"): 60,
    Match("name", "part"): 50,
    Match("name", "similar"): 50,
    Match("name", "last_name"): 20,
    Match("emails", "same_mailbox"): 45,
    Match("emails", "domain"): 40,
    Match("emails", "one_letter"): 35,
    Match("phones", "same_number"): 45,
    Match("phones", "one_digit"): 20,
    Match("address", "same"): 25,
    Match("company", "same"): 15,
}
OTHER_FIRST_NAME = 45
"""What it takes away that the first names are not at all alike: families share addresses of all kinds."""


class Likeness(NamedTuple):
    """`score` is 0 to 100."""

    score: int
    matched: tuple[Match, ...]

    def tells_by(self, kind: int) -> bool:
        """Whether it says something of two who share this. The name alone does where few have it."""
        return self.score >= LIKELY and (kind == NAME or any(each.field != "name" for each in self.matched))


def likeness(one: Person, other: Person) -> Likeness:
    found = (_names(one, other), _mails(one, other), _phones(one, other), _address(one, other), _company(one, other))
    matched = tuple(Match(field, how) for field, how in zip(FIELDS, found, strict=True) if how)
    score = sum(SCORES[each] for each in matched)
    if one.first and other.first and (found[0] is None or found[0] == "last_name"):
        score -= OTHER_FIRST_NAME
    return Likeness(max(0, min(100, score)), matched)


FIELDS = ("name", "emails", "phones", "address", "company")


def _names(one: Person, other: Person) -> str | None:
    if (one.first, one.last) == (other.first, other.last):
        return "same" if one.first else "last_name"
    words, others = sorted((*one.first, *one.last)), sorted((*other.first, *other.last))
    if words == others:
        return "order"
    if not (one.first and other.first):
        return "last_name" if set(one.last) & set(other.last) else None
    if set(one.names) & set(other.names):
        return "part"
    if fuzz.ratio(" ".join(words), " ".join(others)) >= 88:
        return "similar"
    return "last_name" if set(one.last) & set(other.last) else None


def _mails(one: Person, other: Person) -> str | None:
    how: set[str] = set()
    for (local, domain), (other_local, other_domain) in product(one.mails, other.mails):
        if local == other_local:
            near = DamerauLevenshtein.distance(domain, other_domain)
            how |= {"same_mailbox"} if near == 0 else {"domain"} if near <= NEAR_DOMAIN else set()
        elif domain == other_domain and DamerauLevenshtein.distance(local, other_local) == 1:
            # Numbers tell people of one name apart.
            how |= {"one_letter"} if _DIGITS.sub("", local) != _DIGITS.sub("", other_local) else set()
    return next((each for each in ("same_mailbox", "domain", "one_letter") if each in how), None)


def _phones(one: Person, other: Person) -> str | None:
    pairs = list(product(one.phones, other.phones))
    if any(national(phone) == national(another) for phone, another in pairs):
        return "same_number"
    if any(DamerauLevenshtein.distance(phone, another) == 1 for phone, another in pairs):
        return "one_digit"
    return None


def _address(one: Person, other: Person) -> str | None:
    same_place = one.postal_code == other.postal_code and bool(one.street and other.street)
    return "same" if same_place and fuzz.ratio(one.street, other.street) >= 85 else None


def _company(one: Person, other: Person) -> str | None:
    return "same" if one.company and fuzz.ratio(one.company, other.company) >= 90 else None
