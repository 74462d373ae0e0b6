"""`hote rebuild`: a read model made anew from the log, beside the live one."""

from typing import Annotated

import psycopg
import typer

from adapters.bootstrap import PROJECTIONS, open_hote
from adapters.cli.console import console, progress_bar
from adapters.settings import Settings
from projections import runner


def rebuild(
    name: Annotated[str | None, typer.Argument(help="A read model, such as guest_list.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them, one after the other.")] = False,
) -> None:
    """Rebuild a read model while the API goes on serving the old one, then swap."""
    chosen = [each for each in PROJECTIONS if every or each.name == name]
    if not chosen:
        raise typer.BadParameter(f"choose one of {', '.join(each.name for each in PROJECTIONS)}, or --all")
    with open_hote(Settings()) as hote:
        for projection in chosen:
            with psycopg.connect(hote.database_url, autocommit=True) as connection, progress_bar() as progress:
                task = progress.add_task(projection.name, total=None)
                for position, goal in runner.rebuild(connection, hote.feed, projection):
                    progress.update(task, completed=position, total=goal)
            console.print(f"{projection.name} is rebuilt up to position {position:,}")
