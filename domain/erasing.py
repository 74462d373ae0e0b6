"""How a guest is erased: decisions to delete and anonymise, and the legal hold that keeps them from it."""

from uuid import UUID

from domain.guest import AlreadyContacted, Guest, StillMerged, UnderLegalHold, require
from domain.guest_events import GuestAnonymised, GuestDeleted, GuestEvent, LegalHoldLifted, LegalHoldPlaced


def delete(guest: Guest, *, contacted: bool = False) -> list[GuestEvent]:
    """Only a guest who got no message can be deleted (L8).

    Raises GuestUnknown, GuestForgotten, UnderLegalHold, StillMerged, AlreadyContacted.
    """
    require_erasable(guest)
    if guest.merges:
        merge_id = str(guest.merges[-1].told.merge_id)
        raise StillMerged("This guest is one with others: undo that first, or anonymise them.", merge_id=merge_id)
    if contacted:
        raise AlreadyContacted("This guest was written to, and can be anonymised, but no longer deleted.")
    return deleted(guest)


def anonymise(guest: Guest, erasure_id: UUID) -> list[GuestEvent]:
    """Raises GuestUnknown, GuestForgotten, UnderLegalHold."""
    require_erasable(guest)
    return anonymised(guest, erasure_id)


def deleted(guest: Guest) -> list[GuestEvent]:
    """What a deletion is, without asking whether it may be: for one that a restored backup does not know of."""
    return [GuestDeleted(**guest.next_place)]


def anonymised(guest: Guest, erasure_id: UUID) -> list[GuestEvent]:
    """As `deleted`, for an anonymisation."""
    return [GuestAnonymised(**guest.next_place, erasure_id=erasure_id)]


def place_hold(guest: Guest, grounds: str) -> list[GuestEvent]:
    """A further hold takes the place of the one before. Raises GuestUnknown, GuestForgotten."""
    require(guest)
    return [LegalHoldPlaced(**guest.next_place, sealed_by=guest.sealed_by, grounds=grounds)]


def lift_hold(guest: Guest) -> list[GuestEvent]:
    """Nothing when there is none. Raises GuestUnknown, GuestForgotten."""
    require(guest)
    return [LegalHoldLifted(**guest.next_place)] if guest.held else []


def require_erasable(guest: Guest) -> None:
    require(guest)
    if guest.held:
        raise UnderLegalHold("A legal hold keeps this guest from being erased.")
