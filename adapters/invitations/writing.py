"""Appends what Hôte itself decides about invitations."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from adapters.postgres.guest_log import GuestLog
from application.ports import NO_IDENTITIES, Ports
from domain.event import Event, Metadata
from domain.invitation import About

ACTOR = "hote"


def write(ports: Ports, log: GuestLog, cursor: Cursor[TupleRow], told: Iterable[tuple[About, Event]]) -> None:
    """In the cursor's transaction. Raises ConcurrentChange, which leaves it of no more use."""
    by_place: defaultdict[tuple[UUID, UUID], list[Event]] = defaultdict(list)
    for about, event in told:
        by_place[about.organisation_id, about.property_id].append(event)
    for (organisation_id, property_id), events in by_place.items():
        log.write(log.ready(events, metadata(ports, organisation_id, property_id), NO_IDENTITIES), cursor=cursor)


def metadata(ports: Ports, organisation_id: UUID, property_id: UUID) -> Metadata:
    return Metadata(
        recorded_at=ports.now(),
        actor=ACTOR,
        organisation_id=organisation_id,
        property_id=property_id,
        correlation_id=ports.new_id(),
    )
