"""Keeps the lists of properties, keys and catalogues up with the log: one statement an event, for these are few."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from domain.access import ApiKeyChanged, ApiKeyIssued, ApiKeyRevoked
from domain.catalogue import (
    CodeAdded,
    CodeChanged,
    CodeRetired,
    CostItemAdded,
    CostItemChanged,
    CostItemRetired,
    EmployeeAdded,
    EmployeeChanged,
    EmployeeRetired,
    Properties,
)
from domain.event import Event, Recorded
from domain.party import (
    CompanyAdded,
    CompanyChanged,
    CompanySettings,
    OccasionAdded,
    OccasionChanged,
    OccasionSettings,
)
from domain.property import PropertyAdded, PropertyChanged

_FOLDER = Path(__file__).parent


class Settings:
    """The projection `settings`. It shows who works here, and what companies and occasions are called, which have keys
    of their own; of guests it has ids alone: no erasure asks it.
    """

    name = "settings"
    tables = (_FOLDER / "schema.sql").read_text()
    indexes = (_FOLDER / "indexes.sql").read_text()
    readable = None
    folds: tuple[type[Event], ...] = (
        PropertyAdded,
        PropertyChanged,
        ApiKeyIssued,
        ApiKeyChanged,
        ApiKeyRevoked,
        CodeAdded,
        CodeChanged,
        CodeRetired,
        CostItemAdded,
        CostItemChanged,
        CostItemRetired,
        EmployeeAdded,
        EmployeeChanged,
        EmployeeRetired,
        CompanyAdded,
        CompanyChanged,
        OccasionAdded,
        OccasionChanged,
    )

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
                            _list(event.properties),
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
                case CodeAdded() as event:
                    cursor.execute(
                        "INSERT INTO code VALUES (%s, %s, %s, %s, %s, %s, false)",
                        [
                            event.organisation_id,
                            event.originator_id,
                            event.originator_version,
                            one.recorded_at,
                            event.name,
                            _list(event.properties),
                        ],
                    )
                case CodeChanged() as event:
                    cursor.execute(
                        "UPDATE code SET version = %s, name = %s, properties = %s WHERE code = %s",
                        [event.originator_version, event.name, _list(event.properties), event.originator_id],
                    )
                case CodeRetired() as event:
                    cursor.execute(
                        "UPDATE code SET version = %s, retired = true WHERE code = %s",
                        [event.originator_version, event.originator_id],
                    )
                case CostItemAdded() as event:
                    cursor.execute(
                        "INSERT INTO cost_item VALUES (%s, %s, %s, %s, %s, %s, %s, %s, false)",
                        [
                            event.organisation_id,
                            event.originator_id,
                            event.originator_version,
                            one.recorded_at,
                            event.name,
                            event.unit_value.amount,
                            event.unit_value.currency,
                            _list(event.properties),
                        ],
                    )
                case CostItemChanged() as event:
                    cursor.execute(
                        "UPDATE cost_item SET version = %s, name = %s, amount = %s, currency = %s, properties = %s"
                        " WHERE cost_item = %s",
                        [
                            event.originator_version,
                            event.name,
                            event.unit_value.amount,
                            event.unit_value.currency,
                            _list(event.properties),
                            event.originator_id,
                        ],
                    )
                case CostItemRetired() as event:
                    cursor.execute(
                        "UPDATE cost_item SET version = %s, retired = true WHERE cost_item = %s",
                        [event.originator_version, event.originator_id],
                    )
                case EmployeeAdded(details=details) as event:
                    cursor.execute(
                        "INSERT INTO employee VALUES (%s, %s, %s, %s, %s, %s, %s, false)",
                        [
                            event.organisation_id,
                            event.originator_id,
                            event.originator_version,
                            one.recorded_at,
                            details and details.name,
                            details and details.email,
                            _list(event.properties),
                        ],
                    )
                case EmployeeChanged(details=details) as event:
                    cursor.execute(
                        "UPDATE employee SET version = %s, name = %s, email = %s, properties = %s WHERE employee = %s",
                        [
                            event.originator_version,
                            details and details.name,
                            details and details.email,
                            _list(event.properties),
                            event.originator_id,
                        ],
                    )
                case CompanyAdded() | OccasionAdded() as event:
                    cursor.execute(
                        "INSERT INTO party VALUES (%s, %s, %s, %s, %s, %s, %s)",
                        [
                            event.organisation_id,
                            event.originator_id,
                            CompanySettings.__name__ if isinstance(event, CompanyAdded) else OccasionSettings.__name__,
                            event.originator_version,
                            one.recorded_at,
                            event.settings.property_id if isinstance(event.settings, OccasionSettings) else None,
                            event.settings and event.settings.model_dump_json(),
                        ],
                    )
                case CompanyChanged() | OccasionChanged() as event:
                    cursor.execute(
                        "UPDATE party SET version = %s, property = %s, settings = %s WHERE party = %s",
                        [
                            event.originator_version,
                            event.settings.property_id if isinstance(event.settings, OccasionSettings) else None,
                            event.settings and event.settings.model_dump_json(),
                            event.originator_id,
                        ],
                    )
                case EmployeeRetired() as event:
                    cursor.execute(
                        "UPDATE employee SET version = %s, retired = true WHERE employee = %s",
                        [event.originator_version, event.originator_id],
                    )


def _list(properties: Properties) -> list[UUID] | None:
    return None if properties is None else list(properties)
