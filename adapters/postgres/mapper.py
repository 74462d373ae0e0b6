"""Turns events into rows and back: JSON whose personal fields are sealed under their owner's key."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, MapperDeserialisationError, StoredEvent, Transcoder

from adapters.keys.master import MasterKey
from adapters.keys.sealing import associated_data, open_sealed, seal
from adapters.postgres.recorder import LoggedEvent, SealedEvent
from domain.event import Event, Recorded

STREAM = "originator_id"
PLACE = {STREAM, "originator_version"}

WrappedKeys = Mapping[UUID, bytes | None]
"""By guest; None where the key was destroyed."""


class JSON(Transcoder):
    """What the library asks of a transcoder; the mapper hands it plain values only."""

    def encode(self, obj: object) -> bytes:
        return orjson.dumps(obj)

    def decode(self, data: bytes) -> Any:
        return orjson.loads(data)


class SealingMapper(Mapper[UUID]):
    """The library's mapper with a key per guest in place of its one cipher for all.

    A row brings the wrapped key of its own stream; `wrapped_keys` finds those of other guests it tells about.
    """

    def __init__(self, master: MasterKey, wrapped_keys: Callable[[Sequence[UUID]], WrappedKeys]) -> None:
        super().__init__(transcoder=JSON())
        self.master = master
        self._wrapped_keys = wrapped_keys

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

    def to_domain_event(self, stored_event: StoredEvent, keys_of_others: WrappedKeys | None = None) -> Event:
        assert isinstance(stored_event, LoggedEvent)
        kind = Event.registry.get(stored_event.topic)
        if kind is None:
            raise MapperDeserialisationError(f"event {stored_event.id} has the unknown type {stored_event.topic}")
        fields: dict[str, Any] = orjson.loads(stored_event.state)
        if kind.personal:
            others = self._keys_of_others([stored_event]) if keys_of_others is None else keys_of_others
            self._open(kind, fields, stored_event, others)
        for version in range(stored_event.schema_version, kind.schema_version):
            fields = kind.upcasters[version](fields)
        return kind.model_validate(
            fields
            | {"originator_id": stored_event.originator_id, "originator_version": stored_event.originator_version}
        )

    def to_recorded(self, rows: Sequence[LoggedEvent]) -> list[Recorded]:
        others = self._keys_of_others(rows)
        return [
            Recorded(
                row.id, row.recorded_at, row.organisation_id, row.property_id, row.actor, row.correlation_id,
                self.to_domain_event(row, others), row.causation_id, row.reason, row.hash,
            )
            for row in rows
        ]  # fmt: skip

    def _keys_of_others(self, rows: Sequence[LoggedEvent]) -> WrappedKeys:
        """The keys of guests beside the streams' own: one query for all of the rows, none where no event has such."""
        id_fields = {topic: _id_fields_of_others(topic) for topic in {row.topic for row in rows}}
        if not any(id_fields.values()):
            return {}
        owners: set[UUID] = set()
        for row in rows:
            if names := id_fields[row.topic]:
                fields = orjson.loads(row.state)
                owners.update(UUID(fields[name]) for name in names if fields.get(name) is not None)
        return self._wrapped_keys(list(owners))

    def _open(self, kind: type[Event], fields: dict[str, Any], row: LoggedEvent, keys_of_others: WrappedKeys) -> None:
        assert isinstance(row.originator_id, UUID)
        for name, mark in kind.personal.items():
            if fields.get(name) is None:
                continue
            owner, wrapped = row.originator_id, row.wrapped
            if mark.id_field != STREAM:
                owner = UUID(fields[mark.id_field])
                wrapped = keys_of_others.get(owner)
            if wrapped is None:
                fields[name] = None
            else:
                context = associated_data(owner, row.originator_id, row.originator_version, name)
                fields[name] = orjson.loads(open_sealed(self.master.unwrap(owner, wrapped), fields[name], context))


def _id_fields_of_others(topic: str) -> set[str]:
    """The fields of a type of events that hold the id of a guest beside the stream's own."""
    kind = Event.registry.get(topic)
    return {mark.id_field for mark in kind.personal.values() if mark.id_field != STREAM} if kind else set()
