"""`hote anonymise`: makes guests unreadable for ever, and keeps the certificates."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from adapters.bootstrap import Hote, open_hote
from adapters.cli.console import console, refuse, tell_result
from adapters.cli.founding import at_the_command_line
from adapters.erasures.certificates import ErasureCertificates
from adapters.settings import Settings
from adapters.whole_file import make_whole, replace_whole
from application.erasure.guests import Erased, Result, anonymise_guests
from application.erasure.why import Why
from domain import erasure

PATIENCE = 60.0
"""Seconds for the read models to follow."""


def anonymise(
    guests: Annotated[list[UUID], typer.Argument(help="Ids of guests, as hote guests --ids shows them.")],
    reason: Annotated[str, typer.Option(help="Why; kept for ever, so names in it become ellipses.")],
    reference: Annotated[str | None, typer.Option(help="Of the request, such as a file number.")] = None,
    certificates: Annotated[
        Path | None, typer.Option(file_okay=False, help="A folder to write <erasure id>.json into.")
    ] = None,
) -> None:
    """Make what names or describes guests unreadable for ever. Figures stay as they are.

    Exits with 1 when somebody was not erased, or a certificate could not be written.
    """
    why = Why(reason=reason, reference=reference)
    if certificates:  # before anything that cannot be undone
        certificates.mkdir(parents=True, exist_ok=True)
    with open_hote(Settings()) as hote, hote.at_work():
        became = _anonymise(hote, guests, why)
        last = max((each.position or 0 for each in became), default=0)
        certified = hote.certifier.wait_for(ErasureCertificates.name, last, PATIENCE)
        for each in became:
            tell_result(each.guest_id, each.result, each.hold)
            if each.erasure_id:
                console.print(f"  erasure {each.erasure_id}")
                if certificates:
                    _keep(hote, each.erasure_id, certificates)
        if not certified:
            console.print("The keys are destroyed; a read model has still to follow. See hote serve, /readyz.")
            if certificates:
                refuse("not all are certified yet; run this again for the certificates")
    if any(each.result not in (Result.ERASED, Result.ALREADY) for each in became):
        raise typer.Exit(1)


def _anonymise(hote: Hote, guest_ids: Sequence[UUID], why: Why) -> Sequence[Erased]:
    """What became of each, whichever organisation's guest it is."""
    by_organisation: dict[UUID, list[UUID]] = {}
    for guest_id, recorded in hote.log.streams(guest_ids).items():
        by_organisation.setdefault(recorded[0].organisation_id, []).append(guest_id)
    became = {guest_id: Erased(guest_id, Result.UNKNOWN) for guest_id in guest_ids}
    for organisation_id, theirs in by_organisation.items():
        caller = at_the_command_line(hote.ports, organisation_id)
        became |= {each.guest_id: each for each in anonymise_guests(hote.ports, caller, theirs, why)}
    return list(became.values())


def _keep(hote: Hote, erasure_id: UUID, folder: Path) -> None:
    found = erasure.fold(each.event for each in hote.log.stream(erasure_id))
    if found and found.certificate:
        file = folder / f"{erasure_id}.json"
        write = replace_whole if file.exists() else make_whole
        write(file, found.certificate.encode())
        console.print(f"  {file}", soft_wrap=True)
