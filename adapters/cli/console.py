"""What the commands share on the terminal: whose data it is, tables of guests, waiting with a progress bar."""

import time
from collections.abc import Iterable
from uuid import UUID

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from adapters.bootstrap import Hote
from application.imports.draft import ImportDraft
from projections.guest_list.queries import Item

POLL_SECONDS = 0.1

console = Console()


class Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "")


def progress_bar() -> Progress:
    """With the rate and the time left."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    return Progress(*columns, console=console)


def guest_table(items: Iterable[Item]) -> Table:
    titles = ("Nom", "Prénom", "E-mail", "Téléphone", "Pays", "Séjours", "Dernier")
    table = Table(*titles, box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for item in items:
        emails, phones = item["emails"], item["phones"]
        assert isinstance(emails, list)
        assert isinstance(phones, list)
        table.add_row(
            *(
                "" if value is None else str(value)
                for value in (
                    item["last_name"],
                    item["first_name"],
                    emails[0] if emails else None,
                    phones[0] if phones else None,
                    item["country"],
                    item["stays"],
                    item["last_stay"],
                )
            )
        )
    return table


def watch_import(hote: Hote, draft: ImportDraft, what: str) -> ImportDraft:
    """Shows how far the background is with an import until it rests, and gives it as it is then."""
    with progress_bar() as progress:
        task = progress.add_task(what, total=draft.rows)
        while draft.is_at_work:
            time.sleep(POLL_SECONDS)
            draft = hote.imports.get(draft.organisation_id, draft.id)
            progress.update(task, completed=draft.counts.judged)
    return draft


def wait_for_list(hote: Hote) -> None:
    """Until the read models hold all that is in the log."""
    while any(standing.behind_events and not standing.failure for standing in hote.runner.standings()):
        time.sleep(POLL_SECONDS)


def only_organisation(hote: Hote, chosen: UUID | None) -> UUID:
    """The organisation chosen, or the only one there is. Exits when there is none, or a choice."""
    if chosen is not None:
        return chosen
    wait_for_list(hote)
    with hote.pool.connection() as connection:
        hotels = connection.execute("SELECT organisation, name FROM settings.property ORDER BY property").fetchall()
    organisations = {organisation for organisation, _ in hotels}
    if len(organisations) == 1:
        only: UUID = organisations.pop()
        return only
    if not organisations:
        console.print("There is no organisation yet. Begin with: hote init")
    else:
        console.print("There are several organisations. Choose one with --organisation:")
        for organisation, name in hotels:
            console.print(f"  {organisation}  {name}")
    raise typer.Exit(2)
