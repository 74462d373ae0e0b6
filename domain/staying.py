"""What is told of a guest's stays: decisions to record, correct and remove them, and those that a reservation books."""

from collections.abc import Callable, Sequence
from uuid import UUID

from domain.guest import Guest, fold
from domain.guest_events import GuestEvent, StayRecorded, StayRemoved
from domain.refusal import Refusal
from domain.stay import Stay, same_stay


class StayReserved(Refusal):
    """The stay changes with its reservation, and not by itself; `members` name the reservation."""

    code = "stay-reserved"


def record_stay(guest: Guest, stay: Stay, new_id: UUID) -> list[GuestEvent]:
    """A stay that is already known is told better, and nothing of it is erased; any other is a new one.

    Of what a reservation books, that knows best.
    """
    known_as = next((stay_id for stay_id, other in guest.stays.items() if same_stay(stay, other)), new_id)
    known = guest.stays.get(known_as, stay)
    if known.reservation_id:
        return []
    told = known.model_copy(update={name: value for name, value in stay if value is not None})
    return stay_is(guest, known_as, told)


def reserve(guest: Guest, reservation_id: UUID, stays: Sequence[Stay], new_id: Callable[[], UUID]) -> list[GuestEvent]:
    """These are what the reservation books for the guest from now on; none, when it was cancelled or is another's.

    What a person or a list told before is the same stay: whoever was asked to review it is not asked again.
    """
    before = {stay_id: stay for stay_id, stay in guest.stays.items() if stay.reservation_id == reservation_id}
    told = {stay_id: stay for stay_id, stay in guest.stays.items() if stay.reservation_id is None}
    decided: list[GuestEvent] = []
    of_room = {stay.room: known_as for known_as, stay in before.items()}
    kept = {stay.room: of_room[stay.room] for stay in stays if stay.room in of_room}
    free = [known_as for known_as in before if known_as not in kept.values()]
    for stay in stays:
        known_as = kept.get(stay.room) or (free.pop(0) if free else None)
        if known_as is None:
            known_as = next((each for each, other in told.items() if same_stay(stay, other)), None) or new_id()
        before.pop(known_as, None)
        told.pop(known_as, None)
        decided += stay_is(fold(guest, decided), known_as, stay)
    for stay_id in before:
        decided += remove_stay(fold(guest, decided), stay_id)
    return decided


def correct_latest_stay(guest: Guest, stay: Stay, new_id: UUID) -> list[GuestEvent]:
    """The latest stay was not as recorded but as said now; a guest without any gets this one. Raises StayReserved."""
    stay_id, latest = guest.latest_stay or (new_id, stay)
    if latest.reservation_id:
        raise StayReserved("This stay is as its reservation says.", reservation_id=str(latest.reservation_id))
    return stay_is(guest, stay_id, stay)


def stay_is(guest: Guest, stay_id: UUID, stay: Stay) -> list[GuestEvent]:
    """Nothing when it is known so."""
    if guest.stays.get(stay_id) == stay:
        return []
    return [StayRecorded(**guest.next_place, stay_id=stay_id, stay=stay)]


def remove_stay(guest: Guest, stay_id: UUID) -> list[GuestEvent]:
    if stay_id not in guest.stays:
        return []
    return [StayRemoved(**guest.next_place, stay_id=stay_id)]
