"""The master key: wraps every other key, and never enters the database."""

import hmac
import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class MasterKey:
    """AES-256-GCM over other keys, bound to the subject each belongs to."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"the master key must have {KEY_BYTES} bytes, not {len(key)}")
        self._key = key
        self._cipher = AESGCM(key)

    def derived(self, purpose: str) -> bytes:
        """A secret for a purpose, the same at every call, that says nothing of the key."""
        return hmac.digest(self._key, purpose.encode(), "sha256")

    def new_key(self, subject: UUID) -> tuple[bytes, bytes]:
        """A fresh 256-bit key for the subject, and the same key wrapped."""
        key = os.urandom(KEY_BYTES)
        nonce = os.urandom(NONCE_BYTES)
        return key, nonce + self._cipher.encrypt(nonce, key, subject.bytes)

    def unwrap(self, subject: UUID, wrapped: bytes) -> bytes:
        """Raises cryptography's InvalidTag when the key was wrapped by another master key or for another subject."""
        return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], subject.bytes)


def master_key_file(path: Path) -> MasterKey:
    """The key kept in a file that only its owner can read; the first call makes it, whole or not at all."""
    if not path.exists():
        with NamedTemporaryFile(dir=path.parent) as file:  # readable by its owner only
            file.write(os.urandom(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
            with suppress(FileExistsError):  # another process was faster: its key is the one
                os.link(file.name, path)
    return MasterKey(path.read_bytes())
