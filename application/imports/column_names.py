"""What the columns of a table are called, where merged cells may spread the header over several rows."""

from collections import Counter
from collections.abc import Mapping, Sequence

from application.imports.workbook import Merged

HEADER_LIMIT = 200
"""Characters of a column's name that are kept and looked at."""


def column_names(
    rows: Mapping[int, Sequence[str]], header: int, merged: Sequence[Merged]
) -> tuple[list[str], int, int]:
    """The name of each column, blank where there is none, and the first and last row of the header.

    `rows` are numbered from 1. What stands in one column is joined. The name of a group of columns, in a cell merged
    over them, is put before theirs only where these would be blank or alike.
    """
    width = len(rows[header])
    grouped = {
        (first_row + 1, column): rows[first_row + 1][left]
        for first_row, left, _, right in merged
        if first_row + 1 in rows and left < right and right - left + 1 < width  # over the whole table stands its title
        for column in range(left, right + 1)
    }
    top = header - any(row == header - 1 for row, _ in grouped)
    last = max([last_row + 1 for first_row, _, last_row, _ in merged if first_row + 1 == header], default=header)
    under_groups = {column for row, column in grouped if row == last}
    last += _are_sub_headers(rows.get(last + 1, []), under_groups)

    own = [""] * width
    groups = [""] * width
    for row in range(top, last + 1):
        for column, cell in enumerate(rows.get(row, [])[:width]):
            if (row, column) in grouped:
                groups[column] += f" {grouped[row, column]}"
            elif row >= header:
                own[column] += f" {cell}"
    for column in range(width):
        if not own[column].strip() and top < header and (top, column) not in grouped:
            own[column] = rows[top][column]
    own = [" ".join(name.split()) for name in own]
    alike = Counter(own)
    names = [
        " ".join(f"{group} {name}".split()) if alike[name] > 1 else name
        for group, name in zip(groups, own, strict=True)
    ]
    return names, top, last


def _are_sub_headers(cells: Sequence[str], under_groups: set[int]) -> bool:
    """Whether the row below a header names the columns of its groups, and nothing else."""
    filled = {column for column, cell in enumerate(cells) if cell.strip()}
    return bool(filled) and filled == under_groups and not any(any(map(str.isdigit, cell)) for cell in cells)


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """The names, in order, not too long and each only once.

    A second "Day" is "Day (2)", a blank third name "Column 3".
    """
    taken: dict[str, None] = {}
    for column, name in enumerate(names, start=1):
        base = candidate = name[:HEADER_LIMIT].strip() or f"Column {column}"
        times = 1
        while candidate in taken:
            times += 1
            candidate = f"{base} ({times})"
        taken[candidate] = None
    return tuple(taken)
