"""A random history of feedback, gifts and stays, and its facts as a plain program would keep them beside."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

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
    NoteAdded,
    Origin,
    Rating,
    ReviewRevised,
)
from domain.guest_events import GuestDeleted, GuestRegistered, StayRecorded, StayRemoved
from domain.guest_events import Origin as GuestOrigin
from domain.money import GivenItem, Money
from domain.property import PropertyAdded, PropertyChanged, PropertySettings
from domain.quality_cost import QualityCostRecorded
from domain.stay import Stay

START = datetime(2024, 5, 1, 9, tzinfo=UTC)
NOBODY = UUID(int=0)
NAMES = ["Bruit", "<b>Propreté</b>", "L'accueil", '"; DROP TABLE feedback; --', "Ж 王 😀", "=1+1", "a\tb\nc", " "]
ROOMS = [None, "101", "<script>alert(1)</script>", "O'Hara", '{"a": [1]}', "null", "NULL", "", "2\x1b[31m1", "½"]

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]
"""By table, sorted."""


@dataclass
class Known:
    """What a plain program would keep of a feedback."""

    said: FeedbackRecorded
    at: datetime
    version: int = 1
    settled: FeedbackResolved | None = None
    settled_at: datetime | None = None
    spam: bool = False


@dataclass
class History:
    """Things that happened in an organisation, in order, and what is known after them. It begins at `first`."""

    random: Random
    organisation: UUID = NOBODY
    events: list[Recorded] = field(default_factory=list)
    feedback: dict[UUID, Known] = field(default_factory=dict)
    gifts: list[QualityCostRecorded] = field(default_factory=list)
    guests: dict[UUID, dict[UUID, Stay]] = field(default_factory=dict)
    names: dict[str, dict[UUID, str]] = field(default_factory=lambda: {"property": {}, "code": {}, "cost_item": {}})
    versions: dict[UUID, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.organisation = self._new_id()
        for kind in self.names:
            for _ in range(3):
                self._named(kind)
        self._guest()

    def go_on(self, number: int) -> None:
        actions: list[Callable[[], None]] = [
            self._said, self._said, self._said, self._settled, self._settled, self._reopened, self._gave, self._guest,
            self._stayed, self._stayed, self._did_not_stay, self._renamed, self._spam, self._no_spam, self._no_spam,
            self._noted, self._revised,
        ]  # fmt: skip
        for _ in range(number):
            self.random.choice(actions)()
            if self.random.random() < 0.01:
                self._left()

    def streams(self, ids: Iterable[UUID]) -> dict[UUID, list[Recorded]]:
        wanted: dict[UUID, list[Recorded]] = {id_: [] for id_ in ids}
        for one in self.events:
            if one.event.originator_id in wanted:
                wanted[one.event.originator_id].append(one)
        return wanted

    def expected(self) -> Rows:
        """The tables, but for the checkpoint."""
        mine = self.organisation
        serious = [known for known in self.feedback.values() if known.settled or not known.spam]
        rows: Rows = {
            "feedback": [self._feedback_row(known) for known in serious],
            "given": [row for known in serious for row in self._settled_rows(known)],
            "stay": [
                (mine, guest, id_, stay.property_id, stay.room, stay.arrival, stay.departure)
                for guest, stays in self.guests.items()
                for id_, stay in stays.items()
            ],
        }
        rows["given"] += [
            (
                *(mine, "quality_cost", gift.originator_id, gift.property_id, gift.day, gift.code_id, gift.room, None),
                *(gift.guest_id, item.item_id, item.quantity, item.unit_value, item.quantity * item.unit_value),
                gift.currency,
                line,
            )
            for gift in self.gifts
            for item, line in _lines(gift.items)
        ]
        for table, named in self.names.items():
            more = ("EUR",) if table == "property" else ()
            rows[table] = [(mine, id_, name, *more) for id_, name in named.items()]
        return {table: sorted(each, key=repr) for table, each in rows.items()}

    def _feedback_row(self, known: Known) -> Row:
        said, settled = known.said, known.settled
        rating = None
        if said.rating:
            rating = round(Decimal(10) * said.rating.given / said.rating.scale + Decimal("1e-9"), 2)
        row = (
            *(self.organisation, said.originator_id, said.property_id, said.day, said.kind.value, said.origin.value),
            *(said.portal, said.code_id, said.room, said.employee_id, said.guest_id, rating, said.alert),
        )
        if settled is None or known.settled_at is None:
            return (*row, None, None, None, None, None)
        seconds = int((known.settled_at - known.at).total_seconds())
        cost = sum(item.quantity * item.unit_value for item in settled.items)
        return (*row, settled.day, seconds, settled.satisfaction, settled.currency, cost)

    def _settled_rows(self, known: Known) -> list[Row]:
        said = known.said
        origin = {Kind.NEGATIVE: "complaint", Kind.POSITIVE: "praise"}[said.kind]
        return [
            (
                *(self.organisation, origin, said.originator_id, said.property_id, settled.day, said.code_id),
                *(said.room, said.employee_id, said.guest_id, item.item_id, item.quantity, item.unit_value),
                *(item.quantity * item.unit_value, settled.currency, line),
            )
            for settled in filter(None, [known.settled])
            for item, line in _lines(settled.items)
        ]

    # What can happen

    def _said(self) -> None:
        feedback = self._new_id()
        event = FeedbackRecorded(
            **self._next(feedback),
            organisation_id=self.organisation,
            property_id=self._one_of("property"),
            subject_id=feedback,
            guest_id=self.random.choice([None, *list(self.guests)[:50]]),
            origin=self.random.choice(list(Origin)),
            kind=self.random.choice(list(Kind)),
            said_at=self._now(),
            day=self._day(),
            code_id=self.random.choice([None, self._one_of("code")]),
            room=self.random.choice(ROOMS),
            employee_id=self.random.choice([None, UUID(int=7)]),
            rating=self.random.choice([None, self._rating()]),
            portal=self.random.choice([None, "booking.com", *NAMES]),
            alert=self.random.random() < 0.3,
            words=None,
        )
        self.feedback[feedback] = Known(event, self._now())
        self._happened(event)

    def _revised(self) -> None:
        if known := self._some(self.feedback.values()):
            id_ = known.said.originator_id
            told = {
                "kind": self.random.choice(list(Kind)),
                "rating": self._rating(),
                "alert": self.random.random() < 0.3,
            }
            known.said = known.said.model_copy(update=told)
            self._happened(ReviewRevised(**self._next(id_), **told, subject_id=id_, answers={}, words=None))

    def _settled(self) -> None:
        if known := self._some(known for known in self.feedback.values() if not known.settled):
            known.settled = FeedbackResolved(
                **self._next(known.said.originator_id),
                subject_id=known.said.originator_id,
                day=self._day(),
                currency=self.random.choice(["EUR", "JPY"]),
                items=self._items(0),
                satisfaction=self.random.choice([None, 1, 2, 3, 4, 5]),
                comment=None,
            )
            known.settled_at = self._now()
            known.spam = False
            self._happened(known.settled)

    def _reopened(self) -> None:
        if known := self._some(known for known in self.feedback.values() if known.settled):
            known.settled, known.spam = None, False
            id_ = known.said.originator_id
            self._happened(FeedbackReopened(**self._next(id_), subject_id=id_, reason=None))

    def _spam(self) -> None:
        if known := self._some(known for known in self.feedback.values() if not known.spam):
            known.spam = True
            self._happened(FeedbackMarkedSpam(**self._next(known.said.originator_id)))

    def _no_spam(self) -> None:
        if known := self._some(known for known in self.feedback.values() if known.spam):
            known.spam = False
            kind = self.random.choice([FeedbackRestored, FeedbackDone])
            self._happened(kind(**self._next(known.said.originator_id)))

    def _noted(self) -> None:
        """Something that is no fact."""
        if known := self._some(self.feedback.values()):
            id_ = known.said.originator_id
            self._happened(NoteAdded(**self._next(id_), subject_id=id_, text=None))

    def _gave(self) -> None:
        id_ = self._new_id()
        gift = QualityCostRecorded(
            **self._next(id_),
            organisation_id=self.organisation,
            property_id=self._one_of("property"),
            subject_id=id_,
            guest_id=self.random.choice(list(self.guests) or [None]),
            code_id=self.random.choice([None, self._one_of("code")]),
            room=self.random.choice(ROOMS),
            day=self._day(),
            currency="EUR",
            items=self._items(1),
            comment=None,
        )
        self.gifts.append(gift)
        self._happened(gift)

    def _guest(self) -> None:
        id_ = self._new_id()
        self.guests[id_] = {}
        self._happened(
            GuestRegistered(
                **self._next(id_), organisation_id=self.organisation, origin=GuestOrigin.IMPORT, profile=None
            )
        )

    def _stayed(self) -> None:
        """A new stay, or one told better."""
        if guest := self._some(self.guests):
            stay_id = self.random.choice([self._new_id(), *self.guests[guest]])
            arrival = self._day()
            stay = Stay(
                property_id=self._one_of("property"),
                arrival=self.random.choice([arrival, arrival, None]),
                departure=self.random.choice([arrival + timedelta(2), None]),
                room=self.random.choice(ROOMS),
            )
            self.guests[guest][stay_id] = stay
            self._happened(StayRecorded(**self._next(guest), stay_id=stay_id, stay=stay))

    def _did_not_stay(self) -> None:
        if guest := self._some(guest for guest, stays in self.guests.items() if stays):
            stay_id = self.random.choice(list(self.guests[guest]))
            del self.guests[guest][stay_id]
            self._happened(StayRemoved(**self._next(guest), stay_id=stay_id))

    def _left(self) -> None:
        if guest := self._some(self.guests):
            del self.guests[guest]
            self._happened(GuestDeleted(**self._next(guest)))

    def _renamed(self) -> None:
        self._named(self.random.choice(list(self.names)), change=True)

    def _named(self, kind: str, *, change: bool = False) -> None:
        id_ = self._one_of(kind) if change else self._new_id()
        # A property's name is a label; of the others any text is recorded.
        name = self.names[kind][id_] = self.random.choice(NAMES[:5] if kind == "property" else NAMES)
        place: dict[str, Any] = self._next(id_)
        if not change:
            place["organisation_id"] = self.organisation
        match kind:
            case "property":
                settings = PropertySettings(name=name, country="FR", time_zone="Europe/Paris", currency="EUR")
                if change:
                    self._happened(PropertyChanged(**place, fields=("name",), settings=settings))
                else:
                    self._happened(PropertyAdded(**place, settings=settings))
            case "code":
                self._happened(CodeChanged(**place, name=name) if change else CodeAdded(**place, name=name))
            case _:
                value = Money(amount=100, currency="EUR")
                item = CostItemChanged if change else CostItemAdded
                self._happened(item(**place, name=name, unit_value=value))

    # With what

    def _next(self, stream: UUID) -> dict[str, Any]:
        version = self.versions[stream] = self.versions.get(stream, 0) + 1
        return {"originator_id": stream, "originator_version": version}

    def _happened(self, event: Event) -> None:
        position = len(self.events) * 3 + 1  # others have positions between
        self.events.append(Recorded(position, self._now(), self.organisation, None, "test", NOBODY, event))

    def _now(self) -> datetime:
        return START + timedelta(seconds=977.7 * len(self.events))

    def _day(self) -> date:
        return self._now().date() - timedelta(self.random.randrange(3))

    def _new_id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128))

    def _one_of(self, kind: str) -> UUID:
        return self.random.choice(list(self.names[kind]))

    def _some(self, among: Iterable[Any]) -> Any:
        listed = list(among)
        return self.random.choice(listed) if listed else None

    def _rating(self) -> Rating:
        scale = self.random.choice([3, 5, 7, 10])
        return Rating(given=Decimal(self.random.randrange(scale * 2 + 1)) / 2, scale=scale)

    def _items(self, least: int) -> tuple[GivenItem, ...]:
        return tuple(
            GivenItem(
                item_id=self._one_of("cost_item"),
                quantity=self.random.randrange(1, 5),
                unit_value=self.random.choice([0, 1, 1999, 10**11 - 1]),
            )
            for _ in range(self.random.randrange(least, 4))
        )


def _lines(items: Sequence[GivenItem]) -> list[tuple[GivenItem, int]]:
    """Each item with its place among those of the same item."""
    ids = [item.item_id for item in items]
    return [(item, ids[: index + 1].count(item.item_id)) for index, item in enumerate(items)]
