"""Commands about the organisation and its properties, and reading them."""

from collections.abc import Callable
from uuid import UUID

from application.caller import Caller, require_version
from application.ports import Ports
from application.races import persistently
from domain import organisation, property
from domain.access import Forbidden, Right
from domain.organisation import Organisation, OrganisationSettings, OrganisationUnknown, Plan
from domain.property import Property, PropertySettings, PropertyUnknown


def read_organisation(ports: Ports, caller: Caller) -> Organisation:
    """Raises OrganisationUnknown, Forbidden."""
    caller.require(Right.READ_SETTINGS)
    return load_organisation(ports, caller.organisation_id)


def load_organisation(ports: Ports, organisation_id: UUID) -> Organisation:
    found = organisation.fold(Organisation(organisation_id), (each.event for each in ports.log.stream(organisation_id)))
    if found.version == 0:
        raise OrganisationUnknown("There is no such organisation.")
    return found


def plan_of(ports: Ports, caller: Caller) -> Plan:
    return load_organisation(ports, caller.organisation_id).settings.plan


def require_guest_relations(ports: Ports, caller: Caller) -> None:
    """Of these, the plan starter has what a reservation shows (C9). Raises Forbidden, naming plan and whom to ask."""
    plan = plan_of(ports, caller)
    if plan is not Plan.PRO:
        raise Forbidden(
            f"The plan {plan} of your organisation is without guest relations. Ask an administrator of your"
            " organisation to change the plan to pro.",
            plan=plan,
        )


def found_organisation(ports: Ports, caller: Caller, settings: OrganisationSettings) -> int:
    """The first command of all: its caller is the person at the command line. Gives the position."""
    events = organisation.found(Organisation(caller.organisation_id), settings)
    return ports.log.append(events, caller.metadata(ports.now()))


def change_organisation(
    ports: Ports,
    caller: Caller,
    new_settings: Callable[[OrganisationSettings], OrganisationSettings],
    *,
    expected: int | None = None,
) -> tuple[Organisation, int]:
    """Gives the organisation as it is then, and the position of its last event.

    Raises VersionMismatch, ConcurrentChange, Forbidden.
    """
    caller.require(Right.WRITE_SETTINGS)
    caller.require_whole_organisation()

    def attempt() -> tuple[Organisation, int]:
        found = load_organisation(ports, caller.organisation_id)
        require_version(found.version, expected)
        events = organisation.change(found, new_settings(found.settings))
        if not events:
            return found, ports.log.stream(found.id)[-1].position
        return organisation.fold(found, events), ports.log.append(events, caller.metadata(ports.now()))

    return persistently(attempt)


def read_property(ports: Ports, caller: Caller, property_id: UUID) -> Property:
    """Raises PropertyUnknown, also for one the caller's key does not reach; Forbidden."""
    caller.require(Right.READ_SETTINGS)
    return load_property(ports, caller, property_id)


def load_property(ports: Ports, caller: Caller, property_id: UUID) -> Property:
    found = property.fold(Property(property_id), (each.event for each in ports.log.stream(property_id)))
    if found.organisation_id != caller.organisation_id or not caller.sees([property_id]):
        raise PropertyUnknown("There is no such property.")
    return found


def add_property(ports: Ports, caller: Caller, settings: PropertySettings) -> tuple[UUID, int]:
    """Gives the new property's id and the position. Raises Forbidden."""
    caller.require(Right.WRITE_SETTINGS)
    caller.require_whole_organisation()
    property_id = ports.new_id()
    events = property.add(Property(property_id), caller.organisation_id, settings)
    return property_id, ports.log.append(events, caller.metadata(ports.now(), property_id=property_id))


def change_property(
    ports: Ports,
    caller: Caller,
    property_id: UUID,
    new_settings: Callable[[PropertySettings], PropertySettings],
    *,
    expected: int | None = None,
) -> int:
    """Gives the position of the property's last event. Raises as change_organisation, and PropertyUnknown."""
    caller.require(Right.WRITE_SETTINGS)

    def attempt() -> int:
        found = load_property(ports, caller, property_id)
        require_version(found.version, expected)
        events = property.change(found, new_settings(found.settings))
        if not events:
            return ports.log.stream(property_id)[-1].position
        return ports.log.append(events, caller.metadata(ports.now(), property_id=property_id))

    return persistently(attempt)
