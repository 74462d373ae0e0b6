"""Signs documents that others must be able to trust without us: Ed25519 over the very bytes of readable JSON."""

import json
import logging
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from adapters.whole_file import make_whole, replace_whole

PUBLIC_KEY_FILE = "signing-key.pub.pem"

log = logging.getLogger(__name__)


class SignatureWrong(Exception):
    """The document is not, byte for byte, one that the owner of this key signed; the message says what is wrong."""


class Signer:
    """Signs with the Ed25519 key (RFC 8032) made from a seed of 32 bytes."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> bytes:
        """PEM."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, body: Mapping[str, object]) -> bytes:
        """The document: the body's members, `key_id` and `signature`, as indented JSON that ends in a line break.

        What is signed are the bytes of the same document without `signature`.
        """
        signed = dict(body) | {"key_id": key_id(self._key.public_key())}
        return _written(signed | {"signature": self._key.sign(_written(signed)).hex()})


def verified(document: bytes, public_key: bytes) -> dict[str, object]:
    """What a document says. `public_key` is PEM. Raises SignatureWrong, whatever the document is."""
    try:
        key = load_pem_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SignatureWrong("the public key is not one in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise SignatureWrong("the public key is not an Ed25519 key")
    try:
        body = json.loads(document)
        signature = bytes.fromhex(body.pop("signature"))
        signed = _written(body)
        whole = _written(body | {"signature": signature.hex()})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SignatureWrong("this is not a signed document") from error
    # One way to write it, so that no byte can be changed unseen, not even a space.
    if document != whole:
        raise SignatureWrong("the document is not written as it was signed")
    if body.get("key_id") != key_id(key):
        raise SignatureWrong("the document was signed with another key")
    try:
        key.verify(signature, signed)
    except InvalidSignature as error:
        raise SignatureWrong("the signature does not fit the document") from error
    return dict(body)


def publish(public_key: bytes, home: Path) -> None:
    """Leaves the public key, PEM, where those who verify documents find it."""
    path = home / PUBLIC_KEY_FILE
    if not path.exists():
        make_whole(path, public_key)
        path.chmod(0o644)
    elif path.read_bytes() != public_key:
        log.warning("%s was of another signing key, and is replaced", path)
        replace_whole(path, public_key)


def key_id(key: Ed25519PublicKey) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the raw key: says which key to try, proves nothing."""
    return sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def _written(body: Mapping[str, object]) -> bytes:
    return (json.dumps(body, indent=2, ensure_ascii=False) + "\n").encode()
