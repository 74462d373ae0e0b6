"""E-mail addresses and phone numbers: one way to write each, so that equal means the same guest."""

import re
from functools import cache, lru_cache

from email_validator import EmailNotValidError, validate_email
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES, EMAIL_MAX_LENGTH
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    NumberParseException,
    PhoneMetadata,
    PhoneNumberFormat,
    PhoneNumberType,
    country_code_for_region,
    format_number,
    is_valid_number,
    number_type,
    parse,
)

_PLAIN = re.compile(r"([\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*)@([a-zA-Z0-9.-]+)", re.ASCII)
_ROLES = frozenset(CASE_INSENSITIVE_MAILBOX_NAMES)

_DIALLED = re.compile(r"(?:\+[1-9]|\(?0[1-9])[0-9 .()/-]{5,30}")
_NOT_DIGITS = re.compile(r"[^0-9]+")
_NOTHING = re.compile(r"(?!)")


def normalise_email(text: str) -> str | None:
    """The address as mail is sent to it, or None when it is not one.

    The domain is lower-cased and in Unicode form. The local part keeps its case: only its own host may
    interpret it (RFC 5321, 2.4). Neither quoted local parts nor addresses in brackets are taken, and no
    DNS is asked.
    """
    # The library takes 25 µs for what this says of nearly every address in 1: the local part is plain, and so
    # is the domain, whose verdict is remembered because a list holds few. All else is the library's to judge.
    plain = _PLAIN.fullmatch(text)
    if plain:
        local, domain = plain.groups()
        if len(text) <= EMAIL_MAX_LENGTH and local.lower() not in _ROLES and _is_plain_domain(domain):
            return f"{local}@{domain.lower()}"
    return _by_the_library(text)


def email_identity(email: str) -> str:
    """What is equal for two spellings of one mailbox, given normalised addresses.

    Hosts may tell Jean@ from jean@, but none that guests use does, and people type both. Dots and +tags
    stay: whether they matter differs from host to host, and two people must never become one guest.
    """
    return email.lower()


def normalise_phone(text: str, *countries: str) -> str | None:
    """The number in E.164, or None: read as it is dialled in the first of the countries where that is valid.

    Countries are alpha-2; a number with + and a country code reads the same in all. Extensions are left out.
    """
    for country in countries:
        if plain := _plain_number(text, country):
            return plain
        try:
            number = parse(text, country)
        except NumberParseException:
            continue
        if is_valid_number(number):
            return format_number(number, PhoneNumberFormat.E164)
    return None


def is_mobile(number: str) -> bool:
    """Whether an SMS can reach a number in E.164: a mobile, or one of a country that does not tell them apart."""
    return number_type(parse(number)) in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def _plain_number(text: str, country: str) -> str | None:
    """Says in 2 µs what the library says in 25 of most numbers; None says nothing, and the library is to be asked."""
    if not _DIALLED.fullmatch(text):
        return None
    digits = _NOT_DIGITS.sub("", text)
    if text[0] == "+":
        for end in (1, 2, 3):
            if regions := COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:end])):
                return f"+{digits}" if _usual_numbers(regions[0]).fullmatch(digits, end) else None
        return None
    if _dials_a_zero(country) and _usual_numbers(country).fullmatch(digits, 1):
        return f"+{country_code_for_region(country)}{digits[1:]}"
    return None


@cache
def _usual_numbers(country: str) -> re.Pattern[str]:
    """The mobile and fixed-line numbers of a country that cannot be mistaken for ones with a trunk prefix."""
    metadata = PhoneMetadata.metadata_for_region(country)
    prefix = metadata.national_prefix_for_parsing or "0" if metadata else ""
    if metadata is None or not prefix.isdigit():
        return _NOTHING
    general, mobile, fixed = (
        kind.national_number_pattern or "(?!)" if kind else "(?!)"
        for kind in (metadata.general_desc, metadata.mobile, metadata.fixed_line)
    )
    return re.compile(rf"(?!0|{prefix})(?=(?:{general})\Z)(?:{mobile}|{fixed})")


@cache
def _dials_a_zero(country: str) -> bool:
    metadata = PhoneMetadata.metadata_for_region(country)
    return metadata is not None and (metadata.national_prefix_for_parsing, metadata.international_prefix) == ("0", "00")


@lru_cache(maxsize=10_000)
def _is_plain_domain(domain: str) -> bool:
    return _by_the_library(f"a@{domain}") == f"a@{domain.lower()}"


def _by_the_library(text: str) -> str | None:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None
