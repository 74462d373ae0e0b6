"""Commands about who is not welcome: block, unblock."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from application.caller import Caller, require_version
from application.guest_records import load_whole
from application.ports import Ports
from application.races import persistently
from domain import silencing
from domain.access import Right
from domain.guest import Guest
from domain.guest_events import BlockReason, GuestEvent


def block_guest(
    ports: Ports,
    caller: Caller,
    guest_id: UUID,
    reason: BlockReason,
    until: date | None,
    *,
    expected: int | None = None,
) -> int:
    """Up to and including a day, or for good. Gives the position, that of the guest's last event if it is so already.

    Raises GuestUnknown, GuestForgotten, VersionMismatch, ConcurrentChange; Forbidden for a guest who is known elsewhere
    too, for whom a block holds everywhere.
    """
    return _decide(ports, caller, guest_id, lambda guest: silencing.block(guest, reason, until), expected)


def unblock_guest(ports: Ports, caller: Caller, guest_id: UUID, *, expected: int | None = None) -> int:
    """As block_guest."""
    return _decide(ports, caller, guest_id, silencing.unblock, expected)


def _decide(
    ports: Ports,
    caller: Caller,
    guest_id: UUID,
    decision: Callable[[Guest], list[GuestEvent]],
    expected: int | None,
) -> int:
    caller.require(Right.WRITE_GUESTS)

    def attempt() -> int:
        record = load_whole(ports, caller, guest_id)
        require_version(record.guest.version, expected)
        record.require_all_of(caller)
        events = decision(record.guest)
        return ports.log.append(events, caller.metadata(ports.now())) if events else record.position

    return persistently(attempt)
