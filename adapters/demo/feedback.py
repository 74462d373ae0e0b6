"""Half a year of feedback in a hotel group: the commands its staff would have given, each at its moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from adapters.demo.sentences import ANSWER, AUTHORS, COMPLAINTS, EMPLOYEES, ITEMS, OCCASIONS, PRAISE
from application.caller import Caller
from application.catalogue import GivenEntry, add_entry
from application.feedback import FeedbackEntry, record_feedback
from application.handling import (
    HoldEntry,
    NoteEntry,
    add_note,
    claim_feedback,
    hold_feedback,
    step,
)
from application.ports import Ports
from application.quality_costs import QualityCostEntry, record_quality_cost
from application.replying import ReplyEntry, reply_to_feedback
from application.settling import ResolutionEntry, resolve_feedback
from domain.catalogue import CodeSettings, CostItemSettings, EmployeeSettings
from domain.feedback import Kind, Origin, Rating
from domain.money import Money

DAYS = 182
FEEDBACKS = 300
QUALITY_COSTS = 60

_OF_LODGERS = FEEDBACKS * 3 // 5
_FRESH_DAYS = 14
"""What is younger is still to be handled."""

_ZONE = ZoneInfo("Europe/Paris")
_PORTALS = (("booking.com", 10), ("google", 5), ("tripadvisor", 5))


class Lodger(NamedTuple):
    """A known guest, and the stay they speak of."""

    guest_id: UUID
    arrival: date
    room: str
    language: str
    has_email: bool


class Said(NamedTuple):
    moment: datetime
    entry: FeedbackEntry


@dataclass(frozen=True)
class Group:
    """Who gives the commands, and the ids of what they choose from, by name."""

    ports: Ports
    caller: Caller
    properties: Sequence[UUID]
    codes: Mapping[str, UUID]
    items: Mapping[str, UUID]
    employees: Mapping[str, UUID]

    def at(self, moment: datetime) -> Ports:
        """For commands that were given then."""
        return replace(self.ports, now=lambda: moment)


def live_half_a_year(
    ports: Ports, caller: Caller, properties: Sequence[UUID], lodgers: Sequence[Lodger], today: date, seed: int
) -> UUID:
    """Fills the catalogues, and records what was said and given in the DAYS before today, the same for the same seed.

    `lodgers` stayed in the first property in that time. Gives the feedback of the one who got an answer by mail.
    """
    group = _with_catalogues(ports, caller, properties)
    random = Random(seed)  # noqa: S311
    said = [_by_lodger(group, random, lodger, today) for lodger in random.sample(lodgers, _OF_LODGERS)]
    said += [_by_stranger(group, random, today) for _ in range(FEEDBACKS - _OF_LODGERS)]
    said.sort(key=lambda each: each.moment)
    complaints: list[UUID] = []
    answerable = {lodger.guest_id for lodger in lodgers if lodger.has_email and lodger.language == "fr"}
    for moment, entry in said:
        feedback_id, _ = record_feedback(group.at(moment), caller, entry)
        if moment.date() < today - timedelta(_FRESH_DAYS):
            _settle(group, random, feedback_id, moment, entry)
        elif entry.kind is Kind.NEGATIVE and entry.guest_id in answerable:
            complaints.append(feedback_id)
    for lodger in random.sample(lodgers, QUALITY_COSTS):
        _give(group, random, lodger, today)
    return _handle(group, complaints)


def _with_catalogues(ports: Ports, caller: Caller, properties: Sequence[UUID]) -> Group:
    codes = [CodeSettings(name=name) for name in dict.fromkeys([*COMPLAINTS, *PRAISE, *OCCASIONS])]
    items = [
        CostItemSettings(name=name, unit_value=Money(amount=value, currency="EUR")) for name, value in ITEMS.items()
    ]
    employees = [EmployeeSettings(name=name, email=email) for name, email in EMPLOYEES.items()]

    def added(entries: Sequence[CodeSettings | CostItemSettings | EmployeeSettings]) -> dict[str, UUID]:
        return {entry.name: add_entry(ports, caller, entry) for entry in entries}

    return Group(ports, caller, properties, added(codes), added(items), added(employees))


def _by_lodger(group: Group, random: Random, lodger: Lodger, today: date) -> Said:
    """What a guest told the staff during the stay."""
    kind = Kind.NEGATIVE if random.random() < 0.6 else Kind.POSITIVE
    code, comment = _words(random, kind, lodger.language)
    day = min(lodger.arrival + timedelta(random.randrange(3)), today - timedelta(1))
    return Said(
        _within(random, day),
        FeedbackEntry(
            property_id=group.properties[0],
            kind=kind,
            code_id=group.codes[code],
            room=lodger.room,
            guest_id=lodger.guest_id,
            employee_id=random.choice([None, *group.employees.values()]),
            comment=comment,
            emoji="😠" if kind is Kind.NEGATIVE else "😊",
            language=lodger.language,
        ),
    )


def _by_stranger(group: Group, random: Random, today: date) -> Said:
    """A review at a portal, by somebody whom nobody knows."""
    kind = Kind.NEGATIVE if random.random() < 0.4 else Kind.POSITIVE
    language = random.choice(["fr", "fr", "en"])
    code, comment = _words(random, kind, language)
    portal, scale = random.choice(_PORTALS)
    fifths = random.randint(1, 2) if kind is Kind.NEGATIVE else random.randint(4, 5)
    return Said(
        _within(random, today - timedelta(random.randint(1, DAYS))),
        FeedbackEntry(
            property_id=random.choice(group.properties),
            kind=kind,
            code_id=group.codes[code],
            comment=comment,
            origin=Origin.REVIEW,
            rating=Rating(given=Decimal(fifths * scale // 5), scale=scale),
            portal=portal,
            language=language,
            author=random.choice(AUTHORS),
        ),
    )


def _words(random: Random, kind: Kind, language: str) -> tuple[str, str]:
    """The name of a code, and a sentence about it: in French, or else in English."""
    sentences = COMPLAINTS if kind is Kind.NEGATIVE else PRAISE
    code = random.choice([*sentences])
    said = random.choice(sentences[code])
    return code, said.fr if language == "fr" else said.en


def _within(random: Random, day: date) -> datetime:
    return datetime.combine(day, time(random.randrange(7, 23), random.randrange(60)), _ZONE)


def _settle(group: Group, random: Random, feedback_id: UUID, said_at: datetime, entry: FeedbackEntry) -> None:
    """Most complaints are resolved within hours, most praise is put away; some of both is left in the inbox."""
    ports = group.at(said_at + timedelta(hours=min(random.lognormvariate(1.5, 1), 100)))
    if entry.kind is Kind.NEGATIVE and random.random() < 0.7:
        given = random.sample([*group.items.values()], random.choice([1, 1, 1, 2]))
        resolution = ResolutionEntry(
            items=[GivenEntry(item_id=item) for item in given],
            satisfaction=random.choice([2, 3, 4, 4, 5]),
            comment="Excuses présentées, geste accepté.",
        )
        resolve_feedback(ports, group.caller, feedback_id, resolution)
    elif random.random() < 0.8:
        step(ports, group.caller, feedback_id, "done")


def _give(group: Group, random: Random, lodger: Lodger, today: date) -> None:
    """Something for an occasion, on the evening of the arrival."""
    occasion = random.choice([*OCCASIONS])
    evening = datetime.combine(min(lodger.arrival, today - timedelta(1)), time(18), _ZONE)
    entry = QualityCostEntry(
        property_id=group.properties[0],
        code_id=group.codes[occasion],
        room=lodger.room,
        guest_id=lodger.guest_id,
        comment=OCCASIONS[occasion],
        items=(GivenEntry(item_id=random.choice([*group.items.values()]), quantity=random.choice([1, 1, 2])),),
    )
    record_quality_cost(group.at(evening), group.caller, entry)


def _handle(group: Group, complaints: Sequence[UUID]) -> UUID:
    """What the staff do today with the newest of these: answer one, and have two others in hand and one on hold."""
    ports, caller, camille = group.ports, group.caller, group.employees["Camille Le Bihan"]
    *_, held, noted, claimed, answered = complaints
    hold_feedback(ports, caller, held, HoldEntry(note="Attend la réponse du plombier."))
    add_note(ports, caller, noted, NoteEntry(text="Rappeler demain avant midi."))
    for each in (claimed, answered):
        claim_feedback(ports, caller, each, camille)
    reply_to_feedback(ports, caller, answered, ReplyEntry(text=ANSWER, subject="Votre séjour à l'Hôtel du Port"))
    return answered
