"""RFC 6901 JSON pointers from the locations in pydantic's errors."""

from collections.abc import Sequence


def pointer(path: Sequence[str | int], body: object) -> str:
    """Points into `body`, as "/emails/0".

    pydantic also puts into a path what the body does not have, such as the branch of a union: a part that
    cannot be stepped into is left out. A key that is missing, or too much, is where a path ends.
    """
    tokens = []
    for part in path:
        match body, part:
            case dict(), str() if part in body or part == path[-1]:
                body = body.get(part)
            case list(), int() if part < len(body):
                body = body[part]
            case _:
                continue
        tokens.append(str(part).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{token}" for token in tokens)
