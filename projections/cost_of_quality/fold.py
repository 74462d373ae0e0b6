"""Keeps the cost of quality up with the log: a row for each quality cost, whose comment goes with its subject."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import LiteralString

from psycopg import Cursor
from psycopg.rows import TupleRow

from domain.erasure import WordsErased
from domain.event import Event, Recorded
from domain.guest_events import GuestAnonymised, GuestDeleted
from domain.money import total
from domain.quality_cost import QualityCostRecorded

_FOLDER = Path(__file__).parent


class CostOfQuality:
    """The projection `cost_of_quality`."""

    name = "cost_of_quality"
    tables = (_FOLDER / "schema.sql").read_text()
    indexes = (_FOLDER / "indexes.sql").read_text()
    readable: LiteralString = (
        "SELECT subject, count(*) FROM quality_cost WHERE subject = ANY(%(guests)s) AND comment IS NOT NULL"
        " GROUP BY subject"
    )
    folds: tuple[type[Event], ...] = (QualityCostRecorded, GuestAnonymised, GuestDeleted, WordsErased)

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        """Of who is forgotten, nothing is recorded any more: so their comments can go last."""
        recorded = [_row(one, one.event) for one in batch if isinstance(one.event, QualityCostRecorded)]
        forgotten = [one.event.originator_id for one in batch if not isinstance(one.event, QualityCostRecorded)]
        cursor.executemany(
            "INSERT INTO quality_cost VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", recorded
        )
        if forgotten:
            cursor.execute(
                "UPDATE quality_cost SET comment = NULL WHERE subject = ANY(%s) AND comment IS NOT NULL", [forgotten]
            )


def _row(one: Recorded, event: QualityCostRecorded) -> Sequence[object]:
    return [
        event.organisation_id,
        event.originator_id,
        event.property_id,
        event.day,
        one.recorded_at,
        event.code_id,
        event.room,
        event.guest_id,
        event.subject_id,
        event.comment,
        event.currency,
        total(event.items),
        json.dumps([item.model_dump(mode="json") for item in event.items]),
    ]
