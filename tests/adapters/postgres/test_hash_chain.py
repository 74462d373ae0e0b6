"""The hash chain: anybody can recompute it from the stored columns, and any changed column breaks it."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from uuid_utils.compat import uuid7

from adapters.postgres.log import EventLog
from tests.adapters.postgres.events import changed, metadata, registered

CHANGES = {
    "position": "position + 1000",
    "stream": "uuidv7()",
    "version": "version + 1000",
    "type": "'GuestDeleted'",
    "schema_version": "schema_version + 1",
    "payload": "payload || ' '::bytea",
    "recorded_at": "recorded_at + interval '1 microsecond'",
    "actor": "actor || ' '",
    "organisation_id": "uuidv7()",
    "property_id": "uuidv7()",
    "correlation_id": "uuidv7()",
    "causation_id": "uuidv7()",
    "reason": "'because'",
    "traceparent": "'00-1-2-00'",
    "hash": "sha256(hash)",
}


def event_hash(previous: bytes, row: dict[str, Any]) -> bytes:
    """What log.event_hash() does, from the stored columns alone."""
    microseconds = (row["recorded_at"] - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    columns = [
        row["position"], str(row["stream"]), row["version"], row["type"], row["schema_version"], microseconds,
        row["actor"], *(
            None if row[name] is None else str(row[name])
            for name in ("organisation_id", "property_id", "correlation_id", "causation_id", "reason", "traceparent")
        ),
    ]  # fmt: skip
    written = json.dumps(columns, ensure_ascii=False)
    return hashlib.sha256(previous + written.encode() + row["payload"]).digest()


def broken(rows: Sequence[dict[str, Any]]) -> list[int]:
    """The versions whose hash is not what their columns and the hash before them give."""
    previous, found = b"", []
    for row in rows:
        if event_hash(previous, row) != row["hash"]:
            found.append(row["version"])
        previous = row["hash"]
    return found


def stored(database: str) -> list[dict[str, Any]]:
    with psycopg.connect(database, row_factory=dict_row) as connection:
        return connection.execute("SELECT * FROM log.events ORDER BY version").fetchall()


@pytest.fixture
def stream(log: EventLog) -> None:
    """Five events of one guest: the first two together, the others alone, one with all metadata and hard text."""
    guest = uuid7()
    log.save(registered(guest), changed(guest, 2), metadata=metadata())
    for version in (3, 4):
        log.save(changed(guest, version), metadata=metadata())
    full = metadata().model_copy(
        update={
            "property_id": uuid7(),
            "causation_id": uuid7(),
            "traceparent": "00-a-b-01",
            "reason": 'é " \\ / \n\t\x7f 🏨 \u2028',
        }
    )
    log.save(changed(guest, 5), metadata=full)


@pytest.mark.usefixtures("stream")
def test_the_chain_recomputed_from_the_stored_columns_is_the_stored_one(database: str) -> None:
    rows = stored(database)
    assert len(rows) == 5
    assert broken(rows) == []


@pytest.mark.usefixtures("stream")
@pytest.mark.parametrize("column", CHANGES)
def test_any_changed_column_breaks_the_chain(database: str, column: str) -> None:
    assert set(stored(database)[0]) == set(CHANGES)
    with psycopg.connect(database) as superuser:
        superuser.execute("ALTER TABLE log.events DISABLE TRIGGER append_only")
        superuser.execute(f"UPDATE log.events SET {column} = {CHANGES[column]} WHERE version = 3".encode())  # noqa: S608

    rows = sorted(stored(database), key=lambda row: int(row["version"]) % 1000)
    assert broken(rows) != []


@pytest.mark.usefixtures("stream")
def test_a_row_taken_out_breaks_the_chain(database: str) -> None:
    rows = stored(database)
    assert broken(rows[:2] + rows[3:]) == [4]
