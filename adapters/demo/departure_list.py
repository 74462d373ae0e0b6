"""Writes a departure list as a French hotel's system prints it, with the flaws such lists have."""

import csv
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random

from adapters.demo.people import Person, people

_Row = dict[str, str]

_FLAWS = 4
_FLAWED = 250
"""One row in this many."""


def write_departure_list(path: Path, rows: int, seed: int, later: timedelta = timedelta()) -> int:
    """Writes that many rows, between a preamble and a footer, and returns how many of them are bad.

    Everybody stays so much `later` than `people` say.

    The file is windows-1252 with `;` and CRLF, its dates DD/MM/YYYY. One row in 250 is bad, and four at least of
    eight and more: in turn an e-mail address that is none, a 31st of February, no means of contact, a row repeated.
    """
    random = Random(seed)  # noqa: S311
    bad = sorted(random.sample(range(1, rows), max(_FLAWS, rows // _FLAWED))) if rows >= 2 * _FLAWS else []
    leaving = islice((person for person in people(2 * rows, seed) if person.visits), rows)
    lines = [_row(person, random, later) for person in leaving]
    for flaw, line in enumerate(bad):
        lines[line] = _flawed(lines, line, flaw % _FLAWS)
    with path.open("w", encoding="windows-1252", newline="") as file:
        file.write("Hôtel du Parc : liste des départs\r\nÉditée par la réception\r\n")
        writer = csv.DictWriter(file, lines[0], delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(lines)
        file.write(f"Total des départs : {rows}\r\n")
    return len(bad)


def _row(person: Person, random: Random, later: timedelta) -> _Row:
    visit = person.visits[-1]
    return {
        "Nom": person.last_name,
        "Prénom": person.first_name,
        "Civilité": person.salutation or "",
        "E-mail": person.email or "",
        "Téléphone": _printed(person.phone) if person.phone else "",
        "Langue": person.language,
        "Pays": person.country,
        "Société": person.company or "",
        "Adresse": person.street,
        "Code postal": person.postal_code,
        "Ville": person.city,
        "Arrivée": f"{visit.arrival + later:%d/%m/%Y}",
        "Départ": f"{visit.departure + later:%d/%m/%Y}",
        "Chambre": visit.room,
        "Carte bancaire": f"**** **** **** {random.randrange(10_000):04}",
    }


def _printed(phone: str) -> str:
    """French numbers as they are dialled, in pairs: "06 12 34 56 78"."""
    if not phone.startswith("+33"):
        return phone
    digits = "0" + phone.removeprefix("+33")
    return " ".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def _flawed(lines: list[_Row], line: int, flaw: int) -> _Row:
    return (
        lines[line] | {"E-mail": "@gmail..com"},
        lines[line] | {"Départ": "31/02/2025"},
        lines[line] | {"E-mail": "", "Téléphone": ""},
        lines[line - 1],
    )[flaw]
