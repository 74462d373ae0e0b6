"""The first commands of an organisation: founded by the person at the command line, with properties and a key."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

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


def found(ports: Ports, name: str, properties: Sequence[PropertySettings]) -> Founded:
    caller = at_the_command_line(ports, ports.new_id())
    found_organisation(ports, caller, OrganisationSettings(name=name))
    ids = [add_property(ports, caller, settings)[0] for settings in properties]
    key = issue_key(ports, caller, name="admin", role=Role.ADMIN)
    return Founded(caller.organisation_id, ids, key.token)


def at_the_command_line(ports: Ports, organisation_id: UUID) -> Caller:
    """Whoever has a shell on this machine, and with it the database and the master key: they may do everything."""
    return Caller(organisation_id, "cli", Role.ADMIN, None, ports.new_id())
