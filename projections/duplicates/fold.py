"""Keeps what guests share up with the log."""

from collections.abc import Sequence
from pathlib import Path
from typing import LiteralString
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from domain.contact import Profile
from domain.duplicate import DuplicateDismissed
from domain.event import Event, Recorded
from domain.guest_events import (
    GuestAnonymised,
    GuestChanged,
    GuestDeleted,
    GuestMerged,
    GuestRegistered,
    GuestUnmerged,
    MergedInto,
    MergeUndone,
)
from projections.duplicates.person import Person

_FOLDER = Path(__file__).parent


class Duplicates:
    """The projection `duplicates`."""

    name = "duplicates"
    tables = (_FOLDER / "schema.sql").read_text()
    indexes = (_FOLDER / "indexes.sql").read_text()
    readable: LiteralString = "SELECT guest, count(*) FROM trait WHERE guest = ANY(%(guests)s) GROUP BY guest"
    folds: tuple[type[Event], ...] = (
        GuestRegistered,
        GuestChanged,
        GuestMerged,
        MergedInto,
        GuestUnmerged,
        MergeUndone,
        GuestAnonymised,
        GuestDeleted,
        DuplicateDismissed,
    )

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        registered: set[UUID] = set()
        told: dict[UUID, tuple[UUID, Profile | None]] = {}
        dismissed: set[tuple[UUID, UUID]] = set()
        for one in batch:
            guest = one.event.originator_id
            match one.event:
                case DuplicateDismissed(guest_ids=pair):
                    dismissed.add(pair)
                case GuestRegistered(profile=profile):
                    registered.add(guest)
                    told[guest] = one.organisation_id, profile
                case GuestChanged(profile=profile) | GuestMerged(profile=profile):
                    told[guest] = one.organisation_id, profile
                case GuestUnmerged(profile=profile) | MergeUndone(profile=profile):
                    told[guest] = one.organisation_id, profile
                case _:
                    told[guest] = one.organisation_id, None
        cursor.execute("DELETE FROM trait WHERE guest = ANY(%s)", [list(told.keys() - registered)])
        with cursor.copy("COPY trait FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(["uuid", "int2", "int8", "uuid"])
            for guest, (organisation, profile) in told.items():
                for trait in sorted(Person.of(profile).traits) if profile else ():
                    copy.write_row((organisation, *trait, guest))
        cursor.executemany("INSERT INTO dismissed VALUES (%s, %s)", sorted(dismissed))
