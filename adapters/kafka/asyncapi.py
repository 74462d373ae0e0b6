"""Writes what goes through Kafka (docs/asyncapi.json) from its classes: `python -m adapters.kafka.asyncapi`."""

import inspect
import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaValue

from adapters.kafka.pms import DEAD_LETTERS, TOPIC
from application.integration_events.event import CloudEvent, IntegrationEvent
from application.integration_events.published import TOPICS
from application.pms import PmsMessage

INTRODUCTION = """\
What Hôte tells other systems over Kafka, and what a PMS tells Hôte. Messages are CloudEvents 1.0 in JSON.

**No personal data.** What Hôte tells holds ids, dates, states, amounts and codes, and nothing that somebody typed.

**Order.** Under one key events come in the order of the log. They come at least once: one that comes again has the
same `id`, and a `hote-position` that is not above the last of its key. A new installation tells all of its log. After a
database was restored from a backup, other events may come at positions that came before; their ids are others too.

**Read your writes.** `hote-position`, sent as `Hote-At-Least` with any GET, has the answer be no older than the event.

**Tombstones.** A message without a value says that nothing is to be kept of its key. It follows the last event of a
guest who was anonymised or deleted, and of an invitation that never was. Reservations, feedback and invitations of an
anonymised guest get none: they go on, as every figure does, and name nobody. A stay that changes after that is still
told under the key of its guest, who stays anonymised.

**Retention.** Compaction keeps one event of each key: set `cleanup.policy=delete`, or `compact,delete` where consumers
need no more than that, and the partitions before the first event, for adding some moves keys to others.

**Without Kafka** the same events are at `GET /v1/events`."""

EXAMPLES = {
    "uuid": "0199f3c1-6e0e-7c55-9b0a-6d4f5d1f7a20",
    "date": "2026-11-21",
    "date-time": "2026-11-21T20:00:00Z",
    "integer": 1,
    "boolean": True,
    "object": {},
}
"""By format, or type, of a field that has no example of its own."""

HEADERS = {
    "type": "object",
    "properties": {"hote-position": {"type": "string", "pattern": "^[0-9]+$", "description": "Its place in the log."}},
}
CLOUD_EVENT = "#/components/schemas/CloudEvent"
KEY = {"kafka": {"key": {"type": "string", "format": "uuid"}, "bindingVersion": "0.5.0"}}
TOMBSTONE = {
    "name": "tombstone",
    "summary": "Nothing is to be kept of this key.",
    "headers": HEADERS,
    "payload": {"type": "null"},
    "bindings": KEY,
    "examples": [{"headers": {"hote-position": "4712"}, "payload": None}],
}
DEAD_LETTER = {
    "name": "dead_letter",
    "summary": "A message as it came, which nobody could understand; it has no value where that was too long.",
    "contentType": "application/octet-stream",
    "headers": {
        "type": "object",
        "description": "Besides those that it came with. There is a `problem` for each flaw: code and JSON pointer.",
        "properties": {
            "problem": {"type": "string"},
            "topic": {"type": "string"},
            "partition": {"type": "string", "pattern": "^[0-9]+$"},
            "offset": {"type": "string", "pattern": "^[0-9]+$"},
        },
    },
    "payload": {},
    "examples": [
        {
            "headers": {"problem": "missing /data/arrival", "topic": TOPIC, "partition": "0", "offset": "4711"},
            "payload": {"specversion": "1.0"},
        }
    ],
}


FROM_PMS = {
    "specversion": "1.0",
    "id": "4711-3",
    "source": "/pms/hotel-du-port",
    "type": "pms.reservation.changed",
    "time": "2026-11-18T09:30:00+01:00",
    "data": {
        "property_id": EXAMPLES["uuid"],
        "external_id": "4711",
        "version": 3,
        "source": "channel",
        "arrival": "2026-11-21",
        "departure": "2026-11-24",
        "rooms": ["104", "105"],
        "total": {"amount": 54000, "currency": "EUR"},
        "paid": {"amount": 10000, "currency": "EUR"},
        "guest": {
            "first_name": "Zoé",
            "last_name": "Lefèvre",
            "emails": ["zoe@example.com"],
            "phones": ["+33 6 12 34 56 78"],
            "language": "fr",
            "country": "FR",
        },
    },
}


def document() -> JsonSchemaValue:
    """The AsyncAPI 3.0 document."""
    channels: dict[str, JsonSchemaValue] = {topic: _channel(topic, about) for topic, about in TOPICS.items()}
    for kind in IntegrationEvent.registry.values():
        channels[kind.topic]["messages"][kind.type] = _reference(kind.type)
        if kind.last:
            channels[kind.topic]["messages"]["tombstone"] = _reference("tombstone")
    channels[TOPIC] = _channel(
        TOPIC, "What a PMS tells of reservations, keyed by its own id of each.", "pms.reservation"
    )
    channels[DEAD_LETTERS] = _channel(DEAD_LETTERS, "What a PMS told and nobody could understand.", "dead_letter")
    told = {type_: _told(kind) for type_, kind in IntegrationEvent.registry.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Hôte", "version": "1", "description": INTRODUCTION},
        "defaultContentType": "application/cloudevents+json",
        "channels": channels,
        "operations": {
            **{f"tell-{topic}": _operation("send", topic) for topic in TOPICS},
            f"take-in-{TOPIC}": _operation("receive", TOPIC),
            f"set-aside-{DEAD_LETTERS}": _operation("send", DEAD_LETTERS),
        },
        "components": {
            "messages": told | {"tombstone": TOMBSTONE, "pms.reservation": _from_pms(), "dead_letter": DEAD_LETTER},
            "schemas": {"CloudEvent": _schema(CloudEvent)},
        },
    }


def _channel(topic: str, about: str, *messages: str) -> JsonSchemaValue:
    return {"address": topic, "description": about, "messages": {name: _reference(name) for name in messages}}


def _reference(message: str) -> JsonSchemaValue:
    return {"$ref": f"#/components/messages/{message}"}


def _operation(action: str, topic: str) -> JsonSchemaValue:
    return {"action": action, "channel": {"$ref": f"#/channels/{topic}"}}


def _told(kind: type[IntegrationEvent]) -> JsonSchemaValue:
    data = _schema(kind)
    payload = {"allOf": [{"$ref": CLOUD_EVENT}, {"properties": {"type": {"const": kind.type}, "data": data}}]}
    event = _example(_schema(CloudEvent)) | {"type": kind.type, "data": _example(data)}
    examples = [{"headers": {"hote-position": "4711"}, "payload": event}]
    return _message(kind.type, kind) | {"headers": HEADERS, "payload": payload, "bindings": KEY, "examples": examples}


def _from_pms() -> JsonSchemaValue:
    payload = _schema(PmsMessage)
    key = {"kafka": {"key": payload["properties"]["data"]["properties"]["external_id"], "bindingVersion": "0.5.0"}}
    examples = [{"payload": FROM_PMS}]
    return _message("pms.reservation", PmsMessage) | {"payload": payload, "bindings": key, "examples": examples}


def _message(name: str, kind: type[BaseModel]) -> JsonSchemaValue:
    summary, _, description = inspect.cleandoc(kind.__doc__ or "").partition("\n\n")
    return {"name": name, "summary": summary} | ({"description": description} if description else {})


def _schema(kind: type[BaseModel]) -> JsonSchemaValue:
    """With all that it is made of in its place: a reference would lead to another part of the document."""
    schema = kind.model_json_schema()
    parts = schema.pop("$defs", {})
    return {name: _inlined(value, parts) for name, value in schema.items()}


def _inlined(part: Any, parts: JsonSchemaValue) -> Any:
    match part:
        case {"$ref": str(reference), **beside}:
            return _inlined(parts[reference.rsplit("/", 1)[-1]], parts) | beside
        case dict():
            return {name: _inlined(value, parts) for name, value in part.items()}
        case list():
            return [_inlined(value, parts) for value in part]
    return part


def _example(schema: JsonSchemaValue) -> Any:
    match schema:
        case {"examples": [example, *_]} | {"const": example} | {"enum": [example, *_]}:
            return example
        case {"anyOf": [first, *_]}:
            return _example(first)
        case {"type": "array", "items": items}:
            return [_example(items)]
        case {"properties": properties}:
            return {name: _example(value) for name, value in properties.items()}
    return EXAMPLES[schema.get("format") or schema["type"]]


if __name__ == "__main__":
    print(json.dumps(document(), ensure_ascii=False, indent=2))  # noqa: T201
