"""A property: one hotel of an organisation, with all that is set for it. Events, state, decisions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, model_validator
from pydantic_core import PydanticCustomError

from domain.codes import COUNTRIES
from domain.event import Event
from domain.label import Label
from domain.money import Currency
from domain.opening_hours import OpeningHours
from domain.policies.compensation import CompensationLimits
from domain.refusal import Refusal


def known_zone(name: str) -> str:
    """An IANA time zone name, such as Europe/Paris."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PydanticCustomError("time_zone_unknown", "not an IANA time zone") from error
    return name


def known_country(code: str) -> str:
    if code not in COUNTRIES:
        raise PydanticCustomError("country_invalid", "not a country of ISO 3166-1")
    return code


def with_possible_domain(address: str) -> str:
    """No part of a domain between dots is empty, or longer than 63 octets as it is sent (RFC 1035, 2.3.4)."""
    try:
        possible = all(address.rpartition("@")[2].encode("idna").split(b"."))
    except UnicodeError:
        possible = False
    if not possible:
        raise PydanticCustomError("email_invalid", "no mail can have this domain")
    return address


Country = Annotated[str, AfterValidator(known_country), Field(description="ISO 3166-1 alpha-2", examples=["FR"])]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="BCP 47", examples=["fr"])]
TimeZone = Annotated[str, AfterValidator(known_zone), Field(max_length=64, examples=["Europe/Paris"])]
Group = Annotated[Label, Field(max_length=60)]
Email = Annotated[
    Label, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254), AfterValidator(with_possible_domain)
]


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"


Hour = Annotated[int, Field(ge=0, le=23, description="Of the property's clocks.", examples=[10])]


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PreStay(Settings):
    """The message before a stay; `delay` hours before the local midnight that begins the day of arrival.

    With an `hour` it goes out when clocks in the property show that hour, the last time before then. By `channel`
    where the guest can be reached so, else by the other.
    """

    enabled: bool = False
    channel: Channel = Channel.EMAIL
    delay: int = Field(default=72, ge=0, le=24 * 60)
    hour: Hour | None = None


class PostStay(Settings):
    """The invitation to review; `delay` hours after the local noon of the day of departure.

    As PreStay, but the first time after then that clocks show the `hour`.
    """

    enabled: bool = False
    channel: Channel = Channel.EMAIL
    delay: int = Field(default=24, ge=0, le=24 * 60)
    hour: Hour | None = None


class Reminder(Settings):
    """The reminder; `delay` hours after the invitation."""

    enabled: bool = False
    delay: int = Field(default=96, ge=1, le=24 * 60)


class QuietHours(Settings):
    """When no SMS goes out: from one local hour until the other, over midnight too; with both the same, never."""

    begin: Hour = 21
    end: Hour = 9


class Share(Settings):
    """How many of a hundred invitations lead to a portal."""

    portal: Label = Field(max_length=60, examples=["hote"])
    url: HttpUrl | None = None
    percent: int = Field(ge=0, le=100)


class InvitationSettings(Settings):
    pre_stay: PreStay = PreStay()
    post_stay: PostStay = PostStay()
    reminder: Reminder = Reminder()
    quiet_hours: QuietHours = QuietHours()
    distribution: tuple[Share, ...] = Field(default=(Share(portal="hote", percent=100),), min_length=1, max_length=20)

    @model_validator(mode="after")
    def shares_are_whole(self) -> "InvitationSettings":
        if sum(share.percent for share in self.distribution) != 100:
            raise PydanticCustomError("percentages_not_100", "the percentages of the distribution must add up to 100")
        if len({share.portal for share in self.distribution}) != len(self.distribution):
            raise PydanticCustomError("portal_twice", "a portal stands twice in the distribution")
        return self


class FeedbackSettings(Settings):
    """How feedback is shown and handled.

    0 `keep_resolved_days` is until local midnight; a rating under the threshold, of 10, is an alert. The time to a
    response is counted in the opening hours, None is around the clock. A role without a limit may give anything, a
    machine nothing.
    """

    keep_resolved_days: int = Field(default=0, ge=0, le=365)
    alert_threshold: int = Field(default=5, ge=0, le=10)
    customer_service_email: Email | None = None
    opening_hours: OpeningHours | None = None
    response_target_minutes: int | None = Field(default=None, ge=1, le=30 * 24 * 60)
    compensation_limits: CompensationLimits = ()


class Question(Settings):
    """What guests can rate besides their stay as a whole; `label` is what it is called, by language."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", examples=["cleanliness"])
    label: dict[Language, Annotated[Label, Field(max_length=100)]] = Field(
        min_length=1, max_length=20, examples=[{"fr": "Propreté", "en": "Cleanliness"}]
    )


def no_question_twice(questions: tuple[Question, ...]) -> tuple[Question, ...]:
    if len({question.key for question in questions}) != len(questions):
        raise PydanticCustomError("key_twice", "two questions have the same key")
    return questions


Questions = Annotated[tuple[Question, ...], AfterValidator(no_question_twice), Field(max_length=12)]


class Arrivals(StrEnum):
    """Whether guests whom an interface tells of are on the list at once, or when a person has said yes."""

    AUTOMATIC = "automatic"
    CONFIRMED = "confirmed"


def no_room_twice(rooms: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(rooms)) != len(rooms):
        raise PydanticCustomError("room_twice", "a room stands here twice")
    return rooms


Room = Annotated[Label, Field(max_length=20, examples=["101"])]
Rooms = Annotated[tuple[Room, ...], AfterValidator(no_room_twice), Field(max_length=5_000)]


class PropertySettings(Settings):
    """All that is set for a property; without `rooms`, feedback can name any."""

    name: Label = Field(max_length=200)
    country: Country
    time_zone: TimeZone
    currency: Currency
    languages: tuple[Language, ...] = Field(default=("fr", "en"), min_length=1, max_length=20)
    groups: tuple[Group, ...] = Field(default=(), max_length=50)
    rooms: Rooms = ()
    arrivals: Arrivals = Arrivals.AUTOMATIC
    invitations: InvitationSettings = InvitationSettings()
    questions: Questions = ()
    feedback: FeedbackSettings = FeedbackSettings()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local_day(self, moment: datetime) -> date:
        """The date that a calendar on the property's wall shows at this moment, which is aware."""
        return moment.astimezone(self.zone).date()


class PropertyAdded(Event):
    """The organisation runs one hotel more."""

    organisation_id: UUID
    settings: PropertySettings


class PropertyChanged(Event):
    """The settings of a property changed; they are given whole."""

    fields: tuple[str, ...]
    settings: PropertySettings


class PropertyUnknown(Refusal):
    """There is no such property in this organisation, or not for this caller."""

    code = "not-found"


UNNAMED = PropertySettings(name="?", country="FR", time_zone="UTC", currency="EUR")


@dataclass(frozen=True)
class Property:
    """A property as its events tell it; version 0 is one nobody has heard of."""

    id: UUID
    version: int = 0
    organisation_id: UUID | None = None
    settings: PropertySettings = UNNAMED


def fold(hotel: Property, events: Iterable[Event]) -> Property:
    """An id that is another kind of stream's folds to a property nobody has heard of."""
    for event in events:
        match event:
            case PropertyAdded():
                hotel = Property(hotel.id, event.originator_version, event.organisation_id, event.settings)
            case PropertyChanged():
                hotel = Property(hotel.id, event.originator_version, hotel.organisation_id, event.settings)
            case _:
                return Property(hotel.id)
    return hotel


def add(hotel: Property, organisation_id: UUID, settings: PropertySettings) -> list[PropertyAdded]:
    return [
        PropertyAdded(originator_id=hotel.id, originator_version=1, organisation_id=organisation_id, settings=settings)
    ]


def change(hotel: Property, settings: PropertySettings) -> list[PropertyChanged]:
    """Nothing when nothing is different."""
    fields = tuple(name for name, value in settings if value != getattr(hotel.settings, name))
    if not fields:
        return []
    return [
        PropertyChanged(originator_id=hotel.id, originator_version=hotel.version + 1, fields=fields, settings=settings)
    ]
