"""What belongs to a guest and has streams of its own: their feedback, and what was given to them outside complaints."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from uuid import UUID

from application.caller import Caller
from application.ports import Ports
from domain.access import Forbidden
from domain.contact import Profile
from domain.event import Recorded
from domain.feedback import FeedbackRecorded, GuestReplied, Letter, ReplyWritten, Words
from domain.quality_cost import QualityCostRecorded


@dataclass(frozen=True)
class Belongings:
    """`versions` are those of the streams before they were read; `recorded` all of their events."""

    versions: Mapping[UUID, int]
    recorded: Sequence[Recorded]

    @property
    def properties(self) -> frozenset[UUID]:
        told = (each.event for each in self.recorded)
        return frozenset(
            event.property_id for event in told if isinstance(event, FeedbackRecorded | QualityCostRecorded)
        )

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
        belongings[guest_id] = Belongings(versions, [each for stream in versions for each in streams[stream]])
    return belongings


def signed(recorded: Iterable[Recorded]) -> list[Profile]:
    """The names and addresses under what was said and written in these events."""
    profiles = []
    for each in recorded:
        match each.event:
            case FeedbackRecorded(words=Words(author=author, email=email)):
                profiles.append(Profile(last_name=author or "", emails=(email,) if email else ()))
            case ReplyWritten(letter=Letter(address=address)) | GuestReplied(letter=Letter(address=address)):
                profiles.append(Profile(last_name="", emails=(address,)))
    return profiles
