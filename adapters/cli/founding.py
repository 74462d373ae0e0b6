"""`hote init`: an organisation founded by the person at the command line, with properties and a key."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import typer

from adapters.bootstrap import open_hote
from adapters.settings import Settings
from application.caller import Caller
from application.keys import issue_key
from application.organisation import add_property, found_organisation
from application.ports import Ports
from domain.access import Role
from domain.organisation import OrganisationSettings
from domain.property import PropertySettings


@dataclass(frozen=True)
class Founded:
    organisation_id: UUID
    property_ids: Sequence[UUID]
    key: str


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


def found(ports: Ports, name: str, properties: Sequence[PropertySettings]) -> Founded:
    caller = at_the_command_line(ports, ports.new_id())
    found_organisation(ports, caller, OrganisationSettings(name=name))
    ids = [add_property(ports, caller, settings)[0] for settings in properties]
    key = issue_key(ports, caller, name="admin", role=Role.ADMIN)
    return Founded(caller.organisation_id, ids, key.token)


def at_the_command_line(ports: Ports, organisation_id: UUID) -> Caller:
    """Whoever has a shell on this machine, and with it the database and the master key: they may do everything."""
    return Caller(organisation_id, "cli", Role.ADMIN, None, ports.new_id())
