"""A guest as entered by a person or a program, and its judgement: a profile and a stay, or all that is wrong."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Annotated, NamedTuple
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from application.contacts import email_identity, normalise_email, normalise_phone
from application.languages import language_tag
from application.problem_texts import form_code, pointer_to, problem
from application.text import one_line, several_lines
from domain.codes import COUNTRIES
from domain.contact import Address, CustomValue, FieldProblem, Profile
from domain.custom_field import CustomField, CustomFieldKind
from domain.stay import Stay

YEARS = range(1900, 2100)


def _only_iso(value: object) -> object:
    # Pydantic alone would also read dates from numbers and from text of numbers. Far beyond our time, no message
    # could be planned.
    if isinstance(value, date) or (isinstance(value, str) and _ISO_DATE.fullmatch(value)):
        year = value.year if isinstance(value, date) else int(value[:4])
        if year in YEARS:
            return value
    raise PydanticCustomError("date_parsing", "A date is written YYYY-MM-DD.")


def _is_iso_date(text: str) -> bool:
    if not _ISO_DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


Code = Annotated[str, Field(max_length=20)]
Line = Annotated[str, Field(max_length=100)]
LongLine = Annotated[str, Field(max_length=200)]
MOST_CONTACTS = 10
"""E-mail addresses, and phone numbers, that are told at once; a guest can have more."""

Email = Annotated[str, Field(max_length=254)]
Phone = Annotated[str, Field(max_length=40)]
Emails = Annotated[list[Email], Field(max_length=MOST_CONTACTS)]
Phones = Annotated[list[Phone], Field(max_length=MOST_CONTACTS)]
IsoDate = Annotated[date, BeforeValidator(_only_iso)]

LONGEST_CUSTOM_TEXT = 2000


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AddressEntry(_Form):
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    street: LongLine | None = None
    postal_code: Code | None = None
    city: Line | None = None
    region: Line | None = None
    country: Code | None = None


class StayEntry(_Form):
    """A time at a property; dates are ISO, in its local calendar."""

    property_id: UUID
    arrival: IsoDate | None = None
    departure: IsoDate | None = None
    room: Line | None = None


class GuestEntry(_Form):
    """A guest as entered. A last name and one e-mail address or phone number are the least.

    `language` is BCP 47, `country` ISO 3166-1 alpha-2. A phone number without + is read as dialled in
    `country`, else in the country of the property.
    """

    salutation: Annotated[str, Field(max_length=40)] | None = None
    first_name: Line | None = None
    last_name: Line
    emails: Emails = []
    phones: Phones = []
    language: Annotated[str, Field(max_length=35)] | None = None
    country: Code | None = None
    company: LongLine | None = None
    address: AddressEntry | None = None
    note: Annotated[str, Field(max_length=5000)] | None = None
    level: Line | None = None
    status_label: Annotated[str, Field(max_length=40)] | None = None
    custom: Annotated[dict[str, CustomValue], Field(max_length=100)] = {}
    stay: StayEntry | None = None


class KnownEntry(GuestEntry):
    """A guest as they are to be from now on. Who was two guests can have more addresses than anybody enters."""

    emails: list[Email] = []
    phones: list[Phone] = []


class Judged(NamedTuple):
    """A guest fit to record. `left_out` are problems that did not stand in the way, so that people can be told."""

    language: str | None
    country: str | None
    profile: Profile
    stay: Stay | None
    left_out: tuple[FieldProblem, ...] = ()


def read_entry(body: object, form: type[GuestEntry] = GuestEntry) -> GuestEntry | list[FieldProblem]:
    """The entry that a decoded JSON body (or a dict of fields) holds, or everything that is wrong with its form."""
    try:
        return form.model_validate(body)
    except ValidationError as error:
        found: dict[str, FieldProblem] = {}
        for flaw in error.errors(include_url=False, include_context=False, include_input=False):
            path = flaw["loc"]
            if path[0:1] == ("custom",):
                path = path[:2]  # what follows names the types that were tried
            pointer = pointer_to(*path)
            found.setdefault(pointer, problem(pointer, form_code(flaw["type"])))
        return list(found.values())


def judge(
    entry: GuestEntry,
    *,
    country: str,
    custom_fields: Sequence[CustomField],
    status_labels: Collection[str] = (),
    booked: bool = False,
) -> Judged | list[FieldProblem]:
    """The entry made fit to record, or all that is wrong with it; `country` is the property's, alpha-2.

    What is required there and lacking is not wrong, see domain/policies/completeness.py. Whom somebody `booked` for may
    have neither e-mail nor phone.
    """
    problems: list[FieldProblem] = []

    last_name = one_line(entry.last_name)
    if not last_name:
        problems.append(problem("/last_name", "missing"))

    language = None
    if entry.language and (language := language_tag(one_line(entry.language))) is None:
        problems.append(problem("/language", "language-invalid"))

    own_country = _country(entry.country, "/country", problems)
    dialled_in = (own_country, country) if own_country else (country,)

    emails: dict[str, str] = {}
    for index, text in enumerate(entry.emails):
        if email := normalise_email(one_line(text)):
            emails.setdefault(email_identity(email), email)
        else:
            problems.append(problem(f"/emails/{index}", "email-invalid"))
    phones: dict[str, None] = {}
    for index, text in enumerate(entry.phones):
        if phone := normalise_phone(one_line(text), *dialled_in):
            phones[phone] = None
        else:
            problems.append(problem(f"/phones/{index}", "phone-invalid"))
    if not entry.emails and not entry.phones and not booked:
        problems.append(problem("/emails", "contact-missing"))

    address = _address(entry.address, problems) if entry.address else None
    custom = _custom(entry.custom, custom_fields, country, problems)
    if entry.status_label and entry.status_label not in status_labels:
        problems.append(problem("/status_label", "status-label-unknown"))
    stay = _stay(entry.stay, problems) if entry.stay else None

    if problems:
        return problems
    profile = Profile(
        salutation=_line(entry.salutation),
        first_name=_line(entry.first_name),
        last_name=last_name,
        emails=tuple(emails.values()),
        phones=tuple(phones),
        company=_line(entry.company),
        address=address,
        level=_line(entry.level),
        status_label=entry.status_label or None,
        note=several_lines(entry.note) or None if entry.note else None,
        custom=custom,
    )
    return Judged(language, own_country, profile, stay)


def _line(text: str | None) -> str | None:
    return one_line(text) or None if text else None


def _country(text: str | None, pointer: str, problems: list[FieldProblem]) -> str | None:
    if not text:
        return None
    code = one_line(text).upper()
    if code in COUNTRIES:
        return code
    problems.append(problem(pointer, "country-invalid"))
    return None


def _address(entry: AddressEntry, problems: list[FieldProblem]) -> Address | None:
    lines = {
        "street": _line(entry.street),
        "postal_code": _line(entry.postal_code),
        "city": _line(entry.city),
        "region": _line(entry.region),
        "country": _country(entry.country, "/address/country", problems),
    }
    return Address(**lines) if any(lines.values()) else None


def _stay(entry: StayEntry, problems: list[FieldProblem]) -> Stay:
    if entry.arrival and entry.departure and entry.departure < entry.arrival:
        problems.append(problem("/stay/departure", "departure-before-arrival"))
    return Stay(
        property_id=entry.property_id,
        arrival=entry.arrival,
        departure=entry.departure,
        room=_line(entry.room),
    )


def _custom(
    given: Mapping[str, CustomValue],
    fields: Sequence[CustomField],
    country: str,
    problems: list[FieldProblem],
) -> dict[str, CustomValue]:
    values = {key: several_lines(value) if isinstance(value, str) else value for key, value in given.items()}
    values = {key: value for key, value in values.items() if value != ""}
    known = {field.key: field for field in fields}
    for key, value in values.items():
        if key not in known:
            problems.append(problem(pointer_to("custom", key), "custom-unknown"))
        elif not known[key].applies_in(country):
            problems.append(problem(pointer_to("custom", key), "custom-not-collected"))
        elif code := _misfit(known[key], value):
            problems.append(problem(pointer_to("custom", key), code))
    return values


def _misfit(field: CustomField, value: CustomValue) -> str | None:
    """The code of what keeps the value from being one of the field, if anything does."""
    match field.kind:
        case CustomFieldKind.TEXT:
            if not isinstance(value, str):
                return "wrong-type"
            return "too-long" if len(value) > LONGEST_CUSTOM_TEXT else None
        case CustomFieldKind.NUMBER:
            # Beyond 2^53 a float no longer tells neighbouring whole numbers apart; nan and inf compare false.
            fits = not isinstance(value, bool | str) and abs(value) <= 2**53
            return None if fits else "number-invalid"
        case CustomFieldKind.DATE:
            return None if isinstance(value, str) and _is_iso_date(value) else "date-invalid"
        case CustomFieldKind.BOOLEAN:
            return None if isinstance(value, bool) else "boolean-invalid"
        case CustomFieldKind.CHOICE:
            return None if value in field.choices else "choice-invalid"
