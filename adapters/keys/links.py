"""Links that open without a key: to whom or what one belongs and until when, signed so that nobody can make one."""

import hmac
from base64 import b32decode, b32encode
from binascii import Error as NotBase32
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ID_BYTES, DAY_BYTES, MAC_BYTES = 16, 2, 10
TOKEN_BYTES = ID_BYTES + DAY_BYTES + MAC_BYTES
TOKEN_CHARACTERS = 45
PADDING = "==="

FIRST_DAY = date(1970, 1, 1)


class Purpose(StrEnum):
    """What a link is good for; one that was made for something else does not open."""

    CLICK = "i"
    """The id is an invitation's."""
    QUESTIONNAIRE = "s"
    """The id is an invitation's."""
    UNSUBSCRIBE = "u"
    """The id is a guest's."""
    RETURN = "b"
    """The address that a message comes back to; the id is an invitation's."""
    FORM = "r"
    """The id is what the feedback gets that a form makes, which so cannot be sent twice."""


class LinkInvalid(Exception):
    """Nobody here made this link, at least not for this purpose."""


class LinkExpired(Exception):
    """The link was good until a day that is past."""


class Links:
    """Makes and reads tokens: the id, the last day, and the first 80 bits of an HMAC-SHA256 over purpose and both.

    In base32 and lower case, for mail servers change the case of addresses. The key is derived (HKDF, RFC 5869) from
    the seed that this installation signs with, so links outlive a rotation of the master key.
    """

    def __init__(self, seed: bytes) -> None:
        self._key = HKDF(SHA256(), 32, salt=None, info=b"hote links").derive(seed)

    def token(self, purpose: Purpose, id: UUID, expires: date) -> str:
        """45 characters of a to z and 2 to 7; `expires` is the last day on which it opens."""
        told = id.bytes + (expires - FIRST_DAY).days.to_bytes(DAY_BYTES)
        return b32encode(told + self._mac(purpose, told)).decode().rstrip("=").lower()

    def read(self, purpose: Purpose, token: str, today: date) -> UUID:
        """The id, whatever the case of the token is now. Raises LinkInvalid, LinkExpired."""
        raw = _decoded(token)
        told, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(purpose, told)):
            raise LinkInvalid
        if today > FIRST_DAY + timedelta(days=int.from_bytes(told[ID_BYTES:])):
            raise LinkExpired
        return UUID(bytes=told[:ID_BYTES])

    def _mac(self, purpose: Purpose, told: bytes) -> bytes:
        return hmac.digest(self._key, purpose.encode() + told, "sha256")[:MAC_BYTES]


def _decoded(token: str) -> bytes:
    """Raises LinkInvalid, also for another spelling of the same bytes."""
    upper = token.upper()
    if len(token) != TOKEN_CHARACTERS or not token.isascii():
        raise LinkInvalid
    try:
        raw = b32decode(upper + PADDING)
    except NotBase32 as error:
        raise LinkInvalid from error
    if len(raw) != TOKEN_BYTES or b32encode(raw).decode() != upper + PADDING:
        raise LinkInvalid
    return raw
