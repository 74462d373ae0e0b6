"""`hote import`: a list of guests from a file, on the terminal."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from adapters.bootstrap import Hote, open_hote
from adapters.cli.console import and_more, console, table, wait_for, watch_import
from adapters.cli.founding import at_the_command_line
from adapters.settings import Settings
from application.caller import Caller
from application.imports import commands
from application.imports.commands import Choices
from application.imports.dates import DateOrder
from application.imports.draft import REFUSED, ImportDraft, ImportState
from domain import property
from domain.property import Property

REFUSED_SHOWN = 10


def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, TXT, XLSX, XLS or ODS.")],
    property_id: Annotated[UUID, typer.Option("--property", help="Id of the property where the guests stay.")],
    language: Annotated[str | None, typer.Option(help="For rows without one, as fr.")] = None,
    departure: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="For rows without one.")] = None,
    date_order: Annotated[DateOrder | None, typer.Option(help="When day and month fit both ways.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would become of the rows.")] = False,
) -> None:
    """Import a list of guests, and say what became of its rows."""
    with open_hote(Settings()) as hote, hote.at_work():
        caller = whose(hote, property_id)
        draft = commands.upload(
            hote.ports,
            hote.imports,
            caller,
            file,
            property_id,
            language=language,
            departure=departure.date() if departure else None,
            limit=hote.settings.upload_limit,
        )
        if date_order is not None:
            draft = commands.choose(hote.ports, hote.imports, caller, draft.id, Choices(date_order=date_order))
        if dry_run:
            draft = watch_import(hote, draft, "Judging rows")
        else:
            draft = watch_import(hote, commands.commit(hote.imports, caller, draft.id), "Importing rows")
            wait_for(hote)
        tell(hote, draft)
        if draft.state is ImportState.FAILED:
            raise typer.Exit(1)


def whose(hote: Hote, property_id: UUID) -> Caller:
    """The person at the command line, for the organisation that the property belongs to."""
    found = property.fold(Property(property_id), (each.event for each in hote.ports.log.stream(property_id)))
    if found.organisation_id is None:
        raise typer.BadParameter("there is no such property", param_hint="--property")
    return at_the_command_line(hote.ports, found.organisation_id)


def tell(hote: Hote, draft: ImportDraft) -> None:
    """How the file was read, what became of its rows, and the first that were refused."""
    read_as = ", ".join(
        filter(None, [draft.encoding, draft.delimiter and f"delimiter {draft.delimiter!r}", draft.sheet])
    )
    console.print(f"Import {draft.id} ({read_as}): {draft.state}.")
    mapped = ", ".join(f"{header} → {field}" for header, field in draft.mapping.items())
    console.print(f"Columns: {mapped}.")
    counts = draft.counts
    console.print(
        f"{draft.rows:,} rows: {counts.created:,} created, {counts.updated:,} updated, {counts.unchanged:,} unchanged,"
        f" {counts.refused:,} refused; {counts.duplicates:,} repeat a guest of an earlier row."
    )
    refused = hote.imports.rows(draft.id, after=0, limit=REFUSED_SHOWN, verdicts=[REFUSED])
    if refused:
        shown = table("Refused row", "Column", "Reason")
        for row in refused:
            for problem in row.errors:
                shown.add_row(str(row.number), problem.pointer.removeprefix("/"), problem.detail)
        console.print(shown)
        and_more(counts.refused - len(refused))
