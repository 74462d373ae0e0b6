"""Tells what somebody wrote in a mail from the earlier mail that their program put under it."""

import re

_WROTE = re.compile(r"(?:le|on)\b.{4,200}\b(?:a écrit|wrote)\s*:", re.IGNORECASE | re.DOTALL)
"""Le ven. 20 nov. 2026 à 09:30, Hôtel du Port <…> a écrit :"""


def without_quotation(text: str) -> str:
    """The text without the quotation at its end, and the line that announces it; all of it where nothing else is said.

    Only what is marked as quoted goes, at the very end: who answers between the lines is kept whole.
    """
    lines = text.rstrip().splitlines()
    end = len(lines)
    while end and (lines[end - 1].startswith(">") or not lines[end - 1].strip()):
        end -= 1
    if end == len(lines):
        return text
    for first in (end - 1, end - 2):  # programs break a long line into two
        if first >= 0 and _WROTE.fullmatch(" ".join(lines[first:end]).strip()):
            end = first
            break
    return "\n".join(lines[:end]).rstrip() or text
