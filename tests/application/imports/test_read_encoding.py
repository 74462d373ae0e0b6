"""Any text of French guests is read in the encoding it was written in."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.imports import encoding
from application.imports.encoding import find_encoding
from application.imports.read import inspect, rows
from application.imports.unreadable import NotATable

# None of these words is among those the detector learnt from: see the test at the end.
ACCENTED = """
Barnabé Capucine-Zélie Célestin Crépin Dieudonné Gédéon Honoré Isaïe Josué Maëlys Mégane Océane Théophile
Zéphyrin Zélia Aubépin Hébrard Prévert Crépeau Dumézil Mézières Goüin Duchêne Bénard Mérimée Debré Fabrègues
Ségur Têtu Bûcheron Fénelon Guérande-Lès-Prés Vendée Sévigné Bergère Boulangère Fougères Étretat Égletons Épernay Écully
Pléneuf Lannéanou Kérity Quiberonnière Sédières Chaudière Clairière Sablière Verrière Trémière Belvédère
façade maçon déçu crâne pâle boîtier brûlé flûte diplômé chêne grêle mêlée poêle progrès excès décès succès cèdre
légère régularité fidélisation célébrité vérifié complété signé mariée invitée conviée logée aînesse traître bélître
naïade égoïsme ouïe haïku coïncidence œdème œillet chœur rancœur là-bas delà çà déjà-vu hôtesse cloître apôtre
tâche bâtir fâché mâle râpé huître croûte voûte dégoût ragoût bûchette piqûre déclaré hébergé côtoyé geôle
"""
PLAIN = "Dupont Martin rue avenue de Paris Lyon chambre double vue mer nuit 75001 12/05/2026 Mme M. vip"
CODECS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso8859-15", "mac-roman", "cp850"]

guests = st.tuples(
    st.lists(st.sampled_from(ACCENTED.split()), min_size=5, max_size=40, unique=True),
    st.lists(st.sampled_from(PLAIN.split()), max_size=20),
).flatmap(lambda words: st.permutations([*words[0], *words[1]]))


@pytest.mark.parametrize("codec", CODECS)
@settings(
    derandomize=True, deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=guests)
def test_french_text_is_found_again(tmp_path: Path, codec: str, words: list[str]) -> None:
    text = "\n".join(words)
    data = text.encode(codec, errors="ignore")  # CP850 has no œ
    (tmp_path / "text").write_bytes(data)

    found = find_encoding(tmp_path / "text")

    assert data.decode(found) == data.decode(codec)


@pytest.mark.parametrize("codec", CODECS)
def test_capitals_are_found_again(tmp_path: Path, codec: str) -> None:
    data = "LEFÈVRE;HÉLÈNE;ÎLE D'YEU\nBÉNARD;FRANÇOIS;CHÂTELET\nDUPRÉ;NOËL;NÎMES".encode(codec)
    (tmp_path / "text").write_bytes(data)

    assert data.decode(find_encoding(tmp_path / "text")) == data.decode(codec)


@pytest.mark.parametrize("text", ["Têtu;Duchêne;bête", "Gérald;Mâcon", "SOLÈNE;IRÈNE"])
@pytest.mark.parametrize("codec", CODECS)
def test_three_words_are_enough(tmp_path: Path, codec: str, text: str) -> None:
    (tmp_path / "text").write_bytes(text.encode(codec))

    assert text.encode(codec).decode(find_encoding(tmp_path / "text")).lstrip("\ufeff") == text


@pytest.mark.parametrize("codec", ["cp1252", "iso8859-15", "mac-roman", "cp850"])
@pytest.mark.parametrize(
    "text",
    [
        "Müller;Jürgen;Königstraße;Köln\nSchäfer;Günther;Bäckerweg;Düsseldorf",
        "García;José;Peña;Málaga\nMuñoz;Íñigo;Avilés;Córdoba",
        "Gonçalves;João;São Tomé;Évora\nMagalhães;Conceição;Simões;Açores",
        "Sørensen;Jørgen;Køge\nHåkansson;Åsa;Göteborg\nHämäläinen;Päivi;Jyväskylä",
        "Andreoli;Niccolò;Città di Castello\nForlì;Cantù;Mondovì;Libertà",
    ],
)
def test_neighbours_are_found_again(tmp_path: Path, text: str, codec: str) -> None:
    (tmp_path / "text").write_bytes(text.encode(codec))

    assert text.encode(codec).decode(find_encoding(tmp_path / "text")) == text


def test_greek_is_found(tmp_path: Path) -> None:
    text = "Λεωνίδας;Παπαδόπουλος\nΜαρία;Αθήνα"
    (tmp_path / "text").write_bytes(text.encode("iso8859-7"))

    assert find_encoding(tmp_path / "text") == "iso-8859-7"


@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "mac-roman", "cp850"])
def test_the_only_accents_may_stand_far_down(tmp_path: Path, codec: str) -> None:
    text = "nom;ville\n" + "Dupont;Paris\n" * 90_000 + "Lefèvre;Évry\nDupré;Besançon\nCôté;Orléans\n"
    (tmp_path / "text").write_bytes(text.encode(codec))

    reading = inspect(tmp_path / "text")

    assert [cells for _, cells in rows(tmp_path / "text", reading)][-3:] == [
        ("Lefèvre", "Évry"),
        ("Dupré", "Besançon"),
        ("Côté", "Orléans"),
    ]


@pytest.mark.parametrize(("codec", "name"), [("cp1252", "windows-1252"), ("iso8859-15", "iso-8859-15")])
def test_the_euro_sign_decides_between_close_encodings(tmp_path: Path, codec: str, name: str) -> None:
    (tmp_path / "text").write_bytes("Hélène;120 €\nCœur;80 €".encode(codec))

    assert find_encoding(tmp_path / "text") == name


def test_a_letter_cut_in_two_does_not_hide_utf_8(tmp_path: Path) -> None:
    text = "Hélène;Lefèvre\n" * 20
    (tmp_path / "text").write_bytes(text.encode() + "Zoé".encode()[:-1] + b"\n")

    assert find_encoding(tmp_path / "text") == "utf-8"


def test_the_only_accent_may_stand_on_the_border_of_two_blocks(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"x" * (encoding._BLOCK - 1) + "é\n".encode())

    assert find_encoding(tmp_path / "text") == "utf-8"


def test_random_bytes_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(bytes((index * 7919 + index // 251) % 256 for index in range(50_000)))

    with pytest.raises(NotATable):
        find_encoding(tmp_path / "noise")


def test_the_words_above_are_new_to_the_detector() -> None:
    learnt = set(re.findall(r"\S+", (encoding._FRENCH + encoding._NEIGHBOURS).casefold()))

    assert not learnt & {word.casefold() for word in ACCENTED.split()}
