"""Given who is behind a reservation, then these may be written to in the guest's place, in this order."""

from datetime import date
from uuid import UUID

import pytest

from domain.party import CompanySettings, OccasionSettings
from domain.policies.addressee import company_of, contact_persons
from domain.ties import NO_TIES, Ties

OWN, OF_OCCASION, OF_COMPANY = UUID(int=1), UUID(int=2), UUID(int=3)
FIRM, OTHER_FIRM, WEDDING = UUID(int=4), UUID(int=5), UUID(int=6)


def occasion(person: UUID | None = OF_OCCASION, company: UUID | None = None) -> OccasionSettings:
    day = date(2026, 7, 10)
    return OccasionSettings(
        name="Mariage",
        property_id=UUID(int=7),
        begins_on=day,
        ends_on=day,
        company_id=company,
        contact_person_id=person,
    )


def company(person: UUID | None = OF_COMPANY) -> CompanySettings:
    return CompanySettings(name="Sirvoy", contact_person_id=person)


@pytest.mark.parametrize(
    ("ties", "of_occasion", "of_company", "expected"),
    [
        (NO_TIES, None, None, []),
        (Ties(contact_person_id=OWN), None, None, [OWN]),
        (Ties(occasion_id=WEDDING), occasion(), None, [OF_OCCASION]),
        (Ties(company_id=FIRM), None, company(), [OF_COMPANY]),
        (Ties(company_id=FIRM, occasion_id=WEDDING), occasion(), company(), [OF_OCCASION, OF_COMPANY]),
        (
            Ties(company_id=FIRM, occasion_id=WEDDING, contact_person_id=OWN),
            occasion(),
            company(),
            [OWN, OF_OCCASION, OF_COMPANY],
        ),
        (Ties(company_id=FIRM, occasion_id=WEDDING), occasion(None), company(), [OF_COMPANY]),
        (Ties(company_id=FIRM), None, company(None), []),
        (Ties(occasion_id=WEDDING), None, None, []),
    ],
)
def test_own_before_occasion_before_company(
    ties: Ties, of_occasion: OccasionSettings | None, of_company: CompanySettings | None, expected: list[UUID]
) -> None:
    assert contact_persons(ties, of_occasion, of_company) == expected


def test_the_company_of_the_occasion_stands_in_where_the_reservation_names_none() -> None:
    assert company_of(Ties(occasion_id=WEDDING), occasion(company=FIRM)) == FIRM
    assert company_of(Ties(occasion_id=WEDDING, company_id=OTHER_FIRM), occasion(company=FIRM)) == OTHER_FIRM
    assert company_of(Ties(occasion_id=WEDDING), None) is None
