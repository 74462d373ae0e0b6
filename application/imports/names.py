"""Splitting one cell that holds a whole name into what a person is called and by which family."""

import re
from typing import NamedTuple

from application.text import fold


class Name(NamedTuple):
    salutation: str | None
    first_name: str | None
    last_name: str


def split_name(text: str, *, surname_first: bool = False) -> Name:
    """The parts of a name as typed. No name is wrong: one that cannot be told apart is a last name as a whole.

    Read are "Surname, Title First", "SURNAME First", "First SURNAME" and "Title First Surname", where the surname
    begins at its particle ("de", "van der") or is the last word; `surname_first` says that a column is written
    "Surname First". A maiden name in brackets is left out. Suffixes (Jr, III) stay with the surname.
    """
    bare = _HYPHEN.sub("-", _ELISION.sub(r"\1'", _BRACKETS.sub(" ", text)))
    titles: list[str] = []
    parts: list[list[str]] = []
    for part in bare.split(","):
        title, words = _take_titles(part.split())
        titles += title
        if words and parts and all(_SUFFIXES.fullmatch(_key(word)) for word in words):
            parts[-1] += words
        elif words:
            parts.append(words)
    if not parts:
        return Name(None, None, " ".join(text.split()))
    if len(parts) == 1:
        first, last = _split_words(parts[0], surname_first)
    else:
        first, last = [word for part in parts[1:] for word in part], parts[0]
    return Name(" ".join(titles) or None, " ".join(first) or None, " ".join(last))


def _split_words(words: list[str], surname_first: bool) -> tuple[list[str], list[str]]:
    """First names and surname."""
    end = len(words)
    while end > 1 and _SUFFIXES.fullmatch(_key(words[end - 1])):
        end -= 1
    if end == 1:
        return [], words

    shouted = [_is_shouted(word) for word in words[:end]]
    familial = [shouted[i] or _is_particle(words[i]) for i in range(end)]
    if any(shouted) and not all(familial):
        in_front = familial.index(False)
        if any(shouted[:in_front]):
            return words[in_front:end], words[:in_front] + words[end:]
        behind = end - familial[::-1].index(False)
        if any(shouted[behind:]):
            return words[:behind], words[behind:]

    if surname_first:
        after = next((i for i in range(end) if not _is_particle(words[i])), end - 1) + 1
        return words[after:end], words[:after] + words[end:]
    if _INITIAL.fullmatch(words[end - 1]) and not _INITIAL.fullmatch(words[0]):
        return words[end - 1 : end], words[: end - 1] + words[end:]
    if _OPENING_PARTICLES.fullmatch(_key(words[0])):
        return [], words
    start = next((i for i in range(1, end - 1) if _is_particle(words[i])), None)
    if start is None:
        start = next((i for i in range(1, end) if words[i].lower().startswith(_GLUED_PARTICLES)), end - 1)
    return words[:start], words[start:]


def _take_titles(words: list[str]) -> tuple[list[str], list[str]]:
    """The titles in front, with what joins them ("M. et Mme"), and the other words."""
    end = 0
    for i, word in enumerate(words):
        if _is_title(word):
            end = i + 1
        elif not (end == i > 0 and _JOINING.fullmatch(_key(word))):
            break
    return words[:end], words[end:]


def _is_title(word: str) -> bool:
    """Also "M./Mme". Some titles are names too, and are believed only with their full stop: Don Johnson is no Don."""
    return all(
        _TITLES.fullmatch(_key(each)) or (each.endswith(".") and _DOTTED_TITLES.fullmatch(_key(each)))
        for each in re.split(r"[/&+]", word)
    )


def _is_particle(word: str) -> bool:
    return _PARTICLES.fullmatch(_key(word)) is not None


def _is_shouted(word: str) -> bool:
    """Whether a word is in capitals as surnames are in French lists; JP and J.P. are initials."""
    core = _PREFIX.sub("", word)
    return len(core) > 1 and core.isupper() and "." not in core and _VOWEL.search(fold(core)) is not None


def _key(word: str) -> str:
    return fold(word).replace(" ", "")


_BRACKETS = re.compile(r"\([^)]*\)?|\[[^\]]*\]?|\"[^\"]*\"?")
_HYPHEN = re.compile(r"(?<=\w)\s*[-‐‑–]\s*(?=\w)")
_ELISION = re.compile(r"\b([dlo])['’]\s*", re.IGNORECASE)
_INITIAL = re.compile(r"[^\W\d_]\.?")
_PREFIX = re.compile(r"^(?:Mc|Mac|[dlO]')")
_VOWEL = re.compile("[aeiouy]")

_TITLES = re.compile(
    "m|mr|mrs|ms|miss|mx|mister|mme|mlle|mm|mmes|mlles|monsieur|madame|mademoiselle|messieurs|mesdames|veuve|"
    "dr|dre|drs|doctor|docteur|prof|professor|professeur|maitre|rev|reverend|sir|lady|lord|dame|master|"
    "herr|frau|herrn|familie|sr|sra|srta|senor|senora|senorita|sig|sigra|sigr|signor|signora|signorina|"
    "dott|dottssa|mevr|mevrouw|dhr"
)
_DOTTED_TITLES = re.compile("don|dona|fr|hr|col|capt|captain|major|me|pr|ing|avv|jonkheer")
_JOINING = re.compile("et|and|und|y|e|")  # also & and +, which fold to nothing
_SUFFIXES = re.compile("jr|jnr|snr|ii|iii|iv|phd|md|dds|dvm|esq")
_PARTICLES = re.compile(
    "de|du|des|da|do|dos|das|del|della|delle|dello|degli|dei|di|d|la|le|les|los|las|el|al|van|von|vom|zu|zum|zur|"
    "der|den|ter|ten|te|t|op|av|af|bin|ben|ibn|bint|abu|abou|saint|sainte|st|ste|san|mac|mc|o"
)
_OPENING_PARTICLES = re.compile("de|du|des|del|della|di|d|van|von|le|la|les|el|ter|zu")
_GLUED_PARTICLES = ("d'", "al-", "el-", "ibn-")
