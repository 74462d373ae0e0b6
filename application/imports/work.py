"""What is done with an import's rows, a thousand at a time: judged for the dry run, made guests, or taken back."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple
from uuid import UUID

from application.caller import Caller
from application.guest_entry import Judged
from application.guest_records import identities, record_of
from application.guests import INTAKE_RACES, Status, intake
from application.imports.dates import DateOrder
from application.imports.draft import (
    NOTHING,
    Accepted,
    ImportDraft,
    ImportRow,
    ImportState,
    ImportStore,
    Refused,
    Verdicts,
)
from application.imports.judge import Plan, judge_row
from application.organisation import load_organisation, load_property
from application.ports import Forgetting, Identities, Ports
from application.races import persistently
from domain.event import Event, Metadata
from domain.guest import fold
from domain.guest_events import Origin
from domain.guest_import import GuestsImported, ImportReverted, undo

CHUNK = 1_000


class Chunk(NamedTuple):
    """Some rows, judged: those fit to record, and those refused, each by its number."""

    through: int
    judged: Sequence[tuple[int, Judged]]
    refused: Sequence[Refused]


class Chunks:
    """The rows of an import that are left, judged.

    `begin_next` has the next chunk judged in a thread, and is to be called when this one has only the database to
    wait for: threads take turns with the interpreter, so before that they would only be in each other's way.
    """

    def __init__(self, store: ImportStore, draft: ImportDraft, plan: Plan) -> None:
        self._store = store
        self._draft = draft
        self._plan = plan
        self._ahead = ThreadPoolExecutor(max_workers=1)
        self._through = draft.through
        self._coming: Future[Chunk | None] | None = None

    def __iter__(self) -> Iterator[Chunk]:
        while chunk := self.begin_next().result():
            self._coming, self._through = None, chunk.through
            yield chunk

    def begin_next(self) -> Future[Chunk | None]:
        if self._coming is None:
            self._coming = self._ahead.submit(self._judge_next)
        return self._coming

    def _judge_next(self) -> Chunk | None:
        rows = self._store.rows(self._draft.id, after=self._through, limit=CHUNK)
        return Chunk(rows[-1].number, *judge_all(rows, self._plan)) if rows else None


@dataclass
class Seen:
    """The rows of a dry run by whom they tell of. Hashes, for a million rows' addresses would fill the memory."""

    rows: dict[int, int] = field(default_factory=dict)

    def earlier(self, row: Judged, number: int) -> int | None:
        """The first row that told of this one's guest; remembers this one."""
        told = [hash(identity) for identity in identities(row.profile)]
        first = next((self.rows[mark] for mark in told if mark in self.rows), None)
        for mark in told:
            self.rows.setdefault(mark, number if first is None else first)
        return first


def dry_run(ports: Ports, store: ImportStore, draft: ImportDraft) -> ImportDraft:
    """Says of every row what would become of it. Raises ImportStateWrong when the draft is changed meanwhile."""
    caller = replace(draft.by, causation_id=draft.id)
    plan, seen = plan_of(ports, caller, draft), Seen()
    draft = draft.model_copy(update={"counts": NOTHING, "through": 0})
    told: set[UUID] = set()
    for chunk in (chunks := Chunks(store, draft, plan)):
        todo = intake(ports, caller, [row for _, row in chunk.judged], Origin.IMPORT, lambda _: told)
        told.update(outcome.guest_id for outcome in todo.outcomes if outcome.status is not Status.CREATED)
        accepted = []
        for (number, row), outcome in zip(chunk.judged, todo.outcomes, strict=True):
            earlier = seen.earlier(row, number)
            repeats = earlier is not None and outcome.status is Status.CREATED
            status = Status.UPDATED if repeats else outcome.status
            accepted.append(Accepted(number, status, earlier, outcome.guest_id, row.left_out))
        verdicts = Verdicts(accepted, chunk.refused)
        draft = _further(draft, chunk, verdicts)
        chunks.begin_next()
        store.judged(draft, verdicts)
    draft = draft.model_copy(update={"state": ImportState.DRAFT})
    store.save(draft, after=draft.revision)
    return draft


def run(ports: Ports, store: ImportStore, draft: ImportDraft) -> ImportDraft:
    """Makes guests of the rows that are left. Killed at any moment, it goes on from the last chunk when run again."""
    caller = replace(draft.by, causation_id=draft.id)
    plan = plan_of(ports, caller, draft)
    for chunk in (chunks := Chunks(store, draft, plan)):
        attempt = partial(_commit_chunk, ports, store, caller, draft, chunk, meanwhile=chunks.begin_next)
        draft = persistently(attempt, INTAKE_RACES)
    draft = draft.model_copy(update={"state": ImportState.DONE})
    store.rest(draft)
    return draft


def _commit_chunk(
    ports: Ports,
    store: ImportStore,
    caller: Caller,
    draft: ImportDraft,
    chunk: Chunk,
    meanwhile: Callable[[], object],
) -> ImportDraft:
    first: dict[UUID, int] = {}

    def told_before(guests: Collection[UUID]) -> Collection[UUID]:
        first.update(store.first_rows(draft.id, list(guests)))
        return set(first)

    todo = intake(ports, caller, [row for _, row in chunk.judged], Origin.IMPORT, told_before)
    accepted = []
    for (number, row), outcome in zip(chunk.judged, todo.outcomes, strict=True):
        accepted.append(Accepted(number, outcome.status, first.get(outcome.guest_id), outcome.guest_id, row.left_out))
        first.setdefault(outcome.guest_id, number)
    begun = [] if draft.through else [_imported(draft)]
    verdicts = Verdicts(accepted, chunk.refused)
    further = _further(draft, chunk, verdicts)
    metadata = caller.metadata(ports.now(), property_id=draft.property_id)
    return store.committed(further, verdicts, [*begun, *todo.events], metadata, Identities(todo.taken), meanwhile)


def take_back(ports: Ports, store: ImportStore, draft: ImportDraft) -> ImportDraft:
    """Undoes a finished import. What was taken back already counts as touched since, so it can be run again."""
    metadata = draft.by.metadata(ports.now(), property_id=draft.property_id, reason=f"revert of import {draft.id}")
    after = UUID(int=0)
    while ids := store.guests(draft.id, after, CHUNK):
        persistently(partial(_take_back_from, ports, ids, draft.id, metadata))
        after = ids[-1]
    told = ports.log.stream(draft.id)
    position = told[-1].position if told else None
    if not any(isinstance(each.event, ImportReverted) for each in told):
        reverted = ImportReverted(originator_id=draft.id, originator_version=len(told) + 1)
        position = ports.log.append([reverted], metadata)
    draft = draft.model_copy(update={"state": ImportState.REVERTED, "position": position})
    store.rest(draft)
    return draft


def _take_back_from(ports: Ports, ids: Sequence[UUID], import_id: UUID, metadata: Metadata) -> None:
    events: list[Event] = []
    taken: list[tuple[str, UUID]] = []
    released: list[str] = []
    gone: list[Forgetting] = []
    spoken_of = ports.log.belongings(ids)
    for guest_id, recorded in ports.log.streams(ids).items():
        undone = undo(guest_id, recorded, import_id, touched_since=guest_id in spoken_of)
        record = record_of(guest_id, recorded)
        before, after = record.guest, fold(record.guest, undone)
        events += undone
        old, new = identities(before.known.profile), identities(after.known.profile)
        taken += [(identity, guest_id) for identity in new if identity not in old]
        released += [identity for identity in old if identity not in new]
        if undone and after.deleted:
            gone.append(Forgetting(guest_id))
    if events:
        ports.log.forget(gone, lambda _: events, metadata, Identities(taken, released))


def plan_of(ports: Ports, caller: Caller, draft: ImportDraft) -> Plan:
    return Plan(
        headers=draft.headers,
        mapping=draft.mapping,
        date_order=draft.date_order or DateOrder.DMY,
        property_id=draft.property_id,
        country=load_property(ports, caller, draft.property_id).settings.country,
        language=draft.language,
        departure=draft.departure,
        custom_fields=load_organisation(ports, draft.organisation_id).settings.profile_fields,
    )


def judge_all(rows: Iterable[ImportRow], plan: Plan) -> tuple[list[tuple[int, Judged]], list[Refused]]:
    """The rows fit to record, and those refused, each by its number."""
    accepted, refused = [], []
    for row in rows:
        judged = judge_row(row.cells or (), plan)
        if isinstance(judged, Judged):
            accepted.append((row.number, judged))
        else:
            refused.append(Refused(row.number, judged))
    return accepted, refused


def _imported(draft: ImportDraft) -> GuestsImported:
    return GuestsImported(
        originator_id=draft.id,
        originator_version=1,
        organisation_id=draft.organisation_id,
        property_id=draft.property_id,
        rows=draft.rows,
    )


def _further(draft: ImportDraft, chunk: Chunk, verdicts: Verdicts) -> ImportDraft:
    return draft.model_copy(update={"through": chunk.through, "counts": draft.counts + verdicts.counts})
