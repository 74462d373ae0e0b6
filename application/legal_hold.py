"""Commands about legal holds, which keep a guest from being erased: place, lift; and telling of the one in force."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from application.caller import Caller, require_version
from application.erasure.belongings import load_belongings
from application.guest_records import load_whole
from application.ports import Ports
from application.races import persistently
from domain import erasing
from domain.access import Right
from domain.event import Recorded
from domain.guest import Guest
from domain.guest_events import GuestEvent, LegalHoldLifted, LegalHoldPlaced


class LegalHold(NamedTuple):
    """Who keeps a guest from being erased, since when, and on what grounds."""

    held_by: str
    held_since: datetime
    grounds: str


def hold_of(recorded: Sequence[Recorded]) -> LegalHold | None:
    """The hold that is in force."""
    holds = [each for each in recorded if isinstance(each.event, LegalHoldPlaced | LegalHoldLifted)]
    if not holds or not isinstance(placed := holds[-1].event, LegalHoldPlaced):
        return None
    grounds = placed.grounds or ""  # None only once the guest was forgotten
    return LegalHold(holds[-1].actor, holds[-1].recorded_at, grounds)


def place_hold(ports: Ports, caller: Caller, guest_id: UUID, grounds: str, *, expected: int | None = None) -> int:
    """Gives the position. The grounds are personal: they are kept under the guest's key.

    Raises GuestUnknown, GuestForgotten, VersionMismatch, ConcurrentChange; Forbidden for a guest who is known
    elsewhere too, as for an erasure.
    """
    return _decide(ports, caller, guest_id, lambda guest: erasing.place_hold(guest, grounds), expected)


def lift_hold(ports: Ports, caller: Caller, guest_id: UUID, *, expected: int | None = None) -> int:
    """Gives the position, that of the guest's last event where there was no hold. Raises as place_hold."""
    return _decide(ports, caller, guest_id, erasing.lift_hold, expected)


def _decide(
    ports: Ports,
    caller: Caller,
    guest_id: UUID,
    decision: Callable[[Guest], list[GuestEvent]],
    expected: int | None,
) -> int:
    caller.require(Right.ANONYMISE_GUESTS)

    def attempt() -> int:
        record = load_whole(ports, caller, guest_id)
        require_version(record.guest.version, expected)
        record.require_all_of(caller)
        for belongings in load_belongings(ports, record.guest.ids).values():
            belongings.require_all_of(caller)
        events = decision(record.guest)
        return ports.log.append(events, caller.metadata(ports.now())) if events else record.position

    return persistently(attempt)
