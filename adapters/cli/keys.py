"""`hote keys`: API keys from the command line, also when every admin key is lost."""

from typing import Annotated
from uuid import UUID

import typer
from rich.table import Column

from adapters.bootstrap import open_hote
from adapters.cli.console import console, only_organisation, table
from adapters.cli.founding import at_the_command_line
from adapters.settings import Settings
from application import keys
from domain import access
from domain.access import Role
from projections.settings import queries

app = typer.Typer(no_args_is_help=True, help="Issue, list and retire API keys.")
Organisation = Annotated[UUID | None, typer.Option(help="Needed when there are several.")]


@app.command()
def issue(
    name: Annotated[str, typer.Option(help="What it is for.")],
    role: Annotated[Role, typer.Option(help="What it may do.")],
    property_ids: Annotated[list[UUID] | None, typer.Option("--property", help="Only these; none for all.")] = None,
    organisation: Organisation = None,
) -> None:
    """Issue a key and print it: it is shown this once."""
    with open_hote(Settings()) as hote, hote.at_work(at_once=True):
        caller = at_the_command_line(hote.ports, only_organisation(hote, organisation))
        issued = keys.issue_key(hote.ports, caller, name=name, role=role, properties=property_ids or None)
    typer.echo(issued.token)


@app.command("list")
def list_keys(organisation: Organisation = None) -> None:
    """List the keys, without their secrets."""
    shown = table(Column("Id", no_wrap=True), "Name", "Role", "Where", "Valid")
    with open_hote(Settings()) as hote, hote.at_work(at_once=True):
        whose = only_organisation(hote, organisation)
        with hote.pool.connection() as connection:
            for row in queries.keys(connection, whose):
                reach = "all" if row.properties is None else str(len(row.properties))
                ends = row.revoked_at or row.expires_at
                valid = f"{row.created_at:%Y-%m-%d} to {ends:%Y-%m-%d}" if ends else f"since {row.created_at:%Y-%m-%d}"
                shown.add_row(str(row.id), row.name, row.role, reach, valid)
    console.print(shown)


@app.command()
def retire(key_id: UUID, organisation: Organisation = None) -> None:
    """Revoke a key for good."""
    with open_hote(Settings()) as hote, hote.at_work(at_once=True):
        caller = at_the_command_line(hote.ports, only_organisation(hote, organisation))
        keys.change_key(hote.ports, caller, key_id, access.revoke)
