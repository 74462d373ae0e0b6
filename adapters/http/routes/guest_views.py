"""How a guest reads in an answer, and what may be sent of one."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from application.guest_entry import GuestEntry
from application.guest_records import GuestRecord
from application.guests import Status
from domain.contact import Address, CustomValue
from domain.guest_events import BlockReason

GUEST_ID = "0199f3c2-0b6f-7a2c-9d35-6f0f8f3f6c02"
ARRIVAL_ID = "0199f3c5-52a1-7c3e-8d44-1f2a3b4c5d6e"
PROPERTY_ID = "0199f3c1-7d3a-7b60-8f1e-2b9c0f6a4d11"
ENTRY: JsonDict = {
    "salutation": "Mme",
    "first_name": "Zoé",
    "last_name": "Lefèvre",
    "emails": ["zoe.lefevre@example.com"],
    "phones": ["06 12 34 56 78"],
    "language": "fr",
    "country": "FR",
    "company": "Sirvoy",
    "address": {"street": "608 rue du Port", "postal_code": "29200", "city": "Brest", "country": "FR"},
    "note": "Chambre au calme",
    "level": "VIP",
    "status_label": None,
    "custom": {"passport": "12AB34567"},
    "stay": {"property_id": PROPERTY_ID, "arrival": "2026-11-18", "departure": "2026-11-21", "room": "104"},
}
EXAMPLE: JsonDict = {
    "id": GUEST_ID,
    **ENTRY,
    "phones": ["+33612345678"],
    "anonymised": False,
    "legal_hold": False,
    "status": "new",
    "block": None,
    "stays": 1,
    "nights": 3,
    "last_stay": "2026-11-18",
    "last_rooms": ["104"],
    "total_paid": [{"amount": 38700, "currency": "EUR"}],
    "created_at": "2026-11-21T20:00:00Z",
    "updated_at": "2026-11-21T20:00:00Z",
    "version": 2,
}


class NewGuest(GuestEntry):
    model_config = ConfigDict(json_schema_extra={"examples": [ENTRY]})


class GuestPatch(BaseModel):
    """What is not sent stays as it is, null empties. `stay` corrects the latest stay, or records the first.

    Without `contact_sync`, contact details told with reservations do not become the guest's.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"level": "Gold"}]})

    salutation: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    emails: list[str] | None = None
    phones: list[str] | None = None
    language: str | None = None
    country: str | None = None
    company: str | None = None
    address: dict[str, str | None] | None = None
    note: str | None = None
    level: str | None = None
    status_label: str | None = None
    custom: dict[str, CustomValue | None] | None = None
    stay: dict[str, str | None] = {}
    contact_sync: bool = True


class StayView(BaseModel):
    """A time at a property; dates are ISO, in its calendar."""

    model_config = ConfigDict(from_attributes=True)

    property_id: UUID
    arrival: date | None
    departure: date | None
    room: str | None


class Total(BaseModel):
    """A sum of money in minor units."""

    amount: int
    currency: str


class GuestSummary(BaseModel):
    """What a guest's page and the list both show.

    `stays` and `nights` are of those realised. The last stay is the latest of these; of who never stayed, the latest to
    come. `total_paid` is by currency, with what was paid ahead.
    """

    id: UUID
    salutation: str | None
    first_name: str | None
    last_name: str | None
    emails: list[str]
    phones: list[str]
    language: str | None
    country: str | None
    company: str | None
    address: Address | None
    level: str | None
    status_label: str | None
    custom: dict[str, CustomValue]
    anonymised: bool
    status: Literal["new", "returning", "blocked"]
    stays: int
    nights: int
    last_stay: date | None
    last_rooms: list[str]
    total_paid: list[Total]
    created_at: datetime
    updated_at: datetime
    version: int


class Block(BaseModel):
    """Why a guest is not welcome, and until when; without `until` for good."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "non_payment", "until": "2027-12-31"}]}
    )

    reason: BlockReason
    until: Annotated[date | None, Field(description="The last day of it.")] = None


class GuestView(GuestSummary):
    """A guest; personal fields are null once they were anonymised. `stay` is the latest, also one to come.

    While there is a `legal_hold`, they can be neither anonymised nor deleted. A `block` is there until it is over.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    note: str | None
    contact_sync: bool
    stay: StayView | None
    legal_hold: bool
    block: Block | None

    @classmethod
    def of(cls, record: GuestRecord, today: date) -> Self:
        guest = record.guest
        blocked = guest.blocked_on(today)
        profile = guest.known.profile.model_dump() if guest.known.profile else {}
        come_to = guest.figures
        return cls(
            id=guest.id,
            **({"emails": [], "phones": [], "custom": {}} | dict.fromkeys(PERSONAL) | profile),
            anonymised=guest.anonymised,
            legal_hold=guest.held,
            language=guest.known.language,
            country=guest.known.country,
            contact_sync=guest.contact_sync,
            stay=StayView.model_validate(guest.latest_stay[1]) if guest.latest_stay else None,
            status="blocked" if blocked else "returning" if come_to.stays > 1 else "new",
            block=Block(reason=guest.block.reason, until=guest.block.until) if guest.block and blocked else None,
            stays=come_to.stays,
            nights=come_to.nights,
            last_stay=come_to.last_stay,
            last_rooms=list(come_to.last_rooms),
            total_paid=[Total(amount=amount, currency=each) for each, amount in come_to.total_paid.items()],
            created_at=record.created_at,
            updated_at=record.updated_at,
            version=guest.version,
        )


PERSONAL = ("salutation", "first_name", "last_name", "company", "address", "note", "level", "status_label")


class Batch(BaseModel):
    """Up to 1,000 guests; each is judged by itself, so one that is refused never holds back the others."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"guests": [ENTRY]}]})

    guests: Annotated[list[object], Field(min_length=1, max_length=1000, description="Each as for POST /v1/guests.")]


class RowError(BaseModel):
    pointer: Annotated[str, Field(examples=["/emails/0"])]
    code: Annotated[str, Field(examples=["email-invalid"])]
    detail: Annotated[str, Field(examples=["This is not a valid e-mail address."])]


class BatchResult(BaseModel):
    """What became of one row; the results are in the order of the rows. What is `pending` waits for a person's yes."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "created", "guest_id": GUEST_ID, "errors": []}]}
    )

    status: Literal[Status.CREATED, Status.UPDATED, "pending", "refused"]
    guest_id: UUID | None = None
    arrival_id: Annotated[UUID | None, Field(exclude_if=lambda arrival_id: arrival_id is None)] = None
    errors: list[RowError] = []


class PendingView(BaseModel):
    """The guest is not on the list yet: the property wants a person's yes to guests of whom interfaces tell."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"arrival_id": ARRIVAL_ID, "state": "pending"}]})

    arrival_id: UUID
    state: Literal["pending"] = "pending"


class BatchResults(BaseModel):
    results: list[BatchResult]
