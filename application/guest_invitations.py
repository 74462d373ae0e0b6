"""What became of each message to a guest, why one was not sent, and what can be done now."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from application.caller import Caller
from application.contact_persons import load_behind, written_to
from application.erasure.belongings import load_belongings
from application.guest_records import load_whole
from application.invitation_records import Streams, invitation_of
from application.planning import GuestInvitations, invitations_about, mobiles, settings_of
from application.ports import Ports
from application.sending import reach_of
from domain.access import Right
from domain.event import Recorded
from domain.invitation import Delay, Message, Reason
from domain.invitation_states import State
from domain.inviting import invitation_id
from domain.policies.contacting import hindrance, planned
from domain.policies.invitation_actions import Action, Standing, actions
from domain.stay import Stay


class Told(NamedTuple):
    """A message about a stay, also one that was never scheduled, with the events that told of it."""

    id: UUID
    state: State
    due_at: datetime | None
    reason: Reason | Delay | None
    """Why it was not sent, or is sent later; None where nothing keeps it."""
    recorded: Sequence[Recorded]


class InvitationsOfStay(NamedTuple):
    stay_id: UUID
    stay: Stay
    pre_stay: Told
    post_stay: Told
    actions: tuple[Action, ...]


def read_invitations_of_guest(ports: Ports, caller: Caller, guest_id: UUID) -> list[InvitationsOfStay]:
    """By stay, the latest first; those of the caller's. Raises GuestUnknown, Forbidden."""
    caller.require(Right.READ_GUESTS)
    record = load_whole(ports, caller, guest_id)
    who, now = invitations_about(guest_id, record.recorded), ports.now()
    guest = who.guest
    streams = ports.log.streams([*who.about, *{about.property_id for about in who.about.values()}])
    streams |= load_behind(ports.log, record.recorded)
    standing = Standing(
        anonymised=guest.anonymised,
        held=guest.held,
        written_to=any(invitation_of(streams, id_).sent for id_ in who.about)
        or any(each.answered for each in load_belongings(ports, guest.ids).values()),
    )
    seen = [each for each in guest.stays.items() if caller.sees([each[1].property_id])]
    latest_first = sorted(seen, key=lambda each: each[1].arrival or each[1].departure or date.min, reverse=True)
    of_stays = []
    for stay_id, stay in latest_first:
        pre_stay, post_stay = (
            _told(who, streams, stay_id, each, now) for each in (Message.PRE_STAY, Message.POST_STAY)
        )
        settings = settings_of(streams, stay.property_id)
        to = written_to(guest, stay_id, streams)
        reached = reach_of(to, settings, Message.POST_STAY)
        hindered = hindrance(guest, stay_id, settings.local_day(now), to) is not None or isinstance(reached, Reason)
        possible = actions(pre_stay.state, post_stay.state, standing._replace(hindered=hindered))
        of_stays.append(InvitationsOfStay(stay_id, stay, pre_stay, post_stay, possible))
    return of_stays


def _told(who: GuestInvitations, streams: Streams, stay_id: UUID, message: Message, now: datetime) -> Told:
    id_ = invitation_id(stay_id, message)
    invitation = invitation_of(streams, id_)
    due_at, reason = invitation.due_at, invitation.reason
    if invitation.version == 0:
        settings = settings_of(streams, who.about[id_].property_id)
        to = written_to(who.guest, stay_id, streams)
        plan = planned(settings, who.guest, stay_id, message, to, mobiles(to), now)
        due_at, reason = (None, plan) if isinstance(plan, Reason) else (plan, None)
    return Told(id_, invitation.state, due_at, reason, streams.get(id_, ()))
