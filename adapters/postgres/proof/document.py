"""What a checkpoint says: the signed document that can be kept outside, and trusted without us."""

from hashlib import sha256
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from adapters.keys.signing import SignatureWrong, verified

Hex = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Checkpoint(BaseModel):
    """What the log was at a position. Says how much there was, and of nobody anything."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["checkpoint"] = "checkpoint"
    position: int
    streams: int
    events: int
    root: Hex
    taken_at: AwareDatetime
    previous: Hex | None
    """The SHA-256 of the document of the checkpoint before."""


def trusted(document: bytes, public_key: bytes) -> Checkpoint:
    """What the document says, if the owner of the key (PEM) signed it. Raises SignatureWrong."""
    body = verified(document, public_key)
    try:
        return Checkpoint.model_validate(body)
    except ValidationError as error:
        raise SignatureWrong("the document is signed, but is not a checkpoint") from error


def fingerprint(document: bytes) -> str:
    return sha256(document).hexdigest()
