"""A name in one cell is told apart as people would, and never lost."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.imports.names import split_name

DATA = Path(__file__).parents[3] / "../shared/data/names"


@pytest.mark.parametrize(
    ("text", "salutation", "first_name", "last_name"),
    [
        ("Jean Dupont", None, "Jean", "Dupont"),
        ("DUPONT Jean", None, "Jean", "DUPONT"),
        ("Jean DUPONT", None, "Jean", "DUPONT"),
        ("LE GOFF Anne Marie", None, "Anne Marie", "LE GOFF"),
        ("McDONALD Ronald", None, "Ronald", "McDONALD"),
        ("Dupont, Jean", None, "Jean", "Dupont"),
        ("Dupont, Jean, M.", "M.", "Jean", "Dupont"),
        ("Madonna", None, None, "Madonna"),
        ("M. et Mme Dupont", "M. et Mme", None, "Dupont"),
        ("M. et Mme DUPONT Jean", "M. et Mme", "Jean", "DUPONT"),
        ("Mr & Mrs John Smith", "Mr & Mrs", "John", "Smith"),
        ("M./Mme Durand", "M./Mme", None, "Durand"),
        ("Herr Dr. Hans Müller", "Herr Dr.", "Hans", "Müller"),
        ("Sig.ra Anna Rossi", "Sig.ra", "Anna", "Rossi"),
        ("Sra. María López", "Sra.", "María", "López"),
        ("Don Johnson", None, "Don", "Johnson"),
        ("Mme Marie-Claire de La Fontaine", "Mme", "Marie-Claire", "de La Fontaine"),
        ("de LA FONTAINE Marie", None, "Marie", "de LA FONTAINE"),
        ("Mme de La Fontaine", "Mme", None, "de La Fontaine"),
        ("Jean d'Ormesson", None, "Jean", "d'Ormesson"),
        ("Jean d’ Ormesson", None, "Jean", "d'Ormesson"),
        ("Vincent van Gogh", None, "Vincent", "van Gogh"),
        ("Ludwig von der Heide", None, "Ludwig", "von der Heide"),
        ("Leonardo Di Caprio", None, "Leonardo", "Di Caprio"),
        ("João da Silva", None, "João", "da Silva"),
        ("Omar El Khoury", None, "Omar", "El Khoury"),
        ("Omar al-Rashid", None, "Omar", "al-Rashid"),
        ("Osama bin Laden", None, "Osama", "bin Laden"),
        ("Ben Stiller", None, "Ben", "Stiller"),
        ("Shaun O'Brien", None, "Shaun", "O'Brien"),
        ("Marie Dupont - Martin", None, "Marie", "Dupont-Martin"),
        ("Jean et Marie Dupont", None, "Jean et Marie", "Dupont"),
        ("John Smith Jr.", None, "John", "Smith Jr."),
        ("John Smith, Jr.", None, "John", "Smith Jr."),
        ("JP Martin", None, "JP", "Martin"),
        ("Dupont J.", None, "J.", "Dupont"),
        ("J. Dupont", None, "J.", "Dupont"),
        ("Durand (née Dupont), Anne", None, "Anne", "Durand"),
        ("  Jean   Dupont ", None, "Jean", "Dupont"),
        ("M.", None, None, "M."),
        ("", None, None, ""),
    ],
)
def test_names_are_told_apart(text: str, salutation: str | None, first_name: str | None, last_name: str) -> None:
    assert split_name(text) == (salutation, first_name, last_name)


@pytest.mark.parametrize(
    ("text", "first_name", "last_name"),
    [
        ("Dupont Jean Marc", "Jean Marc", "Dupont"),
        ("De La Fontaine Marie", "Marie", "De La Fontaine"),
        ("Marie DUPONT", "Marie", "DUPONT"),
        ("van der Berg", None, "van der Berg"),
        ("Dupont, Jean", "Jean", "Dupont"),
    ],
)
def test_a_column_can_say_that_surnames_come_first(text: str, first_name: str | None, last_name: str) -> None:
    assert split_name(text, surname_first=True)[1:] == (first_name, last_name)


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not on this machine")
def test_the_passengers_of_a_ship() -> None:
    """ "Surname, Title. First (maiden)": what stands before the comma and the title is known without the splitter."""
    with (DATA / "titanic_names_891.csv").open(encoding="utf-8", newline="") as file:
        names = [row["Name"] for row in csv.DictReader(file)]
    right = 0
    for name in names:
        split = split_name(name)
        surname, _, rest = name.partition(", ")
        title, _, first = rest.partition(". ")
        first = " ".join(first.partition("(")[0].partition('"')[0].split())
        right += (split.salutation, split.last_name) == (f"{title}.", surname) and (split.first_name or "").startswith(
            first
        )
    assert len(names) == 891
    assert right >= 889  # the two others: "Duff Gordon, Lady." without a first name, "Rothes, the Countess. of"


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not on this machine")
def test_hostile_names_are_split_too() -> None:
    for text in (DATA / "blns.txt").read_text(encoding="utf-8").split("\n"):
        assert split_name(text).last_name or not text.strip()


@given(st.text())
def test_there_is_always_a_last_name_where_there_is_any_text(text: str) -> None:
    assert bool(split_name(text).last_name) == bool(text.split())


@given(st.lists(st.text("abcÀÉzAZ'.-", min_size=1), min_size=1), st.booleans())
def test_no_word_is_lost_or_moved_into_another(words: list[str], surname_first: bool) -> None:
    split = split_name(" ".join(words), surname_first=surname_first)
    letters = sorted(letter for part in split if part for letter in part if letter.isalpha())
    assert letters == sorted(letter for word in words for letter in word if letter.isalpha())
