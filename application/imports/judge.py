"""The judgement of a list's rows: each a guest fit to record, or refused with its columns and reasons."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple, TypeVar
from uuid import UUID

from application.countries import country_code
from application.guest_entry import Judged, judge, read_entry
from application.imports.cell import cell_text, name_text
from application.imports.dates import DateOrder, parse_date
from application.imports.headers import CUSTOM, is_surname_first
from application.imports.names import Name, split_name
from application.languages import language_named
from application.problem_texts import pointer_to, problem
from application.text import fold, several_lines
from domain.contact import CustomValue, FieldProblem
from domain.custom_field import CustomField, CustomFieldKind

T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """How the rows of one file are read, made once for all of them.

    `mapping` is from header to field (see mapping.py), `country` the property's (alpha-2). `language` and
    `departure` are taken where a row says nothing.
    """

    headers: Sequence[str]
    mapping: Mapping[str, str]
    date_order: DateOrder
    property_id: UUID
    country: str
    language: str | None = None
    departure: date | None = None
    custom_fields: Sequence[CustomField] = ()

    @cached_property
    def columns(self) -> list[tuple[int, str, str]]:
        """Index, header and field of each column that is read."""
        return [(i, header, self.mapping[header]) for i, header in enumerate(self.headers) if header in self.mapping]

    @cached_property
    def header_of(self) -> dict[str, str]:
        """The first column of each field."""
        return {field: header for _, header, field in reversed(self.columns)}

    @cached_property
    def surname_first(self) -> bool:
        return is_surname_first(self.header_of.get("full_name", ""))


def judge_row(cells: Sequence[str], plan: Plan) -> Judged | list[FieldProblem]:
    """The guest and stay a row tells of, or everything that keeps it from being one, by column: "/<header>".

    The rule is that any cell in a mapped column that cannot be understood refuses its row: staff get it back with
    the reason, mend it and load it again, and nothing they sent is quietly lost or guessed. The one exception is a
    phone number that is valid neither in the guest's country nor in the property's. Lists are full of them (typed
    without a country code, placeholders, agencies' numbers), no one can mend them, and the e-mail address is what
    knows and reaches the guest. So where a row has an e-mail address it goes in without the number, and `left_out`
    says so. The number is not tried in further countries: ten digits are valid somewhere by chance, and a wrong
    number makes two people one guest.

    A row with cells beyond the headers is refused as a whole: pointer "".
    """
    if any(cell.strip() for cell in cells[len(plan.headers) :]):
        return [problem("", "too-many-cells")]
    row = _gather(cells, plan)
    problems: list[FieldProblem] = []
    body = _body(row, plan, problems)
    judged = _judge(body, plan)
    left_out: list[FieldProblem] = []
    while isinstance(judged, list) and row.emails:
        unread = {each.pointer: each for each in judged if each.pointer.startswith("/phones/")}
        if not unread:
            break
        left_out += [_by_column(each, row, plan) for each in unread.values()]
        row.phones[:] = [each for i, each in enumerate(row.phones) if f"/phones/{i}" not in unread]
        judged = _judge(body | {"phones": [phone for _, phone in row.phones]}, plan)

    if isinstance(judged, Judged):
        return problems or judged._replace(left_out=tuple(left_out))
    return problems + [_by_column(each, row, plan) for each in judged]


def _judge(body: dict[str, object], plan: Plan) -> Judged | list[FieldProblem]:
    entry = read_entry(body)
    if isinstance(entry, list):
        return entry
    return judge(entry, country=plan.country, custom_fields=plan.custom_fields)


class _Row(NamedTuple):
    """The cells of a row that say something, by field; where several columns can, each with its header."""

    texts: dict[str, str]
    emails: list[tuple[str, str]]
    phones: list[tuple[str, str]]
    nights: list[tuple[str, str]]


def _gather(cells: Sequence[str], plan: Plan) -> _Row:
    row = _Row({}, [], [], [])
    for index, header, field in plan.columns:
        cell = cells[index]
        if not cell or not (text := name_text(cell) if field in _NAMES else cell_text(cell)):
            continue
        if field == "email":
            row.emails.extend((header, each) for each in _EMAIL_BREAK.split(text))
        elif field == "phone":
            row.phones.extend((header, each) for each in _PHONE_BREAK.split(text))
        elif field == "nights":
            row.nights.append((header, text))
        else:
            row.texts[field] = several_lines(cell) if field == "note" else text
    return row


def _body(row: _Row, plan: Plan, problems: list[FieldProblem]) -> dict[str, object]:
    """The row as the body of a guest entry; adds to `problems` the cells that cannot be understood."""
    texts = row.texts

    def understood(field: str, code: str, read: Callable[[str], T | None]) -> T | None:
        if (text := texts.get(field)) is None:
            return None
        if (value := read(text)) is None:
            problems.append(problem(pointer_to(plan.header_of[field]), code))
        return value

    def read_date(text: str) -> date | None:
        return parse_date(text, plan.date_order)

    if "arrival_day" in texts:
        parts = (texts.get("arrival_year", ""), texts.get("arrival_month", ""), texts["arrival_day"])
        texts["arrival_day"] = "-".join(parts)
    arrival = understood("arrival", "date-invalid", read_date) or understood("arrival_day", "date-invalid", read_date)
    departure = understood("departure", "date-invalid", read_date)
    if row.nights and departure is None:
        nights = 0
        for header, said in row.nights:
            if match := _NIGHTS.fullmatch(said):
                nights += int(match[1])
            else:
                problems.append(problem(pointer_to(header), "nights-invalid"))
        departure = arrival + timedelta(days=nights) if arrival else None
    departure = departure or plan.departure
    room = texts.get("room")
    stays = arrival or departure or room

    if "full_name" in texts:
        name = split_name(texts["full_name"], surname_first=plan.surname_first)
    else:
        name = Name(texts.get("salutation"), texts.get("first_name"), texts.get("last_name", ""))
    return {
        "salutation": texts.get("salutation", name.salutation),
        "first_name": name.first_name,
        "last_name": name.last_name,
        "emails": [email for _, email in row.emails],
        "phones": [phone for _, phone in row.phones],
        "language": understood("language", "language-invalid", language_named) or plan.language,
        "country": understood("country", "country-invalid", country_code),
        "company": texts.get("company"),
        "address": {
            "street": texts.get("street", texts.get("address")),
            "postal_code": texts.get("postal_code"),
            "city": texts.get("city"),
            "region": texts.get("region"),
        },
        "note": texts.get("note"),
        "level": texts.get("level"),
        "custom": {
            field.key: _custom_value(text, field, plan.date_order)
            for field in plan.custom_fields
            if (text := texts.get(CUSTOM + field.key))
        },
        "stay": {"property_id": plan.property_id, "arrival": arrival, "departure": departure, "room": room}
        if stays
        else None,
    }


def _custom_value(text: str, field: CustomField, order: DateOrder) -> CustomValue:
    """The value that the text means; the text itself where it means none, for the judgement to refuse."""
    match field.kind:
        case CustomFieldKind.TEXT:
            return text
        case CustomFieldKind.NUMBER:
            return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else text
        case CustomFieldKind.DATE:
            day = parse_date(text, order, short_years=False)
            return day.isoformat() if day else text
        case CustomFieldKind.BOOLEAN:
            return _BOOLEANS.get(fold(text), text)
        case CustomFieldKind.CHOICE:
            return next((choice for choice in field.choices if fold(choice) == fold(text)), text)


def _by_column(found: FieldProblem, row: _Row, plan: Plan) -> FieldProblem:
    """The problem of an entry's field, at the column it came from."""
    section, _, key = found.pointer.rpartition("/")
    if section in ("/emails", "/phones"):
        header = (row.emails if section == "/emails" else row.phones)[int(key)][0]
        return found._replace(pointer=pointer_to(header))
    fields = (CUSTOM + key,) if section == "/custom" else _SOURCES.get(key, (key,))
    headers = [plan.header_of[field] for field in fields if field in plan.header_of]
    return found._replace(pointer=pointer_to(*headers[:1]))


_SOURCES = {
    "emails": ("email", "phone"),
    "phones": ("phone",),
    "salutation": ("salutation", "full_name"),
    "first_name": ("first_name", "full_name"),
    "last_name": ("last_name", "full_name"),
    "street": ("street", "address"),
    "arrival": ("arrival", "arrival_day"),
    "departure": ("departure", "nights", "arrival", "arrival_day"),
}
"""The fields of a list that a field of an entry can come from, first the likeliest."""

_NAMES = frozenset(("first_name", "last_name", "full_name"))
_EMAIL_BREAK = re.compile(r"[\s;,]+")
_PHONE_BREAK = re.compile(r"\s*[;,|]\s*|\s+(?:/|ou|or|oder|et|und|and)\s+")
_NIGHTS = re.compile(r"([0-9]{1,3})(?:[.,]0+)?(?:\s*[^\W\d]+)?")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_BOOLEANS = dict.fromkeys(("oui", "yes", "ja", "si", "true", "vrai", "x", "1", "o", "y"), True) | dict.fromkeys(
    ("non", "no", "nein", "false", "faux", "0", "n"), False
)
