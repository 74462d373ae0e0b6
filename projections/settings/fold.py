"""Keeps the lists of properties and keys up with the log: one statement an event, for these are few."""

from collections.abc import Sequence
from pathlib import Path

from psycopg import Cursor
from psycopg.rows import TupleRow

from domain.access import ApiKeyChanged, ApiKeyIssued, ApiKeyRevoked
from domain.event import Event, Recorded
from domain.property import PropertyAdded, PropertyChanged

_FOLDER = Path(__file__).parent


class Settings:
    """The projection `settings`."""

    name = "settings"
    tables = (_FOLDER / "schema.sql").read_text()
    indexes = (_FOLDER / "indexes.sql").read_text()
    readable = None
    folds: tuple[type[Event], ...] = (PropertyAdded, PropertyChanged, ApiKeyIssued, ApiKeyChanged, ApiKeyRevoked)

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        for one in batch:
            match one.event:
                case PropertyAdded() as event:
                    cursor.execute(
                        "INSERT INTO property VALUES (%s, %s, %s, %s, %s, %s)",
                        [
                            event.organisation_id,
                            event.originator_id,
                            event.originator_version,
                            one.recorded_at,
                            event.settings.name,
                            event.settings.model_dump_json(),
                        ],
                    )
                case PropertyChanged() as event:
                    cursor.execute(
                        "UPDATE property SET version = %s, name = %s, settings = %s WHERE property = %s",
                        [
                            event.originator_version,
                            event.settings.name,
                            event.settings.model_dump_json(),
                            event.originator_id,
                        ],
                    )
                case ApiKeyIssued() as event:
                    cursor.execute(
                        "INSERT INTO api_key VALUES (%s, %s, %s, %s, %s, %s, %s, NULL)",
                        [
                            event.organisation_id,
                            event.originator_id,
                            one.recorded_at,
                            event.name,
                            event.role,
                            None if event.properties is None else list(event.properties),
                            event.expires_at,
                        ],
                    )
                case ApiKeyChanged() as event:
                    cursor.execute(
                        "UPDATE api_key SET name = %s, expires_at = %s WHERE api_key = %s",
                        [event.name, event.expires_at, event.originator_id],
                    )
                case ApiKeyRevoked() as event:
                    cursor.execute(
                        "UPDATE api_key SET revoked_at = %s WHERE api_key = %s", [one.recorded_at, event.originator_id]
                    )
