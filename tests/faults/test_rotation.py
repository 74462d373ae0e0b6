"""The master key is rotated while guests are registered, read and erased, and when the rotation is killed."""

import signal
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event as Flag
from uuid import UUID

import psycopg
import pytest
from pydantic import SecretStr
from uuid_utils.compat import uuid7

from adapters.bootstrap import Hote, open_hote
from adapters.cli.master_key import rotate
from adapters.keys import master
from adapters.keys.master import MasterKey
from adapters.keys.sources import KEY_BYTES, KeyFile
from adapters.postgres.keys import SIGNING, RotationRuns, left_to_rewrap, the_only_rotation
from adapters.postgres.log import EventLog
from adapters.settings import Settings
from tests.adapters.keys.test_rewrapping import erase, last_name
from tests.adapters.postgres.events import metadata, registered
from tests.installation import running
from tests.waiting import PATIENCE, eventually

KEYS = 40_000
"""So many that a rotation takes a while."""

OLD, NEW = (bytes([number]) * KEY_BYTES for number in (1, 2))


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database_url=SecretStr(database))


@pytest.fixture
def hote(settings: Settings) -> Iterator[Hote]:
    with open_hote(settings) as hote:
        yield hote


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "master.key")


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes read the master key again within a second, and rotations rely on it."""
    monkeypatch.setattr(master, "FRESH_SECONDS", 1.0)


def run_rotation(hote: Hote) -> None:
    with the_only_rotation(hote.pool) as connection:
        rotate(hote, connection)


def wrapped(hote: Hote) -> dict[UUID, bytes]:
    """All keys that are not destroyed, as they are stored."""
    with hote.pool.connection() as connection:
        return dict(connection.execute("SELECT subject, wrapped FROM log.keys WHERE wrapped IS NOT NULL").fetchall())


def unwrapped(hote: Hote, ring: MasterKey) -> dict[UUID, bytes]:
    return {subject: ring.unwrap(subject, each) for subject, each in wrapped(hote).items()}


def many_keys(hote: Hote) -> dict[UUID, bytes]:
    """Makes them, and gives them as they are when unwrapped."""
    made = [(subject := uuid7(), hote.master.new_key(subject)[1]) for _ in range(KEYS)]
    with hote.pool.connection() as connection:
        connection.cursor().executemany(
            "INSERT INTO log.keys (subject, wrapped, created_at) VALUES (%s, %s, now())", made
        )
    return unwrapped(hote, hote.master)


@pytest.mark.usefixtures("soon")
def test_while_guests_are_registered_read_and_erased(hote: Hote, settings: Settings, file: KeyFile) -> None:
    [first] = file.read()
    stop = Flag()

    def front_desk() -> tuple[list[UUID], list[UUID]]:
        """A process with a master key of its own; gives the guests that are there, and those erased."""
        log = EventLog(hote.pool, settings.load_master_key())
        there: list[UUID] = []
        erased: list[UUID] = []
        while not stop.is_set():
            for guest in (some := [uuid7() for _ in range(5)]):
                log.save(registered(guest, f"Guest {guest}"), metadata=metadata())
            there += some
            for again in (there[len(there) // 2], erased_next := there.pop(-3)):
                assert last_name(log, again) == f"Guest {again}"
            erase(hote.pool, erased_next)
            erased.append(erased_next)
        return there, erased

    idle = EventLog(hote.pool, settings.load_master_key())
    with ThreadPoolExecutor(3) as threads:
        desks = [threads.submit(front_desk) for _ in range(3)]

        def work_until_there_are(keys: int) -> None:
            eventually(lambda: len(wrapped(hote)) >= keys or any(desk.done() for desk in desks))

        try:
            work_until_there_are(100)
            run_rotation(hote)
            work_until_there_are(len(wrapped(hote)) + 100)
        finally:
            stop.set()
        results = [desk.result() for desk in desks]

    [new] = file.read()
    assert new != first
    for log in (idle, EventLog(hote.pool, MasterKey(new))):
        for there, erased in results:
            assert [last_name(log, guest) for guest in there] == [f"Guest {guest}" for guest in there]
            assert {last_name(log, guest) for guest in erased} == {None}
    with open_hote(settings) as later:
        assert later.signer.public_key == hote.signer.public_key


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("moment", ["while it wraps", "while it waits"])
def test_killed_it_has_lost_nothing_and_run_again_it_ends(
    hote: Hote, file: KeyFile, tmp_path: Path, moment: str
) -> None:
    [first] = file.read()
    keys = many_keys(hote)
    rotating = running(hote.settings.home, hote.database_url, "rotate-master-key", output=tmp_path / "output")
    with rotating as process, hote.pool.connection() as connection:

        def left() -> int:
            return left_to_rewrap(connection, MasterKey(*file.read()))

        eventually(lambda: len(file.read()) == 2)
        eventually(lambda: left() < len(keys) and (moment == "while it wraps" or left() == 0))
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
        assert (left() > 0) == (moment == "while it wraps"), "it was not killed at the moment that was meant"

    new, earlier = file.read()
    assert earlier == first
    assert unwrapped(hote, MasterKey(new, earlier)) == keys

    eventually(lambda: not rotation_runs(hote))  # until the database knows that the process is no more
    run_rotation(hote)
    assert file.read() == [new]
    assert unwrapped(hote, MasterKey(new)) == keys


def rotation_runs(hote: Hote) -> bool:
    try:
        with the_only_rotation(hote.pool):
            return False
    except RotationRuns:
        return True


def test_two_rotations_do_not_run_at_once(hote: Hote) -> None:
    with the_only_rotation(hote.pool):
        assert rotation_runs(hote)
    assert not rotation_runs(hote)


@pytest.mark.usefixtures("soon")
def test_a_key_that_an_append_holds_all_the_while_is_wrapped_in_the_end(hote: Hote, file: KeyFile) -> None:
    guest = uuid7()
    hote.log.events.save(registered(guest), metadata=metadata())

    def retiring_waits() -> bool:
        with hote.pool.connection() as connection:
            sql = "SELECT FROM pg_locks WHERE relation = 'log.keys'::regclass AND NOT granted"
            return connection.execute(sql).fetchone() is not None

    with ThreadPoolExecutor(1) as thread:
        with psycopg.connect(hote.database_url) as other:
            other.execute("SELECT FROM log.keys WHERE subject = %s FOR SHARE", [guest])
            rotation = thread.submit(run_rotation, hote)
            eventually(retiring_waits)
        rotation.result(PATIENCE)
    [new] = file.read()
    assert last_name(EventLog(hote.pool, MasterKey(new)), guest) == "Lefèvre"


@pytest.mark.usefixtures("soon")
def test_with_keys_from_the_environment_a_process_left_behind_is_noticed(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    def given(*keys: bytes) -> Settings:
        return settings.model_copy(update={"master_key": SecretStr(" ".join(b64encode(key).decode() for key in keys))})

    with open_hote(given(OLD)) as behind:
        many_keys(behind)
    stop = Flag()

    def not_restarted(log: EventLog) -> None:
        while not stop.is_set():
            log.save(registered(uuid7()), metadata=metadata())

    with open_hote(given(NEW, OLD)) as hote, ThreadPoolExecutor(1) as thread:
        desk = thread.submit(not_restarted, EventLog(hote.pool, MasterKey(OLD)))
        try:
            with pytest.raises(SystemExit):
                run_rotation(hote)
        finally:
            stop.set()
        desk.result()
        assert "Restart all" in capsys.readouterr().err

        run_rotation(hote)
        assert "can go from HOTE_MASTER_KEY" in capsys.readouterr().out
        assert len(unwrapped(hote, MasterKey(NEW))) > KEYS
    with open_hote(given(NEW)) as hote:
        run_rotation(hote)
        assert "There is no earlier master key" in capsys.readouterr().out


def test_processes_that_start_at_once_have_one_signing_key(settings: Settings) -> None:
    def start(_: int) -> bytes:
        with open_hote(settings) as hote:
            return hote.signer.public_key

    with ThreadPoolExecutor(6) as threads:
        [public_key] = set(threads.map(start, range(6)))
    assert (settings.home / "signing-key.pub.pem").read_bytes() == public_key
    with open_hote(settings) as hote:
        assert SIGNING in wrapped(hote)
