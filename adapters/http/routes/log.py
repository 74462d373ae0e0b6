"""/v1/log: whether anybody changed the log, and the signed checkpoints that show it."""

from collections.abc import Collection
from datetime import datetime
from threading import Lock
from typing import Annotated, Literal
from uuid import UUID

import psycopg
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import Json, problems
from adapters.http.problems import ProblemError
from adapters.postgres.proof.documents import Checkpoint
from adapters.postgres.proof.findings import Fault
from adapters.postgres.proof.verify import Verification, verify
from application.caller import Caller
from domain.access import Right

ROOT = "5f1c1d3c0e4d0a9c3e0b6a2f8d7e5b4c3a2918f7e6d5c4b3a2918f7e6d5c4b3a"


class Finding(BaseModel):
    """What is not as it was written. What is missing often has no position."""

    kind: Fault
    stream: UUID | None
    version: int | None
    position: int | None
    detail: str


class SignedState(BaseModel):
    """The newest checkpoint that is signed as it should be."""

    position: int
    root: str
    taken_at: datetime


class LogVerification(BaseModel):
    """The verdict is about the whole log; of its findings, those of other organisations are counted in `more`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "verdict": "tampered",
                    "events": 4711,
                    "streams": 1822,
                    "position": 4712,
                    "checked_at": "2026-11-18T09:30:02Z",
                    "checkpoint": {"position": 4700, "root": ROOT, "taken_at": "2026-11-18T09:29:31Z"},
                    "public_key": "-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n",
                    "findings": [
                        {
                            "kind": "changed",
                            "stream": "0199f3c1-6e0e-7c55-9b0a-6d4f5d1f7a20",
                            "version": 3,
                            "position": 4022,
                            "detail": "its hash does not follow from what is stored before and in it",
                        }
                    ],
                    "more": 0,
                }
            ]
        }
    )

    verdict: Literal["intact", "tampered"]
    events: int
    streams: int
    position: int
    checked_at: datetime
    checkpoint: SignedState | None
    public_key: str
    findings: list[Finding]
    more: int


ORGANISATIONS = "SELECT count(*) FROM (SELECT DISTINCT organisation_id FROM log.events) AS organisations"
EXAMPLE = Checkpoint(
    position=4700,
    streams=1820,
    events=4699,
    root=ROOT,
    taken_at=datetime.fromisoformat("2026-11-18T09:29:31Z"),
    previous=ROOT[::-1],
)
CHECKPOINT_DOCUMENT: dict[int | str, Json] = {
    200: {
        "content": {
            "application/json": {
                "schema": Checkpoint.model_json_schema(),
                "example": EXAMPLE.model_dump(mode="json") | {"key_id": "9f86d081884c7d65", "signature": "…"},
            }
        }
    }
}


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/log", tags=["Log"])
    at_work = Lock()

    @routes.get(
        "/verification",
        summary="Verify that nobody changed the log",
        responses=problems("unauthenticated", "forbidden", "verification-busy"),
    )
    def verification(caller: Annotated[Caller, Depends(allowed(Right.READ_HISTORY))]) -> LogVerification:
        """Reads the whole log, which takes about 20 seconds for a million events."""
        caller.require_whole_organisation()
        if not at_work.acquire(blocking=False):
            raise ProblemError("verification-busy")
        try:
            with psycopg.connect(hote.database_url, autocommit=True) as connection:
                verified = verify(connection, hote.signer.public_key)
                alone = connection.execute(ORGANISATIONS).fetchone() == (1,)
        finally:
            at_work.release()
        theirs = {caller.organisation_id, None} if alone else {caller.organisation_id}
        return as_told_to(theirs, verified, hote.signer.public_key)

    @routes.get(
        "/checkpoint",
        summary="Export the newest checkpoint of the log, to keep it where nobody can change it",
        response_class=Response,
        responses=CHECKPOINT_DOCUMENT | problems("unauthenticated", "forbidden", "log-tampered"),
        dependencies=[Depends(allowed(Right.READ_HISTORY))],
    )
    def checkpoint() -> Response:
        """One is taken first if the log has moved on. Keep the bytes as they are: each of them is signed."""
        return Response(hote.checkpoints.newest(), media_type="application/json")

    return routes


def as_told_to(theirs: Collection[UUID | None], verified: Verification, public_key: bytes) -> LogVerification:
    """With the findings of these organisations; None stands for those of which it is not known whose they are."""
    ours = [each for each in verified.findings.kept if each.organisation_id in theirs]
    signed = verified.checkpoint
    return LogVerification(
        verdict="intact" if verified.is_intact else "tampered",
        events=verified.events,
        streams=verified.streams,
        position=verified.position,
        checked_at=verified.checked_at,
        checkpoint=signed and SignedState(position=signed.position, root=signed.root, taken_at=signed.taken_at),
        public_key=public_key.decode(),
        findings=[
            Finding(
                kind=each.kind, stream=each.stream, version=each.version, position=each.position, detail=each.detail
            )
            for each in ours
        ],
        more=verified.findings.count - len(ours),
    )
