"""E-mail addresses and phone numbers are written one way, and that way is the libraries'."""

import csv
import json
from pathlib import Path

import phonenumbers
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from application.contacts import email_identity, normalise_email, normalise_phone

DATA = Path(__file__).parents[2] / "../shared/data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not on this machine")


def email_by_library(text: str) -> str | None:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def phone_by_library(text: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def without_pictures(text: str) -> str:
    """Control pictures (U+2400 + n) back to the control characters they stand for."""
    return "".join(chr(ord(c) - 0x2400) if 0x2400 <= ord(c) <= 0x241F else c for c in text)


def test_the_domain_is_lower_cased_and_the_local_part_kept() -> None:
    assert normalise_email("Jean.Dupont@Example-Hotel.FR") == "Jean.Dupont@example-hotel.fr"


def test_two_spellings_of_a_mailbox_are_one_identity() -> None:
    upper, lower = normalise_email("JEAN@Orange.FR"), normalise_email("jean@orange.fr")
    assert upper
    assert lower
    assert email_identity(upper) == email_identity(lower)


@pytest.mark.parametrize("other", ["jean.dupont+spa@orange.fr", "jeandupont@orange.fr", "jean.dupont@orange.com"])
def test_what_may_be_another_mailbox_is_another_identity(other: str) -> None:
    assert email_identity(other) != email_identity("jean.dupont@orange.fr")


def test_an_international_domain_and_its_ascii_form_are_one_identity() -> None:
    assert normalise_email("a@xn--htel-vqa.fr") == normalise_email("a@hôtel.fr") == "a@hôtel.fr"


@pytest.mark.parametrize(
    "text", ["", "jean", "jean@", "@orange.fr", "jean..d@orange.fr", "jean@orange", "jean@localhost", "a b@orange.fr"]
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert normalise_email(text) is None


atoms = st.text("abcXYZ019.!#$%&'*+/=?^_`{|}~-é", min_size=1, max_size=70)
domains = st.text("abcXYZ09.-", min_size=1, max_size=80) | st.sampled_from(
    [
        "gmail.com",
        "Gmail.COM",
        "xn--htel-vqa.fr",
        "hôtel.fr",
        "test",
        "example.test",
        "a.local",
        "x.123",
        "-a.fr",
        "a_b.fr",
    ]
)


@given(atoms, domains)
@example("INFO", "gmail.com")
@example("a" * 245, "gmail.com")
@example("a" * 244, "gmail.com")
@example("a", ("b" * 60 + ".") * 4 + "frfrfr")
@example("a", "gmail.com\n")
def test_every_verdict_on_an_address_is_the_librarys(local: str, domain: str) -> None:
    assert normalise_email(f"{local}@{domain}") == email_by_library(f"{local}@{domain}")


@needs_data
def test_collected_addresses_read_as_the_library_says() -> None:
    with (DATA / "email/email_validator_cases.jsonl").open(encoding="utf-8") as file:
        texts = [json.loads(line)["input"] for line in file]
    with (DATA / "email/isemail_tests.csv").open(encoding="utf-8", newline="") as file:
        texts += [row["address_with_control_pictures"] for row in csv.DictReader(file)]
    assert len(texts) >= 300
    for text in map(without_pictures, texts):
        assert normalise_email(text) == email_by_library(text)


@pytest.mark.parametrize(
    ("text", "countries", "number"),
    [
        ("06 12 34 56 78", ["FR"], "+33612345678"),
        ("06.12.34.56.78", ["FR"], "+33612345678"),
        ("+33 (0)6 12 34 56 78", ["DE"], "+33612345678"),
        ("0033612345678", ["FR"], "+33612345678"),
        ("612345678", ["FR"], "+33612345678"),
        ("33612345678", ["FR"], "+33612345678"),
        ("02 512 34 56", ["BE"], "+3225123456"),
        ("06 12 34 56 78", ["PT", "FR"], "+33612345678"),
        ("912 345 678", ["PT", "FR"], "+351912345678"),
        ("+44 20 7946 0958 ext. 12", ["FR"], "+442079460958"),
    ],
)
def test_a_number_is_read_as_dialled_in_the_first_country_where_it_is_valid(
    text: str, countries: list[str], number: str
) -> None:
    assert normalise_phone(text, *countries) == number


@pytest.mark.parametrize(
    "text", ["", "+", "12", "abc", "00 00 00 00 00", "669-792-1661", "+33 6", "+43 43510096", "+" * 50, "0" * 400]
)
def test_what_is_no_number_of_the_country_is_none(text: str) -> None:
    assert normalise_phone(text, "FR") is None


@given(
    st.from_regex(r"[+(0]{0,2}[0-9][0-9 ./()+-]{3,18}", fullmatch=True),
    st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)),
)
def test_every_verdict_on_a_number_is_the_librarys(text: str, country: str) -> None:
    assert normalise_phone(text, country) == phone_by_library(text, country)


@given(st.data())
def test_every_verdict_on_a_usual_number_is_the_librarys(data: st.DataObject) -> None:
    country = data.draw(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    assert metadata
    kind = data.draw(st.sampled_from([kind for kind in (metadata.mobile, metadata.fixed_line) if kind]))
    number = data.draw(st.from_regex(kind.national_number_pattern or "", fullmatch=True))
    prefix = data.draw(
        st.sampled_from(["", "0", "00", f"+{metadata.country_code}", f"+{metadata.country_code} ", "+1"])
    )
    assert normalise_phone(prefix + number, country) == phone_by_library(prefix + number, country)


@needs_data
def test_the_example_numbers_of_every_country_are_read() -> None:
    with (DATA / "phone/libphonenumber_examples.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["region"] in phonenumbers.SUPPORTED_REGIONS]
    assert len(rows) > 1000
    for row in rows:
        expected = row["e164"] if row["is_valid"] == "1" else None
        assert normalise_phone(row["international"], "FR") == expected, row
        assert normalise_phone(row["national"], row["region"]) == phone_by_library(row["national"], row["region"]), row
