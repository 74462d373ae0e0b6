"""What events make of the lake's tables: rows taken out, and rows put in, as the facts are after them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from uuid import UUID

from domain import handling
from domain.catalogue import CodeAdded, CodeChanged, CostItemAdded, CostItemChanged
from domain.event import Event, Recorded
from domain.feedback import (
    FeedbackDone,
    FeedbackMarkedSpam,
    FeedbackRecorded,
    FeedbackReopened,
    FeedbackResolved,
    FeedbackRestored,
    Kind,
    ReviewRevised,
)
from domain.guest_events import GuestDeleted, StayRecorded, StayRemoved
from domain.money import GivenItem, total
from domain.property import PropertyAdded, PropertyChanged
from domain.quality_cost import QualityCostRecorded

OF_FEEDBACK = (
    FeedbackRecorded,
    ReviewRevised,
    FeedbackResolved,
    FeedbackReopened,
    FeedbackMarkedSpam,
    FeedbackDone,
    FeedbackRestored,
)
FOLDS: tuple[type[Event], ...] = (
    *OF_FEEDBACK,
    QualityCostRecorded,
    StayRecorded,
    StayRemoved,
    GuestDeleted,
    PropertyAdded,
    PropertyChanged,
    CodeAdded,
    CodeChanged,
    CostItemAdded,
    CostItemChanged,
)

Streams = Callable[[Sequence[UUID]], Mapping[UUID, Sequence[Recorded]]]
"""Finds whole streams in the log, oldest event first."""


class Feedback(NamedTuple):
    """A row of the table `feedback`, its columns in order."""

    organisation: UUID
    feedback: UUID
    property: UUID
    day: date
    kind: str
    origin: str
    portal: str | None
    code: UUID | None
    room: str | None
    employee: UUID | None
    guest: UUID | None
    rating: Decimal | None
    alert: bool
    resolved_on: date | None = None
    seconds_to_resolution: int | None = None
    satisfaction: int | None = None
    currency: str | None = None
    cost: int | None = None


class Given(NamedTuple):
    """A row of the table `given`, its columns in order."""

    organisation: UUID
    origin: str
    source: UUID
    property: UUID
    day: date
    code: UUID | None
    room: str | None
    employee: UUID | None
    guest: UUID | None
    item: UUID
    quantity: int
    unit_value: int
    value: int
    currency: str
    line: int


class Stay(NamedTuple):
    """A row of the table `stay`, its columns in order."""

    organisation: UUID
    guest: UUID
    stay: UUID
    property: UUID
    room: str | None
    arrival: date | None
    departure: date | None


class Name(NamedTuple):
    """A row of one of the tables `code` and `cost_item`, their columns in order."""

    organisation: UUID
    id: UUID
    name: str


class Property(NamedTuple):
    """A row of the table `property`, its columns in order."""

    organisation: UUID
    id: UUID
    name: str
    currency: str


class Change(NamedTuple):
    """What happens to a table: rows whose `key` is among `out` are taken out, then `rows` are put in.

    Rows that are taken out have their `day` among `days`, where any are given: the files of other days stay closed.
    """

    table: str
    key: str
    out: Collection[UUID]
    rows: Sequence[Feedback | Given | Stay | Name | Property]
    days: Collection[date] = ()


def changes(batch: Sequence[Recorded], streams: Streams) -> list[Change]:
    """What a batch, in the order of the log, makes of tables that hold all before it, and of what it tells nothing.

    Feedback that began before the batch is read anew from the log, up to where the batch ends.
    """
    return [*_of_feedback(batch, streams), _of_quality_costs(batch), *_of_stays(batch), *_of_names(batch)]


def _of_feedback(batch: Sequence[Recorded], streams: Streams) -> Iterable[Change]:
    told: dict[UUID, list[Recorded]] = {}
    for one in batch:
        if isinstance(one.event, OF_FEEDBACK):
            told.setdefault(one.event.originator_id, []).append(one)
    known = [stream for stream, events in told.items() if not isinstance(events[0].event, FeedbackRecorded)]
    if known:
        last = batch[-1].position
        found = streams(known)
        told |= {stream: [one for one in found[stream] if one.position <= last] for stream in known}
    rows: list[Feedback] = []
    given: list[Given] = []
    for events in told.values():
        of_one, items = fold(events)
        rows += of_one
        given += items
    before = [one.event for stream in known for one in told[stream]]
    said = {event.day for event in before if isinstance(event, FeedbackRecorded)}
    gave = {event.day for event in before if isinstance(event, FeedbackResolved)}
    yield Change("feedback", "feedback", known, rows, said)
    yield Change("given", "source", known, given, gave)


def fold(events: Sequence[Recorded]) -> tuple[list[Feedback], list[Given]]:
    """The facts of one feedback, by its stream, whose first event records it.

    Spam is none, unless it was settled: what was given stays given.
    """
    recorded = events[0]
    now = handling.fold(handling.Feedback(recorded.event.originator_id), (one.event for one in events))
    said = now.said
    if now.folder is handling.Folder.SPAM and now.resolution is None:
        return [], []
    row = Feedback(
        said.organisation_id,
        said.originator_id,
        said.property_id,
        said.day,
        said.kind,
        said.origin,
        said.portal,
        said.code_id,
        said.room,
        said.employee_id,
        said.guest_id,
        said.rating.score.quantize(Decimal("0.01"), ROUND_HALF_UP) if said.rating else None,
        said.alert,
    )
    settled = now.resolution
    if settled is None:
        return [row], []
    [resolved_at] = [one.recorded_at for one in events if one.event is settled]
    row = row._replace(
        resolved_on=settled.day,
        seconds_to_resolution=(resolved_at - recorded.recorded_at) // timedelta(seconds=1),
        satisfaction=settled.satisfaction,
        currency=settled.currency,
        cost=total(settled.items),
    )
    origin = "complaint" if said.kind is Kind.NEGATIVE else "praise"
    return [row], _given(origin, said, settled.day, settled.currency, settled.items)


def _given(
    origin: str,
    event: FeedbackRecorded | QualityCostRecorded,
    day: date,
    currency: str,
    items: Iterable[GivenItem],
) -> list[Given]:
    lines: Counter[UUID] = Counter()
    rows = []
    for item in items:
        lines[item.item_id] += 1
        rows.append(
            Given(
                event.organisation_id,
                origin,
                event.originator_id,
                event.property_id,
                day,
                event.code_id,
                event.room,
                event.employee_id if isinstance(event, FeedbackRecorded) else None,
                event.guest_id,
                item.item_id,
                item.quantity,
                item.unit_value,
                item.value,
                currency,
                lines[item.item_id],
            )
        )
    return rows


def _of_quality_costs(batch: Sequence[Recorded]) -> Change:
    events = (one.event for one in batch if isinstance(one.event, QualityCostRecorded))
    rows = [row for event in events for row in _given("quality_cost", event, event.day, event.currency, event.items)]
    return Change("given", "source", (), rows)


def _of_stays(batch: Sequence[Recorded]) -> Iterable[Change]:
    """An event tells a stay whole, and one of a guest who was deleted later in the batch is none."""
    stays: dict[UUID, Stay | None] = {}
    deleted: set[UUID] = set()
    for one in batch:
        guest = one.event.originator_id
        match one.event:
            case StayRecorded(stay_id=stay_id, stay=stay):
                stays[stay_id] = Stay(
                    one.organisation_id, guest, stay_id, stay.property_id, stay.room, stay.arrival, stay.departure
                )
            case StayRemoved(stay_id=stay_id):
                stays[stay_id] = None
            case GuestDeleted():
                deleted.add(guest)
    rows = [stay for stay in stays.values() if stay and stay.guest not in deleted]
    yield Change("stay", "guest", deleted, ())
    yield Change("stay", "stay", stays.keys(), rows)


def _of_names(batch: Sequence[Recorded]) -> Iterable[Change]:
    names: dict[str, dict[UUID, Name | Property]] = {"property": {}, "code": {}, "cost_item": {}}
    for one in batch:
        event, id_ = one.event, one.event.originator_id
        match event:
            case PropertyAdded() | PropertyChanged():
                names["property"][id_] = Property(
                    one.organisation_id, id_, event.settings.name, event.settings.currency
                )
            case CodeAdded() | CodeChanged():
                names["code"][id_] = Name(one.organisation_id, id_, event.name)
            case CostItemAdded() | CostItemChanged():
                names["cost_item"][id_] = Name(one.organisation_id, id_, event.name)
    for (table, named), key in zip(names.items(), ("property", "code", "item"), strict=True):
        yield Change(table, key, named.keys(), list(named.values()))
