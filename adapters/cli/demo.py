"""`hote demo`: a hotel group out of nothing: guests, half a year of feedback, invitations, to look at and try."""

import socket
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import psycopg
import typer

from adapters.bootstrap import Hote, open_hote
from adapters.cli.console import console, guest_table, wait_for, watch_import
from adapters.cli.demo_feedback import show_feedback
from adapters.cli.demo_invitations import show_invitations
from adapters.cli.founding import found
from adapters.cli.imports import tell, whose
from adapters.cli.verify import tell as tell_verdict
from adapters.demo.departure_list import write_departure_list
from adapters.demo.feedback import DAYS
from adapters.demo.people import LAST_ARRIVAL
from adapters.erasures.certificates import ErasureCertificates
from adapters.postgres.proof.verify import verify
from adapters.settings import Settings
from application.caller import Caller
from application.erasure.guests import anonymise_guest
from application.erasure.why import Why
from application.imports import commands
from domain.property import PropertySettings
from projections.guest_list import queries
from projections.guest_list.query import GuestQuery

ROWS = 2_000
PATIENCE = 5.0
"""Seconds that a certificate may take."""

HOTELS = [
    PropertySettings(
        name="Hôtel du Port", country="FR", time_zone="Europe/Paris", currency="EUR", groups=("Bretagne",)
    ),
    PropertySettings(name="Villa Bellevue", country="FR", time_zone="Europe/Paris", currency="EUR", groups=("Alpes",)),
    PropertySettings(
        name="Hotel Marina", country="PT", time_zone="Europe/Lisbon", currency="EUR", languages=("pt", "en")
    ),
]


def demo(
    port: Annotated[int, typer.Option(help="TCP port.")] = 8000,
    once: Annotated[bool, typer.Option("--once", help="End after printing.")] = False,
) -> None:
    """Make a hotel group of three, import a departure list, show guests, inbox, a report and invitations, and serve."""
    if not once:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise typer.BadParameter(f"something already listens on {port}", param_hint="--port")
    url = f"http://127.0.0.1:{port}"
    today = datetime.now(UTC).date()
    # Whatever the environment says: the guests are invented, and their addresses may be somebody's.
    with open_hote(Settings(smtp_url=None, sms_url=None, public_url=url)) as hote, hote.at_work():
        key, guest, link = prepare(hote, today)
        console.print(
            f"\nThe API is at {url} (documents: {url}/docs), an admin key of this organisation:\n  {key}\nTry:"
        )
        curl = f"  curl -H 'Authorization: Bearer {key}'"
        print(f"{curl} '{url}/v1/guests?search=lefevre&limit=3'")  # noqa: T201  to be copied: no wrapping
        print(f"{curl} '{url}/v1/guests?sort=-last_stay&country=FR&format=csv'")  # noqa: T201
        print(f"{curl} '{url}/v1/guests/{guest}/history'")  # noqa: T201
        print(f"{curl} '{url}/v1/inbox?category=alert&limit=3'")  # noqa: T201
        print(f"{curl} '{url}/v1/invitations?state=scheduled&sort=due_at'")  # noqa: T201
        print(f"{curl} '{url}/v1/reports/complaint-costs?group_by=item,month&from={today - timedelta(DAYS)}'")  # noqa: T201
        console.print("Or answer the questionnaire of a guest who left:")
        print(f"  {link}")  # noqa: T201
        if not once:
            console.print("\nServing until Ctrl-C.")
            from adapters.http.server import listen  # as in `serving`

            listen(hote, "127.0.0.1", port)


def prepare(hote: Hote, today: date) -> tuple[str, UUID, str]:
    """Gives an admin key of the new organisation, a guest who was anonymised, and the link that another was sent."""
    founded = found(hote.ports, "Groupe Rivage", HOTELS)
    console.print(f"Organisation Groupe Rivage with {', '.join(hotel.name for hotel in HOTELS)}.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "departs.csv"
        written = write_departure_list(path, ROWS, seed=1, later=today - LAST_ARRIVAL)
        console.print(
            f"A departure list of {ROWS:,} rows, {written} of them bad on purpose ({path.stat().st_size:,} bytes)."
        )
        caller = whose(hote, founded.property_ids[0])
        draft = commands.upload(
            hote.ports,
            hote.imports,
            caller,
            path,
            founded.property_ids[0],
            language="fr",
            departure=None,
            limit=hote.settings.upload_limit,
        )
    draft = watch_import(hote, commands.commit(hote.imports, caller, draft.id), "Importing rows")
    wait_for(hote)
    tell(hote, draft)
    with hote.pool.connection() as connection:
        page = queries.page(connection, GuestQuery(founded.organisation_id, sort="last_name", limit=12))
    console.print(guest_table(page.items))
    forgotten = hote.imports.guests(draft.id, UUID(int=0), 1)[0]
    forget(hote, caller, forgotten)
    show_feedback(hote, caller, founded.property_ids)
    return founded.key, forgotten, show_invitations(hote, caller, founded.property_ids[0], today)


def forget(hote: Hote, caller: Caller, guest_id: UUID) -> None:
    """Anonymises a guest, and shows that the log proves itself as before."""
    erasure_id, position = anonymise_guest(hote.ports, caller, guest_id, Why(reason="Demande d'effacement"))
    hote.certifier.wait_for(ErasureCertificates.name, position, PATIENCE)
    hote.checkpoints.newest()
    console.print(f"A guest asked to be forgotten. The certificate is at\n  /v1/erasures/{erasure_id}")
    with psycopg.connect(hote.database_url, autocommit=True) as connection:
        tell_verdict(verify(connection, hote.signer.public_key))
