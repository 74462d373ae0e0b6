"""Which portal the next invitation leads to: as the percentages say, whatever anybody thinks of their stay (L6)."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from domain.property import Share


def next_portal(shares: Sequence[Share], counts: Mapping[str, int]) -> str:
    """The portal of the next invitation, when these many have led to each since the percentages were set.

    Tijdeman's rule for the chairman assignment problem (1980): of the portals that may come next, the one that has to
    come first if none is ever to fall behind. After any number of invitations each is less than 1 from its share;
    taking always the one that is furthest behind does not keep to that.
    """
    sharing = [share for share in shares if share.percent]
    if len(sharing) == 1:
        return sharing[0].portal
    number = sum(counts.get(share.portal, 0) for share in sharing) + 1
    slack = Fraction(1, 2 * len(sharing) - 2)
    due = []
    for share in sharing:
        behind = Fraction(share.percent * number, 100) - counts.get(share.portal, 0)
        if behind >= slack:
            due.append(((1 - slack - behind) / share.percent, share.portal))
    return min(due, key=lambda each: each[0])[1]
