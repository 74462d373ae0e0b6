"""Which feedback is an alert: who said it is strongly dissatisfied, and somebody should see to it first."""

from decimal import Decimal

from domain.feedback import Kind

MIDDLE = 5
"""Of 10."""


def is_alert(kind: Kind, score: Decimal | None, threshold: int) -> bool:
    """The score of 10 decides where a guest gave one: under the property's threshold. Else all that is negative is."""
    return kind is Kind.NEGATIVE if score is None else score < threshold


def kind_of(score: Decimal) -> Kind:
    """What a review is whose guest gave a score of 10 and nothing else: negative under the middle of the scale.

    The middle itself is not a complaint: nothing has to be settled after a stay that was as expected.
    """
    return Kind.NEGATIVE if score < MIDDLE else Kind.POSITIVE
