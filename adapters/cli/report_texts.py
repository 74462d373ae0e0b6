"""How a report reads on the terminal, in French: its titles, values, amounts and times."""

from adapters.cli.console import harmless
from projections.lake.names import Row

TITLES = {
    "kind": "Type",
    "origin": "Origine",
    "portal": "Portail",
    "code": "Code",
    "item": "Article",
    "property": "Établissement",
    "room": "Chambre",
    "employee": "Collaborateur",
    "month": "Mois",
    "number": "Nb",
    "negative": "Nég.",
    "positive": "Pos.",
    "resolved": "Rés.",
    "share_resolved": "Part",
    "median_seconds_to_resolution": "Médiane",
    "p90_seconds_to_resolution": "90 %",
    "average_satisfaction": "Sat.",
    "average_rating": "Note",
    "currency": "Devise",
    "complaints": "Récl.",
    "cost": "Coût",
    "cost_per_complaint": "/ récl.",
    "occupied_nights": "Nuits occ.",
    "cost_per_occupied_night": "/ nuit",
    "gifts": "Gestes",
    "quantity": "Quantité",
    "guests": "Clients",
    "returned": "De retour",
    "share_returned": "Part",
    "later_stays": "Séjours",
    "later_nights": "Nuits ens.",
}
WORDS = {
    "negative": "négatif",
    "positive": "positif",
    "staff": "personnel",
    "review": "avis",
    "complaint": "réclamation",
    "praise": "éloge",
    "quality_cost": "coût de la qualité",
}
AMOUNTS = ("cost", "cost_per_complaint", "cost_per_occupied_night")

# ISO 4217 divides most currencies by a hundred, and these otherwise.
_BY_ONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_BY_A_THOUSAND = "BHD IQD JOD KWD LYD OMR TND"
DECIMALS = dict.fromkeys(_BY_ONE.split(), 0) | dict.fromkeys(_BY_A_THOUSAND.split(), 3)


def shown(column: str, row: Row) -> str:
    value = row[column]
    if value is None:
        return "–"
    if isinstance(value, str):
        return WORDS.get(value, value) if column in ("kind", "origin") else str(harmless(value))
    assert isinstance(value, int | float)
    if column in AMOUNTS:
        decimals = DECIMALS.get(str(row["currency"]), 2)
        return number(value / 10**decimals, decimals)
    if column.startswith("share_"):
        return f"{number(100 * value, 1)}\u202f%"
    if column.endswith("_seconds_to_resolution"):
        return duration(int(value))
    return number(value, 2 if isinstance(value, float) else 0)


def number(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}".replace(",", "\u202f").replace(".", ",")


def duration(seconds: int) -> str:
    """To the minute below a day, to the hour above."""
    minutes = seconds // 60
    days, hours = divmod(minutes // 60, 24)
    text = f"{days} j {hours} h" if days else f"{hours} h {minutes % 60:02}"
    return text.replace(" ", "\u202f")
