"""How long a guest who no longer comes may be kept (GDPR art. 5(1)(e)), by the country of the property."""

from collections.abc import Iterable, Sequence
from datetime import MAXYEAR, date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from domain.guest import Guest
from domain.label import Label
from domain.property import Country


class RetentionRule(BaseModel):
    """Guests of this country's properties are kept for so many years after the last contact.

    `country` None stands for every country without a rule of its own; `source` says who laid the rule down, and where.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    country: Country | None = None
    years: int = Field(ge=1, le=10)
    source: Label = Field(max_length=400)


def one_for_each_country(rules: tuple[RetentionRule, ...]) -> tuple[RetentionRule, ...]:
    if len({rule.country for rule in rules}) != len(rules):
        raise PydanticCustomError("country_twice", "two rules are for the same country")
    return rules


RetentionRules = Annotated[tuple[RetentionRule, ...], AfterValidator(one_for_each_country), Field(max_length=300)]

CNIL = RetentionRule(
    years=3,
    source="CNIL, Référentiel relatif aux traitements de données à caractère personnel mis en œuvre aux fins de gestion"
    " des activités commerciales, délibération n° 2021-131 du 23 septembre 2021",
)
"""What holds where an organisation says nothing else."""


def rules_in_force(own: Sequence[RetentionRule]) -> tuple[RetentionRule, ...]:
    """The organisation's own rules, and the CNIL's for the countries that these leave over."""
    return tuple(own) if any(rule.country is None for rule in own) else (*own, CNIL)


def rule_for(country: str, rules: Sequence[RetentionRule]) -> RetentionRule:
    """The country's own rule among those in force, else the one for all others."""
    return next(rule for wanted in (country, None) for rule in rules if rule.country == wanted)


def last_contact(guest: Guest, registered: date, heard_of: Iterable[date]) -> date:
    """The day the guest last had to do with a property: when they were registered, or a stay, also one to come.

    `heard_of` are the days on which they said something, wrote, or were given something. A stay counts to its
    departure, where that is unknown to its arrival. What staff write of a guest later is no contact, nor is a list that
    tells of them again: neither comes from the guest, and a corrected spelling must not keep somebody for three more
    years.
    """
    days = (stay.departure or stay.arrival for stay in guest.stays.values())
    return max([registered, *heard_of, *(day for day in days if day)])


def due_since(contact: date, rule: RetentionRule) -> date:
    """The first day on which the guest may no longer be kept."""
    return years_after(contact, rule.years)


def years_after(day: date, years: int) -> date:
    """The same day of another year, before it for negative years; 1 March for a 29 February that is none there."""
    year = min(day.year + years, MAXYEAR)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
