"""Who gives a command, on whose behalf, and what they may."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.access import RIGHTS, Forbidden, Right, Role
from domain.event import Metadata
from domain.refusal import Refusal


class VersionMismatch(Refusal):
    """The caller decided on an older version than the one there is (If-Match)."""

    code = "version-mismatch"


@dataclass(frozen=True)
class Caller:
    """`properties` None means all of the organisation's; `actor` goes into the log and names no guest."""

    organisation_id: UUID
    actor: str
    role: Role
    properties: frozenset[UUID] | None
    correlation_id: UUID
    traceparent: str | None = None
    causation_id: UUID | None = None

    def require(self, right: Right) -> None:
        if right not in RIGHTS[self.role]:
            raise Forbidden(
                f"This needs the right {right}, which the role {self.role} does not have. "
                "Ask an administrator of your organisation for a key with another role.",
                missing_right=right,
            )

    def sees(self, properties: Iterable[UUID]) -> bool:
        """Whether something that belongs to these properties, or to none, is the caller's business."""
        mentioned = frozenset(properties)
        return self.properties is None or not mentioned or bool(self.properties & mentioned)

    def covers(self, properties: Collection[UUID] | None) -> bool:
        """Whether all of these properties are the caller's; None stands for the organisation as a whole."""
        return self.properties is None or (properties is not None and self.properties.issuperset(properties))

    def require_whole_organisation(self) -> None:
        if not self.covers(None):
            raise Forbidden("This concerns the whole organisation, and the key reaches some of its properties only.")

    def metadata(self, now: datetime, *, property_id: UUID | None = None, reason: str | None = None) -> Metadata:
        return Metadata(
            recorded_at=now,
            actor=self.actor,
            organisation_id=self.organisation_id,
            property_id=property_id,
            correlation_id=self.correlation_id,
            causation_id=self.causation_id,
            reason=reason,
            traceparent=self.traceparent,
        )


def require_version(actual: int, expected: int | None) -> None:
    if expected is not None and actual != expected:
        raise VersionMismatch("It has changed since you read it: read it again and decide anew.")
