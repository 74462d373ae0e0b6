"""Personal fields: ciphertext in the log, bound to their guest, event and field, and gone with the key."""

import orjson
import psycopg
import pytest
from cryptography.exceptions import InvalidTag
from psycopg.rows import dict_row
from uuid_utils.compat import uuid7

from adapters.keys.master import MasterKey
from adapters.keys.sealing import associated_data, open_sealed, seal
from adapters.keys.sources import KEY_BYTES, MasterKeyWrong
from adapters.postgres.log import EventLog
from adapters.postgres.recorder import Forgotten, Pool, Writes
from domain.guest_events import GuestDeleted, GuestRegistered
from tests.adapters.postgres.events import changed, metadata, registered
from tests.adapters.postgres.test_hash_chain import broken


def test_what_is_stored_does_not_hold_what_is_personal(log: EventLog, pool: Pool) -> None:
    log.save(registered(uuid7(), "Quatremère"), metadata=metadata())

    with pool.connection() as connection:
        row = connection.execute("SELECT e::text, convert_from(payload, 'UTF8') FROM log.events e").fetchone()
    assert row is not None
    everything, payload = row
    assert "fr" in payload
    assert "Quatremère" not in payload
    assert "Quatremère".encode().hex() not in everything


def test_another_master_key_opens_nothing(log: EventLog, pool: Pool) -> None:
    guest = uuid7()
    log.save(registered(guest), metadata=metadata())

    with pytest.raises(MasterKeyWrong):
        EventLog(pool, MasterKey(bytes(KEY_BYTES))).stream(guest)


@pytest.mark.parametrize("moved_to", ["guest", "stream", "version", "field"])
def test_a_ciphertext_moved_elsewhere_does_not_open(moved_to: str) -> None:
    key, guest, stream = bytes(KEY_BYTES), uuid7(), uuid7()
    sealed = seal(key, b"Zoe", associated_data(guest, stream, 1, "profile"))
    assert open_sealed(key, sealed, associated_data(guest, stream, 1, "profile")) == b"Zoe"

    elsewhere = associated_data(
        uuid7() if moved_to == "guest" else guest,
        uuid7() if moved_to == "stream" else stream,
        2 if moved_to == "version" else 1,
        "note" if moved_to == "field" else "profile",
    )
    with pytest.raises(InvalidTag):
        open_sealed(key, sealed, elsewhere)


def test_a_payload_copied_to_another_event_of_the_guest_does_not_open(log: EventLog) -> None:
    guest = uuid7()
    log.save(registered(guest), changed(guest, 2), metadata=metadata())
    first, second = log.recorder.select_events(guest)
    copied = orjson.loads(second.state) | {"profile": orjson.loads(first.state)["profile"]}

    with pytest.raises(InvalidTag):
        log.mapper.to_domain_event(type(second)(**vars(second) | {"state": orjson.dumps(copied)}))


def test_after_forgetting_events_read_with_none_and_the_chain_still_holds(log: EventLog, database: str) -> None:
    guest = uuid7()
    log.save(registered(guest), metadata=metadata())
    log.save(
        GuestDeleted(originator_id=guest, originator_version=2), metadata=metadata(), writes=Writes(forget=[guest])
    )

    first, _ = log.stream(guest)
    assert isinstance(first.event, GuestRegistered)
    assert first.event.profile is None
    assert first.event.language == "fr"
    with psycopg.connect(database, row_factory=dict_row) as connection:
        assert broken(connection.execute("SELECT * FROM log.events ORDER BY version").fetchall()) == []
        assert connection.execute("SELECT wrapped FROM log.keys").fetchall() == [{"wrapped": None}]


def test_nothing_personal_is_written_of_a_forgotten_guest(log: EventLog) -> None:
    guest = uuid7()
    log.save(registered(guest), metadata=metadata(), writes=Writes(forget=[guest]))

    with pytest.raises(Forgotten):
        log.save(changed(guest, 2), metadata=metadata())
    assert len(log.stream(guest)) == 1
