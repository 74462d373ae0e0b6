"""What is published of an event in the log, to Kafka and by GET /v1/events alike."""

from typing import NamedTuple

from application.integration_events import feedback, guests, invitations, reservations
from application.integration_events.event import CloudEvent, IntegrationEvent, told
from domain.erasure import ErasureBegun
from domain.event import Event, Recorded

TOPICS = {
    each.topic: each.__doc__ or ""
    for each in (guests.OfGuest, reservations.OfReservation, feedback.OfFeedback, invitations.OfInvitation)
}
"""With what each is about."""

TYPES: tuple[str, ...] = tuple(IntegrationEvent.registry)
PUBLISHED: tuple[type[Event], ...] = tuple(kind for kind in told.registry if kind is not object)
"""The types of events in the log of which something is published."""


class Publication(NamedTuple):
    """An integration event, where it goes, and whether it is the `last` of its subject, followed by a tombstone."""

    position: int
    topic: str
    event: CloudEvent
    last: bool


def published(recorded: Recorded) -> Publication | None:
    """None where the event means nothing to others. Pure: of the same event it is the same at any time."""
    event = recorded.event
    tells = told(event)
    if tells is None:
        return None
    cloud_event = CloudEvent(
        id=recorded.hash.hex(),
        type=tells.type,
        subject=event.subject_id if isinstance(event, ErasureBegun) else event.originator_id,
        time=recorded.recorded_at,
        organisationid=recorded.organisation_id,
        data=tells.model_dump(mode="json"),
    )
    return Publication(recorded.position, tells.topic, cloud_event, tells.last)
