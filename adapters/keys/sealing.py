"""Seals the personal fields of an event under their owner's key, and opens them while that key exists."""

import os
from base64 import b64decode, b64encode
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.keys.master import NONCE_BYTES


def associated_data(owner: UUID, stream: UUID, version: int, field: str) -> bytes:
    """Ties a ciphertext to its guest, its event and its field: moved anywhere else, it does not open."""
    return b"%b%b%d %b" % (owner.bytes, stream.bytes, version, field.encode())


def seal(key: bytes, plain: bytes, context: bytes) -> str:
    """AES-256-GCM as base64 of nonce and ciphertext: what stands in the stored JSON."""
    nonce = os.urandom(NONCE_BYTES)
    return b64encode(nonce + AESGCM(key).encrypt(nonce, plain, context)).decode()


def open_sealed(key: bytes, sealed: str, context: bytes) -> bytes:
    """Raises cryptography's InvalidTag when the ciphertext or its place was changed."""
    raw = b64decode(sealed)
    return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context)
