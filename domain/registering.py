"""What is told of guests: decisions to register and change one; how a list adds to what is known."""

from uuid import UUID

from domain.contact import Profile
from domain.guest import Guest, Known, require
from domain.guest_events import ContactSyncSwitched, GuestChanged, GuestEvent, GuestRegistered, Origin


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
            sealed_by=guest.sealed_by,
            fields=fields,
            language=known.language,
            country=known.country,
            profile=known.profile,
        )
    ]


def switch_contact_sync(guest: Guest, *, on: bool) -> list[GuestEvent]:
    """Nothing when it is so already. Raises GuestUnknown, GuestForgotten."""
    require(guest)
    return [] if guest.contact_sync is on else [ContactSyncSwitched(**guest.next_place, on=on)]


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
