"""How many SMS a text is, as networks count and gateways charge, and how to need fewer (3GPP TS 23.038)."""

from unicodedata import combining, normalize

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")
"""Each takes two places."""
ALPHABET = BASIC | EXTENDED
ALIKE = str.maketrans({**dict.fromkeys("‘’", "'"), **dict.fromkeys("“”«»", '"'), **dict.fromkeys("–—", "-"), "œ": "oe"})


def segments(text: str) -> int:
    """With a letter that the alphabet of SMS lacks, all are sent in UTF-16, which takes more than twice as many."""
    if set(text) <= ALPHABET:
        length, alone, each = len(text) + sum(letter in EXTENDED for letter in text), 160, 153
    else:
        length, alone, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else -(-length // each)


def economical(text: str) -> str:
    """The text without the accents that the alphabet of SMS lacks ("Hotel"), if then it lacks no letter; else as is."""
    plain = "".join(letter if letter in ALPHABET else _without_accents(letter) for letter in text.translate(ALIKE))
    return plain if set(plain) <= ALPHABET else text


def _without_accents(letter: str) -> str:
    return "".join(part for part in normalize("NFKD", letter) if not combining(part))
