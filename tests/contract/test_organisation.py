"""/v1/organisation: what head office chooses, and the fields of its own that it adds to profiles."""

import pytest

from tests.contract.conftest import House

TEMPLATE = {"name": "Excuses", "language": "fr", "subject": "Votre séjour", "text": "Bonjour,\n\nNous regrettons."}


def test_it_reads_as_it_was_founded(house: House) -> None:
    answer = house.admin.get("/v1/organisation")
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"1"'
    assert answer.json() == {
        "id": str(house.id),
        "name": "Groupe Rivage",
        "plan": "pro",
        "panel_attributes": [],
        "profile_fields": [],
        "required_fields": [],
        "status_labels": [],
        "retention_rules": [],
        "ask_again_after_days": 30,
        "reply_templates": [],
        "invitation_templates": [],
    }


def test_a_patch_changes_what_it_names_and_nothing_else(house: House) -> None:
    before = house.admin.get("/v1/organisation").json()
    answer = house.admin.patch("/v1/organisation", json={"panel_attributes": ["level", "stays"]})
    assert answer.json() == before | {"panel_attributes": ["level", "stays"]}
    assert answer.headers["etag"] == '"2"'
    assert int(answer.headers["hote-position"]) > 0


def test_saying_the_same_again_changes_nothing(house: House) -> None:
    first = house.admin.patch("/v1/organisation", json={"plan": "starter"})
    again = house.admin.patch("/v1/organisation", json={"plan": "starter"})
    assert again.status_code == 200
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["hote-position"] == first.headers["hote-position"]


def test_a_template_is_written_in_each_language(house: House) -> None:
    templates = [TEMPLATE, TEMPLATE | {"language": "en", "subject": "Your stay", "text": "Hello,\n\nWe are sorry."}]
    answer = house.admin.patch("/v1/organisation", json={"reply_templates": templates})
    assert (answer.status_code, answer.json()["reply_templates"]) == (200, templates)
    assert house.admin.get("/v1/organisation").json() == answer.json()


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "   "}, "/name"),
        ({"name": None}, "/name"),
        ({"name": "a\u0000b"}, "/name"),
        ({"plan": "gold"}, "/plan"),
        ({"colour": "red"}, "/colour"),
        ({"panel_attributes": [""]}, "/panel_attributes/0"),
        ({"profile_fields": [{"key": "No spaces", "label": "x"}]}, "/profile_fields/0/key"),
        ({"profile_fields": [{"key": "a", "label": "x", "kind": "colour"}]}, "/profile_fields/0/kind"),
        ({"profile_fields": [{"key": "a", "label": "x", "countries": ["Italy"]}]}, "/profile_fields/0/countries/0"),
        ({"profile_fields": [{"key": "a", "label": "x", "kind": "choice"}]}, "/profile_fields/0"),
        ({"profile_fields": [{"key": "a", "label": "x"}, {"key": "a", "label": "y"}]}, ""),
        ({"required_fields": [{"field": "note"}]}, ""),
        ({"status_labels": [{"key": "a", "label": {"fr": "x"}}, {"key": "a", "label": {"fr": "y"}}]}, ""),
        ({"reply_templates": [TEMPLATE, TEMPLATE | {"subject": "?"}]}, "/reply_templates"),
        ({"reply_templates": [TEMPLATE | {"language": "français"}]}, "/reply_templates/0/language"),
        ({"reply_templates": [TEMPLATE | {"subject": "Re:\r\nBcc: x@example.com"}]}, "/reply_templates/0/subject"),
        ({"reply_templates": [TEMPLATE | {"text": "x" * 10_001}]}, "/reply_templates/0/text"),
        ({"reply_templates": [TEMPLATE | {"text": "<b>Bonjour</b>"}]}, "/reply_templates/0/text"),
        ({"reply_templates": [TEMPLATE | {"text": "Bonjour\u0000"}]}, "/reply_templates/0/text"),
        ({"reply_templates": [TEMPLATE | {"name": str(number)} for number in range(101)]}, "/reply_templates"),
    ],
)
def test_what_breaks_a_rule_is_pointed_at(house: House, patch: dict[str, object], pointer: str) -> None:
    answer = house.admin.patch("/v1/organisation", json=patch)
    assert answer.status_code == 422
    assert answer.json()["errors"][0].get("pointer", "") == pointer
    assert house.admin.get("/v1/organisation").headers["etag"] == '"1"'
