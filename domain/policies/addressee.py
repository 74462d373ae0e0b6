"""Who gets the messages about a stay in the guest's place (P4)."""

from uuid import UUID

from domain.party import CompanySettings, OccasionSettings
from domain.ties import Ties


def company_of(ties: Ties, occasion: OccasionSettings | None) -> UUID | None:
    """The company that booked; where none is named, the one that the occasion is of."""
    return ties.company_id or (occasion.company_id if occasion else None)


def contact_persons(ties: Ties, occasion: OccasionSettings | None, company: CompanySettings | None) -> list[UUID]:
    """The reservation's own contact person, then its occasion's, then its company's; without any, the guest is.

    The first who is still known gets the messages: who was forgotten is nobody's contact person any more. Whether that
    one may be written to is another question: where not, nobody is, and the guest is not written to in their place.
    """
    named = [
        ties.contact_person_id,
        occasion.contact_person_id if occasion else None,
        company.contact_person_id if company else None,
    ]
    return [each for each in named if each]
