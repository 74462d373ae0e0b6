"""Invitations with the events that told of them, and whose business they are: with this, their commands begin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from application.caller import Caller
from application.guest_records import who_has, who_is
from application.ports import Log, Ports
from domain import inviting
from domain.event import Recorded
from domain.guest import Guest
from domain.inviting import Invitation, InvitationUnknown

Streams = Mapping[UUID, Sequence[Recorded]]
"""Events by stream; an id without any is left out."""


@dataclass(frozen=True)
class InvitationRecord:
    """An invitation, also one that was never scheduled, with the events that told of it."""

    invitation: Invitation
    recorded: Sequence[Recorded]

    @property
    def position(self) -> int:
        return self.recorded[-1].position


def invitation_of(streams: Streams, id_: UUID) -> Invitation:
    return inviting.fold(Invitation(id_), (each.event for each in streams.get(id_, ())))


def invitation_record(ports: Ports, id_: UUID) -> InvitationRecord:
    """Of whatever organisation."""
    recorded = ports.log.stream(id_)
    return InvitationRecord(invitation_of({id_: recorded}, id_), recorded)


def who_answers(log: Log, invitation: Invitation) -> Guest:
    """Whose words it is what comes back: the guest's whose stay it is now, or the contact person's who got it."""
    about = invitation.about
    if invitation.sent_to == about.guest_id:
        return who_has(log, about.guest_id, about.stay_id).guest
    return who_is(log, invitation.sent_to).guest


def load_invitation(ports: Ports, caller: Caller, id_: UUID) -> InvitationRecord:
    """Raises InvitationUnknown."""
    record = invitation_record(ports, id_)
    about = record.invitation.about
    if about.organisation_id != caller.organisation_id or not caller.sees([about.property_id]):
        raise InvitationUnknown("There is no such invitation.")
    return record
