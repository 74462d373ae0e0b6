"""`hote rebuild`: a read model made anew from the log, beside the live one."""

import time
from contextlib import closing
from typing import Annotated

import psycopg
import typer

from adapters.bootstrap import PROJECTIONS, Hote, open_hote
from adapters.cli.console import console, progress_bar, refuse
from adapters.settings import Settings
from projections import rebuild as making
from projections.folding import StandsStill
from projections.projection import Projection


def rebuild(
    name: Annotated[str | None, typer.Argument(metavar="PROJECTION", help="A read model, such as guest_list.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them, one after the other.")] = False,
) -> None:
    """Rebuild a read model while the API goes on serving the old one, then swap."""
    chosen = [each for each in PROJECTIONS if every or each.name == name]
    if not chosen or every == (name is not None):
        raise typer.BadParameter(f"choose one of {', '.join(each.name for each in PROJECTIONS)}, or --all")
    with open_hote(Settings()) as hote:
        for projection in chosen:
            try:
                show(hote, projection)
            except making.CannotBegin as error:
                refuse(str(error))
            except StandsStill as error:
                refuse(f"{projection.name} cannot be rebuilt, and stays as it was: {error}")


def show(hote: Hote, projection: Projection) -> None:
    """Rebuilds it, and shows on the terminal how far it is."""
    name, started = projection.name, time.monotonic()
    with (
        psycopg.connect(hote.database_url, autocommit=True) as connection,
        closing(making.rebuild(connection, hote.feed, projection)) as steps,
    ):
        first = next(steps)
        with progress_bar() as progress:
            task = progress.add_task(f"Rebuilding {name}", total=first.goal)
            for step in steps:
                progress.update(task, completed=step.position, total=step.goal)
                if step.doing != first.doing:
                    break
        with console.status(f"Rebuilding {name}: {step.doing}") as status:
            for step in steps:
                status.update(f"Rebuilding {name}: {step.doing}")
    console.print(f"{name} is rebuilt up to position {step.position:,}, in {time.monotonic() - started:,.1f} s.")
