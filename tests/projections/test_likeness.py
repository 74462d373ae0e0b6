"""How alike two guests are: a table of cases, and that two who are likely one share something to be found by."""

import pytest

from domain.contact import Address, Profile
from projections.duplicates.likeness import LIKELY, likeness
from projections.duplicates.person import NAME, Person

BREST = Address(street="608 rue du Port", postal_code="29200", city="Brest")


def person(name: str, *told: str, company: str | None = None, address: Address | None = None) -> Person:
    """The name as "first last", or the last name alone; then e-mails and phones."""
    first, _, last = name.rpartition(" ")
    return Person.of(
        Profile(
            first_name=first or None,
            last_name=last.replace("_", " "),
            emails=tuple(each for each in told if "@" in each),
            phones=tuple(each for each in told if "@" not in each),
            company=company,
            address=address,
        )
    )


LIKELY_ONE = [
    (person("Zoé Lefèvre"), person("zoe LEFEVRE"), "name same"),
    (person("Zoé Lefèvre"), person("Lefevre Zoe"), "name order"),
    (person("Zoé Lefèvre"), person("Mme_Zoé_Lefèvre"), "name order"),
    (
        person("Anne Dupont", "anne.dupont@x.fr"),
        person("Anne Dupont-Martin", "anne.dupond@x.fr"),
        "name part, emails one_letter",
    ),
    (person("Anne Dupont", "+33612345678"), person("Anne Dupond", "+32612345678"), "name similar, phones same_number"),
    (person("Zoé Lefèvre", "zoe@gmail.com"), person("Zoé Lefèvre", "zoe@gmial.com"), "name same, emails domain"),
    (person("Petit", "z.o.e@gmail.com"), person("Petit", "zoe@googlemail.com"), "name last_name, emails same_mailbox"),
    (person("Lefèvre", "zoelef@orange.fr"), person("Lefevre", "zoelef@oragne.fr"), "name last_name, emails domain"),
    (person("Zoé Lefèvre", "+33612345678"), person("Zoé Lefèvre", "+33612345679"), "name same, phones one_digit"),
    (person("Zoé Lefèvre", address=BREST), person("Zoé Lefèvre", address=BREST), "name same, address same"),
    (person("Zoé Lefèvre", company="Sirvoy"), person("Zoé Lefèvre", company="SIRVOY"), "name same, company same"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "matched"), LIKELY_ONE, ids=[matched for _, _, matched in LIKELY_ONE])
def test_likely_the_same_person(one: Person, other: Person, matched: str) -> None:
    found = likeness(one, other)
    assert ", ".join(f"{each.field} {each.how}" for each in found.matched) == matched
    assert found.score >= LIKELY
    assert likeness(other, one) == found
    assert one.traits & other.traits, "nobody would ever compare them"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (person("Jean Martin", address=BREST), person("Marie Martin", address=BREST)),
        (person("Jean Martin", "martin@orange.fr"), person("Marie Martin", "martin@oragne.fr", company="Sirvoy")),
        (person("Lefèvre"), person("Lefevre")),
        (person("Zoé Lefèvre", "info@a.fr", company="Sirvoy"), person("Luc Petit", "info@b.fr", company="Sirvoy")),
        (person("Zoé Lefèvre", "zoe@a.fr"), person("Zoé Martin", "zoe@b.de")),
        (person("Lefèvre", "zoe1@a.fr"), person("Lefèvre", "zoe2@a.fr")),
    ],
    ids=["a couple", "a family's mailbox", "a last name", "colleagues", "a first name", "numbered mailboxes"],
)
def test_likely_two(one: Person, other: Person) -> None:
    assert likeness(one, other).score < LIKELY


def test_who_has_no_first_name_is_not_found_by_the_last_alone() -> None:
    assert NAME not in {trait.kind for trait in person("Lefèvre").traits}
