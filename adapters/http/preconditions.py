"""ETag and If-Match: a change is made only to the version that its sender has seen."""

from typing import Annotated

from fastapi import Depends, Header

TAG = r'^(\*|"[0-9]{1,9}")$'
"""An entity tag of ours, or any. Weak tags and lists are refused: one version was seen, and it is compared exactly."""


def etag(version: int) -> str:
    """The entity tag of a stream's version."""
    return f'"{version}"'


def _if_match(
    if_match: Annotated[
        str | None, Header(pattern=TAG, description="The `ETag` last seen: 412 when it has changed since.")
    ] = None,
) -> int | None:
    return None if if_match in (None, "*") else int(if_match.strip('"'))


ExpectedVersion = Annotated[int | None, Depends(_if_match)]
"""A route's parameter: the version that If-Match names, None where any will do (no header, or `*`)."""
