"""The document of what goes through Kafka is what the classes tell, and its examples are what it says."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from adapters.kafka.asyncapi import FROM_PMS, document
from application.pms import PmsMessage

WRITTEN = Path(__file__).parents[2] / "docs" / "asyncapi.json"
DOCUMENT = document()
MESSAGES = DOCUMENT["components"]["messages"]


def test_the_written_document_is_what_the_classes_tell() -> None:
    assert json.loads(WRITTEN.read_text()) == DOCUMENT, "run: make docs/asyncapi.json"


@pytest.mark.parametrize("message", MESSAGES)
def test_every_example_is_what_its_schema_says(message: str) -> None:
    for part in ("payload", "headers"):
        of_document = {"$ref": f"#/components/messages/{message}/{part}"} | DOCUMENT
        for example in MESSAGES[message]["examples"]:
            if part in example:
                Draft202012Validator(of_document, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(
                    example[part]
                )


@pytest.mark.parametrize("flaw", [{"position": 1}, {"until": "soon"}, {"until": None, "reason": "fraud"}])
def test_what_is_not_in_a_schema_is_not_valid(flaw: dict[str, object]) -> None:
    [example] = MESSAGES["hote.guest.blocked.v1"]["examples"]
    of_document = {"$ref": "#/components/messages/hote.guest.blocked.v1/payload"} | DOCUMENT
    validator = Draft202012Validator(of_document, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert not validator.is_valid(example["payload"] | {"data": flaw})


def test_the_example_of_a_pms_can_be_understood() -> None:
    assert PmsMessage.model_validate_json(json.dumps(FROM_PMS)).data.external_id == "4711"


def test_every_reference_leads_somewhere() -> None:
    def references(part: object) -> list[str]:
        match part:
            case {"$ref": str(reference)}:
                return [reference]
            case dict():
                return [each for value in part.values() for each in references(value)]
            case list():
                return [each for value in part for each in references(value)]
        return []

    for reference in references(DOCUMENT):
        found = DOCUMENT
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]
    assert {each["channel"]["$ref"] for each in DOCUMENT["operations"].values()} == {
        f"#/channels/{topic}" for topic in DOCUMENT["channels"]
    }
