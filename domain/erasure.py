"""An erasure: somebody made anonymous, what that destroyed, and the certificate that says so. Events, decisions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.event import Event, Recorded
from domain.refusal import Refusal


class About(StrEnum):
    """Whose words were erased: a guest's everywhere, or those of one who is no known guest, in one stream."""

    GUEST = "guest"
    FEEDBACK = "feedback"
    QUALITY_COST = "quality_cost"


class Destroyed(BaseModel):
    """What the transaction destroyed that made somebody anonymous.

    `key_fingerprint` is the SHA-256 of the key in hexadecimal: it recognises the key in an old backup, and opens
    nothing. The others are numbers of rows, files and answers that were deleted or lost their contents.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key_fingerprint: str
    import_rows: int = 0
    import_files: int = 0
    first_answers: int = 0


class ErasureBegun(Event):
    """Somebody was made anonymous: the key of `subject_id` is destroyed; read models follow, then the certificate.

    `sealed_fields` of events are those that no key opens any more, `identities` the e-mails and phones given up.
    """

    organisation_id: UUID
    about: About
    subject_id: UUID
    reference: str | None
    sealed_fields: int
    identities: int
    destroyed: Destroyed


class ErasureCertified(Event):
    """Nothing readable of the subject was left in any read model; the signed certificate says so."""

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
    """What a read model still holds that is personal of who was erased, up to which position of the log."""

    read_model: str
    readable_rows: int
    position: int


_EVENTS = ("events", "the log is append-only; their personal fields are ciphertext that no key opens")
_FIGURES = "figures and reports must stay the same to the cent; they name nobody"
_GIVEN = ("feedback and quality costs: property, day, room, codes, rating, satisfaction, items and amounts", _FIGURES)
_PROOF = ("this erasure: who asked, when and why", "GDPR art. 5(2): the controller must be able to prove it")

KEPT = {
    About.GUEST: (
        _EVENTS,
        ("stays: property, dates, room", _FIGURES),
        _GIVEN,
        ("language and country", "figures by market; they name nobody"),
        _PROOF,
    ),
    About.FEEDBACK: (_EVENTS, _GIVEN, _PROOF),
    About.QUALITY_COST: (_EVENTS, _GIVEN, _PROOF),
}


def certificate(begun: Recorded, erased: Recorded, left: Sequence[Left], certified_at: datetime) -> dict[str, object]:
    """The body of the certificate, which has no personal data.

    `erased` is the event of the subject's own stream: its position and hash say which log this is about.
    """
    event = begun.event
    assert isinstance(event, ErasureBegun)
    return {
        "kind": "erasure certificate",
        "erasure_id": str(event.originator_id),
        "organisation_id": str(event.organisation_id),
        f"{event.about}_id": str(event.subject_id),
        "asked_by": begun.actor,
        "reason": begun.reason,
        "reference": event.reference,
        "erased_at": _when(begun.recorded_at),
        "certified_at": _when(certified_at),
        "log_position": erased.position,
        "event_hash": erased.hash.hex(),
        "key_fingerprint": event.destroyed.key_fingerprint,
        "destroyed": _destroyed(event),
        "read_models": [each._asdict() for each in left],
        "kept": [{"what": what, "why": why} for what, why in KEPT[event.about]],
        "not_covered": "backups and WAL archives taken before, exports and mails that have left: see docs/privacy.md",
    }


def _destroyed(event: ErasureBegun) -> list[dict[str, object]]:
    destroyed = event.destroyed
    lines = [
        ("keys", f"the key of the {event.about.replace('_', ' ')}", 1),
        ("event log", "sealed values made unreadable", event.sealed_fields),
    ]
    if event.about is About.GUEST:
        lines += [
            ("identities", "fingerprints of e-mails and phones", event.identities),
            ("imports", "rows that told of the guest", destroyed.import_rows),
            ("imports", "files that could tell of the guest", destroyed.import_files),
        ]
    lines.append(("first answers", "answers that told of it", destroyed.first_answers))
    return [{"where": where, "what": what, "count": count} for where, what, count in lines]


def _when(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sealed_fields(recorded: Iterable[Recorded]) -> Mapping[UUID, int]:
    """How many personal fields of these events are readable, by whose key opens each."""
    count: dict[UUID, int] = {}
    for each in recorded:
        for name, owner in each.event.personal.items():
            if getattr(each.event, name) is not None:
                whose = owner.of(each.event)
                count[whose] = count.get(whose, 0) + 1
    return count
