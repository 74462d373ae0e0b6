"""Checkpoints as signed documents, which can be trusted without us, and those of them that the database keeps."""

from hashlib import sha256
from typing import Annotated, Literal

from psycopg import Connection
from psycopg.rows import TupleRow
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from adapters.keys.signing import SignatureWrong, verified
from adapters.postgres.proof.findings import Fault, Finding, Findings

NEWEST_FIRST = "SELECT position, document FROM proof.checkpoint ORDER BY position DESC"

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


def newest_trusted(connection: Connection[TupleRow], public_key: bytes, findings: Findings) -> Checkpoint | None:
    """The newest checkpoint that is truly signed; every break in the chain of checkpoints becomes a finding.

    A signature vouches for all before it: each document holds the hash of the one before. So only the newest is
    checked by its signature, and where the chain is broken the first beyond the break.
    """
    newest: Checkpoint | None = None
    expected: str | None = None
    after: int | None = None  # the position of the checkpoint that names `expected`
    with connection.cursor("checkpoints") as cursor:
        for position, document in cursor.execute(NEWEST_FIRST):
            intact = expected is not None and fingerprint(document) == expected
            try:
                checkpoint = Checkpoint.model_validate_json(document) if intact else trusted(document, public_key)
            except SignatureWrong as error:
                findings.add(_finding(position, f"{error}"))
                expected = None
                continue
            if expected is not None and not intact:
                findings.add(_finding(after, "the checkpoint before it is missing"))
            if position != checkpoint.position:
                findings.add(_finding(position, f"this is the checkpoint of position {checkpoint.position}"))
            newest = newest or checkpoint
            expected, after = checkpoint.previous, position
    if expected is not None:
        findings.add(_finding(after, "the checkpoint before it is missing"))
    return newest


def _finding(position: int | None, detail: str) -> Finding:
    return Finding(Fault.CHECKPOINT, detail, position=position)
