"""`hote scrub`: nothing of forgotten guests is left in free space of the database's files."""

import psycopg
import typer

from adapters.bootstrap import PROJECTIONS, open_hote
from adapters.cli.console import console, progress_bar, table
from adapters.postgres import scrub as files
from adapters.settings import Settings


def scrub() -> None:
    """Rewrite what forgotten guests left in free space of the database's files, while the API goes on serving.

    Exits with 1 when something is left to do, and says what.
    """
    with (
        open_hote(Settings()) as hote,
        psycopg.connect(hote.database_url, autocommit=True) as connection,
        progress_bar() as bar,
    ):
        task = bar.add_task("Scrubbing", total=None)

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, description=f"Scrubbing {what}", completed=done, total=total)

        report = files.scrub(connection, hote.feed, PROJECTIONS, show)
    shown = table("Rewritten", "kB before", "kB after", "Seconds")
    for name, before, after, seconds in report.rewritten:
        shown.add_row(name, f"{before // 1024:,}", f"{after // 1024:,}", f"{seconds:.1f}")
    console.print(shown)
    for each in report.undone:
        console.print(f"Not done: {each}")
    if report.undone:
        raise typer.Exit(1)
