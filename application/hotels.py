"""What is set for each property, and which day it is there."""

from datetime import date
from uuid import UUID

from application.ports import Ports
from domain import property as properties
from domain.property import Property, PropertySettings


class Hotels:
    """Properties, each read once: made for one command."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._known: dict[UUID, Property] = {}

    def get(self, property_id: UUID) -> Property:
        """Version 0 for one nobody has heard of."""
        if property_id not in self._known:
            told = (each.event for each in self._ports.log.stream(property_id))
            self._known[property_id] = properties.fold(Property(property_id), told)
        return self._known[property_id]

    def settings(self, property_id: UUID) -> PropertySettings:
        return self.get(property_id).settings

    def today(self, property_id: UUID) -> date:
        """By the property's own calendar."""
        return self.settings(property_id).local_day(self._ports.now())
