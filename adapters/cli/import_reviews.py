"""`hote import-reviews`: the reviews of a file become feedback, each once."""

import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from adapters.bootstrap import Hote, open_hote
from adapters.cli.console import and_more, console, only_organisation, progress_bar, refuse, table, wait_for
from adapters.cli.founding import at_the_command_line
from adapters.cli.imports import whose
from adapters.settings import Settings
from application.caller import Caller
from application.imports.dates import DateOrder
from application.languages import language_named
from application.organisation import load_property
from application.reviews.columns import FIELDS
from application.reviews.load import Tally, load
from application.reviews.properties import ByName, Properties, all_to
from application.reviews.read import Choices, ReviewFile, open_reviews
from application.reviews.refused import REASONS
from application.text import one_line
from domain.property import Property
from projections.settings.queries import properties


def import_reviews(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, TXT, XLSX, XLS or ODS.")],
    property_id: Annotated[
        UUID | None, typer.Option("--property", help="Where all reviews go; else where their hotel's name says.")
    ] = None,
    organisation: Annotated[UUID | None, typer.Option(help="Id; needed where there are several.")] = None,
    create_properties: Annotated[
        bool, typer.Option("--create-properties", help="Make a property of each hotel that is not one yet.")
    ] = False,
    column: Annotated[
        list[str] | None, typer.Option(help=f'Such as "Avis=comment"; fields are {", ".join(FIELDS)}.')
    ] = None,
    scale: Annotated[int | None, typer.Option(min=2, max=100, help="What ratings are of, such as 5 or 10.")] = None,
    portal: Annotated[str | None, typer.Option(help="For rows without one, such as booking.com.")] = None,
    language: Annotated[str | None, typer.Option(help="For rows without one, such as fr.")] = None,
    date_order: Annotated[DateOrder | None, typer.Option(help="When day and month fit both ways.")] = None,
) -> None:
    """Load reviews from a file, and say what became of its rows. Those that are known already change nothing."""
    choices = Choices(
        columns=dict(map(_column, column or [])),
        scale=scale,
        portal=one_line(portal).casefold() if portal else None,
        language=_language(language) if language else None,
        date_order=date_order,
    )
    reviews = open_reviews(file, choices)
    if property_id is None and "hotel" not in reviews.plan.columns.at:
        raise typer.BadParameter("no column names the hotel, so say where the reviews go", param_hint="--property")
    with open_hote(Settings()) as hote, hote.at_work():
        property_of: Properties
        if property_id:
            caller = whose(hote, property_id)
            property_of = all_to(load_property(hote.ports, caller, property_id))
        else:
            caller = at_the_command_line(hote.ports, only_organisation(hote, organisation))
            property_of = _by_name(hote, caller, create=create_properties)
        with progress_bar() as progress:
            task = progress.add_task("Loading reviews", total=reviews.count)
            tally = load(
                hote.ports,
                caller,
                reviews.reviews(),
                property_of,
                lambda read: progress.update(task, completed=read),
            )
        wait_for(hote)
    tell(reviews, tally)


def _column(text: str) -> tuple[str, str]:
    header, _, field = (part.strip() for part in text.rpartition("="))
    if not header or field not in FIELDS:
        raise typer.BadParameter(f"give HEADER=FIELD, with a field of {', '.join(FIELDS)}", param_hint="--column")
    return header, field


def _language(text: str) -> str:
    if (known := language_named(text)) is None:
        raise typer.BadParameter("this language is not known", param_hint="--language")
    return known


def _by_name(hote: Hote, caller: Caller, *, create: bool) -> ByName:
    """By the list of properties, once it has all: also what an earlier run made just before it was killed."""
    wait_for(hote)
    if any(each.name == "settings" and each.failure for each in hote.runner.standings()):
        refuse("the list of properties is not up to date and stands still: see /readyz of hote serve")
    with hote.pool.connection() as connection:
        rows = properties(connection, caller.organisation_id, limit=sys.maxsize)
    known = (Property(row.id, row.version, caller.organisation_id, row.settings) for row in rows)
    return ByName(hote.ports, caller, known, create=create)


def tell(reviews: ReviewFile, tally: Tally) -> None:
    """How the file was read, what became of its rows, and the first that were refused."""
    plan = reviews.plan
    headers = plan.columns.headers
    mapped = ", ".join(f"{header} → {field}" for field, header in headers.items())
    console.print(f"Columns: {mapped}. Ratings of {plan.scale}. Portal of rows without one: {plan.portal or 'none'}.")
    if "date" not in headers:
        console.print("The file has no dates: its reviews count as said today.")
    refused = tally.refused.total()
    console.print(
        f"{tally.read:,} rows: {tally.loaded:,} loaded, of which {tally.alerts:,} alerts; {tally.known:,} already"
        f" known; {refused:,} refused."
    )
    if refused:
        shown = table("Refused row", "Column", "Reason")
        for line, field, code in tally.first_refused:
            shown.add_row(str(line), headers.get(field, field), f"{code}: {REASONS[code]}")
        console.print(shown)
        and_more(refused - len(tally.first_refused))
        if len(tally.refused) > 1:
            console.print(f"In all: {', '.join(f'{times:,} {code}' for code, times in tally.refused.most_common())}.")
