"""Rewrites what forgotten guests left in free space of the database's files, while everybody goes on working.

An updated or deleted row stays in its page until something else is written there, and the planner keeps samples
of names in its statistics. A read model is built anew beside the live one; the other tables, small ones, are
rewritten in place, and whoever needs one of them waits for so long.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from time import monotonic, sleep
from typing import LiteralString, NamedTuple

from psycopg import Connection
from psycopg.errors import DeadlockDetected, InsufficientPrivilege, LockNotAvailable
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Identifier

from adapters.postgres.locks import SCRUB
from projections.folding import StandsStill
from projections.projection import Feed, Projection
from projections.rebuild import CannotBegin, drop_leftovers, rebuild, rebuilding

REWRITTEN = (
    "http.first_answers",
    "imports.draft",
    "imports.mapping",
    "imports.piece",
    "imports.row",
    "log.identities",
    "log.keys",
)
"""Beside read models that show guests: tables of which a row told something of a guest, or opened what does."""

HARMLESS = (
    "invitation_status.invitation",
    "invitations.asked",
    "invitations.behind",
    "invitations.distribution",
    "invitations.due",
    "invitations.stay",
    "invitations.to_plan",
    "invitations.told_for_group",
    "invitations.writing",
    "kafka.taken",
    "log.events",
    "mail.outbox",
    "projection.checkpoints",
    "proof.bucket",
    "proof.checkpoint",
    "proof.head",
    "public.hote_migrations",
    "settings.api_key",
    "settings.code",
    "settings.cost_item",
    "settings.employee",
    "settings.party",
    "settings.property",
    "stays.to_come",
)
"""The rest: nothing of a guest but ids, and what only a key in `log.keys` opens."""

STATISTICS = "pg_catalog.pg_statistic"

LOCK_TIMEOUT = "500ms"
"""So long others queue behind a scrub that waits for a table. Below deadlock_timeout: no vacuum is cancelled for it."""
PATIENCE = 30.0
"""Seconds to wait, in all, for others' locks and transactions to end."""
PAUSE = 0.2

Progress = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much there is."""


class Rewritten(NamedTuple):
    """A table, or the schema of a read model, with its bytes on disk, indexes included, before and after."""

    name: str
    before: int
    after: int
    seconds: float


class Report(NamedTuple):
    """What was rewritten, and what a person has to see to before the files hold nothing any more."""

    rewritten: Sequence[Rewritten]
    undone: Sequence[str]


def scrub(
    connection: Connection[TupleRow], feed: Feed, projections: Sequence[Projection], progress: Progress
) -> Report:
    """Rewrites all that may hold something of guests who were forgotten before it was called.

    `connection` is in autocommit mode and nobody else's. Whoever interrupts it can begin again.
    """
    if not _one(connection, "SELECT pg_try_advisory_lock(%s, %s)", *SCRUB):
        return Report([], ["Another scrub is at work: see what that one tells."])
    rewritten: list[Rewritten] = []
    undone: list[str] = []

    def note(name: str, rewrite: Callable[[], str | None]) -> None:
        before, began = _bytes(connection, name), monotonic()
        if problem := rewrite():
            undone.append(f"{name}: {problem}")
        else:
            rewritten.append(Rewritten(name, before, _bytes(connection, name), monotonic() - began))

    for projection in projections:
        if projection.readable:
            note(projection.name, partial(_rebuild, connection, feed, projection, progress))
    connection.execute(SQL("SET lock_timeout = {}").format(LOCK_TIMEOUT))
    deadline = monotonic() + PATIENCE
    tables = [*REWRITTEN, STATISTICS]  # last, for the others make new statistics and leave the old ones dead
    for done, table in enumerate(tables):
        progress(table, done, len(tables))
        note(table, partial(_rewrite, connection, table, deadline))
    progress("checkpoint", len(tables), len(tables))
    return Report(rewritten, undone + _written_out(connection) + _ownerless(connection))


def _rebuild(connection: Connection[TupleRow], feed: Feed, projection: Projection, progress: Progress) -> str | None:
    """Gives the reason why a readable copy may still be there, if one may."""
    try:
        with closing(rebuild(connection, feed, projection)) as steps:
            for doing, position, goal in steps:
                progress(f"{projection.name}: {doing}", position, goal)
    except (CannotBegin, StandsStill) as error:
        return f"{error}."
    deadline = monotonic() + PATIENCE
    while rebuilding(connection, [projection.name]):
        if monotonic() > deadline:
            return "somebody still reads what it was before. Run this again when long exports and dumps have ended."
        sleep(PAUSE)
        drop_leftovers(connection, [projection])
    return None


def _rewrite(connection: Connection[TupleRow], table: str, deadline: float) -> str | None:
    """Gives the reason why the table's file may still hold rows that were dead before, if it may."""
    since = str(_one(connection, "SELECT pg_current_xact_id()::xid::text"))
    while (holders := _who_may_see(connection, since)) and monotonic() < deadline:
        sleep(PAUSE)
    file = _one(connection, "SELECT pg_relation_filenode(%s::regclass)", table)
    while True:
        try:
            connection.execute(SQL("VACUUM (FULL, ANALYZE) {}").format(Identifier(*table.split("."))))
            _forget_statistics(connection, table)
            break
        except (LockNotAvailable, DeadlockDetected):
            if monotonic() > deadline:
                return f"somebody used it without a break for {PATIENCE:.0f} s. Run this again at a quieter time."
            sleep(PAUSE)
    if _one(connection, "SELECT pg_relation_filenode(%s::regclass)", table) == file:
        # Postgres only warns, and skips the table.
        return "only its owner, the owner of the database or a superuser may VACUUM (FULL) it. Have one of them do so."
    # VACUUM FULL freezes all it can, so this is exactly the horizon before which it dropped dead rows.
    frozen = "SELECT age(relfrozenxid) <= age(%s::xid) FROM pg_class WHERE oid = %s::regclass"
    if not _one(connection, frozen, since, table):
        who = ", ".join(holders) or "one that this role may not see"
        return f"its dead rows had to stay, for an older transaction may still see them: {who}. End it, run this again."
    return None


def _forget_statistics(connection: Connection[TupleRow], table: str) -> None:
    """Drops the statistics of a table without rows: ANALYZE leaves it those of when it had some.

    Giving a column the type it has does so and nothing more, in every version of Postgres and for every owner.
    """
    statement = _one(
        connection,
        "SELECT format('ALTER TABLE %%s %%s', attrelid::regclass, string_agg(format('ALTER %%I TYPE %%s%%s',"
        "    pg_attribute.attname, format_type(atttypid, atttypmod),"
        "    ' COLLATE ' || nullif(attcollation, 0)::regcollation), ', '))"
        "  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
        "  JOIN pg_stats ON (schemaname, tablename) = (relnamespace::regnamespace::text, relname)"
        "   AND pg_stats.attname = pg_attribute.attname"
        " WHERE attrelid = %s::regclass AND reltuples = 0 GROUP BY attrelid",
        table,
    )
    if statement:
        connection.execute(str(statement).encode())


def _who_may_see(connection: Connection[TupleRow], since: str) -> list[str]:
    """Whose view of the database is older than a transaction id, so that rows deleted before that must stay."""
    found = connection.execute(
        "SELECT DISTINCT who FROM ("
        "  SELECT format('process %%s (%%s)', pid, backend_type), unnest(ARRAY[backend_xid, backend_xmin])"
        "    FROM pg_stat_activity"
        "   WHERE coalesce(datname, current_database()) = current_database() AND pid <> pg_backend_pid()"
        "  UNION ALL SELECT format('prepared transaction %%s', gid), transaction"
        "    FROM pg_prepared_xacts WHERE database = current_database()"
        "  UNION ALL SELECT format('replication slot %%s', slot_name), unnest(ARRAY[xmin, catalog_xmin])"
        "    FROM pg_replication_slots"
        ") AS seen (who, xid) WHERE age(xid) > age(%s::xid) ORDER BY who",
        [since],
    )
    return [who for (who,) in found]


def _written_out(connection: Connection[TupleRow]) -> list[str]:
    """Has the files say what memory says, and those of dropped tables go; gives what stood in the way."""
    try:
        connection.execute("CHECKPOINT")
    except InsufficientPrivilege:
        return ["CHECKPOINT: this role may not. Have a superuser run it, or wait for the next (checkpoint_timeout)."]
    return []


def _ownerless(connection: Connection[TupleRow]) -> list[str]:
    """Tells of files that a crash of Postgres left behind, in the middle of making a table: nothing removes them."""
    query: LiteralString = (
        "SELECT format('%s/%s', folder, name)"
        "  FROM (SELECT format('base/%s', oid) FROM pg_database WHERE datname = current_database()) AS d (folder),"
        "       pg_ls_dir(folder, true, false) AS name, pg_stat_file(format('%s/%s', folder, name), true) AS file"
        " WHERE name ~ '^[0-9]+([.][0-9]+)?$' AND file.size > 0"
        "   AND pg_filenode_relation(0, split_part(name, '.', 1)::oid) IS NULL"
        # Not those of tables that somebody is just making.
        "   AND file.modification < (SELECT min(xact_start) FROM pg_stat_activity)"
        "   AND NOT EXISTS (SELECT FROM pg_prepared_xacts) ORDER BY 1"
    )
    try:
        files = [name for (name,) in connection.execute(query)]
    except InsufficientPrivilege:
        return [
            "Files that a crash left: this role may not look. Have a superuser run this, should Postgres have crashed."
        ]
    return [f"{name}: a crash left this file, and no table owns it. Stop Postgres and remove it." for name in files]


def _bytes(connection: Connection[TupleRow], name: str) -> int:
    size = _one(
        connection,
        "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class WHERE relkind = 'r'"
        " AND %s IN (relnamespace::regnamespace::text, format('%%s.%%s', relnamespace::regnamespace, relname))",
        name,
    )
    assert isinstance(size, int)
    return size


def _one(connection: Connection[TupleRow], statement: LiteralString, *parameters: object) -> object:
    row = connection.execute(statement, parameters).fetchone()
    return row[0] if row else None
