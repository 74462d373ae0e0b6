"""The event log: the `eventsourcing` application over our recorder, with a key per guest."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple, Never
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import (
    AggregateRecorder,
    EventStore,
    InfrastructureFactory,
    Mapper,
    TrackingRecorder,
    Transcoder,
)
from eventsourcing.utils import Environment
from psycopg import Cursor
from psycopg.rows import TupleRow

from adapters.keys.master import MasterKey
from adapters.postgres.mapper import SealingMapper
from adapters.postgres.recorder import NO_WRITES, Forgotten, Pool, PostgresRecorder, SealedEvent, Writes
from domain.event import Event, Metadata, Recorded


class Sealed(NamedTuple):
    """Events ready to be stored, with the new keys, wrapped, and the owners of existing ones that sealed them."""

    events: Sequence[SealedEvent]
    keys: Mapping[UUID, bytes]
    owners: Collection[UUID]


class SealingEventStore(EventStore[UUID]):
    """Finds or makes the keys that events need before they are stored."""

    mapper: SealingMapper
    recorder: PostgresRecorder

    def seal(self, events: Sequence[Event]) -> Sealed:
        """Raises Forgotten when the key of an owner is no more."""
        keys, made, owners = self._keys(events)
        return Sealed([self.mapper.to_stored_event(event, keys) for event in events], made, owners)

    def _keys(self, events: Iterable[Event]) -> tuple[dict[UUID, bytes], dict[UUID, bytes], set[UUID]]:
        """The key of every owner, those just made, wrapped, and the owners who had theirs before.

        A guest's key is made with their first event, that of a merge with the event that says so.
        """
        keys: dict[UUID, bytes] = {}
        made: dict[UUID, bytes] = {}
        owners: set[UUID] = set()
        for event in events:
            for name, mark in event.personal.items():
                owner = mark.of(event)
                if owner in keys:
                    continue
                if mark.new or (owner == event.originator_id and event.originator_version == 1):
                    keys[owner], made[owner] = self.mapper.master.new_key(owner)
                elif getattr(event, name) is not None:
                    owners.add(owner)
        for owner, key in self.recorder.wrapped_keys(list(owners)).items() if owners else ():
            if key is None:
                raise Forgotten
            keys[owner] = self.mapper.master.unwrap(owner, key)
        return keys, made, owners


class LogFactory(InfrastructureFactory[TrackingRecorder]):
    """Hands the library our parts where it would make its own."""

    def __init__(self, pool: Pool, master: MasterKey) -> None:
        super().__init__(env=Environment())
        self.master = master
        self.recorder = PostgresRecorder(pool)

    def mapper(
        self, transcoder: Transcoder | None = None, mapper_class: type[Mapper[Any]] | None = None
    ) -> Mapper[Any]:
        del transcoder, mapper_class
        return SealingMapper(self.master, self.recorder.wrapped_keys)

    def application_recorder(self) -> PostgresRecorder:
        return self.recorder

    def event_store(
        self, mapper: Mapper[Any] | None = None, recorder: AggregateRecorder | None = None
    ) -> EventStore[Any]:
        assert mapper is not None
        assert recorder is not None
        return SealingEventStore(mapper, recorder)

    def aggregate_recorder(self, purpose: str = "events") -> Never:
        raise NotImplementedError(f"streams are short enough to be read whole: no {purpose} of their own")

    def tracking_recorder(self, tracking_recorder_class: type[TrackingRecorder] | None = None) -> Never:
        raise NotImplementedError("projections/runner.py keeps checkpoints, a batch at a time")

    def process_recorder(self) -> Never:
        raise NotImplementedError("projections/runner.py keeps checkpoints, a batch at a time")


class EventLog(Application[UUID]):
    """Where commands save events and read streams. Safe for threads."""

    name = "hote"
    events: SealingEventStore
    mapper: SealingMapper
    recorder: PostgresRecorder

    def __init__(self, pool: Pool, master: MasterKey) -> None:
        self._factory = LogFactory(pool, master)
        super().__init__()

    def construct_factory(self, env: Environment) -> LogFactory:
        del env
        return self._factory

    def save(  # type: ignore[override]  # events alone, none of the library's aggregates, whose handling costs time
        self,
        *events: Event,
        metadata: Metadata,
        writes: Writes = NO_WRITES,
        cursor: Cursor[TupleRow] | None = None,
    ) -> Sequence[int]:
        """Appends all of the events or none, with `writes` in the same transaction, which is the cursor's if given.

        Gives the positions. Raises IntegrityError when a stream has moved on, IdentityConflict when an identity is
        taken, and Forgotten when something personal would be written of a guest whose key is destroyed.
        """
        sealed = self.events.seal(events)
        return self.recorder.insert_events(
            sealed.events, metadata=metadata, writes=writes, keys=sealed.keys, owners=sealed.owners, cursor=cursor
        )

    def stream(self, stream: UUID, *, as_of: datetime | None = None) -> list[Recorded]:
        """The stream's events oldest first, or the first of them: those before any recorded later than a moment.

        Servers' clocks differ, so times need not rise along a stream. An event tells what changed since the one
        before: picked by their own times, some could be without those they build on, and tell of a guest who never was.
        """
        recorded = self.mapper.to_recorded(self.recorder.select_events(stream))
        return list(takewhile(lambda each: as_of is None or each.recorded_at <= as_of, recorded))

    def streams(self, streams: Sequence[UUID]) -> dict[UUID, list[Recorded]]:
        """Many streams in one query; those without events are left out."""
        found: dict[UUID, list[Recorded]] = {}
        for each in self.mapper.to_recorded(self.recorder.select_streams(streams)):
            found.setdefault(each.event.originator_id, []).append(each)
        return found
