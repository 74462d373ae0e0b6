"""The Message-IDs of invitations: always the same for a message, so that no crash makes two different mails of it."""

import re
from uuid import UUID

_OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(0|[1-9][0-9]{0,8})@[^<>\s]+>", re.IGNORECASE)


def invitation_message_id(invitation_id: UUID, number: int, domain: str) -> str:
    """With angle brackets; `number` is 0 for the message itself, 1, 2 … for its reminders."""
    return f"<{invitation_id}.{number}@{domain}>"


def read_message_id(message_id: str) -> tuple[UUID, int] | None:
    """The invitation and the number; None for an id that is not written so. Answers to guests have such ids too."""
    found = _OURS.fullmatch(message_id)
    return (UUID(found[1]), int(found[2])) if found else None
