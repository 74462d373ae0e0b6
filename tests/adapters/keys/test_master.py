"""The master key as a ring: what wraps, what unwraps, and when the source is read again."""

from pathlib import Path
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from uuid_utils.compat import uuid7

from adapters.keys import master
from adapters.keys.master import FRESH_SECONDS, RETRY_SECONDS, MasterKey
from adapters.keys.sources import KEY_BYTES, KeyFile, MasterKeyWrong, master_key_id

OLD, NEW = (bytes([number]) * KEY_BYTES for number in (1, 2))
GUEST: UUID = uuid7()


class Clock:
    """Time as the test has it go by."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(master, "monotonic", clock)
    return clock


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    file = KeyFile(tmp_path / "master.key")
    file.prepare()
    file.write([OLD])
    return file


@pytest.fixture
def running(clock: Clock, file: KeyFile) -> MasterKey:  # noqa: ARG001  the clock must be there first
    """A process that started when the file held only the old key."""
    return MasterKey(*file.read(), source=file)


def by(wrapped: bytes) -> bytes:
    """Id of the master key that wrapped it."""
    return wrapped[:4]


def test_a_wrapped_key_says_which_master_key_wrapped_it() -> None:
    key, wrapped = MasterKey(OLD).new_key(GUEST)
    assert by(wrapped) == master_key_id(OLD)
    assert key not in wrapped
    assert MasterKey(NEW, OLD).unwrap(GUEST, wrapped) == key


def test_the_first_key_wraps() -> None:
    ring = MasterKey(NEW, OLD)
    key, wrapped = ring.new_key(GUEST)
    assert MasterKey(NEW).unwrap(GUEST, wrapped) == key
    with pytest.raises(MasterKeyWrong, match=master_key_id(NEW).hex()):
        MasterKey(OLD).unwrap(GUEST, wrapped)


def test_a_key_wrapped_anew_is_the_same_key() -> None:
    key, wrapped = MasterKey(OLD).new_key(GUEST)
    assert MasterKey(NEW).unwrap(GUEST, MasterKey(NEW, OLD).rewrap(GUEST, wrapped)) == key


def test_a_key_is_bound_to_its_subject() -> None:
    ring = MasterKey(OLD)
    with pytest.raises(InvalidTag):
        ring.unwrap(uuid7(), ring.new_key(GUEST)[1])


def test_a_changed_key_does_not_unwrap() -> None:
    ring = MasterKey(OLD)
    _, wrapped = ring.new_key(GUEST)
    for place in range(4, len(wrapped)):
        with pytest.raises(InvalidTag):
            ring.unwrap(GUEST, wrapped[:place] + bytes([wrapped[place] ^ 1]) + wrapped[place + 1 :])


def test_a_key_under_a_master_key_that_came_later_is_read_at_once(running: MasterKey, file: KeyFile) -> None:
    file.write([NEW, OLD])
    key, wrapped = MasterKey(NEW).new_key(GUEST)
    assert running.unwrap(GUEST, wrapped) == key


def test_for_a_master_key_that_is_nowhere_the_source_is_not_read_again_and_again(
    running: MasterKey, file: KeyFile, clock: Clock
) -> None:
    key, wrapped = MasterKey(NEW).new_key(GUEST)
    with pytest.raises(MasterKeyWrong):
        running.unwrap(GUEST, wrapped)
    file.write([NEW, OLD])
    clock.now += RETRY_SECONDS / 2
    with pytest.raises(MasterKeyWrong):
        running.unwrap(GUEST, wrapped)
    clock.now += RETRY_SECONDS / 2
    assert running.unwrap(GUEST, wrapped) == key


def test_a_process_that_only_makes_keys_knows_the_new_master_key_within_a_minute(
    running: MasterKey, file: KeyFile, clock: Clock
) -> None:
    file.write([NEW, OLD])
    clock.now += FRESH_SECONDS - 1
    assert by(running.new_key(GUEST)[1]) == master_key_id(OLD), "the file is read for every key"
    clock.now += 1
    assert by(running.new_key(GUEST)[1]) == master_key_id(NEW)
    assert running.derived("it") == MasterKey(NEW).derived("it") != MasterKey(OLD).derived("it")


def test_what_was_read_before_the_old_master_key_went_still_unwraps(
    running: MasterKey, file: KeyFile, clock: Clock
) -> None:
    key, wrapped = running.new_key(GUEST)
    file.write([NEW])
    clock.now += FRESH_SECONDS
    running.new_key(GUEST)
    assert running.unwrap(GUEST, wrapped) == key


def test_while_the_source_is_away_keys_are_still_made_and_it_is_said(
    running: MasterKey, file: KeyFile, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    file.path.rename(file.path.with_name("away"))
    clock.now += FRESH_SECONDS
    key, wrapped = running.new_key(GUEST)
    running.new_key(GUEST)
    assert running.unwrap(GUEST, wrapped) == key
    assert len(caplog.messages) == 1
    assert "cannot be read" in caplog.text


def test_a_key_of_another_length_is_no_master_key() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKey(b"short")
