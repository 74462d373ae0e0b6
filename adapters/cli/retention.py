"""`hote retention`: who was kept for as long as the rules allow, and erasing them."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from adapters.bootstrap import Hote, open_hote
from adapters.cli.console import console, only_organisation, progress_bar, wait_for_list
from adapters.cli.founding import at_the_command_line
from adapters.retention import START, sweep
from adapters.settings import Settings
from application.caller import Caller
from application.erasure import Result
from application.retention import Finding

SHOWN = 20
AT_ONCE = 100
"""Guests looked at before the progress bar moves."""


def retention(
    organisation: Annotated[UUID | None, typer.Option(help="Needed when there are several.")] = None,
    erase: Annotated[bool, typer.Option("--erase", help="Erase those who are due, after asking.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking.")] = False,
) -> None:
    """Show which guests were kept for as long as the retention rules allow, and erase them if told so."""
    with open_hote(Settings()) as hote, hote.at_work():
        wait_for_list(hote)
        caller = at_the_command_line(hote.ports, only_organisation(hote, organisation))
        found = list(findings(hote, caller, erase=False))
        due = [finding for finding in found if finding.result != Result.HELD]
        tell(found, due)
        if not erase or not due:
            return
        if not yes:
            typer.confirm(f"Erase {len(due):,} guests? This cannot be undone.", abort=True)
        became: Counter[str] = Counter()
        with progress_bar() as progress:
            task = progress.add_task("Erasing", total=len(found))
            for finding in findings(hote, caller, erase=True):
                became[finding.result] += 1
                progress.advance(task)
    console.print(", ".join(f"{number:,} {result}" for result, number in became.items()))


def findings(hote: Hote, caller: Caller, *, erase: bool) -> Iterator[Finding]:
    after: UUID | None = START
    while after is not None:
        swept = sweep(hote, caller, erase=erase, after=after, limit=AT_ONCE)
        yield from swept.findings
        after = swept.next


def tell(found: list[Finding], due: list[Finding]) -> None:
    """How many are due by each rule, who they are, and how many are held."""
    by_rule = Table("Country", "Years", "Due", "Last contact of the oldest", "Source")
    for rule in dict.fromkeys(finding.due.rule for finding in due):
        contacts = [finding.due.last_contact for finding in due if finding.due.rule == rule]
        by_rule.add_row(
            rule.country or "others", str(rule.years), f"{len(contacts):,}", str(min(contacts)), rule.source
        )
    if not due:
        console.print("No guest is due.")
    else:
        console.print(by_rule)
        guests = Table("Guest", "Last contact", "Due since")
        for finding in due[:SHOWN]:
            guests.add_row(str(finding.guest_id), str(finding.due.last_contact), str(finding.due.since))
        console.print(guests)
        if len(due) > SHOWN:
            console.print(f"and {len(due) - SHOWN:,} more")
    if held := len(found) - len(due):
        console.print(f"{held:,} more would be due but are under a legal hold.")
