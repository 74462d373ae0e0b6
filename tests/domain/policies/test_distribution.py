"""How invitations are spread over portals: after any number of them, each portal has its share."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.policies.distribution import next_portal
from domain.property import InvitationSettings, Share

Shares = tuple[Share, ...]


def shares(*percents: int) -> Shares:
    named = tuple(Share(portal=f"portal {number}", percent=percent) for number, percent in enumerate(percents))
    return InvitationSettings(distribution=named).distribution


def invitations(distribution: Shares) -> Iterator[str]:
    """Where they lead, one after the other."""
    counts: Counter[str] = Counter()
    while True:
        portal = next_portal(distribution, counts)
        counts[portal] += 1
        yield portal


distributions = st.lists(st.integers(0, 100), max_size=19).map(
    lambda cuts: shares(*(high - low for low, high in pairwise(sorted([0, *cuts, 100]))))
)
"""1 to 20 portals, some perhaps with nothing."""


@given(distributions, st.integers(1, 400))
@example(shares(*[5] * 20), 400)
@example(shares(*[0] * 19, 100), 5)
@example(shares(82, *[1] * 18, 0), 400)
@example(shares(1, 4, 49, 4, 42), 400)
@example(shares(50, 50, 0), 100)
def test_after_each_invitation_each_portal_is_less_than_one_from_its_share(distribution: Shares, number: int) -> None:
    sharing = sum(share.percent > 0 for share in distribution)
    bound = 1 - Fraction(1, 2 * sharing - 2) if sharing > 1 else Fraction(0)
    counts: Counter[str] = Counter()
    for sent, portal in enumerate(islice(invitations(distribution), number), start=1):
        counts[portal] += 1
        for share in distribution:
            assert abs(counts[share.portal] - Fraction(share.percent * sent, 100)) <= bound


@given(distributions)
def test_a_hundred_are_spread_exactly_as_the_percentages_say(distribution: Shares) -> None:
    counts = Counter(islice(invitations(distribution), 100))
    assert counts == {share.portal: share.percent for share in distribution if share.percent}


@given(distributions, st.data())
def test_whatever_was_sent_there_is_a_next_one_that_has_a_share_and_is_always_the_same(
    distribution: Shares, data: st.DataObject
) -> None:
    counts = {share.portal: data.draw(st.integers(0, 50)) for share in distribution if data.draw(st.booleans())}
    portal = next_portal(distribution, counts)
    assert next(share for share in distribution if share.portal == portal).percent > 0
    assert next_portal(distribution, dict(reversed(counts.items()))) == portal


def test_what_led_to_portals_that_share_no_longer_does_not_count() -> None:
    distribution = shares(30, 0, 70)
    assert next_portal(distribution, {"portal 1": 9, "elsewhere": 5}) == next_portal(distribution, {})


@pytest.mark.parametrize(
    ("percents", "first_ten"),
    [
        ((100,), "0000000000"),
        ((50, 50), "0101010101"),
        ((80, 20), "0010000100"),
        ((0, 60, 40), "1212112121"),
    ],
)
def test_the_order_of_the_first_ten(percents: tuple[int, ...], first_ten: str) -> None:
    assert "".join(portal[-1] for portal in islice(invitations(shares(*percents)), 10)) == first_ten


def test_taking_always_the_one_furthest_behind_would_not_do() -> None:
    """The reason for the rule: with these shares the simple way puts a portal more than 1 from its share."""
    percents = (1, 4, 49, 4, 42)
    counts = [0] * len(percents)
    worst = Fraction(0)
    for sent in range(1, 101):
        behind = [Fraction(percent * sent, 100) - count for percent, count in zip(percents, counts, strict=True)]
        counts[behind.index(max(behind))] += 1
        worst = max(worst, *(abs(Fraction(p * sent, 100) - c) for p, c in zip(percents, counts, strict=True)))
    assert worst > 1
