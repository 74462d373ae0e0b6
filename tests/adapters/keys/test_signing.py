"""Signed documents: what the owner of the key signed is read, everything else is refused."""

import json
from pathlib import Path

import pytest
import typer
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from adapters.cli.certificates import LIMIT, verify_certificate
from adapters.keys.signing import PUBLIC_KEY_FILE, SignatureWrong, Signer, publish, verified

SIGNER = Signer(bytes(range(32)))
BODY: dict[str, object] = {"kind": "erasure", "position": 7, "kept": [{"what": "séjours", "rows": 3}], "reason": None}
DOCUMENT = SIGNER.sign(BODY)
RSA = rsa.generate_private_key(65537, 2048).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def refused(document: bytes, public_key: bytes = SIGNER.public_key) -> str:
    with pytest.raises(SignatureWrong) as caught:
        verified(document, public_key)
    return str(caught.value)


@given(st.dictionaries(st.text().filter(lambda name: name not in {"key_id", "signature"}), values, max_size=4))
def test_what_is_signed_is_what_is_read(body: dict[str, object]) -> None:
    said = verified(SIGNER.sign(body), SIGNER.public_key)
    assert {name: said[name] for name in body} == body
    assert said.keys() == body.keys() | {"key_id"}


@given(st.integers(0, len(DOCUMENT) - 1), st.integers(1, 255))
def test_any_byte_changed_is_refused(place: int, change: int) -> None:
    refused(DOCUMENT[:place] + bytes([DOCUMENT[place] ^ change]) + DOCUMENT[place + 1 :])


@given(st.integers(0, len(DOCUMENT)), st.binary(min_size=1, max_size=3))
def test_any_byte_put_in_or_left_out_is_refused(place: int, more: bytes) -> None:
    refused(DOCUMENT[:place] + more + DOCUMENT[place:])
    if place < len(DOCUMENT):
        refused(DOCUMENT[:place] + DOCUMENT[place + 1 :])


def test_the_same_json_written_otherwise_is_refused() -> None:
    said = json.loads(DOCUMENT)
    assert "not written as" in refused(json.dumps(said).encode())
    assert "not written as" in refused(DOCUMENT.decode().encode("utf-16"))
    assert "not written as" in refused(DOCUMENT.replace(b'"position": 7', b'"position": 8,\n  "position": 7'))
    upper = json.dumps(said | {"signature": said["signature"].upper()}, indent=2, ensure_ascii=False) + "\n"
    assert "not written as" in refused(upper.encode())


def test_a_forged_document_is_refused() -> None:
    forger = Signer(bytes(32))
    assert "another key" in refused(forger.sign(BODY))
    own_key_id = verified(DOCUMENT, SIGNER.public_key)["key_id"]
    signature = json.loads(forger.sign(BODY))["signature"]
    forged = json.dumps(BODY | {"key_id": own_key_id, "signature": signature}, indent=2, ensure_ascii=False) + "\n"
    assert "does not fit" in refused(forged.encode())


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'"signature"',
        b"{}",
        b'{"signature": 7}',
        b'{"signature": "zz"}',
        b'{"signature": "00", "a": "\\ud800"}',
        b'{"signature": "00", "a": NaN}',
        b'{"signature": "00", "a": ' + b"9" * 10_000 + b"}",
        b"[" * 1_000_000,
        b'{"signature": "00", "a": ' + b"[" * 900 + b"]" * 900 + b"}",
    ],
    ids=range(13),
)
def test_garbage_is_refused(garbage: bytes) -> None:
    refused(garbage)


@pytest.mark.parametrize("key", [b"", b"garbage", DOCUMENT, RSA], ids=["nothing", "garbage", "document", "rsa"])
def test_what_is_no_public_key_is_refused(key: bytes) -> None:
    assert "public key" in refused(DOCUMENT, key)


def test_the_public_key_is_left_for_those_who_verify(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    home = tmp_path / "home"
    for _ in range(2):
        publish(SIGNER.public_key, home)
    assert verified(DOCUMENT, (home / PUBLIC_KEY_FILE).read_bytes())
    assert not caplog.messages

    other = Signer(bytes(32))
    publish(other.public_key, home)
    assert (home / PUBLIC_KEY_FILE).read_bytes() == other.public_key
    assert "replaced" in caplog.text


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOTE_HOME", str(tmp_path))
    publish(SIGNER.public_key, tmp_path)
    (tmp_path / "certificate.json").write_bytes(DOCUMENT)
    return tmp_path


def verify(*arguments: str | Path) -> Result:
    app = typer.Typer()
    app.command()(verify_certificate)
    return CliRunner().invoke(app, [str(each) for each in arguments])


def test_the_command_shows_what_a_certificate_says(home: Path) -> None:
    done = verify(home / "certificate.json")
    assert done.exit_code == 0, done.output
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert {"kind: erasure", "position: 7", "what: séjours", "rows: 3", "reason: null"} <= set(lines)


def test_the_command_refuses_what_was_changed(home: Path) -> None:
    file = home / "certificate.json"
    file.write_bytes(DOCUMENT.replace(b"7", b"8", 1))
    done = verify(file)
    assert done.exit_code == 1
    assert "is refused" in done.output
    assert "kind" not in done.output


def test_the_command_takes_another_public_key(home: Path) -> None:
    other = Signer(bytes(32))
    (home / "other.pem").write_bytes(other.public_key)
    (home / "other.json").write_bytes(other.sign(BODY))
    assert verify(home / "other.json").exit_code == 1
    assert verify(home / "other.json", "--public-key", home / "other.pem").exit_code == 0


def test_the_command_reads_no_more_than_a_document_can_have(home: Path) -> None:
    with (home / "huge.json").open("wb") as file:
        file.truncate(1_000 * LIMIT)  # holes, which take no room on the disk
    done = verify(home / "huge.json")
    assert done.exit_code == 1
    assert "longer than" in done.output


def test_a_missing_public_key_is_said(home: Path) -> None:
    (home / PUBLIC_KEY_FILE).unlink()
    done = verify(home / "certificate.json")
    assert done.exit_code == 1
    assert f"{PUBLIC_KEY_FILE} cannot be read" in done.output


def test_a_text_that_would_act_on_the_terminal_is_shown_as_json(home: Path) -> None:
    (home / "odd.json").write_bytes(SIGNER.sign({"reason": "\x1b[2J"}))
    assert r'reason: "\u001b[2J"' in verify(home / "odd.json").stdout
