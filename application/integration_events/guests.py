"""What others are told of guests, on the topic `hote.guests.v1`."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from application.integration_events.event import IntegrationEvent, told
from domain import guest_events

Language = Annotated[str | None, Field(description="BCP 47", examples=["fr"])]
Country = Annotated[str | None, Field(description="ISO 3166-1 alpha-2", examples=["FR"])]


class OfGuest(IntegrationEvent):
    """Guests, keyed by the guest's id. A tombstone follows `anonymised` and `deleted`."""

    topic = "hote.guests.v1"


class GuestRegistered(OfGuest):
    """A person became known to the organisation."""

    type = "hote.guest.registered.v1"

    origin: guest_events.Origin
    language: Language
    country: Country


@told.register
def _(event: guest_events.GuestRegistered) -> GuestRegistered:
    return GuestRegistered(origin=event.origin, language=event.language, country=event.country)


class GuestChanged(OfGuest):
    """Some of what is known of a guest changed; `fields` are named as in GET /v1/guests/{guest_id}."""

    type = "hote.guest.changed.v1"

    fields: Annotated[tuple[str, ...], Field(examples=[["country", "emails"]])]
    language: Language
    country: Country


@told.register
def _(event: guest_events.GuestChanged) -> GuestChanged:
    return GuestChanged(fields=event.fields, language=event.language, country=event.country)


class GuestStayRecorded(OfGuest):
    """A time that the guest spends in a room of a property, each room a stay; told anew, it is as told last.

    It is `realised` from the day on which it begins, or once the guest has checked in.
    """

    type = "hote.guest.stay_recorded.v1"

    stay_id: UUID
    property_id: UUID
    arrival: date | None
    departure: date | None
    realised: bool
    reservation_id: UUID | None


@told.register
def _(event: guest_events.StayRecorded) -> GuestStayRecorded:
    stay = event.stay
    return GuestStayRecorded(
        stay_id=event.stay_id,
        property_id=stay.property_id,
        arrival=stay.arrival,
        departure=stay.departure,
        realised=stay.realised,
        reservation_id=stay.reservation_id,
    )


class GuestStayRemoved(OfGuest):
    """A stay is none after all, or none of this guest's."""

    type = "hote.guest.stay_removed.v1"

    stay_id: UUID


@told.register
def _(event: guest_events.StayRemoved) -> GuestStayRemoved:
    return GuestStayRemoved(stay_id=event.stay_id)


class GuestBlocked(OfGuest):
    """The guest is not welcome, until the end of a day or for good. Why is told by GET /v1/guests/{guest_id} alone."""

    type = "hote.guest.blocked.v1"

    until: date | None


@told.register
def _(event: guest_events.GuestBlocked) -> GuestBlocked:
    return GuestBlocked(until=event.until)


class GuestUnblocked(OfGuest):
    """The guest is welcome again."""

    type = "hote.guest.unblocked.v1"


@told.register
def _(_event: guest_events.GuestUnblocked) -> GuestUnblocked:
    return GuestUnblocked()


class GuestUnsubscribed(OfGuest):
    """The guest wants no more messages, or called one of them spam: nobody should write to them."""

    type = "hote.guest.unsubscribed.v1"

    complained: bool


@told.register
def _(event: guest_events.GuestUnsubscribed) -> GuestUnsubscribed:
    return GuestUnsubscribed(complained=event.complained)


class GuestMerged(OfGuest):
    """The guest stands for another too, whose stays are theirs from now on: they follow, each told anew."""

    type = "hote.guest.merged.v1"

    merge_id: UUID
    merged_guest_id: UUID
    language: Language
    country: Country


@told.register
def _(event: guest_events.GuestMerged) -> GuestMerged:
    return GuestMerged(
        merge_id=event.merge_id, merged_guest_id=event.other_id, language=event.language, country=event.country
    )


class GuestMergedInto(OfGuest):
    """The guest is one with another, and has no stays of their own: whatever is asked for by this id is the other's."""

    type = "hote.guest.merged_into.v1"

    merge_id: UUID
    surviving_guest_id: UUID


@told.register
def _(event: guest_events.MergedInto) -> GuestMergedInto:
    return GuestMergedInto(merge_id=event.merge_id, surviving_guest_id=event.guest_id)


class GuestUnmerged(OfGuest):
    """The guest no longer stands for the other, whose these stays are again."""

    type = "hote.guest.unmerged.v1"

    merge_id: UUID
    merged_guest_id: UUID
    stay_ids: tuple[UUID, ...]
    language: Language
    country: Country


@told.register
def _(event: guest_events.GuestUnmerged) -> GuestUnmerged:
    return GuestUnmerged(
        merge_id=event.merge_id,
        merged_guest_id=event.other_id,
        stay_ids=event.stay_ids,
        language=event.language,
        country=event.country,
    )


class GuestRestored(OfGuest):
    """The guest is no longer one with another; the stays that are theirs again follow, each told anew."""

    type = "hote.guest.restored.v1"

    merge_id: UUID
    language: Language
    country: Country


@told.register
def _(event: guest_events.MergeUndone) -> GuestRestored:
    return GuestRestored(merge_id=event.merge_id, language=event.language, country=event.country)


class GuestAnonymised(OfGuest):
    """What names or describes the guest is gone for ever, and must go wherever it was copied to.

    That is so too of what they said in feedback, and of contacts of their reservations. What is told without naming
    anybody stays: reservations, stays, figures. GET /v1/erasures/{erasure_id} is the certificate.
    """

    type = "hote.guest.anonymised.v1"
    last = True

    erasure_id: UUID


@told.register
def _(event: guest_events.GuestAnonymised) -> GuestAnonymised:
    return GuestAnonymised(erasure_id=event.erasure_id)


class GuestDeleted(OfGuest):
    """The guest was taken off the list before anybody wrote to them: all of it must go, stays too."""

    type = "hote.guest.deleted.v1"
    last = True


@told.register
def _(_event: guest_events.GuestDeleted) -> GuestDeleted:
    return GuestDeleted()
