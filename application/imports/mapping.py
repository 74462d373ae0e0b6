"""Which column of a list holds what: by its header, corrected by what the column holds."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from application.countries import country_code
from application.imports.cell import cell_text
from application.imports.dates import DateOrder, parse_date
from application.imports.headers import A_NAME, CUSTOM, SOME_NIGHTS, is_card, meaning
from application.languages import language_named
from application.problem_texts import pointer_to, problem
from application.text import fold
from domain.contact import FieldProblem
from domain.custom_field import CustomField

FIELDS = (
    *("salutation", "first_name", "last_name", "full_name", "email", "phone", "language", "country", "company"),
    *("street", "address", "postal_code", "city", "region", "note", "level"),
    *("arrival", "arrival_year", "arrival_month", "arrival_day", "departure", "nights", "room"),
)
"""What a column can hold, beside custom fields. `address` is a whole one on a line; an arrival can be three columns."""

REPEATABLE = ("email", "phone", "nights")
"""What several columns can hold: all e-mails and phones, in the columns' order; the sum of the nights."""

_ARRIVAL_PARTS = ("arrival_year", "arrival_month", "arrival_day")


class _Candidate(NamedTuple):
    """A column that may hold a field; the least is the best."""

    is_empty: bool
    rank: int
    column: int


def suggest_mapping(
    headers: Sequence[str], sample: Sequence[Sequence[str]], custom_fields: Sequence[CustomField] = ()
) -> dict[str, str]:
    """From header to field, for the columns that are understood; `sample` are some rows, with cells as in `headers`.

    Custom fields are known by label or key. A column of payment cards is never among them, whether its header
    says so or what it holds.
    """
    own = {fold(name): CUSTOM + field.key for field in custom_fields for name in (field.key, field.label)}
    columns = [[text for row in sample if (text := cell_text(row[i]))] for i in range(len(headers))]
    found: dict[str, list[_Candidate]] = {}
    for column, (header, values) in enumerate(zip(headers, columns, strict=True)):
        field, rank = (own[fold(header)], 0) if fold(header) in own else meaning(header) or ("", 0)
        if not field or not _can_be(field, values):
            field = "email" if values and _can_be("email", values) else ""
        if field and not is_card(header) and not _holds_cards(values, field):
            found.setdefault(field, []).append(_Candidate(not values, rank, column))

    for name in found.pop(A_NAME, []):
        single_words = sum(" " not in text for text in columns[name.column])
        if "first_name" in found:
            field = "last_name"
        elif "last_name" in found:
            field = "first_name"
        else:
            field = "last_name" if 2 * single_words > len(columns[name.column]) else "full_name"
        found.setdefault(field, []).append(name._replace(rank=name.rank + 100))
    _keep_one_reading(found)
    chosen = {
        candidate.column: "nights" if field == SOME_NIGHTS else field
        for field, candidates in found.items()
        for candidate in (candidates if field in ("email", "phone", SOME_NIGHTS) else [min(candidates)])
    }
    return {headers[column]: field for column, field in sorted(chosen.items())}


def _keep_one_reading(found: dict[str, list[_Candidate]]) -> None:
    """Of what can be told in two ways, keeps the more exact one."""
    if "first_name" in found and "last_name" in found:
        found.pop("full_name", None)
    elif "full_name" in found:
        found.pop("first_name", None)
        found.pop("last_name", None)
    if "arrival" in found or not all(part in found for part in _ARRIVAL_PARTS):
        for part in _ARRIVAL_PARTS:
            found.pop(part, None)
    if "nights" in found:
        found.pop(SOME_NIGHTS, None)
    if "street" in found:
        found.pop("address", None)
    elif "address" in found and ("city" in found or "postal_code" in found):
        found["street"] = found.pop("address")


def check_mapping(
    mapping: Mapping[str, str], headers: Sequence[str], custom_fields: Sequence[CustomField] = ()
) -> list[FieldProblem]:
    """What is wrong with a mapping that a person made; pointers are "/mapping/<header>"."""
    fields = {*FIELDS, *(CUSTOM + field.key for field in custom_fields)}
    problems: list[FieldProblem] = []
    filled: set[str] = set()
    for header, field in mapping.items():
        pointer = pointer_to("mapping", header)
        if header not in headers:
            problems.append(problem(pointer, "header-unknown"))
        elif field not in fields:
            problems.append(problem(pointer, "field-unknown"))
        elif is_card(header):
            problems.append(problem(pointer, "card-column"))
        elif field in filled and field not in REPEATABLE:
            problems.append(problem(pointer, "field-twice"))
        filled.add(field)
    return problems


def _can_be(field: str, values: Sequence[str]) -> bool:
    """Whether at least half of the values can be of the field; those of an empty column can."""
    can_be = _CONTENTS.get(field)
    return can_be is None or 2 * sum(can_be(text) for text in values) >= len(values)


def _is_email(text: str) -> bool:
    return _EMAIL.search(text) is not None


def _is_phone(text: str) -> bool:
    return _PHONE.fullmatch(text) is not None and sum(letter.isdigit() for letter in text) >= 6


def _is_date(text: str) -> bool:
    return any(parse_date(text, order) for order in DateOrder)


def _is_words(text: str) -> bool:
    return not _is_email(text) and any(letter.isalpha() for letter in text)


# Here and below, a look behind keeps a pattern from trying each letter of a run as its beginning: a cell of
# ten thousand would take seconds.
_EMAIL = re.compile(r"(?<![^@\s])[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"[+(]?[0-9][0-9 ().,;/+-]*(?:(?:ext|x|poste)[. ]*[0-9]+)?")
_NIGHTS = re.compile(r"[0-9]{1,3}(?![0-9])")

_CONTENTS: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(("salutation", "first_name", "last_name", "full_name", A_NAME, "company", "city"), _is_words),
    **dict.fromkeys(("arrival", "departure"), _is_date),
    **dict.fromkeys(("nights", SOME_NIGHTS), lambda text: _NIGHTS.match(text) is not None),
    "email": _is_email,
    "phone": _is_phone,
    "country": lambda text: country_code(text) is not None,
    "language": lambda text: language_named(text) is not None,
}


def _holds_cards(values: Sequence[str], field: str) -> bool:
    """Whether card numbers, whole or masked, are among the values.

    One is enough, but for phones: of those with thirteen digits, one in ten passes for a card by chance.
    """
    cards = sum(_LOOKS_LIKE_CARD.search(text) is not None or _has_card_number(text) for text in values)
    return 2 * cards > len(values) if field == "phone" else cards > 0


def _has_card_number(text: str) -> bool:
    """By the check digit of ISO/IEC 7812."""
    for match in _CARD_NUMBER.finditer(text):
        digits = [int(digit) for digit in match[0] if digit.isdigit()]
        doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
        if (sum(digits[-1::-2]) + doubled) % 10 == 0:
            return True
    return False


_CARD_NUMBER = re.compile(r"(?<![0-9+])[2-6][0-9]{3}(?:[ -]?[0-9]){9,15}(?![0-9])")
_LOOKS_LIKE_CARD = re.compile(
    r"(?<![*xX•#])[*xX•#]{4,}[ -]?[0-9]{2,4}\b|\b[0-9]{4,6}[ -]?[*xX•#]{4}|"
    r"\b[0-9]{4}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}\b"
)
