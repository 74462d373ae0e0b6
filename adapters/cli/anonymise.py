"""`hote anonymise`: makes guests unreadable for ever, and keeps the certificates."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from adapters.bootstrap import Hote, open_hote
from adapters.cli.console import console
from adapters.cli.founding import at_the_command_line
from adapters.erasures.certificates import ErasureCertificates
from adapters.settings import Settings
from application.erasure import Erased, Result, anonymise_guests, read_erasure

PATIENCE = 60.0
"""Seconds for the read models to follow."""


def anonymise(
    guests: Annotated[list[UUID], typer.Argument(help="Ids of guests.")],
    reason: Annotated[str, typer.Option(help="Why; kept for ever, so names in it become ellipses.")],
    reference: Annotated[str | None, typer.Option(help="Of the request, such as a file number.")] = None,
    certificates: Annotated[
        Path | None, typer.Option(file_okay=False, help="A folder to write <erasure id>.json into.")
    ] = None,
) -> None:
    """Make what names or describes guests unreadable for ever. Figures stay as they are."""
    with open_hote(Settings()) as hote, hote.at_work():
        results = [_anonymise(hote, guest_id, reason, reference) for guest_id in guests]
        last = max((each.position or 0 for _, each in results), default=0)
        followed = hote.certifier.wait_for(ErasureCertificates.name, last, PATIENCE)
        for organisation_id, each in results:
            erasure_id = each.erasure_id or ""
            console.print(f"{each.guest_id}  {each.result}  {erasure_id}".rstrip(), soft_wrap=True)
            if each.hold:
                console.print(f"  held by {each.hold['held_by']} since {each.hold['held_since']}")
            if certificates and each.erasure_id:
                _keep(hote, organisation_id, each.erasure_id, certificates)
        if not followed:
            console.print("The keys are destroyed; a read model has still to follow. See hote serve, /readyz.")
    if any(each.result not in (Result.ERASED, Result.ALREADY) for _, each in results):
        raise typer.Exit(1)


def _anonymise(hote: Hote, guest_id: UUID, reason: str, reference: str | None) -> tuple[UUID, Erased]:
    """The organisation whose guest it is, and what became of them."""
    recorded = hote.ports.log.stream(guest_id)
    organisation_id = recorded[0].organisation_id if recorded else guest_id
    caller = at_the_command_line(hote.ports, organisation_id)
    [erased] = anonymise_guests(hote.ports, caller, [guest_id], reason=reason, reference=reference)
    return organisation_id, erased


def _keep(hote: Hote, organisation_id: UUID, erasure_id: UUID, folder: Path) -> None:
    caller = at_the_command_line(hote.ports, organisation_id)
    found = read_erasure(hote.ports, caller, erasure_id)
    if found.certificate:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{erasure_id}.json"
        file.write_text(found.certificate, encoding="utf-8", newline="")
        console.print(f"  {file}", soft_wrap=True)
