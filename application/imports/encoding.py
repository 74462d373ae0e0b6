"""Finds the character encoding of a text file by what its accented letters would say in each."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from application.imports.unreadable import NotATable

SINGLE_BYTE = ("windows-1252", "iso-8859-15", "mac-roman", "cp850", "iso-8859-7")
"""Where two say the same, the first is named."""

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", *SINGLE_BYTE)

_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_BLOCK = 1 << 18
_HIGH = bytes(range(0x80, 0x100))
_CONTROLS = bytes(byte for byte in range(0x20) if byte not in b"\t\n\v\f\r\x1a") + b"\x7f"
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_IN_CONTEXT = re.compile(rb"(?s)(?=(.[\x80-\xff].))")
_ENOUGH_EVIDENCE = 1_000_000


def find_encoding(path: Path) -> str:
    """One of ENCODINGS. Reads the whole file, in blocks: the first accent may stand on the last line.

    Raises NotATable if the bytes are no text.
    """
    with path.open("rb") as file:
        head = file.read(1 << 16)
    for bom, name in _BOMS.items():
        if head.startswith(bom):
            return name
    # Every comma, digit and line end has a NUL in UTF-16, before it or after it.
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 20 > len(head) and min(even, odd) * 20 < max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"

    contexts: Counter[bytes] = Counter()
    evidence = size = controls = high = high_in_utf8 = 0
    for block in _blocks(path):
        size += len(block)
        controls += len(block) - len(block.translate(None, _CONTROLS))
        if block.isascii():
            continue
        high += (in_block := len(block) - len(block.translate(None, _HIGH)))
        with suppress(UnicodeDecodeError):
            block.decode()
            high_in_utf8 += in_block
            continue
        high_in_utf8 += sum(map(len, _UTF8.findall(block)))
        if evidence < _ENOUGH_EVIDENCE:
            found = _IN_CONTEXT.findall(b" " + block + b" ")
            evidence += len(found)
            contexts.update(found)
    if controls * 100 > size:
        raise NotATable("The file is not text. Upload a .csv, .txt, .xlsx, .xls or .ods file.")
    # Software that cuts fields by bytes leaves broken letters in files that are UTF-8 all the same.
    if high_in_utf8 >= 0.9 * high:
        return "utf-8"
    return max(SINGLE_BYTE, key=lambda name: _likelihood(contexts, name))


def _blocks(path: Path) -> Iterator[bytes]:
    """Parts of the file that end with a line where they can, so that no letter is cut in two."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK) + file.readline(_BLOCK):
            yield block


# The model: how often each accented letter comes, after what and before what. It is counted from words
# that are common in guest lists, and in the languages of the guests; the frequent ones come first, and
# count more. It need not know a word to judge it: "ê" seldom ends a word, "à" seldom does otherwise, "ï"
# follows a vowel.
_FRENCH = """
à à à à à à à à là déjà voilà é è é é é ç prénom prénom téléphone téléphone téléphone société société arrivée arrivée
départ départ départ réservation réservation clé numéro numéro civilité qualité hébergement séjour séjour séjour payé
réglé annulé confirmé créé catégorie nationalité pièce identité éditée imprimé le généré début fidélité préféré
préférence chambre privée supérieure côté jardin étage rez-de-chaussée fenêtre hôtel hôtel hôtel hôtellerie hôte fête
arrêt intérêt même être bâtiment château château pâques théâtre gâteau âge âgé âme âne très après près accès mètre
frère père mère première dernière deuxième troisième problème système règlement règle élève fidèle modèle espèces
chèque chèque crème bière rivière lumière manière entière carrière à reçu français française françois françoise garçon
façon leçon ça commerçant françois besançon alençon briançon luçon où août août goût coûts dû sûr mûr bûche maître
naître île îles dîner dîner boîte boîte connaître plaît aîné abîme côte côtes drôle rôle contrôle pôle dôme bientôt
plutôt tôt dépôt impôt noël noël joël joëlle gaël maël maëlle raphaël michaël mickaël israël ismaël citroën canoë zoé
zoé chloé chloë zoë loïc loïc anaïs anaïs héloïse éloïse naïma aïcha maïté haïti caraïbes naïf maïs égoïste zaïre saïd
aïda thaïlande andré andré andrée andréa rené rené renée josé josé josée hervé hervé andré aimé aimée désiré désirée
zoé léo léa léa théo théo noé noémie rémi rémy rémi jérémy jérémie jérôme jérôme hélène hélène hélène geneviève
geneviève irène arlène michèle michèle danièle joëlle gisèle adèle agnès mercédès inès solène marlène éric éric éric
édouard élodie élodie élise élisabeth émilie émilie émile étienne étienne éliane évelyne éléonore éva éloi édith
sébastien sébastien stéphane stéphane stéphanie frédéric frédéric frédérique frédéricque valérie valérie véronique
véronique cécile cécile céline céline bénédicte béatrice bérénice clémence clément clément clémentine gérard gérard
géraldine gaétan grégory grégoire cédric hadrien aurélie aurélie aurélien amélie amélie mélanie mélanie mélissa
nathanaël matthéo médéric pénélope raphaëlle régis régine rémy séverine sévérine sérgio thérèse thérèse timothée ténor
léopold léon léonie léonard cléo cléa dorothée barthélémy côme gwénaëlle gwenaël jérémie valéry valérian vénus xénia
daphné benoît benoît benoîte lefèvre lefèvre lefèbvre leclère mercière béranger bérard bézier gérin hébert hébert
béchet lévêque lévêque prévost prévôt légaré lémery mémé pépin ménard rénier régnier péron séguin vérité véron dubé
côté côté pâquet pélissier félix barthès barrès ferré carré doré cabaré guéret mahé poupée thévenin thévenet théron
delépine delétang présence prés évêque évêques évreux épinal étampes orléans orléans béziers nîmes nîmes angoulême
saint-étienne besançon mâcon mâcon chalon châlons châteauroux châteaudun châtelet compiègne genève genève liège thiès
sète sèvres sèvres grève évian élancourt créteil créteil vélizy vénissieux vallée pyrénées pyrénées rhône rhône saône
isère ardèche corrèze lozère finistère guérande méditerranée réunion guadeloupe périgueux périgord sarlat pré prés
bégles bègles bruyères hyères allée allée chemin résidence général maréchal république liberté libération église
église écoles quai forêt forêt forêts bêle crêpe crêperie prêt prêtre tête fêtes évènement événement enquête requête
conquête l'hôpital hôpital évaluation très à très été été été a été marché préparé équipe équipe accueil agréable
propreté propreté qualité décoration literie déjeuner déjeuner petit-déjeuner sœur cœur cœurs œuvre œufs bœuf nœud
vœux œil mœurs manœuvre mcdougall naïveté maïa haïm moïse eloïse ambiguë aiguë saül ésaü emmaüs
"""
_NEIGHBOURS = """
müller müller müller schröder schröder jürgen jürgen günther günther jörg björn björn köln münchen münchen düsseldorf
zürich zürich österreich straße straße weiß groß strauß bräuer bäcker schäfer schäfer krämer jäger käthe größe für
über söder häuser göran löwe möller möller böhm köhler könig fröhlich grün hübner kühn württemberg königstraße garcía
garcía martínez rodríguez rodríguez fernández fernández gonzález gonzález lópez lópez pérez pérez sánchez sánchez
ramírez gómez gómez díaz muñoz muñoz peña ibáñez núñez núñez españa españa años señor señora niño maría maría josé
jesús jesús ángel ángel álvaro álvarez álvarez óscar íñigo iñaki begoña andrés andrés mónica verónica lucía sofía raúl
joaquín agustín martín ramón ramón león málaga cádiz córdoba cataluña avilés mérida joão joão são são gonçalves
gonçalves conceição conceição assunção simão sebastião magalhães magalhães guimarães simões simões antónio antónio
mário fátima inês luís luís vítor célia josé estêvão araújo araújo figueirêdo português lisboa évora évora açores
mação coração não estação camões mendonça lourenço gonçalo niccolò niccolò città città università perché cioè però più
più lunedì martedì così nicolò forlì sofà papà libertà andré zoë daniël daniël michiel coördinatie reünie
geïnteresseerd één groningen lië curaçao joël søren søren jørgen jørgen bjørn bjørn øystein møller møller sørensen
sørensen jørgensen rasmussen københavn ærø kjær kjær håkon håkan åse åsa åke pål råde ångström lindström bergström
sjöberg sjögren öberg göteborg malmö örebro västerås mäkinen hämäläinen järvinen yrjö päivi jyväskylä tromsø århus
ålesund linné
"""
_SYMBOLS = dict.fromkeys("«»–—…“”‘²³£§·©®™½ªº¿¡\xad•†¼¾±×÷´¨¤¢¥¬¦", -6.0) | dict.fromkeys("’°€\xa0", -4.0)
_STAND_BEFORE_LETTERS = "«“‘’¿¡"
_STAND_AFTER_LETTERS = "»”’°²³ªº®™"
_IMPOSSIBLE = -25.0
_STRANGE = -14.0
_LETTER_OF_CONTEXT = re.compile(r"(?=(.)([^\W\d_a-z])(.))")


def _count(words: str) -> tuple[Counter[str], Counter[str]]:
    """How often each accented letter stands in the words, and each of its neighbours on either side."""
    letters: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for before, letter, after in _LETTER_OF_CONTEXT.findall(" " + "  ".join(words.split()) + " "):
        letters[letter] += 1
        pairs[before + letter] += 1
        pairs[letter + after] += 1
    return letters, pairs


_LETTERS, _PAIRS = _count(_FRENCH + _NEIGHBOURS)
_TOTAL = _LETTERS.total()


def _likelihood(contexts: Counter[bytes], encoding: str) -> float:
    alphabet = bytes(range(256)).decode(encoding, errors="replace")
    return sum(
        times * _plausibility(alphabet[before], alphabet[byte], alphabet[after])
        for (before, byte, after), times in contexts.items()
    )


def _plausibility(before: str, character: str, after: str) -> float:
    """About the logarithm of the chance to find the character there."""
    if "Ͱ" <= character <= "Ͽ":
        latin = any(letter.isalpha() and not "Ͱ" <= letter <= "Ͽ" for letter in (before, after))
        return _STRANGE if latin or not (before.isalpha() or after.isalpha()) else -8.0
    if not character.isalpha():
        amiss = (after.isalpha() and character not in _STAND_BEFORE_LETTERS) or (
            before.isalpha() and character not in _STAND_AFTER_LETTERS
        )
        return _SYMBOLS.get(character, _IMPOSSIBLE) - (8.0 if amiss else 0.0)
    letter = character.lower()
    if letter not in _LETTERS:
        return _STRANGE
    score = math.log(_LETTERS[letter] / _TOTAL)
    score += _given(letter, before.lower() + letter if before.isalpha() else " " + letter)
    score += _given(letter, letter + after.lower() if after.isalpha() else letter + " ")
    if character.isupper():
        return score - (6.0 if before.islower() else 0.5)
    return score - (3.0 if after.isupper() else 0.0)


def _given(letter: str, pair: str) -> float:
    return math.log((_PAIRS[pair] + 0.1) / (_LETTERS[letter] + 4.0))
