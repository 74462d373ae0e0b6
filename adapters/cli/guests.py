"""`hote guests`: the guest list on the terminal."""

from typing import Annotated
from uuid import UUID

import typer

from adapters.bootstrap import open_hote
from adapters.cli.console import CONTACT, WITH_IDS, console, guest_table, only_organisation, wait_for
from adapters.settings import Settings
from projections.guest_list import queries
from projections.guest_list.query import BadQuery, GuestQuery


def list_guests(
    search: Annotated[str, typer.Argument(help="Words that must all occur, whole or in part, in any field.")] = "",
    sort: Annotated[str, typer.Option(help="A column, with - before it for descending.")] = "last_name",
    country: Annotated[str | None, typer.Option(help="ISO 3166-1 alpha-2.")] = None,
    status: Annotated[str | None, typer.Option(help="new, returning or blocked.")] = None,
    limit: Annotated[int, typer.Option(help="At most 200.")] = 50,
    ids: Annotated[bool, typer.Option("--ids", help="Show ids, for hote history and anonymise.")] = False,
    organisation: Annotated[UUID | None, typer.Option(help="Needed when there are several.")] = None,
) -> None:
    """Find guests and show them as a table."""
    with open_hote(Settings()) as hote, hote.at_work():
        wait_for(hote)
        whose = only_organisation(hote, organisation)
        try:
            query = GuestQuery(whose, search=search, sort=sort, country=country, status=status, limit=limit)
        except BadQuery as error:
            raise typer.BadParameter(str(error), param_hint=f"--{error.field}") from error
        with hote.pool.connection() as connection:
            page = queries.page(connection, query)
            total = queries.count(connection, query)
    console.print(guest_table(page.items, WITH_IDS if ids else CONTACT))
    console.print(f"{len(page.items)} of {total:,} guests.")
