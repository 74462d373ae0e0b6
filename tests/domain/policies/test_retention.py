"""How long a guest may be kept: rules, the last contact, and the day from which it is too long; tables of cases."""

from datetime import date
from types import MappingProxyType
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.guest import Guest
from domain.organisation import OrganisationSettings
from domain.policies.retention import (
    CNIL,
    RetentionRule,
    due_since,
    last_contact,
    rule_for,
    rules_in_force,
    years_after,
)
from domain.stay import Stay

GERMANY = RetentionRule(country="DE", years=2, source="Löschkonzept")
ITALY = RetentionRule(country="IT", years=5, source="Registro dei trattamenti")
ELSEWHERE = RetentionRule(years=1, source="Charte du groupe")


@pytest.mark.parametrize(
    ("own", "country", "expected"),
    [
        ([], "FR", CNIL),
        ([], "IT", CNIL),
        ([GERMANY], "DE", GERMANY),
        ([GERMANY], "FR", CNIL),
        ([GERMANY, ITALY], "IT", ITALY),
        ([ELSEWHERE], "FR", ELSEWHERE),
        ([ELSEWHERE, GERMANY], "DE", GERMANY),
        ([GERMANY, ELSEWHERE], "IT", ELSEWHERE),
    ],
)
def test_the_rule_of_a_country(own: list[RetentionRule], country: str, expected: RetentionRule) -> None:
    assert rule_for(country, rules_in_force(own)) == expected


def test_what_is_shipped_is_the_cnils_three_years_everywhere() -> None:
    assert rules_in_force([]) == (CNIL,)
    assert (CNIL.country, CNIL.years) == (None, 3)
    assert "2021-131" in CNIL.source


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        ([], date(2020, 6, 1)),
        ([(None, None)], date(2020, 6, 1)),
        ([(date(2019, 1, 1), date(2019, 1, 3))], date(2020, 6, 1)),
        ([(date(2021, 1, 1), date(2021, 1, 3))], date(2021, 1, 3)),
        ([(date(2021, 1, 1), None)], date(2021, 1, 1)),
        ([(None, date(2021, 1, 3))], date(2021, 1, 3)),
        ([(date(2021, 1, 1), date(2021, 3, 1)), (date(2021, 2, 1), date(2021, 2, 2))], date(2021, 3, 1)),
        ([(date(2021, 1, 1), None), (date(2031, 1, 1), None)], date(2031, 1, 1)),
    ],
    ids=["none", "undated", "earlier", "later", "no departure", "no arrival", "the longer one", "one to come"],
)
def test_the_last_contact(stays: list[tuple[date | None, date | None]], expected: date) -> None:
    told = {
        UUID(int=number): Stay(property_id=UUID(int=9), arrival=arrival, departure=departure)
        for number, (arrival, departure) in enumerate(stays)
    }
    guest = Guest(UUID(int=1), version=1, stays=MappingProxyType(told))
    assert last_contact(guest, registered=date(2020, 6, 1), heard_of=[]) == expected


def test_a_guest_who_was_heard_of_later_was_in_contact_then() -> None:
    guest = Guest(UUID(int=1), version=1)
    heard_of = [date(2022, 2, 1), date(2021, 1, 1)]
    assert last_contact(guest, registered=date(2020, 6, 1), heard_of=heard_of) == date(2022, 2, 1)
    assert last_contact(guest, registered=date(2023, 6, 1), heard_of=heard_of) == date(2023, 6, 1)


@pytest.mark.parametrize(
    ("contact", "years", "expected"),
    [
        (date(2020, 6, 1), 3, date(2023, 6, 1)),
        (date(2020, 2, 29), 3, date(2023, 3, 1)),
        (date(2020, 2, 29), 4, date(2024, 2, 29)),
        (date(2020, 12, 31), 1, date(2021, 12, 31)),
        (date(9998, 1, 1), 3, date(9999, 1, 1)),
        (date.max, 10, date.max),
    ],
)
def test_since_when_it_is_too_long(contact: date, years: int, expected: date) -> None:
    assert due_since(contact, RetentionRule(years=years, source="x")) == expected


@given(st.dates(date(1950, 1, 1), date(2200, 1, 1)), st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 10))
def test_nobody_who_is_due_had_a_contact_after_the_same_day_years_ago(contact: date, today: date, years: int) -> None:
    """What the read model is asked by: it may propose too many, and nobody too few."""
    if due_since(contact, RetentionRule(years=years, source="x")) <= today:
        assert contact <= years_after(today, -years)


@pytest.mark.parametrize(
    "rule",
    [
        {"years": 0, "source": "x"},
        {"years": 11, "source": "x"},
        {"years": 3},
        {"years": 3, "source": " "},
        {"years": 3, "source": "x" * 501},
        {"country": "XX", "years": 3, "source": "x"},
        {"country": "fr", "years": 3, "source": "x"},
        {"months": 6, "years": 3, "source": "x"},
    ],
)
def test_a_rule_has_years_and_a_source_and_a_country_that_exists(rule: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RetentionRule.model_validate(rule)


@pytest.mark.parametrize("twice", [GERMANY, ELSEWHERE])
def test_two_rules_cannot_be_for_one_country(twice: RetentionRule) -> None:
    with pytest.raises(ValidationError, match="same country"):
        OrganisationSettings(name="Rivage", retention_rules=(twice, twice.model_copy(update={"years": 7})))
