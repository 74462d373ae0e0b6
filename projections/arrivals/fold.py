"""Keeps the arrivals up with the log: a row for each, whose names go with the answer."""

from collections.abc import Sequence
from pathlib import Path
from typing import LiteralString

from psycopg import Cursor
from psycopg.rows import TupleRow

from domain.arrival import ArrivalAccepted, ArrivalAnnounced, ArrivalRefused, State
from domain.event import Event, Recorded

_FOLDER = Path(__file__).parent
_TOLD: LiteralString = """
    INSERT INTO arrival VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, NULL, %s)
    ON CONFLICT (arrival) DO UPDATE SET told_at = excluded.told_at, language = excluded.language,
        country = excluded.country, arrival_date = excluded.arrival_date, departure_date = excluded.departure_date,
        room = excluded.room, reservation = excluded.reservation, profile = excluded.profile
"""


class ArrivalList:
    """The projection `arrivals`."""

    name = "arrivals"
    tables = (_FOLDER / "schema.sql").read_text()
    indexes = (_FOLDER / "indexes.sql").read_text()
    readable: LiteralString = (
        "SELECT guest, count(*) FROM arrival WHERE guest = ANY(%(guests)s) AND profile IS NOT NULL GROUP BY guest"
    )
    folds: tuple[type[Event], ...] = (ArrivalAnnounced, ArrivalAccepted, ArrivalRefused)

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        """After an answer nothing more is told: so answers can go last."""
        told = [_row(one, one.event) for one in batch if isinstance(one.event, ArrivalAnnounced)]
        answers = [one.event for one in batch if not isinstance(one.event, ArrivalAnnounced)]
        cursor.executemany(_TOLD, told)
        cursor.executemany(
            "UPDATE arrival SET state = %s, guest = %s, profile = NULL WHERE arrival = %s",
            [
                (State.ACCEPTED, event.guest_id, event.originator_id)
                if isinstance(event, ArrivalAccepted)
                else (State.REFUSED, None, event.originator_id)
                for event in answers
            ],
        )


def _row(one: Recorded, event: ArrivalAnnounced) -> Sequence[object]:
    stay = event.stay
    return [
        event.organisation_id,
        event.originator_id,
        stay.property_id,
        State.PENDING,
        one.recorded_at,
        one.recorded_at,
        event.language,
        event.country,
        stay.arrival,
        stay.departure,
        stay.room,
        stay.reservation_id,
        event.profile.model_dump_json() if event.profile else None,
    ]
