"""A guest is found in a row or a sentence however they are written there, and nobody else is."""

from uuid import UUID

import pytest

from domain.contact import Profile
from domain.traces import Traces

ZOE, ANA = UUID(int=1), UUID(int=2)
TRACES = Traces(
    [
        (
            ZOE,
            [
                Profile(
                    last_name="Lefèvre-Œuf", first_name="Zoé", emails=("zoe@example.com", "s.o'connor@example.com")
                ),
                Profile(last_name="Lefèvre", first_name="Zoé", phones=("+33612345678",)),
            ],
        ),
        (ANA, [Profile(last_name="Silva")]),
    ]
)


@pytest.mark.parametrize(
    "cells",
    [
        ["Martin", "Zoe@Example.com"],
        ["<zoe@example.com>;autre@example.com"],
        ["'zoe@example.com"],
        ["'zoe@example.com'"],
        ["s.o'connor@example.com"],
        ["02 98 00 00 00 - 06 12 34 56 78"],
        ["06/12/34/56/78"],
        ["06 12 34 56 78 (2)"],
        ["0298000000\n0612345678"],
        ["0612345678 0298000000"],
        ["chambre 12 0612345678"],
        ["612345678.0"],
        ["06_12_34_56_78"],
        ["autre@example.com/zoe@example.com"],
        ["autre@example.com|zoe@example.com"],
        ["«zoe@example.com»"],
        ["Martin", "06 12 34 56 78"],
        ["0033 (0)6.12.34.56.78"],
        ["+33 612 345 678"],
        ["612345678"],
        ["LEFEVRE", "zoe", "autre@example.com"],
        ["Mme Zoé LEFÈVRE", ""],
        ["Zoé", "Lefèvre-œuf"],
    ],
)
def test_a_row_tells_of_the_guest_it_names_in_any_way(cells: list[str]) -> None:
    assert TRACES.told_by(cells) == ZOE


@pytest.mark.parametrize(
    "cells",
    [
        ["Lefèvre", "Marie", "marie@example.com"],
        ["Zoé", "Martin"],
        ["zoe@example.com.br"],
        ["06 12 34 56 79"],
        ["07 12 34 56 78"],
        ["+49 612345678"],
        ["Silva", "silva@example.com"],
        ["Silva", "06 99 99 99 99"],
        ["", ""],
        [],
    ],
)
def test_a_row_of_somebody_else_tells_of_no_guest(cells: list[str]) -> None:
    assert TRACES.told_by(cells) is None


def test_a_last_name_alone_counts_where_nobody_can_be_reached() -> None:
    assert TRACES.told_by(["SILVA", "not an address"]) == ANA
    assert TRACES.told_by(["SILVA", "18/11/2026", "2026-11-21 14:00"]) == ANA


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Demande de Mme Zoe LEFEVRE du 21/11/2026", "Demande de Mme … … du 21/11/2026"),
        ("Mail from zoe@example.com, phone 06 12 34 56 78.", "Mail from …, phone …."),
        ("GDPR request 2026-0042", "GDPR request 2026-0042"),
        ("zoeology", "zoeology"),
        ("'zoe@example.com' «zoe@example.com» zoe@example.com! mail=zoe@example.com", None),
        ("06 12 34 56 78 - 02 98 11 22 33", "… - 02 98 11 22 33"),
        ("06/12/34/56/78, 06–12–34–56–78 and +33 (0)6 12 34 56 78.", "…, … and …."),
        ("Mme Lefe\u0300vre", "Mme …"),
    ],
)
def test_names_are_taken_out_of_a_sentence(written: str, kept: str | None) -> None:
    if kept is None:
        assert "zoe" not in TRACES.taken_out_of(written)
    else:
        assert TRACES.taken_out_of(written) == kept


def test_who_is_disclosed_by_is_not_who_is_deleted_by() -> None:
    """A namesake's row may be deleted, not shown."""
    assert TRACES.reached_by(["LEFEVRE", "zoe", "autre@example.com"]) is None
    assert TRACES.reached_by(["LEFEVRE", "Zoé", "06 12 34 56 78"]) == ZOE
    assert TRACES.reached_by(["Martin", "ZOE@example.com"]) == ZOE


def test_of_nobody_there_is_nothing_to_find() -> None:
    assert TRACES
    assert not Traces([(ZOE, [])])
    assert Traces([(ZOE, [Profile(last_name=".", emails=("zoe@example.com",))])])
