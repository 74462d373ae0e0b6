"""Turns events into rows and back: JSON whose personal fields are sealed under their owner's key."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, MapperDeserialisationError, StoredEvent, Transcoder

from adapters.keys.master import MasterKey
from adapters.keys.sealing import associated_data, open_sealed, seal
from adapters.postgres.recorder import LoggedEvent, SealedEvent
from domain.event import Event, Recorded

PLACE = {"originator_id", "originator_version"}


class JSON(Transcoder):
    """What the library asks of a transcoder; the mapper hands it plain values only."""

    def encode(self, obj: object) -> bytes:
        return orjson.dumps(obj)

    def decode(self, data: bytes) -> Any:
        return orjson.loads(data)


class SealingMapper(Mapper[UUID]):
    """The library's mapper with a key per guest in place of its one cipher for all."""

    def __init__(self, master: MasterKey) -> None:
        super().__init__(transcoder=JSON())
        self.master = master

    def to_stored_event(
        self, domain_event: DomainEventProtocol[UUID], keys: Mapping[UUID, bytes] | None = None
    ) -> SealedEvent:
        """Raises KeyError when the key of a guest the event tells about is not among `keys`."""
        assert isinstance(domain_event, Event)
        event, keys = domain_event, keys or {}
        fields = event.model_dump(mode="json", exclude=PLACE)
        for name, mark in event.personal.items():
            if fields[name] is not None:
                owner: UUID = getattr(event, mark.id_field)
                context = associated_data(owner, event.originator_id, event.originator_version, name)
                fields[name] = seal(keys[owner], orjson.dumps(fields[name]), context)
        return SealedEvent(
            event.originator_id,
            event.originator_version,
            type(event).__name__,
            orjson.dumps(fields),
            event.schema_version,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Event:
        assert isinstance(stored_event, LoggedEvent)
        kind = Event.registry.get(stored_event.topic)
        if kind is None:
            raise MapperDeserialisationError(f"event {stored_event.id} has the unknown type {stored_event.topic}")
        fields: dict[str, Any] = orjson.loads(stored_event.state)
        if kind.personal:
            self._open(kind, fields, stored_event)
        for version in range(stored_event.schema_version, kind.schema_version):
            fields = kind.upcasters[version](fields)
        return kind.model_validate(
            fields
            | {"originator_id": stored_event.originator_id, "originator_version": stored_event.originator_version}
        )

    def to_recorded(self, rows: Iterable[LoggedEvent]) -> list[Recorded]:
        return [
            Recorded(
                row.id, row.recorded_at, row.organisation_id, row.property_id, row.actor, row.correlation_id,
                self.to_domain_event(row), row.causation_id,
            )
            for row in rows
        ]  # fmt: skip

    def _open(self, kind: type[Event], fields: dict[str, Any], row: LoggedEvent) -> None:
        assert isinstance(row.originator_id, UUID)
        key = self.master.unwrap(row.originator_id, row.wrapped) if row.wrapped else None
        for name in kind.personal:
            if fields.get(name) is not None:
                if key is None:
                    fields[name] = None
                else:
                    context = associated_data(row.originator_id, row.originator_id, row.originator_version, name)
                    fields[name] = orjson.loads(open_sealed(key, fields[name], context))
