"""The checkpoints in the database: which of them can be trusted, and what was done to the others."""

from psycopg import Connection
from psycopg.rows import TupleRow

from adapters.keys.signing import SignatureWrong
from adapters.postgres.proof.document import Checkpoint, fingerprint, trusted
from adapters.postgres.proof.findings import Finding, Findings, Kind

NEWEST_FIRST = "SELECT position, document FROM proof.checkpoint ORDER BY position DESC"


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


def exported_checkpoint(
    connection: Connection[TupleRow], document: bytes, public_key: bytes, findings: Findings
) -> Checkpoint | None:
    """What a checkpoint kept outside says, if it is signed; that it is no more in the database is a finding."""
    try:
        exported = trusted(document, public_key)
    except SignatureWrong as error:
        findings.add(Finding(Kind.CHECKPOINT, f"the exported checkpoint cannot be trusted: {error}"))
        return None
    known = connection.execute("SELECT FROM proof.checkpoint WHERE document = %s", [document]).fetchone()
    if known is None:
        findings.add(_finding(exported.position, "the exported checkpoint is not in the database"))
    return exported


def _finding(position: int | None, detail: str) -> Finding:
    return Finding(Kind.CHECKPOINT, detail, position=position)
