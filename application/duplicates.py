"""The command that says that two guests who look alike are not the same person."""

from uuid import UUID

from application.caller import Caller
from application.guest_records import load_whole
from application.ports import Ports
from application.races import persistently
from domain import duplicate
from domain import guest as guests
from domain.access import Right


def dismiss_duplicate(ports: Ports, caller: Caller, guest_id: UUID, other_id: UUID) -> int:
    """They are not suggested again. Gives the position, also where that was said before.

    Raises GuestUnknown, GuestForgotten, GuestMergedAway, SameGuest, ConcurrentChange; Forbidden, also for guests who
    are known elsewhere too.
    """
    caller.require(Right.WRITE_GUESTS)
    for each in (guest_id, other_id):
        record = load_whole(ports, caller, each)
        record.require_all_of(caller)
        guests.require(record.guest)

    def attempt() -> int:
        told = ports.log.stream(duplicate.pair_id(guest_id, other_id))
        events = duplicate.dismiss(caller.organisation_id, guest_id, other_id, (each.event for each in told))
        return ports.log.append(events, caller.metadata(ports.now())) if events else told[-1].position

    return persistently(attempt)
