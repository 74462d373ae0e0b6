"""Writes the catalogue of events (docs/events.md) from their classes: `python -m adapters.cli.catalogue`."""

import inspect
import pkgutil
import re
from importlib import import_module
from types import NoneType, UnionType
from typing import Union, get_args, get_origin

import domain
from domain.event import Event

INTRODUCTION = """# Events

Made from the classes in `domain/` by `make docs/events.md`; a test fails when it is not up to date.

Every event also carries what the log knows of it: position, stream, version, schema version, when it was recorded,
actor, organisation, property, correlation, causation, reason, traceparent, and its hash. Fields marked 🔒 are personal:
they are stored under the key of the guest they belong to, and read as null once that guest has been forgotten.

## The hash chain

`hash = SHA-256(previous || header || payload)`, where `previous` is the hash of the stream's event before (nothing for
the first), `payload` the stored bytes, and `header` the UTF-8 of a JSON array as `json.dumps(…, ensure_ascii=False)`
writes it: position, stream, version, type, schema version, microseconds since 1970 when it was recorded, actor,
organisation, property, correlation, causation, reason, traceparent. As payloads hold ciphertext, forgetting a guest
changes no hash.
"""


def catalogue() -> str:
    for found in pkgutil.iter_modules(domain.__path__, "domain."):
        import_module(found.name)
    events = sorted((e for e in Event.registry.values() if e.__module__.startswith("domain.")), key=_place)
    parts = [INTRODUCTION]
    module = ""
    for event in events:
        if event.__module__ != module:
            module = event.__module__
            title = re.split("[:.]", import_module(module).__doc__ or module)[0]
            parts.append(f"\n## {title}\n")
        parts.append(_entry(event))
    return "\n".join(parts) + "\n"


def _place(event: type[Event]) -> tuple[str, int]:
    return event.__module__, inspect.getsourcelines(event)[1]


def _entry(event: type[Event]) -> str:
    lines = [f"### {event.__name__} (version {event.schema_version})\n", inspect.cleandoc(event.__doc__ or ""), ""]
    fields = [name for name in event.model_fields if name not in Event.model_fields]
    if fields:
        lines += ["| field | type | |", "|---|---|---|"]
    for name in fields:
        mark = event.personal.get(name)
        lock = "" if mark is None else "🔒" if mark.id_field == "originator_id" else f"🔒 of `{mark.id_field}`"
        lines.append(f"| `{name}` | {_kind(event.model_fields[name].annotation)} | {lock} |")
    return "\n".join(lines) + ("\n" if fields else "")


def _kind(annotation: object) -> str:
    parts = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    names = [
        "null" if part is NoneType else f"`{getattr(part, '__name__', part) if not get_args(part) else part}`"
        for part in parts
    ]
    return re.sub(r"[a-z_]+\.(?=\w)", "", " or ".join(names))


if __name__ == "__main__":
    print(catalogue(), end="")  # noqa: T201
