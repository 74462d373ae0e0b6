"""A guest with the events that told of them, and whose business they are: with this, commands begin."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from application.caller import Caller
from application.contacts import email_identity
from application.ports import Forgetting, Log, Ports
from domain.access import Forbidden
from domain.contact import Profile
from domain.event import Recorded
from domain.guest import Guest, GuestMergedAway, GuestUnknown, fold
from domain.guest_events import (
    GuestChanged,
    GuestMerged,
    GuestRegistered,
    GuestUnmerged,
    MergedInto,
    MergeUndone,
    StayRecorded,
)

DESCRIBING = (GuestRegistered, GuestChanged, GuestMerged, GuestUnmerged, MergeUndone)
"""The events that give the profile, whole."""


@dataclass(frozen=True)
class GuestRecord:
    """A guest, also one nobody has heard of, with the events that told of them."""

    guest: Guest
    recorded: Sequence[Recorded]

    @property
    def created_at(self) -> datetime:
        return self.recorded[0].recorded_at

    @property
    def updated_at(self) -> datetime:
        return self.recorded[-1].recorded_at

    @property
    def position(self) -> int:
        return self.recorded[-1].position

    @property
    def forgetting(self) -> Forgetting:
        """What the log must be told to forget them. What was told during a merge that was undone is not only theirs."""
        profiles: list[Profile] = []
        before: list[int] = []
        for each in self.recorded:
            match each.event:
                case GuestMerged():
                    before.append(len(profiles))
                case GuestUnmerged():
                    del profiles[before.pop() :]
            if isinstance(each.event, DESCRIBING) and each.event.profile:
                profiles.append(each.event.profile)
        return Forgetting(self.guest.id, profiles)

    @property
    def ever_told(self) -> set[str]:
        """The identities that they have or had, as far as these can be read."""
        return {identity for profile in self.forgetting.profiles for identity in identities(profile)}

    def require_visible_to(self, caller: Caller) -> None:
        """Raises GuestUnknown: for who is not there, not theirs or elsewhere, there is one answer."""
        ours = self.guest.organisation_id == caller.organisation_id
        if not (ours and self.guest.exists and caller.sees(self.guest.properties)):
            raise GuestUnknown("There is no such guest.")

    def as_seen_by(self, caller: Caller) -> "GuestRecord":
        """With those of their stays that are the caller's business."""
        return replace(self, guest=self.guest.with_stays(lambda stay: caller.sees([stay.property_id])))

    def require_all_of(self, caller: Caller) -> None:
        """For what concerns the guest everywhere. Raises Forbidden when they also stayed where the key ends."""
        if not caller.covers(self.guest.properties):
            raise Forbidden("The guest also stayed at a property that this key does not reach.")


def record_of(guest_id: UUID, recorded: Sequence[Recorded]) -> GuestRecord:
    return GuestRecord(fold(Guest(guest_id), (each.event for each in recorded)), recorded)


def load_guest(ports: Ports, caller: Caller, guest_id: UUID, *, as_of: datetime | None = None) -> GuestRecord:
    """With those of their stays that are the caller's business. Raises GuestUnknown, GuestMergedAway."""
    return load_whole(ports, caller, guest_id, as_of=as_of).as_seen_by(caller)


def load_whole(ports: Ports, caller: Caller, guest_id: UUID, *, as_of: datetime | None = None) -> GuestRecord:
    """With all of their stays, for deciding. Raises as `require_visible`."""
    record = record_of(guest_id, ports.log.stream(guest_id, as_of=as_of))
    require_visible(ports, caller, record)
    return record


def require_visible(ports: Ports, caller: Caller, record: GuestRecord) -> None:
    """Raises GuestUnknown; GuestMergedAway where the caller sees who stands for them now."""
    if record.guest.merged_into:
        who_is(ports.log, record.guest.merged_into).require_visible_to(caller)
        raise GuestMergedAway(record.guest.merged_into)
    record.require_visible_to(caller)


def who_is(log: Log, guest_id: UUID) -> GuestRecord:
    """Of whatever organisation: the guest, or the one who stands for them since they were merged."""
    record = record_of(guest_id, log.stream(guest_id))
    while record.guest.merged_into:
        record = record_of(record.guest.merged_into, log.stream(record.guest.merged_into))
    return record


def who_has(log: Log, guest_id: UUID, stay_id: UUID) -> GuestRecord:
    """As `who_is`, of a guest who had this stay: where it went to another since, that one."""
    record = record_of(guest_id, log.stream(guest_id))
    while other := passed_on(record.recorded, stay_id):
        record = record_of(other, log.stream(other))
    return record


def passed_on(recorded: Iterable[Recorded], stay_id: UUID) -> UUID | None:
    """To whom the guest of these events, or else their stay alone, went last by a merge or its undoing."""
    other = None
    for each in recorded:
        match each.event:
            case MergedInto(guest_id=into):
                other = into
            case GuestUnmerged(other_id=back, stay_ids=stay_ids) if stay_id in stay_ids:
                other = back
            case MergeUndone():
                other = None
            case StayRecorded(stay_id=told) if told == stay_id:
                other = None
    return other


def identities(profile: Profile | None) -> list[str]:
    """By what a guest is known, e-mails before phones (C4): strings that are equal for one mailbox or number."""
    return [] if profile is None else [*(email_identity(email) for email in profile.emails), *profile.phones]
