"""What the demo invents: guests who could be real ones, lists with the flaws promised, and what was said and given."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import phonenumbers
import pytest
from email_validator import validate_email

from adapters.demo.departure_list import write_departure_list
from adapters.demo.feedback import DAYS, FEEDBACKS, QUALITY_COSTS, Lodger, live_half_a_year
from adapters.demo.invitations import DAYS_TO_COME, begin_to_invite
from adapters.demo.people import people
from adapters.demo.sentences import COMPLAINTS, PRAISE
from domain.catalogue import CodeAdded
from domain.contact import Profile
from domain.event import Event
from domain.feedback import (
    FeedbackDelegated,
    FeedbackRecorded,
    FeedbackResolved,
    FeedbackShared,
    FeedbackTransferred,
    Kind,
    Origin,
    ReplyWritten,
)
from domain.guest import Guest, Known
from domain.guest_events import GuestRegistered, StayRecorded
from domain.guest_events import Origin as GuestOrigin
from domain.property import PropertyChanged
from domain.quality_cost import QualityCostRecorded
from domain.registering import register
from tests.application.memory import House

TODAY = date(2026, 11, 21)


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


def test_everybody_on_a_departure_list_stays_as_much_later_as_told(tmp_path: Path) -> None:
    def arrivals(days_later: int) -> Iterator[date]:
        path = tmp_path / f"{days_later}.csv"
        write_departure_list(path, rows=7, seed=4, later=timedelta(days_later))
        for row in csv.DictReader(path.read_text("windows-1252").split("\n")[2:-2], delimiter=";"):
            day, month, year = map(int, row["Arrivée"].split("/"))
            yield date(year, month, day)

    assert list(arrivals(400)) == [day + timedelta(400) for day in arrivals(0)]


@pytest.fixture(scope="module")
def lived() -> House:
    return half_a_year(seed=1)


def half_a_year(seed: int) -> House:
    """A house where one guest arrived each day; every third speaks English, every fifth has no e-mail address."""
    house = House()
    lodgers = []
    for number in range(DAYS):
        guest, language = Guest(house.ports.new_id()), "en" if number % 3 == 0 else "fr"
        emails = () if number % 5 == 0 else (f"guest{number}@example.com",)
        known = Known(language, "FR", Profile(last_name="Martin", emails=emails))
        events = register(guest, house.admin.organisation_id, GuestOrigin.IMPORT, known)
        house.log.append(events, house.admin.metadata(house.ports.now()))
        lodgers.append(Lodger(guest.id, TODAY - timedelta(DAYS - number), "104", language, bool(emails)))
    caller = replace(house.admin, actor="cli")
    live_half_a_year(house.ports, caller, [house.port, house.lago], lodgers, TODAY, seed)
    return house


E = TypeVar("E", bound=Event)


def all_of(house: House, kind: type[E]) -> list[E]:
    return [each.event for each in house.log.recorded if isinstance(each.event, kind)]


def told(house: House) -> list[object]:
    """All that happened, but for ids."""
    ids = {"originator_id", "organisation_id", "property_id", "subject_id", "guest_id", "code_id", "employee_id"}
    return [
        (type(each.event), each.recorded_at, each.event.model_dump(exclude=ids | {"items"}))
        for each in house.log.recorded
    ]


def test_the_same_seed_gives_the_same_half_year(lived: House) -> None:
    assert told(half_a_year(seed=1)) == told(lived)
    assert told(half_a_year(seed=2)) != told(lived)


def test_all_was_said_in_the_half_year_and_settled_after(lived: House) -> None:
    said = {event.originator_id: event for event in all_of(lived, FeedbackRecorded)}
    assert len(said) == FEEDBACKS
    assert all(TODAY - timedelta(DAYS) <= event.day < TODAY for event in said.values())
    resolved = [each for each in lived.log.recorded if isinstance(each.event, FeedbackResolved)]
    assert FEEDBACKS / 4 < len(resolved) < FEEDBACKS / 2
    assert all(said[each.event.originator_id].said_at < each.recorded_at < lived.ports.now() for each in resolved)
    assert len(all_of(lived, QualityCostRecorded)) == QUALITY_COSTS


def test_what_is_said_is_what_its_code_and_its_rating_say(lived: House) -> None:
    names = {event.originator_id: event.name for event in all_of(lived, CodeAdded)}
    for said in all_of(lived, FeedbackRecorded):
        sentences = COMPLAINTS if said.kind is Kind.NEGATIVE else PRAISE
        assert said.code_id
        assert said.words
        assert said.words.comment in {text for each in sentences[names[said.code_id]] for text in each}
        assert (said.origin is Origin.REVIEW) == (said.rating is not None) == (said.guest_id is None)
        assert said.alert == (said.kind is Kind.NEGATIVE)


def test_one_mail_is_written_and_to_the_guest(lived: House) -> None:
    assert not any(all_of(lived, kind) for kind in (FeedbackShared, FeedbackDelegated, FeedbackTransferred))
    [mail] = all_of(lived, ReplyWritten)
    assert mail.letter
    assert mail.letter.address.endswith("@example.com")


def test_guests_of_seven_languages_are_to_come_to_the_property_that_writes_to_them() -> None:
    house = House()
    begin_to_invite(house.ports, house.admin, house.port, TODAY)
    stays = [event.stay for event in all_of(house, StayRecorded)]
    assert [stay.arrival for stay in stays] == [TODAY + timedelta(days) for days in DAYS_TO_COME]
    assert {stay.property_id for stay in stays} == {house.port}
    languages = {event.language for event in all_of(house, GuestRegistered)}
    assert languages == {"de", "en", "es", "fr", "it", "nl", "pt"}
    [changed] = all_of(house, PropertyChanged)
    assert changed.settings.invitations.pre_stay.enabled
    assert changed.settings.invitations.post_stay.enabled
