"""ETag and If-Match: a change is made only to the version that its sender has seen."""

import re
from typing import Annotated

from fastapi import Depends, Header

TAG = r'^(\*|(W/)?"[^"]*")$'
"""One entity tag, or any. Lists are refused: one version was seen."""

OURS = re.compile(r'"([0-9]{1,9})"')
NEVER = -1
"""Nothing has this version: what a weak tag, or one not of ours, stands for (RFC 9110, 13.1.1 compares strongly)."""


def etag(version: int) -> str:
    """The entity tag of a stream's version."""
    return f'"{version}"'


def _if_match(
    if_match: Annotated[
        str | None, Header(pattern=TAG, description="The `ETag` last seen: 412 when it has changed since.")
    ] = None,
) -> int | None:
    if if_match is None or if_match == "*":
        return None
    ours = OURS.fullmatch(if_match)
    return int(ours[1]) if ours else NEVER


ExpectedVersion = Annotated[int | None, Depends(_if_match)]
"""A route's parameter: the version that If-Match names, None where any will do (no header, or `*`)."""
