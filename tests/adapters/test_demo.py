"""The invented guests could be real ones, and the lists they come in have the flaws that were promised."""

import csv
from collections import Counter
from pathlib import Path

import phonenumbers
from email_validator import validate_email

from adapters.demo.departure_list import write_departure_list
from adapters.demo.people import people


def test_the_same_seed_gives_the_same_people() -> None:
    assert list(people(50, seed=7)) == list(people(50, seed=7))
    assert list(people(50, seed=7)) != list(people(50, seed=8))


def test_everybody_can_be_reached_and_nobody_shares_an_address_or_a_number() -> None:
    guests = list(people(5_000, seed=1))
    emails = [guest.email for guest in guests if guest.email]
    phones = [guest.phone for guest in guests if guest.phone]

    assert all(guest.email or guest.phone for guest in guests)
    assert len(set(emails)) == len(emails)
    assert len(set(phones)) == len(phones)


def test_addresses_and_numbers_are_valid() -> None:
    for guest in people(1_000, seed=2):
        if guest.email:
            assert validate_email(guest.email, check_deliverability=False).normalized == guest.email
        if guest.phone:
            assert phonenumbers.is_valid_number(phonenumbers.parse(guest.phone)), guest.phone


def test_one_in_a_hundred_is_a_martin() -> None:
    names = Counter(guest.last_name for guest in people(20_000, seed=3))

    assert names.most_common(1)[0][0] == "Martin"
    assert 0.005 < names["Martin"] / 20_000 < 0.02


def test_a_departure_list_has_its_rows_and_as_many_bad_ones_as_told(tmp_path: Path) -> None:
    path = tmp_path / "departs.csv"

    bad = write_departure_list(path, rows=2_000, seed=4)

    lines = path.read_bytes().decode("windows-1252").split("\r\n")
    assert lines[0].startswith("Hôtel")
    assert lines[-2:] == ["Total des départs : 2000", ""]
    rows = list(csv.DictReader(lines[2:-2], delimiter=";"))
    assert len(rows) == 2_000
    wrong = [
        row
        for before, row in zip([{}, *rows], rows, strict=False)
        if row["E-mail"] == "@gmail..com"
        or row["Départ"].startswith("31/02")
        or not (row["E-mail"] or row["Téléphone"])
        or row == before
    ]
    assert len(wrong) == bad == 8


def test_a_list_of_a_few_rows_is_flawless(tmp_path: Path) -> None:
    assert write_departure_list(tmp_path / "departs.csv", rows=3, seed=4) == 0
