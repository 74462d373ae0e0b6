"""Where the master key comes from: the environment, a command, or a file; never the database."""

import logging
import os
import re
import shlex
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from adapters.whole_file import forget_unfinished, make_whole, replace_whole

KEY_BYTES = 32
ID_BYTES = 4
COMMAND_SECONDS = 10

log = logging.getLogger(__name__)


class MasterKeyWrong(Exception):
    """The master key cannot be had, or is not the one that is needed; the message says why and shows no key."""


def master_key_id(key: bytes) -> bytes:
    """Says which master key it is, and nothing else of it."""
    return sha256(b"hote master" + key).digest()[:ID_BYTES]


def parsed(text: bytes) -> list[bytes]:
    """The keys written in base64 with spaces, line breaks or commas between them: the current one, then earlier ones.

    Raises MasterKeyWrong.
    """
    keys = []
    for number, word in enumerate(re.split(rb"[\s,]+", text.strip()), start=1):
        try:
            key = b64decode(word, validate=True)
        except ValueError as error:
            raise MasterKeyWrong(f"key {number} is not base64") from error
        if len(key) != KEY_BYTES:
            raise MasterKeyWrong(f"key {number} has {len(key)} bytes in base64, {KEY_BYTES} are needed")
        keys.append(key)
    if len({master_key_id(key) for key in keys}) < len(keys):
        raise MasterKeyWrong("one key is there twice")
    return keys


@dataclass(frozen=True)
class KeyFile:
    """One key a line. What a process reads here it may read again at any time: the file is only ever replaced whole."""

    path: Path

    def read(self) -> list[bytes]:
        """Raises MasterKeyWrong."""
        try:
            return parsed(self.path.read_bytes())
        except OSError as error:
            raise MasterKeyWrong(f"{self.path} cannot be read: {error.strerror}") from error
        except MasterKeyWrong as error:
            raise MasterKeyWrong(f"{self.path}: {error}") from error

    def prepare(self, *, first: bool = True) -> None:
        """Makes the file with a first key if it is missing and this is the first start."""
        if not self.path.exists():
            if first:
                make_whole(self.path, _written([os.urandom(KEY_BYTES)]))
        # Not refused, as ssh would: where secrets are mounted into containers, they often are readable by all inside.
        elif self.path.stat().st_mode & 0o077:
            log.warning("%s is open to others than its owner; better: chmod 600", self.path)

    def write(self, keys: Sequence[bytes]) -> None:
        """Nobody else may write at the same time. Raises MasterKeyWrong, and then nothing has changed."""
        try:
            forget_unfinished(self.path)
            replace_whole(self.path, _written(keys))
        except OSError as error:
            raise MasterKeyWrong(f"{self.path} cannot be replaced: {error.strerror}") from error


@dataclass(frozen=True)
class KeyCommand:
    """A program that prints the keys, such as the client of a vault."""

    line: str

    def read(self) -> list[bytes]:
        """Raises MasterKeyWrong. What the program wrote is in no message: it may be the key."""
        name = "HOTE_MASTER_KEY_COMMAND"
        try:
            done = subprocess.run(  # noqa: S603  what the operator wrote, and no shell
                shlex.split(self.line), stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_SECONDS
            )
        except OSError as error:
            raise MasterKeyWrong(f"{name} cannot be run: {error.strerror}") from error
        except subprocess.TimeoutExpired:  # which holds what was printed until then
            raise MasterKeyWrong(f"{name} had printed no key after {COMMAND_SECONDS} s") from None
        if done.returncode:
            raise MasterKeyWrong(f"{name} failed with exit code {done.returncode}")
        try:
            return parsed(done.stdout)
        except MasterKeyWrong as error:
            raise MasterKeyWrong(f"what {name} prints: {error}") from error


def _written(keys: Sequence[bytes]) -> bytes:
    return b"".join(b64encode(key) + b"\n" for key in keys)
