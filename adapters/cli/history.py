"""`hote history`: what was recorded of a guest, and the guest as of then, on the terminal."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from adapters.bootstrap import open_hote
from adapters.cli.console import console
from adapters.cli.founding import at_the_command_line
from adapters.settings import Settings
from application.guests import GuestRecord, load_guest
from application.history import read_history
from domain.contact import Stay
from domain.event import Event
from domain.guest import GuestChanged, GuestDeleted, GuestUnknown, StayRecorded


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
        if not recorded:
            raise GuestUnknown("There is no such guest.")
        caller = at_the_command_line(hote.ports, recorded[0].organisation_id)
        events = read_history(hote.ports, caller, guest, as_of=as_of)
        deleted = isinstance(events[-1].event, GuestDeleted)
        record = None if deleted else load_guest(hote.ports, caller, guest, as_of=as_of)
    table = Table("Position", "When", "Who", "What", "Why", box=SIMPLE_HEAD)
    for each in events:
        when = each.recorded_at.astimezone().isoformat(" ", "seconds")
        table.add_row(str(each.position), when, Text(each.actor), Text(what(each.event)), Text(each.reason or ""))
    console.print(table)
    for line in summary(record) if record else ["The guest was deleted."]:
        console.print(line, markup=False, highlight=False)


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
        name = " ".join(filter(None, (profile.salutation, profile.first_name, profile.last_name, profile.company)))
        contact = [*profile.emails, *profile.phones]
    where = filter(None, (guest.known.language, guest.known.country))
    lines = [name, ", ".join(contact), " ".join(where), *(f"stay {dates(stay)}" for stay in guest.stays.values())]
    return [line for line in lines if line]
