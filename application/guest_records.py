"""A guest with the events that told of them, and whose business they are: with this, commands begin."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from application.caller import Caller
from application.contacts import email_identity
from application.ports import Forgetting, Ports
from domain.access import Forbidden
from domain.contact import Profile
from domain.event import Recorded
from domain.guest import Guest, GuestChanged, GuestRegistered, GuestUnknown, fold


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
        """What the log must be told to forget them."""
        told = (each.event for each in self.recorded)
        profiles = [event.profile for event in told if isinstance(event, GuestRegistered | GuestChanged)]
        return Forgetting(self.guest.id, [profile for profile in profiles if profile])

    @property
    def ever_told(self) -> set[str]:
        """The identities that they have or had, as far as these can be read."""
        return {identity for profile in self.forgetting.profiles for identity in identities(profile)}

    def require_visible_to(self, caller: Caller) -> None:
        """Raises GuestUnknown: for who is not there, not theirs or elsewhere, there is one answer."""
        visible = self.guest.exists and caller.sees(self.guest.properties)
        if self.guest.organisation_id != caller.organisation_id or not visible:
            raise GuestUnknown("There is no such guest.")

    def require_all_of(self, caller: Caller) -> None:
        """For what concerns the guest everywhere. Raises Forbidden when they also stayed where the key ends."""
        if not caller.covers(self.guest.properties):
            raise Forbidden("The guest also stayed at a property that this key does not reach.")


def record_of(guest_id: UUID, recorded: Sequence[Recorded]) -> GuestRecord:
    return GuestRecord(fold(Guest(guest_id), (each.event for each in recorded)), recorded)


def load_guest(ports: Ports, caller: Caller, guest_id: UUID, *, as_of: datetime | None = None) -> GuestRecord:
    """With those of their stays that are the caller's business. Raises GuestUnknown."""
    record = load_whole(ports, caller, guest_id, as_of=as_of)
    return replace(record, guest=record.guest.with_stays(lambda stay: caller.sees([stay.property_id])))


def load_whole(ports: Ports, caller: Caller, guest_id: UUID, *, as_of: datetime | None = None) -> GuestRecord:
    """With all of their stays, for deciding. Raises GuestUnknown."""
    record = record_of(guest_id, ports.log.stream(guest_id, as_of=as_of))
    record.require_visible_to(caller)
    return record


def identities(profile: Profile | None) -> list[str]:
    """By what a guest is known, e-mails before phones (C4): strings that are equal for one mailbox or number."""
    return [] if profile is None else [*(email_identity(email) for email in profile.emails), *profile.phones]
