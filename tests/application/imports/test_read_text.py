"""Text files of any shape become the same rows, numbered as in an editor."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.imports.read import Reading, inspect, rows

Rows = list[tuple[int, tuple[str, ...]]]


def read(tmp_path: Path, text: str, encoding: str = "utf-8") -> tuple[Reading, Rows]:
    path = tmp_path / "list"
    path.write_bytes(text.encode(encoding))
    reading = inspect(path)
    return reading, list(rows(path, reading))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(tmp_path: Path, delimiter: str, end: str) -> None:
    lines = ["Nom,Prénom,E-mail", "Lefèvre,Zoé,zoe@example.org", "", "Dupré,Léo,leo@example.org"]
    reading, found = read(tmp_path, end.join(lines).replace(",", delimiter))

    assert (reading.kind, reading.encoding, reading.delimiter) == ("text", "utf-8", delimiter)
    assert reading.table.headers == ("Nom", "Prénom", "E-mail")
    assert found == [(2, ("Lefèvre", "Zoé", "zoe@example.org")), (4, ("Dupré", "Léo", "leo@example.org"))]


def test_decimal_commas_are_no_delimiters(tmp_path: Path) -> None:
    reading, found = read(tmp_path, "Payé;Dû;Taxe\n" + "81,20;0,50;1,65\n" * 50)

    assert reading.delimiter == ";"
    assert found[0] == (2, ("81,20", "0,50", "1,65"))


def test_commas_in_headers_do_not_outweigh_the_delimiter(tmp_path: Path) -> None:
    reading, _ = read(tmp_path, 'Nom, prénom;Ville;Note\nDupont, Jean;Paris;"a, b, c"\nMartin, Zoé;Lyon;\n')

    assert reading.delimiter == ";"


def test_a_hint_of_excel_is_followed(tmp_path: Path) -> None:
    reading, found = read(tmp_path, "sep=|\nNom|Note\nDupont|a,b;c,d;e,f\nMartin|a,b;c,d;e,f\n")

    assert (reading.delimiter, reading.table.preamble) == ("|", 1)
    assert found[0] == (3, ("Dupont", "a,b;c,d;e,f"))


def test_one_column_is_a_table(tmp_path: Path) -> None:
    reading, found = read(tmp_path, "E-mail\nzoe@example.org\nleo@example.org\n")

    assert reading.table.headers == ("E-mail",)
    assert found == [(2, ("zoe@example.org",)), (3, ("leo@example.org",))]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_one_column_with_a_comma_here_and_there(tmp_path: Path, delimiter: str) -> None:
    reading, found = read(tmp_path, "Nom\n" + "Dupont\n" * 20 + f"Martin{delimiter} dit Petit\n")

    assert reading.table.headers == ("Nom",)
    assert found[-1] == (22, (f"Martin{delimiter} dit Petit",))


def test_quotes_keep_delimiters_quotes_and_line_ends(tmp_path: Path) -> None:
    _, found = read(tmp_path, 'Nom,Note\n"O""Neil, Sean","two\nlines"\nDupont,none\n')

    assert found == [(2, ('O"Neil, Sean', "two\nlines")), (4, ("Dupont", "none"))]


def test_spaces_before_quotes_are_dropped(tmp_path: Path) -> None:
    _, found = read(tmp_path, 'Nom, Note\n"Dupont", "a, b"\n')

    assert found == [(2, ("Dupont", "a, b"))]


def test_what_stands_before_the_header_is_skipped(tmp_path: Path) -> None:
    text = "Liste des départs\nHôtel de la Paix;;Imprimé le 12/05/2026\n\nNom;Prénom;Chambre;E-mail\nDupont;Zoé;12;\n"
    reading, found = read(tmp_path, text)

    assert (reading.table.headers, reading.table.preamble) == (("Nom", "Prénom", "Chambre", "E-mail"), 3)
    assert found == [(5, ("Dupont", "Zoé", "12", ""))]


def test_a_long_preamble(tmp_path: Path) -> None:
    reading, found = read(tmp_path, "Avertissement\n" * 80 + "Alpha;Beta;Gamma\n" + "a;b;c\n" * 90)

    assert (reading.table.headers, reading.table.preamble) == (("Alpha", "Beta", "Gamma"), 80)
    assert len(found) == 90


def test_a_guest_whose_notes_read_like_a_header_is_no_header(tmp_path: Path) -> None:
    text = "Alpha;Beta;Gamma\n" + "a;b;c\n" * 9 + "nom à vérifier;adresse fausse;c\n"
    reading, found = read(tmp_path, text)

    assert reading.table.headers == ("Alpha", "Beta", "Gamma")
    assert len(found) == 10


def test_totals_and_page_numbers_at_the_end_are_no_rows(tmp_path: Path) -> None:
    text = "Nom;Prénom;Ville;Payé\nDupont;Zoé;Paris;120\n\nTotal;;;120\nNombre de clients : 1\nPage 1/1\n"
    _, found = read(tmp_path, text)

    assert found == [(2, ("Dupont", "Zoé", "Paris", "120"))]


def test_a_guest_who_is_called_total_stays(tmp_path: Path) -> None:
    _, found = read(tmp_path, "Nom;Prénom;Ville;E-mail\nTotal;Zoé;Lyon;\nTotal;;;total@example.org\n")

    assert len(found) == 2


def test_few_cells_at_the_end_are_a_row_when_in_doubt(tmp_path: Path) -> None:
    _, found = read(tmp_path, "Nom;Prénom;Ville\nDupont;Zoé;Paris\nMartin\n")

    assert found[-1] == (3, ("Martin", "", ""))


def test_totals_in_the_middle_stay_in_their_place(tmp_path: Path) -> None:
    _, found = read(tmp_path, "Nom;Prénom;Ville\nDupont;Zoé;Paris\nTotal;;\nMartin;Léo;Lyon\n")

    assert [number for number, _ in found] == [2, 3, 4]


def test_the_header_of_each_printed_page_is_skipped(tmp_path: Path) -> None:
    _, found = read(tmp_path, "Nom;Prénom\nDupont;Zoé\nNom;Prénom\nMartin;Léo\n")

    assert [number for number, _ in found] == [2, 4]


def test_a_file_without_header(tmp_path: Path) -> None:
    reading, found = read(tmp_path, "Dupont;Zoé;zoe@example.org;12/05/2026\nMartin;Léo;leo@example.org;13/05/2026\n")

    assert not reading.table.has_header
    assert reading.table.headers == ("Column 1", "Column 2", "Column 3", "Column 4")
    assert [number for number, _ in found] == [1, 2]


def test_a_header_without_rows(tmp_path: Path) -> None:
    reading, found = read(tmp_path, "Nom;Prénom;E-mail\n")

    assert (reading.table.headers, found) == (("Nom", "Prénom", "E-mail"), [])


def test_headers_are_named_once_each(tmp_path: Path) -> None:
    reading, _ = read(tmp_path, "Nom ;Jour;;Jour;Jour (2)\nDupont;1;x;2;3\n")

    assert reading.table.headers == ("Nom", "Jour", "Column 3", "Jour (2)", "Jour (2) (2)")


def test_short_rows_are_filled_and_long_ones_kept_whole(tmp_path: Path) -> None:
    _, found = read(tmp_path, "Nom;Prénom;Ville\nA\nB;b;Paris;;\nC;c;Lyon;one;too many\nD;d;Nice\n")

    assert [cells for _, cells in found] == [
        ("A", "", ""),
        ("B", "b", "Paris"),
        ("C", "c", "Lyon", "one", "too many"),
        ("D", "d", "Nice"),
    ]


def test_what_is_given_is_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes("Nom;Ville\nMüller;Köln\n".encode("cp1252"))

    reading = inspect(path, encoding="mac-roman", delimiter=",")

    assert reading.table.headers == ("Nom;Ville",)
    assert next(rows(path, reading)) == (2, ("M¸ller;Kˆln",))


def test_nuls_are_left_out(tmp_path: Path) -> None:
    _, found = read(tmp_path, "Nom;Ville\n" + "Dupont;Paris\n" * 20 + "Mar\0tin;Lyon\n")

    assert found[-1] == (22, ("Martin", "Lyon"))


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_html_called_xls(tmp_path: Path, encoding: str) -> None:
    page = """<html><head><style>td {color: red}</style></head><body><table border=1>
      <tr><td colspan="3">Liste des départs</td></tr>
      <tr><th>Nom<th>Prénom<th>Note</tr>
      <tr><td>Lef&egrave;vre</td><td>Zoé</td><td>vue   mer<br>étage &amp; calme</td></tr>
      <tr><td colspan="2">Martin</td><td>vip</td></tr>
      <tr><td>Dupré<td>Léo<td>&nbsp;"""
    reading, found = read(tmp_path, page, encoding)

    assert (reading.kind, reading.table.headers) == ("html", ("Nom", "Prénom", "Note"))
    assert found == [
        (3, ("Lefèvre", "Zoé", "vue mer étage & calme")),
        (4, ("Martin", "", "vip")),
        (5, ("Dupré", "Léo", "")),
    ]


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.lists(st.tuples(cells, cells), max_size=8), delimiter=st.sampled_from(",;\t|"))
def test_what_csv_writes_is_read_back(tmp_path: Path, body: list[tuple[str, str]], delimiter: str) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["Nom", "Prénom", "Ville"])
    writer.writerows(["guest", *row] for row in body)
    (tmp_path / "list").write_text(written.getvalue(), encoding="utf-8", newline="")

    reading = inspect(tmp_path / "list", encoding="utf-8", delimiter=delimiter)

    assert [found for _, found in rows(tmp_path / "list", reading)] == [("guest", *row) for row in body]
