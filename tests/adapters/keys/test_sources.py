"""Where the master key comes from, and what is said when it cannot be had: never the key."""

import os
import shlex
import stat
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from adapters.keys import sources
from adapters.keys.sources import KEY_BYTES, KeyCommand, KeyFile, MasterKeyWrong, parsed

ONE, OTHER = (bytes([number]) * KEY_BYTES for number in (1, 2))
SHORT = b64encode(b"too short")


def printing(code: str) -> KeyCommand:
    return KeyCommand(shlex.join([sys.executable, "-c", code]))


def names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


@pytest.mark.parametrize("between", [b" ", b"\n", b",", b", ", b"\r\n"])
def test_keys_are_read_in_their_order(between: bytes) -> None:
    assert parsed(b64encode(OTHER) + between + b64encode(ONE) + b"\n") == [OTHER, ONE]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"", "key 1 has 0 bytes"),
        (b64encode(ONE) + b" " + SHORT, "key 2 has 9 bytes"),
        (b64encode(ONE)[:-2], "key 1 is not base64"),
        (ONE, "key 1 is not base64"),
        (b64encode(ONE) + b" " + b64encode(ONE), "twice"),
    ],
)
def test_what_is_no_key_is_said_without_showing_it(text: bytes, what: str) -> None:
    with pytest.raises(MasterKeyWrong, match=what) as caught:
        parsed(text)
    assert not any(part.decode("latin-1") in str(caught.value) for part in text.split())


def test_the_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "home" / "master.key")
    file.prepare()
    [key] = file.read()
    file.prepare()

    assert file.read() == [key]
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert names(file.path.parent) == ["master.key"]


def test_processes_that_start_at_once_agree_on_the_first_key(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from adapters.keys.sources import KeyFile;"
        f"file = KeyFile(Path({str(tmp_path / 'master.key')!r}));"
        "print('ready', flush=True); sys.stdin.read(); file.prepare(); print(file.read()[0].hex())"
    )
    pipe = subprocess.PIPE
    processes = [
        subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, text=True, cwd=Path.cwd())
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
    told = {process.stdout.read() for process in processes if process.stdout}
    assert [process.wait(60) for process in processes] == [0] * 4
    assert told == {KeyFile(tmp_path / "master.key").read()[0].hex() + "\n"}


def test_a_file_open_to_others_is_used_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = KeyFile(tmp_path / "master.key")
    file.prepare()
    file.prepare()
    assert not caplog.messages
    file.path.chmod(0o444)
    file.prepare()
    assert "chmod 600" in caplog.text


def test_replacing_the_file_keeps_its_permissions_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "master.key")
    file.prepare()
    file.path.chmod(0o640)
    (tmp_path / ".master.key.killed").write_bytes(b64encode(ONE))  # of a writer that was killed
    file.write([OTHER, ONE])

    assert file.read() == [OTHER, ONE]
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o640
    assert names(tmp_path) == ["master.key"]


def test_when_the_disk_refuses_the_old_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = KeyFile(tmp_path / "master.key")
    file.prepare()
    before = file.read()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MasterKeyWrong, match="cannot be replaced: No space left"):
        file.write([OTHER, ONE])
    assert file.read() == before
    assert names(tmp_path) == ["master.key"]


def test_a_file_that_is_gone_is_not_made_anew_by_reading(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyWrong, match=r"master\.key cannot be read: No such file"):
        KeyFile(tmp_path / "master.key").read()
    assert names(tmp_path) == []


def test_a_command_prints_the_keys() -> None:
    assert printing(f"print({b64encode(OTHER).decode()!r}, {b64encode(ONE).decode()!r})").read() == [OTHER, ONE]


def test_a_command_is_run_without_a_shell(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyWrong):
        KeyCommand(f"true; touch {tmp_path / 'made'}").read()
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("import sys; print('s3cret'); sys.exit(3)", "exit code 3"),
        ("print('s3cret')", "key 1 is not base64"),
        ("pass", "key 1 has 0 bytes"),
    ],
)
def test_a_command_that_fails_is_said_without_what_it_printed(code: str, what: str) -> None:
    with pytest.raises(MasterKeyWrong, match=what) as caught:
        printing(code).read()
    assert "s3cret" not in repr([caught.value, caught.value.__cause__])


def test_a_command_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "COMMAND_SECONDS", 1)
    with pytest.raises(MasterKeyWrong, match="no key after 1 s") as caught:
        printing("import time; print('s3cret', flush=True); time.sleep(600)").read()
    assert caught.value.__suppress_context__, "the context holds what was printed"


def test_a_command_that_is_not_there_is_said() -> None:
    with pytest.raises(MasterKeyWrong, match="cannot be run: No such file"):
        KeyCommand("no-such-program").read()
