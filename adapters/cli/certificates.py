"""`hote verify-certificate`: whether a document was signed by Hôte, without the service and its database."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.padding import Padding

from adapters.cli.console import console, refuse
from adapters.keys.signing import PUBLIC_KEY_FILE, SignatureWrong, verified
from adapters.settings import Settings

LIMIT = 16_000_000
"""Bytes; no document of Hôte is near that long."""


def verify_certificate(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A certificate or checkpoint of Hôte.")],
    public_key: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help=f"PEM; else {PUBLIC_KEY_FILE} in HOTE_HOME.")
    ] = None,
) -> None:
    """Verify a signed document offline, and show what it says."""
    key_file = public_key or Settings().home / PUBLIC_KEY_FILE
    try:
        with file.open("rb") as opened:
            document = opened.read(LIMIT + 1)
        if len(document) > LIMIT:
            raise SignatureWrong("it is longer than any document of Hôte")
        said = verified(document, key_file.read_bytes())
    except OSError as error:
        refuse(f"{error.filename} cannot be read: {error.strerror}")
    except SignatureWrong as error:
        refuse(f"{file} is refused: {error}")
    console.print(f"{file} is as the owner of {key_file} signed it. It says:")
    for level, line in _lines(said, 2):
        console.print(Padding.indent(line, level))


def _lines(said: dict[str, object], level: int) -> Iterator[tuple[int, str]]:
    """A line for each member, with how far in it stands: those of objects and lists further."""
    for name, value in said.items():
        inner = dict(enumerate(value, start=1)) if isinstance(value, list) else value
        if isinstance(inner, dict) and inner:
            yield level, f"{_text(name)}:"
            yield from _lines({str(n): v for n, v in inner.items()}, level + 2)
        else:
            yield level, f"{_text(name)}: {_text(value)}"


def _text(value: object) -> str:
    """As JSON has it, and strings without quotes where a terminal only shows them."""
    return value if isinstance(value, str) and value.isprintable() else json.dumps(value)
