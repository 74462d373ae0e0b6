"""What was recorded of a guest under another id, before they and somebody else became one, is found under theirs."""

from psycopg.sql import SQL, Composed, Placeholder

STANDS_FOR = SQL("""
    LEFT JOIN guest_list.survivor ON survivor.guest = {guest}
    LEFT JOIN guest_list.guest ON guest.guest = coalesce(survivor.survivor, {guest})
""")
"""Joins the row of the guest who stands for the one that a column holds."""


def is_one_with(column: SQL, guest: Placeholder) -> Composed:
    """That the column holds the guest, or somebody who is one with them, by whichever of their ids."""
    ids = SQL("""
        WITH whole AS (
            SELECT coalesce((SELECT survivor FROM guest_list.survivor WHERE guest = {guest}), {guest}) AS guest
        )
        SELECT survivor.guest FROM guest_list.survivor JOIN whole ON survivor = whole.guest
        UNION ALL SELECT guest FROM whole
    """)
    return SQL("{} = ANY(ARRAY({}))").format(column, ids.format(guest=guest))
