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
from domain.personal import Owner

STREAM = "originator_id"
PLACE = {STREAM, "originator_version"}

Fields = dict[str, Any]
"""What a stored event says, as JSON has it."""

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
                owner = mark.of(event)
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
        [recorded] = self.to_recorded([stored_event])
        return recorded.event

    def to_recorded(self, rows: Sequence[LoggedEvent]) -> list[Recorded]:
        told: list[Fields] = [orjson.loads(row.state) for row in rows]
        others = self._keys_of_others(rows, told)
        return [
            Recorded(
                row.id, row.recorded_at, row.organisation_id, row.property_id, row.actor, row.correlation_id,
                self._event(row, fields, others), row.causation_id, row.reason, row.hash,
            )
            for row, fields in zip(rows, told, strict=True)
        ]  # fmt: skip

    def _event(self, row: LoggedEvent, fields: Fields, keys_of_others: WrappedKeys) -> Event:
        kind = _kind(row)
        if kind.personal:
            self._open(kind, fields, row, keys_of_others)
        for version in range(row.schema_version, kind.schema_version):
            fields = kind.upcasters[version](fields)
        return kind.model_validate(
            fields | {"originator_id": row.originator_id, "originator_version": row.originator_version}
        )

    def _keys_of_others(self, rows: Sequence[LoggedEvent], told: Sequence[Fields]) -> WrappedKeys:
        """The keys of guests beside the streams' own: one query for all of the rows, none where no event has such."""
        owners = {
            owner
            for row, fields in zip(rows, told, strict=True)
            for mark in _kind(row).personal.values()
            if (owner := _owner(mark, row, fields)) != row.originator_id
        }
        return self._wrapped_keys(list(owners)) if owners else {}

    def _open(self, kind: type[Event], fields: Fields, row: LoggedEvent, keys_of_others: WrappedKeys) -> None:
        for name, mark in kind.personal.items():
            if fields.get(name) is None:
                continue
            owner = _owner(mark, row, fields)
            wrapped = row.wrapped if owner == row.originator_id else keys_of_others.get(owner)
            if wrapped is None:
                fields[name] = None
            else:
                assert isinstance(row.originator_id, UUID)
                context = associated_data(owner, row.originator_id, row.originator_version, name)
                fields[name] = orjson.loads(open_sealed(self.master.unwrap(owner, wrapped), fields[name], context))


def _kind(row: LoggedEvent) -> type[Event]:
    kind = Event.registry.get(row.topic)
    if kind is None:
        raise MapperDeserialisationError(f"event {row.id} has the unknown type {row.topic}")
    return kind


def _owner(mark: Owner, row: LoggedEvent, fields: Fields) -> UUID:
    """As Owner.of, before there is an event."""
    assert isinstance(row.originator_id, UUID)
    for name in (mark.id_field, mark.otherwise):
        if name == STREAM:
            return row.originator_id
        if fields.get(name) is not None:
            return UUID(fields[name])
    return row.originator_id
