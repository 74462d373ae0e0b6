"""Guests whose every personal field is a word of their own, and the features they are driven through over HTTP."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from random import Random
from uuid import uuid4

from openpyxl import Workbook

from tests.contract.conftest import Body, House
from tests.contract.importing import changed, committed, path_of, reverted, uploaded
from tests.faults.leftovers import phones, words

COLUMNS = {
    "Civilité": "salutation", "Prénom": "first_name", "Nom": "last_name", "E-mail": "email", "Téléphone": "phone",
    "Société": "company", "Rue": "street", "CP": "postal_code", "Ville": "city", "Région": "region",
    "Remarque": "note", "Niveau": "level", "Passeport": "custom.passport", "Arrivée": "arrival", "Départ": "departure",
    "Divers": None,
}  # fmt: skip
NIGHTS = ("18/11/2026", "21/11/2026")
NEVER = ("21/11/2026", "18/11/2026")
"""Dates by which a row is refused."""
LONG_LIST = 5_001
"""Rows of a list that is judged in the background."""

_random = Random(7)
_words = words(_random)
_phones = iter(phones(_random))


@dataclass
class Person:
    """Somebody with all the words that were ever told of them; `id` is None for who never became a guest."""

    id: str | None = None
    words: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    """Those that must be readable as long as nobody forgets the person."""
    signature: Body = field(default_factory=dict)
    """The name and address under what was said by somebody who is no guest."""
    said: list[str] = field(default_factory=list)
    """The paths of their feedback and quality costs."""

    def told(self, *, like: Body | None = None) -> Body:
        """Every personal field, each with a word that was never used before, but to be reached as `like` says."""
        reached = like or {"emails": [f"{self.word()}@{self.word()}.example"], "phones": [self.phone()]}
        return {
            "salutation": self.word(),
            "first_name": self.word(),
            "last_name": self.word(),
            "emails": reached["emails"],
            "phones": reached["phones"],
            "company": self.word(),
            "address": {name: self.word() for name in ("street", "postal_code", "city", "region")},
            "note": self.text(),
            "level": self.word(),
            "custom": {"passport": self.word(), "allergies": self.word()},
        }

    def text(self) -> str:
        """Too long for its page."""
        return " ".join(self.word() for _ in range(150))

    def row(self, *, like: Body | None = None, dates: Sequence[str] = NIGHTS) -> list[str]:
        """The cells of a list for COLUMNS."""
        told = self.told(like=like)
        told |= told["address"] | {"email": told["emails"][0], "phone": told["phones"][0]}
        told |= {"custom.passport": told["custom"]["passport"], "arrival": dates[0], "departure": dates[1]}
        return [told[name] if name else self.word() for name in COLUMNS.values()]

    def word(self) -> str:
        word = next(_words)
        self.words.add(word)
        return word

    def phone(self) -> str:
        phone = next(_phones)
        self.words.add(phone.removeprefix("+33"))
        return phone

    def keeps(self, told: Body | Sequence[str]) -> None:
        text = str(told)
        self.kept |= {word for word in self.words if word in text}


def registered(house: House, person: Person) -> Body:
    """What was told of the person, who is a guest now."""
    told = person.told() | {"stay": {"property_id": house.port, "arrival": "2026-11-18", "departure": "2026-11-21"}}
    answers = [
        house.admin.post("/v1/guests", json=told, headers=key) for key in [{"Idempotency-Key": str(uuid4())}] * 2
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    person.id = answers[0].json()["id"]
    person.keeps(told)
    return told


def typed(house: House, people: Sequence[Person]) -> None:
    """Registered, changed, read as they are and were, looked for, refused as somebody else."""
    for person in people:
        registered(house, person)
        for _ in range(3):
            told = person.told()
            answer = house.admin.patch(f"/v1/guests/{person.id}", json=told)
            assert answer.status_code == 200, answer.text
        person.kept.clear()
        person.keeps(told)
        before = {"as_of": answer.json()["created_at"]}
        assert house.admin.get(f"/v1/guests/{person.id}", params=before).json()["last_name"] in person.words
        [found] = house.admin.listed("/v1/guests", params={"search": told["last_name"]})
        assert found["id"] == person.id
        for page in ("history", "history?format=xlsx", "export", "export?format=html"):
            assert house.admin.get(f"/v1/guests/{person.id}/{page}").status_code == 200
        taken = house.admin.post("/v1/guests", json=person.told(like=told), headers={"Idempotency-Key": str(uuid4())})
        assert taken.status_code == 409


def sent_in_batches(house: House, people: Sequence[Person]) -> None:
    """Created, then updated, each time with one that is refused."""
    first = [person.told() for person in people]
    again = [person.told(like=told) for person, told in zip(people, first, strict=True)]
    for bodies in (first, again):
        refused = people[0].told(like={"emails": ["nobody"], "phones": []})
        answer = house.admin.post(
            "/v1/guests/batch", json={"guests": [*bodies, refused]}, headers={"Idempotency-Key": str(uuid4())}
        )
        *results, last = answer.json()["results"]
        assert last["status"] == "refused"
    for person, told, result in zip(people, again, results, strict=True):
        person.id = result["guest_id"]
        person.keeps(told)


def listed(house: House, people: Sequence[Person]) -> None:
    """Guests by a list, of which each has another row that is refused, one that is edited and one that is left out."""
    _load(house, people, csv, "list.csv")


def listed_in_a_workbook(house: House, people: Sequence[Person]) -> None:
    _load(house, people, workbook, "list.xlsx")


def drafted(house: House, people: Sequence[Person]) -> None:
    """Guests who are in lists that nobody commits."""
    known = [registered(house, person) for person in people]
    for make, name in ((csv, "draft.csv"), (workbook, "draft.xlsx")):
        rows = [person.row(like=told) for person, told in zip(people, known, strict=True)]
        _mapped(house, make(rows), name)
        for person, row in zip(people, rows, strict=True):
            person.keeps(row)


def being_judged(house: House, people: Sequence[Person]) -> None:
    """Guests who are at the end of a list so long that they are forgotten while it is judged."""
    known = [registered(house, person) for person in people]
    others = [[""] * 2 + ["Martin", f"guest{n}@example.com"] + [""] * 9 + [*NIGHTS, ""] for n in range(LONG_LIST)]
    uploaded(house, csv(others + [person.row(like=told) for person, told in zip(people, known, strict=True)]))


def taken_back(house: House, people: Sequence[Person]) -> None:
    """Guests whom an import changed until it was undone; it also made some who are no more then."""
    known = [registered(house, person) for person in people]
    rows = [person.row(like=told) for person, told in zip(people, known, strict=True)]
    draft = _mapped(house, csv([*rows, people[0].row(), people[0].row()]), "undone.csv")
    result = committed(house.admin, draft)
    assert (result["created"], result["updated"]) == (2, len(people)), result
    assert reverted(house.admin, result)["state"] == "reverted"


def seen(house: House, people: Sequence[Person]) -> None:
    """Guests in every form of the list, who are then refused what others have."""
    known = [registered(house, person) for person in people]
    for form in ("json", "csv", "xlsx"):
        for query in ({"format": form}, {"format": form, "search": known[0]["company"], "sort": "company"}):
            assert house.admin.get("/v1/guests", params=query).status_code == 200
    for person, other in zip(people, reversed(known), strict=True):
        answer = house.admin.patch(f"/v1/guests/{person.id}", json=person.told(like=other))
        assert answer.status_code == 409


def held(house: House, people: Sequence[Person]) -> None:
    """Guests whom a dispute kept from being forgotten for a while."""
    for person in people:
        registered(house, person)
        hold = f"/v1/guests/{person.id}/legal-hold"
        assert house.admin.send("PUT", hold, json={"grounds": f"{person.word()} broke a vase"}).status_code == 204
        assert house.admin.delete(f"/v1/guests/{person.id}").status_code == 409
        assert house.admin.delete(hold).status_code == 204


def awaited(house: House, people: Sequence[Person]) -> None:
    """Guests of whom an interface tells thrice: one arrival is accepted, one is refused, and one still waits."""
    assert house.admin.patch(f"/v1/properties/{house.port}", json={"arrivals": "confirmed"}).status_code == 200
    interface = house.staff("machine")
    for person in people:
        like = registered(house, person)
        told = [
            person.told(like=like) | {"stay": {"property_id": house.port, "arrival": f"2027-01-0{day}"}}
            for day in (1, 2, 3)
        ]
        answers = [interface.post("/v1/guests", json=each) for each in told]
        assert [answer.status_code for answer in answers] == [202] * 3
        arrivals = [answer.json()["arrival_id"] for answer in answers]
        assert house.admin.post(f"/v1/arrivals/{arrivals[0]}/accept").json()["guest_id"] == person.id
        assert house.admin.post(f"/v1/arrivals/{arrivals[1]}/refuse").status_code == 200
        person.kept.clear()
        person.keeps(told[0])
        person.keeps(told[2])
    for form in ("json", "csv", "xlsx"):
        assert house.admin.get("/v1/arrivals", params={"format": form}).status_code == 200


Feature = Callable[[House, Sequence[Person]], None]
FEATURES: Sequence[Feature] = (
    typed, sent_in_batches, listed, listed_in_a_workbook, drafted, being_judged, taken_back, seen,
    held, awaited,
)  # fmt: skip
OF_LISTS = (listed, listed_in_a_workbook, drafted, being_judged, taken_back, awaited)
"""Of whom a list, or an interface, tells still: a deletion leaves that alone."""


def _load(house: House, people: Sequence[Person], make: Callable[[Sequence[Sequence[str]]], bytes], name: str) -> None:
    known = [person.told() for person in people]
    good = [person.row(like=told) for person, told in zip(people, known, strict=True)]
    bad = [person.row(like=told, dates=NEVER) for person, told in zip(people, known, strict=True)]
    left_out, edited = people[0].row(like=known[0]), people[1].row(like=known[1])
    draft = _mapped(house, make([*good, *bad, left_out, edited]), name)
    *_, second_last, last = house.admin.get(f"{path_of(draft)}/rows").json()["items"]
    assert house.admin.delete(f"{path_of(draft)}/rows/{second_last['n']}").status_code == 204
    edit = {"cells": {"Nom": people[1].word(), "Arrivée": NEVER[0], "Départ": NEVER[1]}}
    assert house.admin.patch(f"{path_of(draft)}/rows/{last['n']}", json=edit).status_code == 200
    result = committed(house.admin, draft)
    assert (result["created"], result["refused"]) == (len(people), len(people) + 1), result
    for form in ("csv", "xlsx"):
        assert house.admin.get(f"{path_of(draft)}/rejected", params={"format": form}).status_code == 200
    rows = house.admin.get(f"{path_of(draft)}/rows", params={"state": "ok"}).json()["items"]
    for person, row, told in zip(people, rows, known, strict=True):
        person.id = row["guest_id"]
        person.keeps(house.admin.get(f"/v1/guests/{person.id}").json())
        assert person.kept > person.words & set(told["emails"][0].replace("@", ".").split("."))


def _mapped(house: House, content: bytes, name: str) -> Body:
    draft = uploaded(house, content, name=name)
    return changed(house.admin, draft, mapping={header: name for header, name in COLUMNS.items() if name})


def csv(rows: Sequence[Sequence[str]]) -> bytes:
    return "\r\n".join(";".join(row) for row in (list(COLUMNS), *rows)).encode()


def workbook(rows: Sequence[Sequence[str]]) -> bytes:
    book = Workbook()
    for row in (list(COLUMNS), *rows):
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()
