"""The master key: wraps every other key, and never enters the database."""

import hmac
import logging
import os
from collections.abc import Sequence
from threading import Lock
from time import monotonic
from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.keys.sources import ID_BYTES, KEY_BYTES, KeyCommand, KeyFile, MasterKeyWrong, master_key_id

NONCE_BYTES = 12

FRESH_SECONDS = 60.0
"""No process wraps with a key that it read from its source longer ago than this."""

RETRY_SECONDS = 5.0
"""How often at most the source is read again because a key in it is missing."""

log = logging.getLogger(__name__)


class Current(NamedTuple):
    """The key that wraps."""

    id: bytes
    key: bytes
    cipher: AESGCM


class MasterKey:
    """A ring of keys: the first wraps (AES-256-GCM, bound to the subject a key belongs to), each unwraps its own.

    A wrapped key is the id of the key that wrapped it, a nonce, and the ciphertext. Safe for threads.
    """

    def __init__(self, *keys: bytes, source: KeyFile | KeyCommand | None = None) -> None:
        """`keys` are what `source` had; without one, they stay what they are."""
        self.source = source
        self._lock = Lock()
        self._ciphers: dict[bytes, AESGCM] = {}
        self._sought_at = -RETRY_SECONDS
        self._due = float("inf") if source is None else monotonic() + FRESH_SECONDS
        self._take(keys)

    def derived(self, purpose: str) -> bytes:
        """A secret for a purpose, the same until the master key is rotated, that says nothing of the key.

        First answers of OpenID callers are sealed with one: after a rotation, up to a minute apart in different
        processes, theirs of the last 24 hours are no longer found, and a request sent again runs again.
        """
        return hmac.digest(self._fresh().key, purpose.encode(), "sha256")

    def new_key(self, subject: UUID) -> tuple[bytes, bytes]:
        """A fresh 256-bit key for the subject, and the same key wrapped."""
        key = os.urandom(KEY_BYTES)
        return key, self._wrap(subject, key)

    def unwrap(self, subject: UUID, wrapped: bytes) -> bytes:
        """Raises MasterKeyWrong when another master key is needed, InvalidTag when the key is another subject's."""
        cipher = self._ciphers.get(wrapped[:ID_BYTES]) or self._seek(wrapped[:ID_BYTES])
        return cipher.decrypt(
            wrapped[ID_BYTES : ID_BYTES + NONCE_BYTES], wrapped[ID_BYTES + NONCE_BYTES :], subject.bytes
        )

    def rewrap(self, subject: UUID, wrapped: bytes) -> bytes:
        """The same key under the current master key. Raises as unwrap does."""
        return self._wrap(subject, self.unwrap(subject, wrapped))

    def read_again(self) -> None:
        """Raises MasterKeyWrong, and then goes on with what it knew."""
        with self._lock:
            self._read()

    def _wrap(self, subject: UUID, key: bytes) -> bytes:
        current = self._fresh()
        nonce = os.urandom(NONCE_BYTES)
        return current.id + nonce + current.cipher.encrypt(nonce, key, subject.bytes)

    def _fresh(self) -> Current:
        if monotonic() >= self._due:
            with self._lock:
                if monotonic() >= self._due:  # no other thread was faster
                    try:
                        self._read()
                    except MasterKeyWrong as error:
                        # Guests are still registered while a vault is away. Should the key have been rotated
                        # meanwhile, the database refuses what is wrapped with it: see docs/decisions/0006-keys.md.
                        log.warning("the master key cannot be read again, the one known is used on: %s", error)
                        self._due = monotonic() + FRESH_SECONDS
        return self._current

    def _seek(self, id: bytes) -> AESGCM:
        with self._lock:
            if id not in self._ciphers and monotonic() - self._sought_at >= RETRY_SECONDS:
                self._sought_at = monotonic()
                self._read()
            if id not in self._ciphers:
                known = ", ".join(each.hex() for each in self.ids)
                raise MasterKeyWrong(f"a key is wrapped by the master key {id.hex()}, and there is only {known}")
            return self._ciphers[id]

    def _read(self) -> None:
        if self.source is not None:
            began = monotonic()
            self._take(self.source.read())
            self._due = began + FRESH_SECONDS

    def _take(self, keys: Sequence[bytes]) -> None:
        if any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"a master key has {KEY_BYTES} bytes")
        ciphers = {master_key_id(key): AESGCM(key) for key in keys}
        self.ids = list(ciphers)
        """Of the keys that the source has now; the first is the current one."""
        self._current = Current(self.ids[0], keys[0], ciphers[self.ids[0]])
        # What is no longer in the source still unwraps: somebody may have read a row just before it was re-wrapped.
        self._ciphers = self._ciphers | ciphers
