"""What is told of guests: decisions to register and change one, to record stays; how a list adds to what is known."""

from uuid import UUID

from domain.contact import Profile, Stay
from domain.guest import (
    Guest,
    GuestChanged,
    GuestEvent,
    GuestRegistered,
    Known,
    Origin,
    StayRecorded,
    StayRemoved,
    require,
)


def register(guest: Guest, organisation_id: UUID, origin: Origin, known: Known) -> list[GuestEvent]:
    return [
        GuestRegistered(
            **guest.next_place,
            organisation_id=organisation_id,
            origin=origin,
            language=known.language,
            country=known.country,
            profile=known.profile,
        )
    ]


def change(guest: Guest, known: Known) -> list[GuestEvent]:
    """Nothing when nothing is different. Raises GuestUnknown, GuestForgotten."""
    require(guest)
    fields = differing_fields(guest.known, known)
    if not fields:
        return []
    return [
        GuestChanged(
            **guest.next_place,
            fields=fields,
            language=known.language,
            country=known.country,
            profile=known.profile,
        )
    ]


def record_stay(guest: Guest, stay: Stay, new_id: UUID) -> list[GuestEvent]:
    """A stay that is already known is told better, and nothing of it is erased; any other is a new one."""
    known_as = next((stay_id for stay_id, other in guest.stays.items() if same_stay(stay, other)), new_id)
    known = guest.stays.get(known_as, stay)
    told = known.model_copy(update={name: value for name, value in stay if value is not None})
    return stay_is(guest, known_as, told)


def correct_last_stay(guest: Guest, stay: Stay, new_id: UUID) -> list[GuestEvent]:
    """The last stay was not as recorded but as said now; a guest without any gets this one."""
    return stay_is(guest, guest.last_stay[0] if guest.last_stay else new_id, stay)


def stay_is(guest: Guest, stay_id: UUID, stay: Stay) -> list[GuestEvent]:
    """Nothing when it is known so."""
    if guest.stays.get(stay_id) == stay:
        return []
    return [StayRecorded(**guest.next_place, stay_id=stay_id, stay=stay)]


def remove_stay(guest: Guest, stay_id: UUID) -> list[GuestEvent]:
    if stay_id not in guest.stays:
        return []
    return [StayRemoved(**guest.next_place, stay_id=stay_id)]


def same_stay(stay: Stay, other: Stay) -> bool:
    """Whether both tell of one stay: same property, same arrival (or, where one lacks it, departure), no two rooms."""
    if stay.property_id != other.property_id or (stay.room and other.room and stay.room != other.room):
        return False
    if stay.arrival and other.arrival:
        return stay.arrival == other.arrival
    return stay.departure == other.departure


def differing_fields(before: Known, after: Known) -> tuple[str, ...]:
    """The names of what differs, those of the profile beside language and country, in the order of the model."""
    names = [name for name in ("language", "country") if getattr(before, name) != getattr(after, name)]
    names += [
        name
        for name in Profile.model_fields
        if getattr(before.profile, name, None) != getattr(after.profile, name, None)
    ]
    return tuple(names)


def merge(known: Known, told: Known) -> Known:
    """What is known after a list told something: it replaces what it names, adds e-mails and phones, erases nothing."""
    if known.profile is None or told.profile is None:
        return told if known.profile is None else known
    given = {name: value for name, value in told.profile if value}
    for name in ("emails", "phones"):
        before = getattr(known.profile, name)
        spelled = {value.lower() for value in before}
        given[name] = (*before, *(value for value in getattr(told.profile, name) if value.lower() not in spelled))
    if told.profile.address and known.profile.address:
        parts = {name: value for name, value in told.profile.address if value}
        given["address"] = known.profile.address.model_copy(update=parts)
    if told.profile.custom:
        given["custom"] = {**known.profile.custom, **told.profile.custom}
    return Known(
        language=told.language or known.language,
        country=told.country or known.country,
        profile=known.profile.model_copy(update=given),
    )


def complete(known: Known, told: Known) -> Known:
    """As merge, but what is known already stays: for a further row of one list, of somebody who shares an address."""
    kept, both = merge(told, known).profile, merge(known, told).profile
    if kept is None or both is None:
        return known
    return Known(
        language=known.language or told.language,
        country=known.country or told.country,
        profile=kept.model_copy(update={"emails": both.emails, "phones": both.phones}),
    )
