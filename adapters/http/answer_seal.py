"""Seals a stored answer so that only the client who got it can have it again."""

import os
from collections.abc import Sequence
from typing import NamedTuple

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
DIGEST_BYTES = 32


class Answer(NamedTuple):
    """An answer, and the fingerprint of the request it was given to."""

    fingerprint: bytes
    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes


class Seal:
    """AES-256-GCM under a key derived (HKDF-SHA-256) from the caller's secret and the Idempotency-Key.

    The server keeps neither, so the stored rows alone reveal nothing. `id`, under which an answer is stored,
    is derived in the same way: it can be found again and cannot be guessed.
    """

    def __init__(self, secret: bytes, idempotency_key: str) -> None:
        derived = HKDF(SHA256(), 64, salt=None, info=b"hote first answer " + idempotency_key.encode()).derive(secret)
        self.id, key = derived[:32], derived[32:]
        self._cipher = AESGCM(key)

    def close(self, answer: Answer) -> bytes:
        head = orjson.dumps(
            [answer.status, [[name.decode("latin-1"), value.decode("latin-1")] for name, value in answer.headers]]
        )
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, answer.fingerprint + head + b"\n" + answer.body, self.id)

    def open(self, sealed: bytes) -> Answer:
        """Raises cryptography's InvalidTag when the row was tampered with."""
        plain = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self.id)
        head, _, body = plain[DIGEST_BYTES:].partition(b"\n")
        status, headers = orjson.loads(head)
        pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return Answer(plain[:DIGEST_BYTES], status, pairs, body)
