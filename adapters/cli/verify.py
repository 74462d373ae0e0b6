"""`hote verify` and `hote checkpoint`: whether anybody changed the log, and what to keep elsewhere to know it later."""

from pathlib import Path
from typing import Annotated

import psycopg
import typer
from rich.table import Column

from adapters.bootstrap import open_hote
from adapters.cli.console import and_more, console, local, progress_bar, table
from adapters.postgres.proof.verify import Verification, verify
from adapters.settings import Settings


def verify_log(
    checkpoint: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="One that was kept elsewhere.")
    ] = None,
) -> None:
    """Verify every event against its hash and the checkpoints: exit 0 if the log is intact, 1 if not."""
    exported = checkpoint.read_bytes() if checkpoint else None
    with open_hote(Settings()) as hote, psycopg.connect(hote.database_url, autocommit=True) as connection:
        with progress_bar() as progress:
            task = progress.add_task("Verifying", total=None)
            verification = verify(
                connection,
                hote.signer.public_key,
                exported=exported,
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
        tell(verification)
    if not verification.is_intact:
        raise typer.Exit(1)


def checkpoint() -> None:
    """Print the newest checkpoint of the log, to be kept where nobody can change it.

    One is taken first if the log has moved on. It does not verify the log: hote verify does.
    """
    with open_hote(Settings()) as hote:
        typer.echo(hote.checkpoints.newest(), nl=False)


def tell(verification: Verification) -> None:
    findings = verification.findings
    if findings.count:
        shown = table("Finding", Column("Where", no_wrap=True), "What is wrong")
        for found in findings.kept:
            places = {"": found.stream, "version ": found.version, "position ": found.position}
            where = "\n".join(f"{name}{place}" for name, place in places.items() if place is not None)
            shown.add_row(found.kind, where, found.detail)
        console.print(shown)
        and_more(findings.count - len(findings.kept))
    if signed := verification.checkpoint:
        console.print(f"Newest checkpoint: position {signed.position:,}, taken {local(signed.taken_at)}.")
        if younger := max(0, verification.events - signed.events):
            console.print(f"{younger:,} events are younger: only their hashes were verified.")
    else:
        console.print("There is no checkpoint yet: only the hashes were verified.")
    verdict = f"tampered with; findings: {findings.count:,}" if findings.count else "intact"
    console.print(f"{verification.events:,} events of {verification.streams:,} streams: the log is {verdict}.")
