"""The cursor that says where a page of a list ended: values, as a text that its client hands back and nobody reads."""

import base64
import json
from collections.abc import Callable, Iterable, Sequence


class BadCursor(ValueError):
    """It is not the `next` of any page of this list."""


def written(values: Iterable[object]) -> str:
    """The values' texts; None stays None."""
    texts = [None if value is None else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode().rstrip("=")


def read(cursor: str, readers: Sequence[Callable[[str], object]]) -> list[object]:
    """The values, each by its reader, which raises ValueError or TypeError for what is none of its, perhaps None.

    Raises BadCursor.
    """
    try:
        texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [reader(text) for reader, text in zip(readers, texts, strict=True)]
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise BadCursor("this is not the next of any page") from error
