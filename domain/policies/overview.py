"""How long resolved feedback stays on the overview page, by the property's local days."""

from datetime import date, timedelta


def shown_from(today: date, keep_resolved_days: int) -> date:
    """Feedback resolved on this local day or later is still shown; 0 days: until the midnight that ends the day."""
    return today - timedelta(days=keep_resolved_days)
