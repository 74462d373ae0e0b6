"""Events and metadata that tests of the log write."""

from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from domain.contact import Profile
from domain.event import Metadata
from domain.guest_events import GuestChanged, GuestRegistered, Origin

ORGANISATION = uuid7()


def metadata(organisation: UUID = ORGANISATION) -> Metadata:
    return Metadata(
        recorded_at=datetime.now(UTC), actor="key:front_desk", organisation_id=organisation, correlation_id=uuid7()
    )


def registered(guest: UUID, last_name: str = "Lefèvre") -> GuestRegistered:
    return GuestRegistered(
        originator_id=guest,
        originator_version=1,
        organisation_id=ORGANISATION,
        origin=Origin.MANUAL,
        language="fr",
        profile=Profile(last_name=last_name),
    )


def changed(guest: UUID, version: int, last_name: str = "Martin") -> GuestChanged:
    return GuestChanged(
        originator_id=guest,
        originator_version=version,
        fields=("last_name",),
        profile=Profile(last_name=last_name),
    )
