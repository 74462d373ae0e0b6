"""What keeps the lake small and quick: few files, no rows that are no more, no snapshots that nobody reads."""

import logging
from datetime import timedelta

import duckdb
from duckdb import DuckDBPyConnection

EVERY = 200
"""Commits; each leaves a small file for every table it wrote."""

SMALL = 16_000_000
"""Bytes; files above are merged no more."""

DELETED = 0.1
"""Share of rows of a file; when more are gone, it is written anew."""

HOLEY = 16
"""Files of a table of which some rows are gone; when there are more, all are written anew: they cannot be merged."""

KEPT = timedelta(hours=1)
"""What no present row needs; a query that began before sees it still."""

ABANDONED = timedelta(days=1)
"""Files that no snapshot knows: of a commit that was killed, unless it is under way still."""

logger = logging.getLogger(__name__)


class Upkeep:
    """Done by the one who writes, between two batches, so that it is in nobody's way; and first of all at the start."""

    def __init__(self) -> None:
        self._commits = EVERY

    def after_commit(self, connection: DuckDBPyConnection) -> None:
        self._commits += 1
        if self._commits < EVERY:
            return
        self._commits = 0
        try:
            tidy(connection)
        except duckdb.Error as error:  # the facts are right all the same; it is tried again after as many commits
            logger.error("the lake could not be tidied (%s)", type(error).__name__)


def tidy(connection: DuckDBPyConnection) -> None:
    tables = connection.execute("SELECT table_name, delete_file_count FROM ducklake_table_info('lake')").fetchall()
    for table, holey in tables:
        share = 0 if holey > HOLEY else DELETED
        connection.execute("CALL ducklake_rewrite_data_files('lake', ?, delete_threshold => ?)", [table, share])
    connection.execute("CALL ducklake_merge_adjacent_files('lake', max_file_size => ?)", [SMALL])
    connection.execute("CALL ducklake_expire_snapshots('lake', older_than => now() - ?::INTERVAL)", [KEPT])
    connection.execute("CALL ducklake_cleanup_old_files('lake', older_than => now() - ?::INTERVAL)", [KEPT])
    connection.execute("CALL ducklake_delete_orphaned_files('lake', older_than => now() - ?::INTERVAL)", [ABANDONED])
