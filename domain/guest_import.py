"""An import of guests: that it happened, and what undoing it means for each guest."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from pydantic import BaseModel

from domain.contact import Profile
from domain.erasing import delete
from domain.event import Event, Recorded
from domain.guest import Guest, Known, evolve, fold
from domain.guest_events import (
    GuestChanged,
    GuestEvent,
    GuestMerged,
    GuestRegistered,
    GuestUnmerged,
    MergeUndone,
    StayRecorded,
    StayRemoved,
)
from domain.registering import change, differing_fields
from domain.stay import Stay
from domain.staying import remove_stay, stay_is

CLEAR_FIELDS = ("language", "country")


class GuestsImported(Event):
    """A person had the rows of a list become guests.

    What became of each stands in the guests' own streams, with the import's id as causation.
    """

    organisation_id: UUID
    property_id: UUID
    rows: int


class ImportReverted(Event):
    """The import was undone: guests that nothing touched since went, fields that nothing touched since returned."""


@dataclass
class _Trace:
    """What the import did to one guest that nobody has touched since: a field or stay, and what was there before."""

    fields: dict[str, object] = field(default_factory=dict)
    stays: dict[UUID, Stay | None] = field(default_factory=dict)
    registered: bool = False
    touched_since: bool = False


def undo(
    guest_id: UUID, recorded: Iterable[Recorded], import_id: UUID, *, touched_since: bool = False
) -> list[GuestEvent]:
    """What takes the import back from a guest: a deletion, or a change and stays removed or restored.

    `touched_since` is whether something was told of the guest in other streams than their own.
    """
    guest, trace = Guest(guest_id), _Trace(touched_since=touched_since)
    for each in recorded:
        event = each.event
        if not isinstance(event, GuestEvent):
            return []
        _follow(trace, guest, event, by_import=each.causation_id == import_id)
        guest = evolve(guest, event)
    if not guest.exists or guest.known.profile is None:
        return []
    if trace.registered:
        return [] if trace.touched_since else delete(guest)
    events = change(guest, _restored(guest.known, trace.fields))
    for stay_id, before in trace.stays.items():
        now = fold(guest, events)
        events += remove_stay(now, stay_id) if before is None else stay_is(now, stay_id, before)
    return events


def _follow(trace: _Trace, guest: Guest, event: GuestEvent, *, by_import: bool) -> None:
    trace.touched_since = trace.touched_since or (trace.registered and not by_import)
    match event:
        case GuestRegistered():
            trace.registered = by_import
        case GuestChanged() if by_import:
            for name in event.fields:
                trace.fields.setdefault(name, _value(guest.known, name))
        case GuestChanged():
            for name in event.fields:
                trace.fields.pop(name, None)
        case GuestMerged() | GuestUnmerged() | MergeUndone():
            after = evolve(guest, event)
            for name in differing_fields(guest.known, after.known):
                trace.fields.pop(name, None)
            for stay_id in guest.stays.keys() - after.stays.keys():
                trace.stays.pop(stay_id, None)
        case StayRecorded() | StayRemoved() if by_import:
            trace.stays.setdefault(event.stay_id, guest.stays.get(event.stay_id))
        case StayRecorded() | StayRemoved():
            trace.stays.pop(event.stay_id, None)
        case _:
            pass


def _value(known: Known, name: str) -> object:
    return getattr(known if name in CLEAR_FIELDS else known.profile, name, None)


def _restored(known: Known, before: dict[str, object]) -> Known:
    """Raises ValueError when what was there before was no profile, which no guest who exists can have."""
    assert isinstance(known.profile, BaseModel)
    values = dict(known.profile) | {name: value for name, value in before.items() if name not in CLEAR_FIELDS}
    clear = {name: _text(before.get(name, getattr(known, name))) for name in CLEAR_FIELDS}
    return Known(clear["language"], clear["country"], Profile.model_validate(values))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
