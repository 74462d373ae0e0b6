"""What a property must still ask a guest for, and what stands on their registration card."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from application.caller import Caller
from application.guest_records import load_guest
from application.organisation import load_organisation, load_property
from application.ports import Ports
from application.reservations import ReservationRecord, read_reservation
from domain import registering
from domain.access import Right
from domain.guest import NOTHING_KNOWN, Known
from domain.organisation import OrganisationSettings
from domain.policies.completeness import Missing, missing
from domain.property import PropertySettings


class Papers(NamedTuple):
    """What is known of a guest at a property, and what is lacking there (P6)."""

    known: Known
    missing: Sequence[Missing]
    hotel: PropertySettings
    organisation: OrganisationSettings


def papers_of_guest(ports: Ports, caller: Caller, guest_id: UUID, property_id: UUID | None) -> Papers | None:
    """At the property, else that of their latest stay; None where there is neither.

    Raises GuestUnknown, PropertyUnknown, Forbidden.
    """
    caller.require(Right.READ_GUESTS)
    guest = load_guest(ports, caller, guest_id).guest
    if property_id is None and guest.latest_stay:
        property_id = guest.latest_stay[1].property_id
    if property_id is None:
        return None
    return _papers(ports, caller, guest.known, property_id, forgotten=guest.anonymised)


def papers_of_reservation(ports: Ports, caller: Caller, reservation_id: UUID) -> tuple[ReservationRecord, Papers]:
    """Of its guest, with what was told with it. Raises ReservationUnknown, Forbidden."""
    record = read_reservation(ports, caller, reservation_id)
    found = record.reservation
    known = record.guest.known if record.guest else NOTHING_KNOWN
    both = registering.merge(known, found.contact)
    return record, _papers(ports, caller, both, found.property_id, forgotten=found.erased and both.profile is None)


def _papers(ports: Ports, caller: Caller, known: Known, property_id: UUID, *, forgotten: bool) -> Papers:
    """Nothing more can be written of who was `forgotten`, and so nothing is missing."""
    hotel = load_property(ports, caller, property_id).settings
    organisation = load_organisation(ports, caller.organisation_id).settings
    lacking = missing(known, organisation.required_fields, organisation.profile_fields, hotel.country)
    return Papers(known, [] if forgotten else lacking, hotel, organisation)
