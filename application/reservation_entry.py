"""A reservation as entered by a person or a program, and its judgement: fit to be booked, or all that is wrong."""

from collections.abc import Sequence
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from application.guest_entry import (
    AddressEntry,
    Code,
    Emails,
    GuestEntry,
    IsoDate,
    Judged,
    Line,
    LongLine,
    Phones,
    judge,
)
from application.problem_texts import problem
from application.text import one_line
from domain.contact import CustomValue, FieldProblem
from domain.custom_field import CustomField
from domain.guest import NOTHING_KNOWN, Known
from domain.label import Label
from domain.money import Money
from domain.property import PropertySettings
from domain.reservation import Booking, Reservation, Source

ExternalId = Annotated[Label, AfterValidator(one_line), Field(max_length=100)]
"""What somebody else calls a reservation: letters that are seen, and at least one."""

MOST_ROOMS = 100
LONGEST_NIGHTS = 1_000


class ContactEntry(BaseModel):
    """Who a reservation is for, as they were told: a last name is the least. As for GuestEntry otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    salutation: Annotated[str, Field(max_length=40)] | None = None
    first_name: Line | None = None
    last_name: Line
    emails: Emails = []
    phones: Phones = []
    language: Annotated[str, Field(max_length=35)] | None = None
    country: Code | None = None
    company: LongLine | None = None
    address: AddressEntry | None = None
    custom: Annotated[dict[str, CustomValue], Field(max_length=100)] = {}


class RoomsEntry(BaseModel):
    """What is booked; dates are ISO, in the property's calendar."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    arrival: IsoDate
    departure: IsoDate
    rooms: Annotated[list[Line], Field(max_length=MOST_ROOMS)] = []
    total: Money | None = None
    paid: Money | None = None

    @model_validator(mode="after")
    def it_ends_after_it_begins(self) -> Self:
        nights = (self.departure - self.arrival).days
        if nights < 0:
            raise PydanticCustomError("departure_before_arrival", "the departure lies before the arrival")
        if nights > LONGEST_NIGHTS:
            raise PydanticCustomError("stay_too_long", "nobody stays for so many nights")
        return self


class BookingEntry(RoomsEntry):
    """What is booked, and who for."""

    guest: ContactEntry | None = None


class TiedEntry(BookingEntry):
    """With the company that books, and the occasion it is for."""

    company_id: UUID | None = None
    occasion_id: UUID | None = None


class ReservationEntry(TiedEntry):
    """A new reservation. `external_id` is what whoever took it calls it, one for each at a property."""

    property_id: UUID
    source: Source = Source.INTERNAL
    external_id: ExternalId | None = None


def judge_booking(
    entry: BookingEntry, settings: PropertySettings, custom_fields: Sequence[CustomField]
) -> tuple[Booking, Known] | list[FieldProblem]:
    """What is booked and who to contact, fit to record; pointers are those of the entry."""
    problems: list[FieldProblem] = []
    rooms = [one_line(room) for room in entry.rooms]
    for number, room in enumerate(rooms):
        if not room or room in rooms[:number]:
            problems.append(problem(f"/rooms/{number}", "room-twice" if room else "missing"))
    contact = NOTHING_KNOWN
    if entry.guest:
        told = GuestEntry.model_validate(entry.guest.model_dump())
        judged = judge(told, country=settings.country, custom_fields=custom_fields, booked=True)
        if isinstance(judged, Judged):
            contact = Known(judged.language, judged.country, judged.profile)
        else:
            problems += [each._replace(pointer=f"/guest{each.pointer}") for each in judged]
    if problems:
        return problems
    booking = Booking(
        arrival=entry.arrival, departure=entry.departure, rooms=tuple(rooms), total=entry.total, paid=entry.paid
    )
    return booking, contact


def entry_of(reservation: Reservation) -> TiedEntry:
    """What is booked, as it would be entered: the beginning of a change."""
    booking, contact = reservation.booking, reservation.contact
    profile = contact.profile and contact.profile.model_dump(include=set(ContactEntry.model_fields))
    told = profile and {**profile, "language": contact.language, "country": contact.country}
    tied = reservation.ties.model_dump(include={"company_id", "occasion_id"})
    return TiedEntry.model_validate({**booking.model_dump(), "rooms": list(booking.rooms), "guest": told, **tied})
