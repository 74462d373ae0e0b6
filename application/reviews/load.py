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
from application.reviews.hotels import Hotel, Hotels
from application.reviews.judge import Review
from application.reviews.refused import Refused, RowRefused
from domain.access import Right
from domain.feedback import FeedbackRecorded, Origin
from domain.policies.alerting import is_alert, kind_of
from domain.policies.overview import local_day

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
    hotels: Hotels,
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
        placed: dict[Hotel, dict[str, Review]] = {}
        for row in batch:
            try:
                review, hotel = _place(row, hotels, now)
            except RowRefused as refused:
                tally.refuse(Refused(row.line, refused.field, refused.code))
                continue
            said = _identity(review, hotel)
            occurrences[said] += 1
            placed.setdefault(hotel, {})[f"{said}:{occurrences[said]}"] = review
        for hotel, reviews in placed.items():
            attempt = partial(_record, ports, caller, hotel, reviews, now)
            recorded = persistently(attempt, (ConcurrentChange, IdentityTaken))
            tally.loaded += len(recorded)
            tally.known += len(reviews) - len(recorded)
            tally.alerts += sum(event.alert for event in recorded)
        tell(tally.read)
    return tally


def _place(row: Review | Refused, hotels: Hotels, now: datetime) -> tuple[Review, Hotel]:
    if isinstance(row, Refused):
        raise RowRefused(row.field, row.code)
    hotel = hotels.of(row)
    if row.day and row.day > local_day(now, hotel.zone):
        raise RowRefused("date", "date-future")
    return row, hotel


def _identity(review: Review, hotel: Hotel) -> str:
    """What two rows share that tell of one review.

    The scale is not in it: as long as it is guessed from the values, a longer file may show another one.
    """
    words = review.words
    told = [
        review.portal,
        str(hotel.property_id),
        str(review.day),
        str(review.rating.given),
        review.nationality,
        *(words.title, words.comment, words.liked, words.disliked, words.author),
    ]
    return f"review:{sha256(json.dumps(told).encode()).hexdigest()}"


def _record(
    ports: Ports, caller: Caller, hotel: Hotel, reviews: Mapping[str, Review], now: datetime
) -> Sequence[FeedbackRecorded]:
    """Gives what was recorded: what is not known yet, not even of a review that was forgotten."""
    known = ports.log.owners(caller.organisation_id, reviews)
    new = {identity: review for identity, review in reviews.items() if identity not in known}
    events = [_recorded(ports.new_id(), caller.organisation_id, hotel, review, now) for review in new.values()]
    if events:
        taken = [(identity, event.originator_id) for identity, event in zip(new, events, strict=True)]
        ports.log.append(events, caller.metadata(now, property_id=hotel.property_id), Identities(taken))
    return events


def _recorded(id_: UUID, organisation_id: UUID, hotel: Hotel, review: Review, now: datetime) -> FeedbackRecorded:
    """Said at noon of its day, as far as that is past; of no known day, just now."""
    day = review.day or local_day(now, hotel.zone)
    noon = datetime.combine(day, time(12), hotel.zone).astimezone(UTC)
    score = review.rating.score
    kind = kind_of(score)
    return FeedbackRecorded(
        originator_id=id_,
        originator_version=1,
        organisation_id=organisation_id,
        property_id=hotel.property_id,
        subject_id=id_,
        origin=Origin.REVIEW,
        kind=kind,
        said_at=min(noon, now) if review.day else now,
        day=day,
        rating=review.rating,
        portal=review.portal,
        language=review.language,
        alert=is_alert(kind, score, hotel.threshold),
        words=review.words,
    )
