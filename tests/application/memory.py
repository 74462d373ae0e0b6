"""The ports of handlers, kept in memory: a log that refuses what the real one refuses."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from uuid import UUID

from uuid_utils.compat import uuid7

from application.caller import Caller
from application.guest_entry import Judged
from application.guests import register_guest
from application.organisation import add_property, found_organisation
from application.ports import NO_IDENTITIES, ConcurrentChange, Forgetting, Identities, IdentityTaken, Ports
from domain.access import Role
from domain.contact import Profile
from domain.erasure import Destroyed, ErasureBegun
from domain.event import Event, Metadata, Recorded
from domain.feedback import FeedbackRecorded, Kind, Letter, Origin, ReplyWritten, Words
from domain.guest_events import Origin as GuestOrigin
from domain.organisation import OrganisationSettings
from domain.property import PropertySettings
from domain.quality_cost import QualityCostRecorded
from domain.reservation import ReservationBooked, ReservationLinked
from domain.stay import Stay


class MemoryLog:
    """Implements application.ports.Log. `interruptions` happen one before each append that follows."""

    def __init__(self) -> None:
        self.recorded: list[Recorded] = []
        self.taken: dict[str, UUID] = {}
        self.announced: set[tuple[str, UUID]] = set()
        self.forgotten: list[UUID] = []
        self.interruptions: list[Sequence[Event]] = []
        self.appends = 0

    def stream(self, stream: UUID, *, as_of: datetime | None = None) -> list[Recorded]:
        own = [each for each in self.recorded if each.event.originator_id == stream]
        return list(takewhile(lambda each: as_of is None or each.recorded_at <= as_of, own))

    def streams(self, streams: Sequence[UUID]) -> dict[UUID, list[Recorded]]:
        return {stream: found for stream in streams if (found := self.stream(stream))}

    def belongings(self, guest_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, int]]:
        kinds = FeedbackRecorded | QualityCostRecorded | ReservationBooked | ReservationLinked
        first = [each.event for each in self.recorded if isinstance(each.event, kinds)]
        found = {
            guest_id: {e.originator_id: len(self.stream(e.originator_id)) for e in first if e.guest_id == guest_id}
            for guest_id in guest_ids
        }
        return {guest_id: streams for guest_id, streams in found.items() if streams}

    def forget(
        self,
        subjects: Sequence[Forgetting],
        events: Callable[[Mapping[UUID, Destroyed]], Sequence[Event]],
        metadata: Metadata,
        identities: Identities = NO_IDENTITIES,
    ) -> int:
        ids = [each.subject_id for each in subjects]
        self._interrupt(metadata)
        if any(self.belongings(ids).get(each.subject_id, {}) != each.belongings for each in subjects):
            raise ConcurrentChange("moved on")
        position = self._append(events({id_: Destroyed(key_fingerprint="f" * 64) for id_ in ids}), metadata, identities)
        self.forgotten += ids
        return position

    def append(self, events: Sequence[Event], metadata: Metadata, identities: Identities = NO_IDENTITIES) -> int:
        self._interrupt(metadata)
        return self._append(events, metadata, identities)

    def _interrupt(self, metadata: Metadata) -> None:
        if self.interruptions:
            self._write(self.interruptions.pop(0), metadata)

    def _append(self, events: Sequence[Event], metadata: Metadata, identities: Identities) -> int:
        self.appends += 1
        for identity, _ in identities.taken:
            # Also by the same guest: it is written down once.
            if identity in self.taken and identity not in identities.released:
                raise IdentityTaken("taken", guest_id=str(self.taken[identity]))
        heads = {event.originator_id: len(self.stream(event.originator_id)) for event in events}
        for event in events:
            if event.originator_version != heads[event.originator_id] + 1:
                raise ConcurrentChange("moved on")
            heads[event.originator_id] += 1
        for identity in identities.released:
            del self.taken[identity]
        self.taken.update(identities.taken)
        self.announced = self.announced - set(identities.answered) | set(identities.announced)
        return self._write(events, metadata)

    def _write(self, events: Sequence[Event], metadata: Metadata) -> int:
        for event in events:
            self.recorded.append(
                Recorded(
                    len(self.recorded) + 1,
                    metadata.recorded_at,
                    metadata.organisation_id,
                    metadata.property_id,
                    metadata.actor,
                    metadata.correlation_id,
                    event,
                    metadata.causation_id,
                    metadata.reason,
                )
            )
        return len(self.recorded)

    def owners(self, organisation_id: UUID, identities: Iterable[str]) -> dict[str, UUID]:
        del organisation_id
        return {identity: self.taken[identity] for identity in identities if identity in self.taken}

    def announcing(self, organisation_id: UUID, identities: Iterable[str]) -> dict[str, list[UUID]]:
        del organisation_id
        found = {identity: sorted(a for told, a in self.announced if told == identity) for identity in identities}
        return {identity: arrivals for identity, arrivals in found.items() if arrivals}


class Clock:
    """Each reading is a second after the one before."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 20, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class House:
    """An organisation with a property in France and one in Italy, and who may do everything there."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.ports = Ports(log=self.log, now=Clock(), new_id=uuid7)
        self.admin = Caller(uuid7(), "key:admin", Role.ADMIN, None, uuid7())
        found_organisation(self.ports, self.admin, OrganisationSettings(name="Groupe Rivage"))
        self.port = self._property("Hôtel du Port", "FR")
        self.lago = self._property("Villa Lago", "IT")

    def _property(self, name: str, country: str) -> UUID:
        settings = PropertySettings(name=name, country=country, time_zone="Europe/Paris", currency="EUR")
        return add_property(self.ports, self.admin, settings)[0]

    def registered(self, name: str = "Lefèvre", *stays: UUID) -> UUID:
        """A guest with an e-mail of their own and a stay at the first of the properties."""
        profile = Profile(last_name=name, emails=(f"{uuid7()}@example.com",))
        stay = Stay(property_id=stays[0]) if stays else None
        return register_guest(self.ports, self.admin, Judged("fr", "FR", profile, stay), GuestOrigin.MANUAL)[0]

    @property
    def erasures(self) -> list[ErasureBegun]:
        return [each.event for each in self.log.recorded if isinstance(each.event, ErasureBegun)]

    def happens(self, event: Event, *, at: datetime) -> None:
        self.log.append([event], self.admin.metadata(at))

    def complaint(
        self, at: UUID, guest_id: UUID | None = None, *, said_at: datetime | None = None, **words: str
    ) -> UUID:
        """A feedback recorded at a property, of a guest or of nobody known."""
        feedback_id, now = uuid7(), said_at or self.ports.now()
        said = FeedbackRecorded(
            originator_id=feedback_id,
            originator_version=1,
            organisation_id=self.admin.organisation_id,
            property_id=at,
            subject_id=guest_id or feedback_id,
            guest_id=guest_id,
            origin=Origin.STAFF,
            kind=Kind.NEGATIVE,
            said_at=now,
            day=now.date(),
            alert=True,
            words=Words(**words) if words else None,
        )
        self.log.append([said], self.admin.metadata(now, property_id=at))
        return feedback_id

    def reply(self, feedback_id: UUID, guest_id: UUID, address: str) -> None:
        reply = ReplyWritten(
            originator_id=feedback_id,
            originator_version=len(self.log.stream(feedback_id)) + 1,
            subject_id=guest_id,
            letter=Letter(address=address, subject="Votre séjour", text="Bonjour"),
        )
        self.log.append([reply], self.admin.metadata(self.ports.now()))

    def staff(self, role: Role, *properties: UUID) -> Caller:
        return Caller(self.admin.organisation_id, "key:staff", role, frozenset(properties) or None, uuid7())
