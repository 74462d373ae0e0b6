"""`hote verify-certificate`: whether a document was signed by Hôte, without the service and its database."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

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
        sys.exit(f"hote: {error.filename} cannot be read: {error.strerror}")
    except SignatureWrong as error:
        sys.exit(f"hote: {file} is refused: {error}")
    typer.echo(f"{file} is as the owner of {key_file} signed it. It says:")
    typer.echo("\n".join(_lines(said, "  ")))


def _lines(said: dict[str, object], indent: str) -> list[str]:
    """A line for each member, those of objects and lists further in."""
    lines = []
    for name, value in said.items():
        inner = dict(enumerate(value, start=1)) if isinstance(value, list) else value
        if isinstance(inner, dict) and inner:
            lines += [f"{indent}{_text(name)}:", *_lines({str(n): v for n, v in inner.items()}, indent + "  ")]
        else:
            lines.append(f"{indent}{_text(name)}: {_text(value)}")
    return lines


def _text(value: object) -> str:
    """As JSON has it, and strings without quotes where a terminal only shows them."""
    return value if isinstance(value, str) and value.isprintable() else json.dumps(value)
