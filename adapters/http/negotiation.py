"""Reads the q-values of Accept and Accept-Language (RFC 9110, section 12.4.2)."""


def by_preference(header: str) -> list[str]:
    """The values of the header in lower case, best first; those with q=0 or an unreadable q are left out."""
    weighed = []
    for choice in header.split(","):
        value, *parameters = (part.strip().lower() for part in choice.split(";"))
        weights = [p.removeprefix("q=") for p in parameters if p.startswith("q=")] or ["1"]
        try:
            weight = float(weights[0])
        except ValueError:
            continue
        if value and 0 < weight <= 1:
            weighed.append((weight, value))
    return [value for _, value in sorted(weighed, key=lambda pair: -pair[0])]
