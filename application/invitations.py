"""Commands of staff about invitations: cancel, remind, end the communication with a guest."""

from collections.abc import Callable, Sequence
from uuid import UUID

from application.caller import Caller, require_version
from application.contact_persons import load_behind, written_to
from application.guest_records import GuestRecord, load_guest, who_has
from application.invitation_records import invitation_of, load_invitation
from application.organisation import load_property
from application.planning import invitations_about
from application.ports import Ports
from application.races import persistently
from application.sending import reach_of
from domain import guest as guests
from domain import inviting, silencing
from domain.access import Right
from domain.event import Event
from domain.invitation import About, Message
from domain.invitation_states import Step
from domain.inviting import Invitation, invitation_id
from domain.policies.contacting import Reach, hindrance
from domain.policies.invitation_actions import require_editable
from domain.refusal import Refusal


class NothingToCancel(Refusal):
    """No message to this guest waits to be sent."""

    code = "nothing-to-cancel"


class NotToBeWrittenTo(Refusal):
    """Something keeps messages from the guest; `members` say which reason it is."""

    code = "not-to-be-written-to"


def cancel_invitation(ports: Ports, caller: Caller, id_: UUID, *, expected: int | None = None) -> int:
    """Gives the position. Raises InvitationUnknown, WrongState, VersionMismatch, ConcurrentChange."""
    return _decide(ports, caller, id_, inviting.cancel, expected)


def remind(ports: Ports, caller: Caller, id_: UUID, *, expected: int | None = None) -> int:
    """Gives the position, that of the invitation's last event where a reminder is asked for already.

    Raises as cancel_invitation, and GuestForgotten, NotToBeWrittenTo.
    """

    def decision(invitation: Invitation) -> Sequence[Event]:
        events = inviting.remind(invitation, ports.now())
        _require_reach(ports, caller, invitation.about)
        return events

    return _decide(ports, caller, id_, decision, expected)


def cancel_communication(ports: Ports, caller: Caller, guest_id: UUID, *, expected: int | None = None) -> int:
    """The guest gets no more messages about the stays that are known now, and are the caller's. Gives the position.

    Raises GuestUnknown, GuestForgotten, NothingToCancel, VersionMismatch, ConcurrentChange.
    """
    caller.require(Right.WRITE_GUESTS)

    def attempt() -> int:
        guest = load_guest(ports, caller, guest_id).guest
        require_version(guest.version, expected)
        events: list[Event] = [*silencing.cancel_communication(guest)]
        ids = [invitation_id(stay_id, message) for stay_id in guest.stays for message in Message]
        streams = ports.log.streams(ids)
        waiting = [each for each in (invitation_of(streams, id_) for id_ in ids) if each.allows(Step.CANCEL)]
        if not waiting:
            raise NothingToCancel("No message to this guest waits to be sent.")
        events += [event for invitation in waiting for event in inviting.cancel(invitation)]
        return ports.log.append(events, caller.metadata(ports.now()))

    return persistently(attempt)


def require_editable_stay(ports: Ports, stay_id: UUID) -> None:
    """Raises WrongState once the guest was asked to review the stay."""
    id_ = invitation_id(stay_id, Message.POST_STAY)
    require_editable(invitation_of(ports.log.streams([id_]), id_))


def invitations_ever(ports: Ports, record: GuestRecord) -> list[Invitation]:
    """Those about all stays that were ever recorded of the guest."""
    ids = list(invitations_about(record.guest.id, record.recorded).about)
    streams = ports.log.streams(ids)
    return [invitation_of(streams, id_) for id_ in ids]


def _decide(
    ports: Ports, caller: Caller, id_: UUID, decision: Callable[[Invitation], Sequence[Event]], expected: int | None
) -> int:
    caller.require(Right.WRITE_GUESTS)

    def attempt() -> int:
        record = load_invitation(ports, caller, id_)
        require_version(record.invitation.version, expected)
        events = decision(record.invitation)
        metadata = caller.metadata(ports.now(), property_id=record.invitation.about.property_id)
        return ports.log.append(events, metadata) if events else record.position

    return persistently(attempt)


def _require_reach(ports: Ports, caller: Caller, about: About) -> None:
    record = who_has(ports.log, about.guest_id, about.stay_id)
    record.require_visible_to(caller)
    guest = record.guest
    guests.require(guest)
    to = written_to(guest, about.stay_id, load_behind(ports.log, record.recorded))
    settings = load_property(ports, caller, about.property_id).settings
    today = settings.local_day(ports.now())
    reached = hindrance(guest, about.stay_id, today, to) or reach_of(to, settings, about.message)
    if not isinstance(reached, Reach):
        raise NotToBeWrittenTo("Nothing can be sent to this guest about this stay.", reason=reached)
