"""What nobody may send of feedback: a problem names the field, in two languages, and nothing is half written."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from fastapi.testclient import TestClient

from adapters.bootstrap import Hote
from domain.money import LARGEST_AMOUNT
from tests.contract.conftest import Body, House, founded
from tests.contract.recording import a_code, acted, an_employee, an_item, euros, read, recorded

NOBODY = "0199f3c1-0000-7000-8000-000000000000"


def retired(house: House, path: str, id_: str) -> str:
    assert house.admin.post(f"{path}/{id_}/retire").is_success
    return id_


MADE: dict[str, Callable[[House], str]] = {
    "an item": an_item,
    "a retired item": lambda house: retired(house, "/v1/cost-items", an_item(house)),
    "an item of lago": lambda house: an_item(house, properties=[house.lago]),
    "an item in dollars": lambda house: an_item(house, unit_value={"amount": 1500, "currency": "USD"}),
    "a code": a_code,
    "a retired code": lambda house: retired(house, "/v1/codes", a_code(house)),
    "a code of lago": lambda house: a_code(house, properties=[house.lago]),
    "a retired employee": lambda house: retired(house, "/v1/employees", an_employee(house)),
    "an employee of lago": lambda house: an_employee(house, properties=[house.lago]),
}
"""What stands in the tables below for the id of such a thing, which is made when it is needed."""

Case = tuple[Body, str, str]
"""What is sent, the pointer to what is wrong with it, and the code."""


def given(**item: object) -> Body:
    return {"items": [{"item_id": "an item"} | item]}


ITEMS: list[Case] = [
    (given(item_id=NOBODY), "/items/0/item_id", "item-unknown"),
    (given(item_id="a code"), "/items/0/item_id", "item-unknown"),
    (given(item_id="vin"), "/items/0/item_id", "id-invalid"),
    (given(item_id="a retired item"), "/items/0/item_id", "item-retired"),
    (given(item_id="an item of lago"), "/items/0/item_id", "item-switched-off"),
    (given(item_id="an item in dollars"), "/items/0/unit_value", "unit-value-missing"),
    (given(quantity=-1), "/items/0/quantity", "out-of-range"),
    (given(quantity=0), "/items/0/quantity", "out-of-range"),
    (given(quantity=10_000), "/items/0/quantity", "out-of-range"),
    (given(quantity=1.5), "/items/0/quantity", "number-invalid"),
    (given(quantity="2"), "/items/0/quantity", "number-invalid"),
    (given(quantity=True), "/items/0/quantity", "number-invalid"),
    (given(unit_value=euros(-1)), "/items/0/unit_value/amount", "out-of-range"),
    (given(unit_value=euros(LARGEST_AMOUNT)), "/items/0/unit_value/amount", "out-of-range"),
    (given(unit_value={"amount": 12.5, "currency": "EUR"}), "/items/0/unit_value/amount", "number-invalid"),
    (given(unit_value={"amount": 1, "currency": "USD"}), "/items/0/unit_value/currency", "currency-other"),
    (given(unit_value={"amount": 1, "currency": "euro"}), "/items/0/unit_value/currency", "currency-invalid"),
    (given(colour="red"), "/items/0/colour", "field-unknown"),
    (given(quantity=2, unit_value=euros(LARGEST_AMOUNT - 1)), "/items", "out-of-range"),
    ({"items": [{"item_id": NOBODY}] * 101}, "/items", "too-many"),
    ({"items": [{"item_id": "an item"}, {"item_id": NOBODY}]}, "/items/1/item_id", "item-unknown"),
]
SATISFACTION: list[Case] = [
    ({"satisfaction": 6}, "/satisfaction", "out-of-range"),
    ({"satisfaction": 0}, "/satisfaction", "out-of-range"),
    ({"satisfaction": 4.5}, "/satisfaction", "number-invalid"),
    ({"satisfaction": "5"}, "/satisfaction", "number-invalid"),
]
WORDS: list[Case] = [
    ({"comment": "x" * 100_000}, "/comment", "too-long"),
    ({"comment": "<b>Nul</b>"}, "/comment", "markup"),
    ({"comment": "<script>alert(1)</script>"}, "/comment", "markup"),
    ({"comment": "a\u0000b"}, "/comment", "control-character"),
    ({"comment": "a\u001b[31mb"}, "/comment", "control-character"),
    ({"comment": " \n "}, "/comment", "too-short"),
    ({"comment": 5}, "/comment", "wrong-type"),
]
ABOUT: list[Case] = [
    ({"code_id": NOBODY}, "/code_id", "code-unknown"),
    ({"code_id": "an item"}, "/code_id", "code-unknown"),
    ({"code_id": "a retired code"}, "/code_id", "code-retired"),
    ({"code_id": "a code of lago"}, "/code_id", "code-switched-off"),
    ({"room": "999"}, "/room", "room-unknown"),
    ({"room": "x" * 21}, "/room", "too-long"),
    ({"guest_id": "moi"}, "/guest_id", "id-invalid"),
    ({"property_id": "ici"}, "/property_id", "id-invalid"),
    ({"property_id": None}, "/property_id", "id-invalid"),
    ({"colour": "red"}, "/colour", "field-unknown"),
]
FEEDBACK: list[Case] = [
    ({"kind": "furious"}, "/kind", "choice-invalid"),
    ({"kind": None}, "/kind", "missing"),
    ({"origin": "rumour"}, "/origin", "choice-invalid"),
    ({"employee_id": NOBODY}, "/employee_id", "employee-unknown"),
    ({"employee_id": "a retired employee"}, "/employee_id", "employee-retired"),
    ({"employee_id": "an employee of lago"}, "/employee_id", "employee-switched-off"),
    ({"emoji": "😠" * 17}, "/emoji", "too-long"),
    ({"emoji": "\u0007"}, "/emoji", "malformed"),
    ({"rating": {"given": 6, "scale": 5}}, "/rating", "rating-beyond-scale"),
    ({"rating": {"given": -1}}, "/rating/given", "out-of-range"),
    ({"rating": {"given": "NaN"}}, "/rating/given", "number-invalid"),
    ({"rating": {"given": "bien"}}, "/rating/given", "number-invalid"),
    ({"rating": {"given": "1.234"}}, "/rating/given", "number-invalid"),
    ({"rating": {"given": 1, "scale": 0}}, "/rating/scale", "out-of-range"),
    ({"rating": {"given": 1, "scale": 1000}}, "/rating/scale", "out-of-range"),
    ({"title": "Bonjour\r\nBcc: tout@example.com"}, "/title", "malformed"),
    ({"title": "<b>Bruit</b>"}, "/title", "markup"),
    ({"emoji": "<i>"}, "/emoji", "markup"),
    ({"author": "\u0000"}, "/author", "malformed"),
    ({"email": "ana"}, "/email", "malformed"),
    ({"language": "klingon!"}, "/language", "malformed"),
    ({"said_at": "2999-01-01T00:00:00Z"}, "/said_at", "in-the-future"),
    ({"said_at": "2026-01-01T00:00:00"}, "/said_at", "date-invalid"),
    ({"said_at": "hier"}, "/said_at", "date-invalid"),
    ({"said_at": "0001-01-01T00:00:00+14:00"}, "/said_at", "out-of-range"),
]


@dataclass(frozen=True)
class Refusing:
    """A house that is the same after each test, since it refuses all that is sent; `said` is what was said there."""

    house: House
    said: list[Body]
    made: dict[str, str] = field(default_factory=dict)

    def fill_in(self, value: object) -> object:
        """With ids in place of what stands for them in MADE."""
        match value:
            case dict():
                return {name: self.fill_in(each) for name, each in value.items()}
            case list():
                return [self.fill_in(each) for each in value]
            case str() if value in MADE:
                if value not in self.made:
                    self.made[value] = MADE[value](self.house)
                return self.made[value]
            case _:
                return value


@pytest.fixture(scope="module")
def refusing(hote: Hote, client: TestClient) -> Refusing:
    """Nothing was said there."""
    return Refusing(with_rooms(founded(hote, client, "Groupe Rivage")), [])


@pytest.fixture(scope="module")
def complained(hote: Hote, client: TestClient) -> Refusing:
    """One thing was said there, which is open."""
    house = with_rooms(founded(hote, client, "Groupe Rivage"))
    return Refusing(house, [recorded(house.admin, house.port, email="ana@example.com")])


def with_rooms(house: House) -> House:
    assert house.admin.patch(f"/v1/properties/{house.port}", json={"rooms": ["104"]}).status_code == 200
    return house


def assert_refused(there: Refusing, path: str, body: Body, pointer: str, code: str) -> None:
    house, sent = there.house, there.fill_in(body)
    for language in ("fr", "en"):
        answer = house.admin.post(path, json=sent, headers={"Accept-Language": language})
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-language"] == language
        problem = answer.json()
        assert problem["type"] == "/problems/invalid"
        assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [(pointer, code)]
        assert problem["errors"][0]["detail"]


@pytest.mark.parametrize(("fields", "pointer", "code"), [*ABOUT, *WORDS, *FEEDBACK])
def test_a_feedback_is_refused_and_not_recorded(refusing: Refusing, fields: Body, pointer: str, code: str) -> None:
    entry = {"property_id": refusing.house.port, "kind": "negative"} | fields
    assert_refused(refusing, "/v1/feedback", entry, pointer, code)
    assert refusing.house.admin.listed("/v1/feedback") == []


@pytest.mark.parametrize(("fields", "pointer", "code"), [*ITEMS, *SATISFACTION, *WORDS])
def test_a_feedback_is_not_recorded_when_its_resolution_is_refused(
    refusing: Refusing, fields: Body, pointer: str, code: str
) -> None:
    entry = {"property_id": refusing.house.port, "kind": "negative", "resolution": fields}
    assert_refused(refusing, "/v1/feedback", entry, f"/resolution{pointer}", code)
    assert refusing.house.admin.listed("/v1/feedback") == []


@pytest.mark.parametrize(("fields", "pointer", "code"), [*ITEMS, *SATISFACTION, *WORDS])
def test_a_resolution_is_refused_and_leaves_it_open(
    complained: Refusing, fields: Body, pointer: str, code: str
) -> None:
    [feedback] = complained.said
    assert_refused(complained, f"/v1/feedback/{feedback['id']}/resolution", fields, pointer, code)
    now = read(complained.house.admin, feedback)
    assert (now["version"], now["resolved"]) == (1, False)


@pytest.mark.parametrize(("fields", "pointer", "code"), [*ITEMS, *ABOUT, *WORDS, ({"items": []}, "/items", "too-few")])
def test_a_quality_cost_is_refused_and_not_recorded(refusing: Refusing, fields: Body, pointer: str, code: str) -> None:
    entry = {"property_id": refusing.house.port} | given() | fields
    assert_refused(refusing, "/v1/quality-costs", entry, pointer, code)
    assert refusing.house.admin.listed("/v1/quality-costs") == []


@pytest.mark.parametrize(
    ("action", "body", "pointer", "code"),
    [
        ("notes", {}, "/text", "missing"),
        ("notes", {"text": ""}, "/text", "too-short"),
        ("notes", {"text": "<i>"}, "/text", "markup"),
        ("notes", {"text": "x" * 10_001}, "/text", "too-long"),
        ("call", {}, "/outcome", "missing"),
        ("call", {"outcome": "shouted"}, "/outcome", "choice-invalid"),
        ("call", {"outcome": "reached", "comment": "\u0008"}, "/comment", "control-character"),
        ("reply", {"text": "<p>Bonjour</p>"}, "/text", "markup"),
        ("reply", {"text": "Bonjour", "subject": "Re:\r\nBcc: tout@example.com"}, "/subject", "malformed"),
        ("reply", {"text": "Bonjour", "subject": "x" * 201}, "/subject", "too-long"),
        ("transfer", {}, "/employee_id", "missing"),
        ("transfer", {"employee_id": NOBODY}, "/employee_id", "employee-unknown"),
        ("claim", {"employee_id": NOBODY}, "/employee_id", "employee-unknown"),
        ("delegate", {"email": "service"}, "/email", "malformed"),
        ("delegate", {"email": "a@example.com\r\nBcc: b@example.com"}, "/email", "malformed"),
        ("delegate", {"email": "a@example.com,b@example.com"}, "/email", "malformed"),
        ("share", {}, "/emails", "missing"),
        ("share", {"emails": ["a@example.com"] * 21}, "/emails", "too-many"),
        ("share", {"employee_ids": [NOBODY]}, "/employee_ids/0", "employee-unknown"),
        ("hold", {"note": "<hr>"}, "/note", "markup"),
        ("reopen", {"reason": "x" * 10_001}, "/reason", "too-long"),
    ],
)
def test_an_action_is_refused_and_not_taken(
    complained: Refusing, action: str, body: Body, pointer: str, code: str
) -> None:
    [feedback] = complained.said
    assert_refused(complained, f"/v1/feedback/{feedback['id']}/{action}", body, pointer, code)
    assert read(complained.house.admin, feedback)["version"] == 1


def test_a_character_that_is_none_is_refused(house: House) -> None:
    entry = f'{{"property_id": "{house.port}", "kind": "negative", "comment": "a\\ud800b"}}'
    answer = house.admin.post("/v1/feedback", content=entry, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("/comment", "malformed")]


def test_several_flaws_are_told_at_once(house: House) -> None:
    with_rooms(house)
    entry = {
        "property_id": house.port,
        "kind": "negative",
        "code_id": NOBODY,
        "employee_id": NOBODY,
        "room": "999",
        "resolution": {"items": [{"item_id": NOBODY}]},
    }
    answer = house.admin.post("/v1/feedback", json=entry)
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/code_id",
        "/employee_id",
        "/room",
        "/resolution/items/0/item_id",
    }


def test_a_guest_who_is_unknown_or_anothers_cannot_be_named(house: House, other: House) -> None:
    for guest_id in (NOBODY, other.admin.register()["id"]):
        entry = {"property_id": house.port, "kind": "negative", "guest_id": guest_id}
        assert house.admin.post("/v1/feedback", json=entry).status_code == 404
    assert house.admin.listed("/v1/feedback") == []


@pytest.mark.parametrize(
    "words",
    [
        "a < b && c > d",
        "<3 <3",
        'L\'hôtel "du Port"; DROP TABLE guest; --',
        "=cmd|' /C calc'!A0",
        "{{7*7}} ${7*7} %s %(x)s {0}",
        "../../etc/passwd",
        "😀 🏨 \u200f\u202e مرحبا 東京",
        "\t\r\nlignes\n\nvides",
    ],
)
def test_whatever_else_somebody_says_is_kept_as_it_was_said(house: House, words: str) -> None:
    feedback = recorded(house.admin, house.port, comment=words)
    assert read(house.admin, feedback)["comment"] == words.strip()
    assert house.admin.listed("/v1/feedback")[0]["comment"] == words.strip()


@pytest.mark.parametrize("words", ['=HYPERLINK("https://x.example")', "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)"])
def test_nothing_that_somebody_said_is_a_formula_in_a_spreadsheet(house: House, words: str) -> None:
    recorded(house.admin, house.port, comment=words, title=words, author=words)
    house.admin.listed("/v1/feedback")  # waits for the read model
    table = house.admin.get("/v1/feedback?format=csv").text
    [row] = csv.DictReader(io.StringIO(table.removeprefix("\ufeff")))
    assert row["comment"] == f"'{words}"
    assert words not in row.values()


def test_what_is_renamed_retired_or_rebuilt_later_changes_no_feedback(house: House) -> None:
    with_rooms(house)
    code = a_code(house, "Bruit")
    feedback = recorded(house.admin, house.port, code_id=code, room="104")
    house.admin.patch(f"/v1/codes/{code}", json={"name": "Nuisances"})
    retired(house, "/v1/codes", code)
    house.admin.patch(f"/v1/properties/{house.port}", json={"rooms": ["7"]})
    now = read(house.admin, acted(house.admin, feedback, "done"))
    assert (now["code_id"], now["room"]) == (code, "104")
