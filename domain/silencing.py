"""What keeps messages from a guest: decisions to cancel communication, unsubscribe, suppress an address, block."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from domain.guest import Guest, require
from domain.guest_events import (
    AddressSuppressed,
    BlockReason,
    CommunicationCancelled,
    GuestBlocked,
    GuestEvent,
    GuestUnblocked,
    GuestUnsubscribed,
)


def cancel_communication(guest: Guest) -> list[GuestEvent]:
    """For the stays that are known now; nothing when it is cancelled already. Raises GuestUnknown, GuestForgotten."""
    require(guest)
    return silence(guest, guest.stays)


def silence(guest: Guest, stay_ids: Iterable[UUID]) -> list[GuestEvent]:
    """For these stays; nothing when it is so already."""
    new = tuple(stay_id for stay_id in stay_ids if stay_id not in guest.silenced)
    return [CommunicationCancelled(**guest.next_place, stay_ids=new)] if new else []


def unsubscribe(guest: Guest, *, complained: bool) -> list[GuestEvent]:
    """Nothing for who has unsubscribed, was anonymised, or is no more.

    Who says so while they are one with somebody may be either, also where one of them had said so before.
    """
    if guest.unsubscribed_since or guest.anonymised or not guest.exists:
        return []
    return [GuestUnsubscribed(**guest.next_place, complained=complained)]


def suppress(guest: Guest, address: str) -> list[GuestEvent]:
    """Nothing for an address that is suppressed, or no longer known to be the guest's."""
    emails = guest.known.profile.emails if guest.known.profile else ()
    if address not in emails or address in guest.suppressed:
        return []
    return [AddressSuppressed(**guest.next_place, sealed_by=guest.sealed_by, address=address)]


def block(guest: Guest, reason: BlockReason, until: date | None) -> list[GuestEvent]:
    """Nothing when it is so already. Raises GuestUnknown, GuestForgotten."""
    require(guest)
    if guest.block and (guest.block.reason, guest.block.until) == (reason, until):
        return []
    return [GuestBlocked(**guest.next_place, reason=reason, until=until)]


def unblock(guest: Guest) -> list[GuestEvent]:
    """Nothing when the guest is not blocked. Raises GuestUnknown, GuestForgotten."""
    require(guest)
    return [GuestUnblocked(**guest.next_place)] if guest.block else []
