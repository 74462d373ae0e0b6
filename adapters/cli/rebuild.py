"""`hote rebuild`: a read model, or the lake, made anew from the log, beside the live one."""

import time
from collections.abc import Generator
from contextlib import closing
from typing import Annotated

import psycopg
import typer
from psycopg import Connection
from psycopg.rows import TupleRow

from adapters.bootstrap import PROJECTIONS, Hote, open_hote
from adapters.cli.console import console, progress_bar, refuse
from adapters.duckdb import rebuild as lake
from adapters.settings import Settings
from projections import rebuild as making
from projections.folding import StandsStill

NAMES = (*(each.name for each in PROJECTIONS), "lake")


def rebuild(
    name: Annotated[str | None, typer.Argument(metavar="PROJECTION", help="A read model, such as guest_list.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them, one after the other.")] = False,
) -> None:
    """Rebuild a read model while the API goes on serving the old one, then swap."""
    chosen = [each for each in NAMES if every or each == name]
    if not chosen or every == (name is not None):
        raise typer.BadParameter(f"choose one of {', '.join(NAMES)}, or --all")
    with open_hote(Settings()) as hote:
        for each in chosen:
            try:
                show(hote, each)
            except making.CannotBegin as error:
                refuse(str(error))
            except StandsStill as error:
                refuse(f"{each} cannot be rebuilt, and stays as it was: {error}")


def steps_of(hote: Hote, connection: Connection[TupleRow], name: str) -> Generator[making.Step, None, None]:
    if name == "lake":
        return lake.rebuild(connection, hote.feed, hote.lake, hote.log.streams)
    [projection] = [each for each in PROJECTIONS if each.name == name]
    return making.rebuild(connection, hote.feed, projection)


def show(hote: Hote, name: str) -> None:
    """Rebuilds it, and shows on the terminal how far it is."""
    started = time.monotonic()
    with (
        psycopg.connect(hote.database_url, autocommit=True) as connection,
        closing(steps_of(hote, connection, name)) as steps,
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
