"""What a verification finds: each thing that is not as it was written, and where."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

MOST = 1_000
"""Findings that are kept; the others are counted."""


class Kind(StrEnum):
    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CHECKPOINT = "checkpoint"
    """A checkpoint, or the heads it signed, is not what was signed."""


@dataclass(frozen=True)
class Finding:
    """`detail` holds nothing personal. What is missing has no organisation, and often no position."""

    kind: Kind
    detail: str
    stream: UUID | None = None
    version: int | None = None
    position: int | None = None
    organisation_id: UUID | None = None


@dataclass
class Findings:
    """As many as are worth reading, and the number of all."""

    kept: list[Finding] = field(default_factory=list)
    count: int = 0

    def add(self, finding: Finding) -> None:
        self.count += 1
        if len(self.kept) < MOST:
            self.kept.append(finding)

    def extend(self, others: "Findings") -> None:
        self.kept += others.kept[: MOST - len(self.kept)]
        self.count += others.count
