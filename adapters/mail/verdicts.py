"""What a failed delivery says of the address: by its code (RFC 3463) where that tells, else by a few words."""

import re

from application.bounces import Verdict

HARD = frozenset(("1.1", "1.2", "1.3", "1.4", "1.6", "1.10", "4.4"))
"""Subject and detail of the codes (RFC 3463, RFC 7505) that say: no such mailbox or host, or no longer."""

SOFT = frozenset(("1.7", "1.8", "1.9", "2.0", "2.2", "2.3", "2.4"))
"""The sender's address is the trouble, or a mailbox that exists, but is full, or not for such a mail."""

SOFT_SUBJECTS = frozenset("34567")
"""Mail system, network, protocol, content, policy: not the address."""

TELL_NOTHING = frozenset(("4.1", "5.0"))
"""These are given for anything: 5.4.1 by Microsoft for recipients that there are not."""

DELIVERED = frozenset(("delivered", "deliverable", "expanded", "relayed"))
"""Actions (RFC 3464, 2.3.3) that are no failure; Postfix has one of its own."""

_CODE = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_REPLY = re.compile(r"(?<![\d.-])([45]\d\d)(?=[ -])")
_FULL = re.compile(r"box.{0,20}full|quota", re.IGNORECASE | re.DOTALL)
"""A mailbox that is full exists, whatever the code."""

_SOFT_WORDS = re.compile(
    r"storage|too (?:large|big|long)|exceed|spam|virus|blocked|black ?list|block ?list|polic(?:y|ies)|relay"
    r"|reputation|\bdmarc\b|\bspf\b|temporar|timed? ?out|try again|suspended|inactive|disabled|discontinued"
    # The server had not heard of the recipient yet, or had accepted it.
    r"|(?:after|in reply to) (?:mail from|(?:end of )?data)\b",
    re.IGNORECASE,
)
_HARD_WORDS = re.compile(
    r"(?:user|recipient|address|account|mailbox|host|domain|name)s?\b.{0,40}"
    r"(?:unknown|not (?:found|exist|listed|recognized)|invalid|\bnot? a\b|n't have a|no longer|has moved)"
    r"|(?:unknown|no such|invalid|non-?existent|bad).{0,15} (?:user|recipient|address|account|mailbox|host|domain)"
    r"|does(?: not|n't) exist|no mailbox|no smtp service|recipient address rejected|unrout(?:e?able)",
    re.IGNORECASE | re.DOTALL,
)


def verdict_of(action: str, status: str, diagnosis: str, prose: str) -> tuple[Verdict, str]:
    """With the code that it rests on, X.0.0 where none is told.

    The first three are fields of RFC 3464, empty where there are none; prose counts where they do not tell.
    """
    if action in DELIVERED or status.startswith("2"):
        return Verdict.OTHER, status or "2.0.0"
    codes = _CODE.findall(f"{diagnosis}\n{status}\n{prose}")
    first = codes[0] if codes else "4.0.0" if action == "delayed" else "5.0.0"
    if action == "delayed":
        return Verdict.SOFT, first
    for words, field in ((diagnosis, status), (prose, "")):
        if _FULL.search(words):
            return Verdict.SOFT, first
        for code in _CODE.findall(f"{words}\n{field}"):
            if verdict := by_code(code):
                return verdict, code
        if _SOFT_WORDS.search(words):
            return Verdict.SOFT, first
        if _HARD_WORDS.search(words):
            return Verdict.HARD, first
    return Verdict.SOFT, first


def is_no_mailbox(reply: str) -> bool:
    """Whether this, with which a mail server refused a mail, says that there is no use in writing there again."""
    verdict, _ = verdict_of("failed", "", reply, "")
    return verdict is Verdict.HARD


def by_code(code: str) -> Verdict | None:
    """None for a code that does not tell."""
    kind, _, rest = code.partition(".")
    if kind == "5" and rest in HARD:
        return Verdict.HARD
    if kind == "4" or rest in SOFT or (rest[0] in SOFT_SUBJECTS and rest not in TELL_NOTHING):
        return Verdict.SOFT
    return None


def reply_code(text: str) -> int | None:
    """The first of RFC 5321 for a failure."""
    found = _REPLY.search(text)
    return int(found[1]) if found else None
