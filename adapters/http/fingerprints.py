"""Tells whether two requests ask for the same, without keeping either."""

from hashlib import sha256

from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.types import Scope


class Fingerprint:
    """SHA-256 over path, query and body of a request, the body in pieces as it streams by.

    A client that sends a multipart form again draws a new boundary, so the boundary is left out of the body.
    Everything else counts: the same JSON with its keys in another order is another request.
    """

    def __init__(self, scope: Scope) -> None:
        _, options = parse_options_header(Headers(scope=scope).get("content-type"))
        self._boundary = options.get(b"boundary", b"")
        self._hash = sha256(b"%b?%b\n" % (scope["path"].encode(), scope["query_string"]))
        self._held = b""

    def add(self, piece: bytes) -> None:
        if not self._boundary:
            self._hash.update(piece)
            return
        *whole, rest = (self._held + piece).split(self._boundary)
        for part in whole:
            self._hash.update(part + b"\n")
        # The next piece may complete a boundary that these last bytes begin.
        certain = max(0, len(rest) - len(self._boundary) + 1)
        self._hash.update(rest[:certain])
        self._held = rest[certain:]

    def digest(self) -> bytes:
        """32 bytes, once the whole body has been added."""
        self._hash.update(self._held)
        self._held = b""
        return self._hash.digest()
