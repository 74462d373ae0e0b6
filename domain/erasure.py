"""An erasure: one guest made anonymous, what that destroyed, and the certificate that says so. Events, decisions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.event import Event, Recorded
from domain.refusal import Refusal


class Destroyed(BaseModel):
    """What the transaction destroyed that made a guest anonymous.

    `key_fingerprint` is the SHA-256 of their key in hexadecimal: it recognises the key in an old backup, and opens
    nothing. The others are numbers of rows, files and answers that were deleted or lost their contents.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key_fingerprint: str
    import_rows: int = 0
    import_files: int = 0
    first_answers: int = 0


class ErasureBegun(Event):
    """A guest was made anonymous: their key is destroyed; read models follow, and then the certificate.

    `sealed_fields` of events are those that no key opens any more, `identities` the e-mails and phones given up.
    """

    organisation_id: UUID
    guest_id: UUID
    reference: str | None
    sealed_fields: int
    identities: int
    destroyed: Destroyed


class ErasureCertified(Event):
    """Nothing readable of the guest was left in any read model; the signed certificate says so."""

    certificate: str


class WordsErased(Event):
    """What was said in this stream, by somebody who is no known guest, became unreadable: its own key is destroyed."""

    erasure_id: UUID


class ErasureUnknown(Refusal):
    """There is no such erasure in this organisation."""

    code = "not-found"


class Erasure(NamedTuple):
    """An erasure as its events tell it; `certificate` is None until the read models have followed."""

    begun: ErasureBegun
    certificate: str | None


def fold(events: Iterable[Event]) -> Erasure | None:
    """None for a stream that is not an erasure's."""
    erasure = None
    for event in events:
        match event:
            case ErasureBegun():
                erasure = Erasure(event, None)
            case ErasureCertified() if erasure:
                erasure = erasure._replace(certificate=event.certificate)
            case _:
                return None
    return erasure


class Left(NamedTuple):
    """What a read model still holds of the guest that is personal, and up to which position of the log that is so."""

    read_model: str
    readable_rows: int
    position: int


KEPT = (
    ("events", "the log is append-only; their personal fields are ciphertext that no key opens"),
    ("stays: property, dates, room", "figures and reports must stay the same to the cent; they name nobody"),
    ("language and country", "figures by market; they name nobody"),
    ("this erasure: who asked, when and why", "GDPR art. 5(2): the controller must be able to prove it"),
)


def certificate(
    begun: Recorded, anonymised: Recorded, left: Sequence[Left], certified_at: datetime
) -> dict[str, object]:
    """The body of the certificate, which has no personal data.

    `anonymised` is the event of the guest's stream: its position and hash say which log this is about.
    """
    event = begun.event
    assert isinstance(event, ErasureBegun)
    destroyed = event.destroyed
    return {
        "kind": "erasure certificate",
        "erasure_id": str(event.originator_id),
        "organisation_id": str(event.organisation_id),
        "guest_id": str(event.guest_id),
        "asked_by": begun.actor,
        "reason": begun.reason,
        "reference": event.reference,
        "erased_at": _when(begun.recorded_at),
        "certified_at": _when(certified_at),
        "log_position": anonymised.position,
        "event_hash": anonymised.hash.hex(),
        "key_fingerprint": destroyed.key_fingerprint,
        "destroyed": [
            {"where": "keys", "what": "the guest's key", "count": 1},
            {"where": "event log", "what": "sealed values made unreadable", "count": event.sealed_fields},
            {"where": "identities", "what": "fingerprints of e-mails and phones", "count": event.identities},
            {"where": "imports", "what": "rows that told of the guest", "count": destroyed.import_rows},
            {"where": "imports", "what": "files that could tell of the guest", "count": destroyed.import_files},
            {"where": "first answers", "what": "answers that told of the guest", "count": destroyed.first_answers},
        ],
        "read_models": [each._asdict() for each in left],
        "kept": [{"what": what, "why": why} for what, why in KEPT],
        "not_covered": "backups and WAL archives taken before, exports and mails that have left: see docs/privacy.md",
    }


def _when(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sealed_fields(recorded: Iterable[Recorded]) -> Mapping[UUID, int]:
    """How many personal fields of these events are readable, by the guest each belongs to."""
    count: dict[UUID, int] = {}
    for each in recorded:
        for name, owner in each.event.personal.items():
            if getattr(each.event, name) is not None:
                whose = getattr(each.event, owner.id_field)
                count[whose] = count.get(whose, 0) + 1
    return count
