"""What the commands share on the terminal: one style of tables, times, progress and refusals; whose data it is."""

import sys
import time
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NoReturn
from uuid import UUID

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Column, Table
from rich.text import Text

from adapters.bootstrap import PROJECTIONS, Hote
from adapters.duckdb.writer import LakeFacts
from adapters.spreadsheet import Cell
from application.imports.draft import ImportDraft
from application.legal_hold import LegalHold
from projections.guest_list.queries import Item
from projections.runner import NOT_BEGUN

POLL_SECONDS = 0.1
READ_MODELS = frozenset(projection.name for projection in PROJECTIONS)
LAKE = frozenset([LakeFacts.name])
CONTACT = ("Nom", "Prénom", "E-mail", "Téléphone", "Pays", "Séjours", "Dernier")
WITH_IDS = ("Id", "Nom", "Prénom", "E-mail")
"""What fits beside an id in 80 columns."""

# Nothing that a guest is called or wrote may act on the terminal.
console = Console(markup=False, highlight=False, emoji=False)


def refuse(text: str, exit_code: int = 1) -> NoReturn:
    """Ends the program with one line on stderr."""
    typer.echo(f"hote: {' '.join(text.split()).rstrip('.?')}.", err=True)
    sys.exit(exit_code)


def table(*columns: str | Column) -> Table:
    return Table(*columns, box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))


def and_more(number: int) -> None:
    """After the first of many, says how many were not shown."""
    if number > 0:
        console.print(f"… and {number:,} more.")


def local(moment: datetime) -> str:
    """A time as this machine's clock has it, to the second."""
    return moment.astimezone().isoformat(" ", "seconds")


def tell_result(guest_id: UUID, result: str, hold: LegalHold | None) -> None:
    """A line that programs can read, and who holds the guest under it."""
    console.print(f"{guest_id}  {result}")
    if hold:
        told = f"held by {hold.held_by} since {local(hold.held_since)}: {hold.grounds}"
        console.print(Padding.indent(told, 2))


class Rate(ProgressColumn):
    """How many a second since the beginning."""

    def render(self, task: Task) -> Text:
        seconds = task.finished_time or task.elapsed
        return Text(f"{task.completed / seconds:,.0f}/s" if seconds and task.completed else "")


def progress_bar() -> Progress:
    """With the rate and the time left."""
    columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    return Progress(*columns, console=console)


def guest_table(items: Iterable[Item], titles: Iterable[str] = CONTACT) -> Table:
    shown = table(*(Column(title, no_wrap=title == "Id") for title in titles))
    for item in items:
        emails, phones = item["emails"], item["phones"]
        assert isinstance(emails, list)
        assert isinstance(phones, list)
        cells = {
            "Id": item["id"],
            "Nom": "(anonymisé)" if item["anonymised"] else item["last_name"],
            "Prénom": item["first_name"],
            "E-mail": emails[0] if emails else None,
            "Téléphone": phones[0] if phones else None,
            "Pays": item["country"],
            "Séjours": item["stays"],
            "Dernier": item["last_stay"],
        }
        shown.add_row(*("" if cells[title] is None else str(cells[title]) for title in titles))
    return shown


def watch_import(hote: Hote, draft: ImportDraft, what: str) -> ImportDraft:
    """Shows how far the background is with an import until it rests, and gives it as it is then."""
    with progress_bar() as progress:
        task = progress.add_task(what, total=draft.rows)
        while draft.is_at_work:
            time.sleep(POLL_SECONDS)
            draft = hote.imports.get(draft.organisation_id, draft.id)
            progress.update(task, completed=draft.counts.judged)
    return draft


def wait_for(hote: Hote, names: Collection[str] = READ_MODELS) -> None:
    """Until these hold all that is in the log, or stand still."""
    while any(
        each.name in names and (each.failure == NOT_BEGUN or (each.behind_events and not each.failure))
        for each in hote.runner.standings()
    ):
        time.sleep(POLL_SECONDS)


def harmless(cell: Cell) -> Cell:
    """Without what could act on a terminal."""
    if not isinstance(cell, str):
        return cell
    return "".join(each if each.isprintable() else "�" for each in cell)


def only_organisation(hote: Hote, chosen: UUID | None) -> UUID:
    """The organisation chosen, or the only one there is. Exits when there is none, or a choice."""
    if chosen is not None:
        return chosen
    wait_for(hote)
    with hote.pool.connection() as connection:
        hotels = connection.execute("SELECT organisation, name FROM settings.property ORDER BY property").fetchall()
    organisations = {organisation for organisation, _ in hotels}
    if not organisations:
        refuse("there is no organisation yet; begin with hote init", 2)
    if len(organisations) > 1:
        for organisation, name in hotels:
            console.print(f"{organisation}  {name}")
        refuse("there are several organisations; choose one of these with --organisation", 2)
    only: UUID = organisations.pop()
    return only
