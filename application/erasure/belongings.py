"""What belongs to a guest and has streams of its own: feedback, what was given outside complaints, reservations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from uuid import UUID

from application.caller import Caller
from application.ports import Ports
from domain import reservation as reservations
from domain.access import Forbidden
from domain.contact import Profile
from domain.event import Event, Recorded
from domain.feedback import FeedbackRecorded, GuestReplied, Letter, ReplyWritten, Words
from domain.quality_cost import QualityCostRecorded
from domain.reservation import Reservation, ReservationBooked, ReservationChanged, ReservationEvent


@dataclass(frozen=True)
class Belongings:
    """`versions` are those of the streams before they were read; `recorded` all of their events."""

    guest_ids: frozenset[UUID]
    versions: Mapping[UUID, int]
    recorded: Sequence[Recorded]

    @property
    def properties(self) -> frozenset[UUID]:
        told = (each.event for each in self.recorded)
        return frozenset(
            event.property_id
            for event in told
            if isinstance(event, FeedbackRecorded | QualityCostRecorded | ReservationBooked)
        )

    @property
    def reservations(self) -> list[Reservation]:
        """Those that are theirs now."""
        return [each for each in self.reservations_ever if each.guest_id in self.guest_ids]

    @property
    def reservations_ever(self) -> list[Reservation]:
        """Also those that are another guest's by now, or nobody's."""
        told: dict[UUID, list[Event]] = {}
        for each in self.recorded:
            if isinstance(each.event, ReservationEvent):
                told.setdefault(each.event.originator_id, []).append(each.event)
        return [reservations.fold(Reservation(id_), events) for id_, events in told.items()]

    @property
    def heard_of(self) -> list[date]:
        """The days on which the guest said something, wrote, or was given something; of mails in UTC."""
        days = []
        for each in self.recorded:
            match each.event:
                case FeedbackRecorded(day=day) | QualityCostRecorded(day=day):
                    days.append(day)
                case GuestReplied():
                    days.append(each.recorded_at.astimezone(UTC).date())
        return days

    @property
    def answered(self) -> bool:
        """Whether somebody wrote to the guest."""
        return any(isinstance(each.event, ReplyWritten) for each in self.recorded)

    def require_all_of(self, caller: Caller) -> None:
        """For what concerns the guest everywhere. Raises Forbidden where the key does not reach all of it."""
        if not caller.covers(self.properties):
            raise Forbidden("The guest has feedback or gifts at a property that this key does not reach.")


def load_belongings(ports: Ports, guest_ids: Sequence[UUID]) -> dict[UUID, Belongings]:
    """Those of each guest, also of one who has none."""
    found = ports.log.belongings(guest_ids)
    streams = ports.log.streams([stream for versions in found.values() for stream in versions])
    belongings = {}
    for guest_id in guest_ids:
        versions = found.get(guest_id, {})
        belongings[guest_id] = Belongings(
            frozenset({guest_id}), versions, [each for stream in versions for each in streams[stream]]
        )
    return belongings


def together(several: Iterable[Belongings]) -> Belongings:
    """Those of guests who are one."""
    found = list(several)
    versions = {stream: version for each in found for stream, version in each.versions.items()}
    recorded = {each.position: each for belongings in found for each in belongings.recorded}
    guest_ids = frozenset(guest_id for each in found for guest_id in each.guest_ids)
    return Belongings(guest_ids, versions, [recorded[position] for position in sorted(recorded)])


def signed(recorded: Iterable[Recorded]) -> list[Profile]:
    """The names and addresses under what was said, written and booked in these events."""
    profiles = []
    for each in recorded:
        match each.event:
            case FeedbackRecorded(words=Words(author=author, email=email)):
                profiles.append(Profile(last_name=author or "", emails=(email,) if email else ()))
            case ReplyWritten(letter=Letter(address=address)) | GuestReplied(letter=Letter(address=address)):
                profiles.append(Profile(last_name="", emails=(address,)))
            case ReservationBooked(contact=Profile() as contact) | ReservationChanged(contact=Profile() as contact):
                profiles.append(contact)
    return profiles
