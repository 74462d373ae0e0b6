"""`hote retention`: who was kept for as long as the rules allow, and erasing them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Column

from adapters.bootstrap import Hote, open_hote
from adapters.cli.console import and_more, console, only_organisation, progress_bar, table, tell_result, wait_for
from adapters.cli.founding import at_the_command_line
from adapters.erasures.retention import START, sweep
from adapters.settings import Settings
from application.caller import Caller
from application.retention import Finding

SHOWN = 20
AT_ONCE = 100
"""Guests looked at before the progress bar moves."""


def retention(
    organisation: Annotated[UUID | None, typer.Option(help="Needed when there are several.")] = None,
    erase: Annotated[bool, typer.Option("--erase", help="Erase those who are due, after asking.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking; only with --erase.")] = False,
) -> None:
    """Show which guests were kept for as long as the retention rules allow, and erase them if told so."""
    if yes and not erase:
        raise typer.BadParameter("it goes with --erase only", param_hint="--yes")
    with open_hote(Settings()) as hote, hote.at_work():
        wait_for(hote)
        caller = at_the_command_line(hote.ports, only_organisation(hote, organisation))
        found = list(findings(hote, caller, erase=False))
        due = [finding for finding in found if not finding.hold]
        tell_due(due)
        tell_held([finding for finding in found if finding.hold])
        if not erase or not due:
            return
        if not yes:
            typer.confirm(f"Erase {len(due):,} guests? This cannot be undone.", abort=True)
        became: Counter[str] = Counter()
        with progress_bar() as progress:
            task = progress.add_task("Erasing guests", total=len(found))
            for finding in findings(hote, caller, erase=True):
                became[finding.result] += 1
                progress.advance(task)
    console.print(", ".join(f"{number:,} {result}" for result, number in became.items()) + ".")


def findings(hote: Hote, caller: Caller, *, erase: bool) -> Iterator[Finding]:
    after: UUID | None = START
    while after is not None:
        swept = sweep(hote, caller, erase=erase, after=after, limit=AT_ONCE)
        yield from swept.findings
        after = swept.next


def tell_due(due: Sequence[Finding]) -> None:
    """How many are due by each rule, and who the first of them are."""
    if not due:
        console.print("No guest is due.")
        return
    by_rule = table("Country", "Years", "Due", "Oldest contact", "Source")
    for rule in dict.fromkeys(finding.due.rule for finding in due):
        contacts = [finding.due.last_contact for finding in due if finding.due.rule == rule]
        by_rule.add_row(
            rule.country or "others", str(rule.years), f"{len(contacts):,}", str(min(contacts)), rule.source
        )
    console.print(by_rule)
    guests = table(Column("Guest", no_wrap=True), "Last contact", "Due since")
    for finding in due[:SHOWN]:
        guests.add_row(str(finding.guest_id), str(finding.due.last_contact), str(finding.due.since))
    console.print(guests)
    and_more(len(due) - SHOWN)


def tell_held(held: Sequence[Finding]) -> None:
    """How many would be due, and who keeps the first of them, since when and on what grounds."""
    if not held:
        return
    console.print(f"{len(held):,} more would be due but are under a legal hold:")
    for finding in held[:SHOWN]:
        tell_result(finding.guest_id, finding.result, finding.hold)
    and_more(len(held) - SHOWN)
