"""How a reservation reads in an answer, and what may be sent of one."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Annotated, Literal, NamedTuple, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from adapters.http.routes.guest_views import GUEST_ID, PROPERTY_ID
from application.caller import Caller
from application.guest_entry import IsoDate, Line
from application.reservation_entry import MOST_ROOMS, ContactEntry, ReservationEntry
from application.reservations import ReservationRecord
from domain.access import Role
from domain.contact import INTERNAL, Address, CustomValue
from domain.money import Money
from domain.organisation import Plan
from domain.reservation import Source, State
from projections.guest_list.fold import status_on
from projections.reservations.queries import Item

RESERVATION_ID = "0199f3c8-6c1d-7e2b-9a40-5b6c7d8e9f01"
CONTACT: JsonDict = {
    "salutation": "Mme",
    "first_name": "Zoé",
    "last_name": "Lefèvre",
    "emails": ["zoe.lefevre@example.com"],
    "phones": ["+33612345678"],
    "language": "fr",
    "country": "FR",
    "company": None,
    "address": None,
    "custom": {},
}
ENTRY: JsonDict = {
    "property_id": PROPERTY_ID,
    "source": "internal",
    "external_id": "R-2026-118",
    "arrival": "2026-12-18",
    "departure": "2026-12-21",
    "rooms": ["104"],
    "total": {"amount": 38700, "currency": "EUR"},
    "paid": {"amount": 10000, "currency": "EUR"},
    "guest": CONTACT,
}
GUEST: JsonDict = {
    "id": GUEST_ID,
    "status": "returning",
    "first_name": "Zoé",
    "last_name": "Lefèvre",
    "level": "VIP",
    "status_label": "regular",
    "note": "Chambre au calme",
}
EXAMPLE: JsonDict = {
    "id": RESERVATION_ID,
    "state": "booked",
    **{name: value for name, value in ENTRY.items() if name != "guest"},
    "contact": CONTACT,
    "guest_id": GUEST_ID,
    "guest": GUEST,
    "company_id": None,
    "occasion_id": None,
    "contact_person_id": None,
    "booked_at": "2026-11-22T10:00:00Z",
    "updated_at": "2026-11-22T10:00:00Z",
    "version": 1,
}


class NewReservation(ReservationEntry):
    model_config = ConfigDict(json_schema_extra={"examples": [ENTRY]})


class ReservationPatch(BaseModel):
    """What is not sent stays as it is, null empties."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"departure": "2026-12-22"}]})

    arrival: IsoDate = date.min
    departure: IsoDate = date.min
    rooms: Annotated[list[Line], Field(max_length=MOST_ROOMS)] = []
    total: Money | None = None
    paid: Money | None = None
    company_id: UUID | None = None
    occasion_id: UUID | None = None
    guest: dict[str, object] | None = None


class Viewer(NamedTuple):
    """Who looks at reservations, and which day it is `today` at each property."""

    caller: Caller
    plan: Plan
    today: Callable[[UUID], date]


class ReservedFor(BaseModel):
    """What staff see of the guest with each of their reservations; names, level and note are null where they have none.

    They are returning who stayed before, not counting this reservation. Level, label and note are for staff only: they
    are null for a machine, such as a booking engine, which talks with guests. With the plan starter the status is new
    or returning, and all else null; for a key that does not reach where the guest stayed, all but the status.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [GUEST]})

    id: UUID
    status: Literal["new", "returning", "blocked"]
    first_name: str | None = None
    last_name: str | None = None
    level: str | None = None
    status_label: str | None = None
    note: str | None = None


class Contact(BaseModel):
    """Who the reservation is for, as they were told with it."""

    model_config = ConfigDict(json_schema_extra={"examples": [CONTACT]})

    salutation: str | None
    first_name: str | None
    last_name: str
    emails: list[str]
    phones: list[str]
    language: str | None
    country: str | None
    company: str | None
    address: Address | None
    custom: dict[str, CustomValue]


class ReservationView(BaseModel):
    """A reservation; `contact` is null where nobody was told, and once they were anonymised.

    Messages about it go to its `contact_person_id`, else to that of its occasion, else of its company, else to the
    guest.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: UUID
    property_id: UUID
    source: Source
    external_id: str | None
    state: State
    arrival: date
    departure: date
    rooms: list[str]
    total: Money | None
    paid: Money | None
    contact: Contact | None
    guest_id: UUID | None
    guest: ReservedFor | None
    company_id: UUID | None
    occasion_id: UUID | None
    contact_person_id: UUID | None
    booked_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, record: ReservationRecord, viewer: Viewer) -> Self:
        found, guest = record.reservation, record.guest
        booking, contact = found.booking, found.contact
        told = contact.profile and contact.profile.model_dump(include=set(ContactEntry.model_fields))
        view = cls(
            id=found.id,
            property_id=found.property_id,
            source=found.source,
            external_id=found.external_id,
            state=found.state,
            **booking.model_dump(),
            contact=Contact(**told, language=contact.language, country=contact.country) if told else None,
            guest_id=found.guest_id,
            guest=None,
            **found.ties.model_dump(),
            booked_at=record.booked_at,
            updated_at=record.updated_at,
            version=found.version,
        )
        if guest is None:
            return view
        own = any(stay.realised and stay.reservation_id == found.id for stay in guest.stays.values())
        seen = Seen(
            guest.id,
            guest.known.profile.model_dump() if guest.known.profile else {},
            guest.properties,
            guest.figures.stays - own,
            (guest.block.until or date.max) if guest.block else None,
        )
        return view.model_copy(update={"guest": reserved_for(seen, found.property_id, viewer)})

    @classmethod
    def listed(cls, item: Item, viewer: Viewer) -> Self:
        contact = item.contact and {**item.contact, "language": item.language, "country": item.country}
        guest = None
        if item.guest_id and item.other_stays is not None:
            profile = {**(item.guest_profile or {}), "note": item.guest_note}
            properties = item.guest_properties or ()
            seen = Seen(item.guest_id, profile, properties, item.other_stays, item.blocked_until)
            guest = reserved_for(seen, item.property_id, viewer)
        return cls.model_validate(
            item._asdict()
            | {
                "total": _money(item.total_amount, item.total_currency),
                "paid": _money(item.paid_amount, item.paid_currency),
                "contact": contact,
                "guest": guest,
            }
        )


class Seen(NamedTuple):
    """A guest, with the realised stays they have besides the one of a reservation."""

    id: UUID
    profile: Mapping[str, object]
    properties: Collection[UUID]
    other_stays: int
    blocked_until: date | None


def reserved_for(guest: Seen, property_id: UUID, viewer: Viewer) -> ReservedFor:
    profile, blocked_until = guest.profile, guest.blocked_until
    if viewer.plan is Plan.STARTER:
        profile, blocked_until = {}, None
    if not viewer.caller.sees(guest.properties):
        profile = {}
    if viewer.caller.role is Role.MACHINE:
        profile = {name: value for name, value in profile.items() if name not in INTERNAL}
    names = {name: profile.get(name) for name in ReservedFor.model_fields if name not in ("id", "status")}
    status = status_on(viewer.today(property_id), guest.other_stays + 1, blocked_until)
    return ReservedFor.model_validate({"id": guest.id, "status": status, **names})


def _money(amount: int | None, currency: str | None) -> Money | None:
    return Money(amount=amount, currency=currency) if amount is not None and currency else None
