"""`hote history`: what was recorded of a guest, and the guest as of then, on the terminal."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from adapters.bootstrap import open_hote
from adapters.cli.console import console, local, refuse, table
from adapters.cli.founding import at_the_command_line
from adapters.settings import Settings
from application.guest_records import GuestRecord, load_guest
from application.history import read_history
from domain.event import Event
from domain.guest import GuestUnknown
from domain.guest_events import GuestChanged, GuestDeleted, GuestRegistered, StayRecorded
from domain.stay import Stay


def moment(text: str) -> datetime:
    """An ISO 8601 time; without an offset it is this machine's."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter("give a date or time as 2026-11-21T18:00 or 2026-11-21T18:00+01:00") from error


def history(
    guest: Annotated[UUID, typer.Argument(help="Id of the guest.")],
    as_of: Annotated[
        datetime | None, typer.Option(parser=moment, metavar="TIME", help="Only what was recorded by then.")
    ] = None,
) -> None:
    """Show what was recorded of a guest, also one anonymised or deleted, and the guest as of then."""
    with open_hote(Settings()) as hote:
        recorded = hote.log.stream(guest)
        if not recorded or not isinstance(recorded[0].event, GuestRegistered):
            raise GuestUnknown("There is no such guest.")
        if as_of and as_of < recorded[0].recorded_at:
            refuse(f"this guest was not known yet at {local(as_of)}")
        caller = at_the_command_line(hote.ports, recorded[0].organisation_id)
        events = read_history(hote.ports, caller, guest, as_of=as_of)
        deleted = isinstance(events[-1].event, GuestDeleted)
        record = None if deleted else load_guest(hote.ports, caller, guest, as_of=as_of)
    shown = table("Position", "When", "Who", "What", "Why")
    for each in events:
        shown.add_row(str(each.position), local(each.recorded_at), each.actor, what(each.event), each.reason or "")
    console.print(shown)
    for line in summary(record) if record else ["The guest was deleted."]:
        console.print(line)


def what(event: Event) -> str:
    name = type(event).__name__
    match event:
        case GuestChanged():
            return f"{name}: {', '.join(event.fields)}"
        case StayRecorded():
            return f"{name}: {dates(event.stay)}"
    return name


def dates(stay: Stay) -> str:
    return f"{stay.arrival or '?'} to {stay.departure or '?'}" + (f", room {stay.room}" if stay.room else "")


def summary(record: GuestRecord) -> list[str]:
    """The guest in a few lines."""
    guest = record.guest
    profile = guest.known.profile
    if profile is None:
        name, contact = "Personal data erased", []
    else:
        name = " ".join(filter(None, (profile.salutation, profile.full_name, profile.company)))
        contact = [*profile.emails, *profile.phones]
    where = filter(None, (guest.known.language, guest.known.country))
    lines = [name, ", ".join(contact), " ".join(where), *(f"stay {dates(stay)}" for stay in guest.stays.values())]
    return [line for line in lines if line]
