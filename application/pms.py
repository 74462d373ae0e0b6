"""What a PMS tells of reservations: messages understood one by one, and taken in many at a time."""

from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from application.caller import Caller
from application.desk import Desk, known_as
from application.hotels import Hotels
from application.organisation import load_organisation
from application.ports import Identities, Ports
from application.problem_texts import form_code, pointer_to, problem
from application.reservation_entry import BookingEntry, ExternalId, judge_booking
from domain import reservation as reservations
from domain import reserving
from domain.access import Role
from domain.contact import FieldProblem
from domain.custom_field import CustomField
from domain.event import Event, Metadata
from domain.reservation import Reservation, Source, State
from domain.reserving import Told

ACTOR = "pms"
TYPES: dict[str, State | None] = {
    "pms.reservation.created": State.BOOKED,
    "pms.reservation.changed": None,
    "pms.reservation.checked_in": State.CHECKED_IN,
    "pms.reservation.checked_out": State.CHECKED_OUT,
    "pms.reservation.cancelled": State.CANCELLED,
    "pms.reservation.no_show": State.NO_SHOW,
}
"""The state that each type of message tells, where the message does not say; a change leaves it as it is."""


class PmsReservation(BookingEntry):
    """All of a reservation, as it is at this version, which the PMS counts up with each change of it."""

    property_id: UUID
    external_id: ExternalId
    version: Annotated[int, Field(ge=0, lt=2**63)]
    state: State | None = None
    source: Source = Source.CHANNEL


class PmsMessage(BaseModel):
    """A CloudEvent (1.0, JSON, structured). Attributes beside these are not looked at."""

    model_config = ConfigDict(frozen=True)

    specversion: Literal["1.0"]
    id: Annotated[str, Field(min_length=1, max_length=200)]
    source: Annotated[str, Field(min_length=1, max_length=500)]
    type: Literal[
        "pms.reservation.created",
        "pms.reservation.changed",
        "pms.reservation.checked_in",
        "pms.reservation.checked_out",
        "pms.reservation.cancelled",
        "pms.reservation.no_show",
    ]
    time: AwareDatetime | None = None
    data: PmsReservation


class NotUnderstood(Exception):
    """A message that no later attempt will understand; the problems name fields, and repeat no values."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__(", ".join(f"{each.pointer} {each.code}" for each in problems))
        self.problems = problems


class Reader:
    """Understands messages; made for one batch, as settings are read once."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._hotels = Hotels(ports)
        self._fields: dict[UUID, Sequence[CustomField]] = {}

    def __call__(self, value: bytes) -> Told:
        """Raises NotUnderstood. Addresses, numbers and own fields that say nothing here are left out."""
        try:
            message = PmsMessage.model_validate_json(value)
        except ValidationError as error:
            flaws = error.errors(include_url=False, include_context=False, include_input=False)
            raise NotUnderstood([problem(pointer_to(*f["loc"]), form_code(f["type"])) for f in flaws]) from None
        told = message.data
        hotel = self._hotels.get(told.property_id)
        if hotel.organisation_id is None:
            raise NotUnderstood([problem("/data/property_id", "property-unknown")])
        fields = self._fields_of(hotel.organisation_id)
        judged = judge_booking(told, hotel.settings, fields)
        if isinstance(judged, list):
            judged = judge_booking(_without(told, judged), hotel.settings, fields)
        if isinstance(judged, list):
            raise NotUnderstood([each._replace(pointer=f"/data{each.pointer}") for each in judged])
        booking, contact = judged
        return Told(
            organisation_id=hotel.organisation_id,
            property_id=hotel.id,
            source=told.source,
            external_id=told.external_id,
            booking=booking,
            contact=contact,
            state=told.state or TYPES[message.type],
            pms_version=told.version,
        )

    def _fields_of(self, organisation_id: UUID) -> Sequence[CustomField]:
        if organisation_id not in self._fields:
            self._fields[organisation_id] = load_organisation(self._ports, organisation_id).settings.profile_fields
        return self._fields[organisation_id]


def _without(told: PmsReservation, problems: Sequence[FieldProblem]) -> PmsReservation:
    """The reservation without the e-mails, phones and own fields that these problems point at."""
    wrong = {each.pointer for each in problems}

    def right(field: str, values: Sequence[str]) -> list[str]:
        return [value for number, value in enumerate(values) if f"/guest/{field}/{number}" not in wrong]

    if told.guest is None:
        return told
    guest = told.guest
    left = {
        "emails": right("emails", guest.emails),
        "phones": right("phones", guest.phones),
        "custom": {key: each for key, each in guest.custom.items() if pointer_to("guest", "custom", key) not in wrong},
    }
    return told.model_copy(update={"guest": guest.model_copy(update=left)})


class Taken(NamedTuple):
    """What is to be written, in one append; there may be nothing."""

    events: Sequence[Event]
    metadata: Metadata
    identities: Identities


def take_in(ports: Ports, organisation_id: UUID, told: Sequence[Told]) -> Taken:
    """What messages of one organisation come to, each after the one before; each is told by a PMS.

    It reads the log as it is, and so is to be asked again when the append loses a race.
    """
    caller = Caller(organisation_id, ACTOR, Role.MACHINE, None, ports.new_id())
    keys = [known_as(each.property_id, each.external_id) for each in told if each.external_id is not None]
    owners = ports.log.owners(organisation_id, keys)
    streams = ports.log.streams(list(owners.values()))
    known = {
        key: reservations.fold(Reservation(id_), (each.event for each in streams[id_])) for key, id_ in owners.items()
    }
    desk = Desk(ports, caller, [each.contact.profile for each in told], known.values())
    for key, each in zip(keys, told, strict=True):
        before = known.get(key)
        known[key] = desk.settle(before, reserving.tell(before, each)) if before else desk.book(each)
    hotels = {each.property_id for each in told}
    property_id = next(iter(hotels)) if len(hotels) == 1 else None
    events, identities = desk.written()
    return Taken(events, caller.metadata(ports.now(), property_id=property_id), identities)
