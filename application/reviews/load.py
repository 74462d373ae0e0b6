"""Records the reviews of a file, each once however often it is loaded."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import partial
from hashlib import sha256
from itertools import islice
from uuid import UUID

from application.caller import Caller
from application.ports import ConcurrentChange, Identities, IdentityTaken, Ports
from application.races import persistently
from application.reviews.judge import Review
from application.reviews.properties import Properties
from application.reviews.refused import Refused, RowRefused
from domain.access import Right
from domain.feedback import FeedbackRecorded, Origin
from domain.policies.alerting import is_alert, kind_of
from domain.property import Property

BATCH = 500
"""Rows that are read and recorded together."""

REFUSED_KEPT = 10


@dataclass
class Tally:
    """What became of the rows so far; of those refused, how many for which reason, and the first."""

    read: int = 0
    loaded: int = 0
    known: int = 0
    alerts: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    first_refused: list[Refused] = field(default_factory=list)

    def refuse(self, refused: Refused) -> None:
        self.refused[refused.code] += 1
        if len(self.first_refused) < REFUSED_KEPT:
            self.first_refused.append(refused)


def load(
    ports: Ports,
    caller: Caller,
    rows: Iterable[Review | Refused],
    property_of: Properties,
    tell: Callable[[int], object],
) -> Tally:
    """Records what is new among the rows; `tell` hears after each batch how many were read. Raises Forbidden.

    Killed at any moment and run again, it goes on with what is missing.
    """
    caller.require(Right.RECORD_FEEDBACK)
    tally = Tally()
    occurrences: Counter[str] = Counter()
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        tally.read += len(batch)
        now = ports.now()
        properties: dict[UUID, Property] = {}
        placed: dict[UUID, dict[str, Review]] = {}
        for row in batch:
            try:
                review, about = _place(row, property_of, now)
            except RowRefused as refused:
                tally.refuse(Refused(row.line, refused.field, refused.code))
                continue
            said = _identity(review, about.id)
            properties[about.id] = about
            occurrences[said] += 1
            placed.setdefault(about.id, {})[f"{said}:{occurrences[said]}"] = review
        for property_id, reviews in placed.items():
            attempt = partial(_record, ports, caller, properties[property_id], reviews, now)
            recorded = persistently(attempt, (ConcurrentChange, IdentityTaken))
            tally.loaded += len(recorded)
            tally.known += len(reviews) - len(recorded)
            tally.alerts += sum(event.alert for event in recorded)
        tell(tally.read)
    return tally


def _place(row: Review | Refused, property_of: Properties, now: datetime) -> tuple[Review, Property]:
    if isinstance(row, Refused):
        raise RowRefused(row.field, row.code)
    about = property_of(row)
    if row.day and row.day > about.settings.local_day(now):
        raise RowRefused("date", "date-future")
    return row, about


def _identity(review: Review, property_id: UUID) -> str:
    """What two rows share that tell of one review.

    The scale is not in it: as long as it is guessed from the values, a longer file may show another one.
    """
    words = review.words
    told = [
        review.portal,
        str(property_id),
        str(review.day),
        str(review.rating.given),
        review.nationality,
        *(words.title, words.comment, words.liked, words.disliked, words.author),
    ]
    return f"review:{sha256(json.dumps(told).encode()).hexdigest()}"


def _record(
    ports: Ports, caller: Caller, about: Property, reviews: Mapping[str, Review], now: datetime
) -> Sequence[FeedbackRecorded]:
    """Gives what was recorded: what is not known yet, not even of a review that was forgotten."""
    known = ports.log.owners(caller.organisation_id, reviews)
    new = {identity: review for identity, review in reviews.items() if identity not in known}
    events = [_recorded(ports.new_id(), caller.organisation_id, about, review, now) for review in new.values()]
    if events:
        taken = [(identity, event.originator_id) for identity, event in zip(new, events, strict=True)]
        ports.log.append(events, caller.metadata(now, property_id=about.id), Identities(taken))
    return events


def _recorded(id_: UUID, organisation_id: UUID, about: Property, review: Review, now: datetime) -> FeedbackRecorded:
    """Said at noon of its day, as far as that is past; of no known day, just now."""
    day = review.day or about.settings.local_day(now)
    noon = datetime.combine(day, time(12), about.settings.zone).astimezone(UTC)
    score = review.rating.score
    kind = kind_of(score)
    return FeedbackRecorded(
        originator_id=id_,
        originator_version=1,
        organisation_id=organisation_id,
        property_id=about.id,
        subject_id=id_,
        origin=Origin.REVIEW,
        kind=kind,
        said_at=min(noon, now) if review.day else now,
        day=day,
        rating=review.rating,
        portal=review.portal,
        language=review.language,
        alert=is_alert(kind, score, about.settings.feedback.alert_threshold),
        words=review.words,
    )
