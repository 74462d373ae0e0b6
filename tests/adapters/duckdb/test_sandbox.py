"""An analyst reads facts, and nothing else: no database, no file, no name, and changes nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from adapters.duckdb.lake import Lake
from adapters.duckdb.sandbox import NotAQuery, answer, sandbox
from adapters.postgres.recorder import Pool
from tests.adapters.duckdb.tables import Told, rows

PERSONAL = "Lefèvre-Personne"

REFUSED = [
    "DELETE FROM lake.feedback",
    "INSERT INTO lake.code VALUES (NULL, NULL, 'x')",
    "UPDATE lake.code SET name = 'x'",
    "CREATE TABLE mine AS FROM feedback",
    "CREATE VIEW stays2 AS FROM stays",
    "DROP VIEW feedback",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP VIEW feedback",
    "",
    "COPY feedback TO '{home}/out.csv'",
    "COPY (SELECT 1) TO '{data}/out.parquet'",
    "EXPORT DATABASE '{home}/out'",
    "ATTACH '{postgres}' AS elsewhere (TYPE postgres)",
    "ATTACH '{home}/mine.duckdb' AS mine",
    "ATTACH 'ducklake:postgres:{postgres}' AS elsewhere",
    "DETACH lake",
    "USE memory",
    "INSTALL postgres_scanner",
    "LOAD postgres_scanner",
    "LOAD '{extension}'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "RESET lock_configuration",
    "SET allowed_paths = ['{secret}']",
    "PRAGMA enable_profiling",
    "CALL postgres_attach('{postgres}')",
    "CALL ducklake_expire_snapshots('lake', older_than => now())",
    "CHECKPOINT lake",
    "EXPLAIN ANALYZE SELECT 1",
    "PREPARE it AS SELECT 1",
    "BEGIN",
    "SELECT getenv('HOME')",
    "FROM postgres_scan('{postgres}', 'public', 'guests')",
    "FROM postgres_scan_pushdown('{postgres}', 'public', 'guests')",
    "FROM postgres_query('__ducklake_metadata_lake', 'SELECT * FROM public.guests')",
    "FROM postgres_query('lake', 'SELECT * FROM public.guests')",
    "FROM postgres_execute('__ducklake_metadata_lake', 'DROP TABLE public.guests')",
    "FROM postgres_attach('{postgres}')",
    "FROM __ducklake_metadata_lake.public.guests",
    "FROM __ducklake_metadata_lake.log.events",
    "FROM public.guests",
    "FROM log.events",
    "FROM guest_list.guest",
    "FROM read_text('{secret}')",
    "FROM read_blob('{secret}')",
    "FROM read_csv('{secret}')",
    "FROM read_json('{secret}')",
    "FROM '{secret}'",
    "FROM read_text('/etc/passwd')",
    "FROM read_text('/proc/self/environ')",
    "FROM read_text('{data}/../secret.csv')",
    "FROM read_text('{data}/main/../../secret.csv')",
    "FROM glob('{home}/*')",
    "FROM glob('{data}/*')",
    "FROM read_blob('{data}/**')",
    "FROM sniff_csv('{secret}')",
    "FROM parquet_metadata('{home}/*.parquet')",
    "FROM query('FROM read_text(''{secret}'')')",
    "FROM query('COPY feedback TO ''{home}/out.csv''')",
    "FROM query_table('{secret}')",
    "SELECT content FROM read_text((SELECT '{secret}'))",
    "WITH x AS MATERIALIZED (FROM read_text('{secret}')) FROM x",
    "FROM ducklake_merge_adjacent_files('lake')",
    "FROM ducklake_rewrite_data_files('lake', delete_threshold => 0)",
    "FROM query('FROM ducklake_rewrite_data_files(''lake'', delete_threshold => 0)')",
    "FROM ducklake_expire_snapshots('lake', older_than => now())",
    "FROM ducklake_delete_orphaned_files('lake', cleanup_all => true)",
    "FROM ducklake_add_data_files('lake', 'code', '{secret}')",
    "FROM ducklake_set_option('lake', 'data_path', '{home}')",
    "FROM duckdb_secrets(redact => false)",
    "FROM os",
    "FROM pytest",
    "FROM read_text('https://example.com/')",
    "FROM 's3://bucket/x.parquet'",
]

REACHING_OUT = ("COPY", "EXPORT", "ATTACH", "INSTALL", "LOAD", "SET", "RESET", "INSERT", "DELETE", "CHECKPOINT")

ALLOWED_AND_EMPTY_HANDED = [
    "FROM duckdb_settings()",
    "FROM duckdb_databases()",
    "FROM duckdb_secrets()",
    "FROM duckdb_tables()",
    "FROM duckdb_functions()",
    "FROM duckdb_logs()",
    "FROM pg_catalog.pg_class",
    "FROM information_schema.tables",
    "FROM __ducklake_metadata_lake.ducklake_metadata",
    "FROM __ducklake_metadata_lake.ducklake_table",
    "FROM ducklake_snapshots('lake')",
    "FROM ducklake_cleanup_old_files('lake', cleanup_all => true)",
    "FROM ducklake_flush_inlined_data('lake')",
]


@pytest.fixture
def places(database: str, pool: Pool, home: Path, lake: Lake, told: Told) -> dict[str, object]:
    """A lake with files to merge and rows taken out of them; beside it names, in the database and in a file."""
    for _ in range(3):
        told.history.go_on(60)
        told.tell()
    with pool.connection() as connection:
        connection.execute("CREATE TABLE public.guests (name text)")
        connection.execute("INSERT INTO public.guests VALUES (%s)", [PERSONAL])
    secret = home / "secret.csv"
    secret.write_text(f"name\n{PERSONAL}\n")
    (Path(lake.data) / "orphan.parquet").write_bytes(b"PAR1")
    [extension] = Path(duckdb.__file__).parents[1].rglob("postgres_scanner.duckdb_extension")
    address = database.replace("'", "''")
    return {"postgres": address, "home": home, "data": lake.data, "secret": secret, "extension": extension}


@pytest.fixture
def analyst(lake: Lake, places: dict[str, object]) -> Iterator[DuckDBPyConnection]:
    del places
    with sandbox(lake) as connection:
        yield connection


def everything(folder: Path) -> dict[Path, tuple[int, int]]:
    """Every file, with its size and when it was written."""
    found = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in found.items()}


def run(connection: DuckDBPyConnection, query: str) -> list[Any]:
    return answer(connection, query).fetchall()


def test_whatever_is_tried_is_refused_and_changes_nothing(
    lake: Lake, home: Path, places: dict[str, object], analyst: DuckDBPyConnection
) -> None:
    before, files = rows(lake), everything(home)
    for attack in REFUSED:
        with pytest.raises((NotAQuery, duckdb.Error)) as refused:
            run(analyst, attack.format(**places))
        assert PERSONAL not in str(refused.value), attack
        assert everything(home) == files, attack
    assert rows(lake) == before


def test_what_is_more_than_a_query_would_also_fail_if_it_ran(
    home: Path, places: dict[str, object], analyst: DuckDBPyConnection
) -> None:
    files = everything(home)
    for statement in REFUSED:
        if statement.startswith(REACHING_OUT):
            with pytest.raises(duckdb.Error):
                analyst.execute(statement.format(**places))
            assert everything(home) == files, statement


def test_what_can_be_looked_into_holds_nothing_of_anybody(
    lake: Lake, home: Path, places: dict[str, object], analyst: DuckDBPyConnection
) -> None:
    before, files = rows(lake), everything(home)
    for query in ALLOWED_AND_EMPTY_HANDED:
        found = str(run(analyst, query))
        assert PERSONAL not in found, query
        assert str(places["postgres"]) not in found, query
        assert everything(home) == files, query
    assert rows(lake) == before


def test_only_the_lake_is_attached_and_only_what_reads_it_is_loaded(analyst: DuckDBPyConnection) -> None:
    attached = run(analyst, "SELECT database_name FROM duckdb_databases() WHERE NOT internal ORDER BY 1")
    assert attached == [("lake",), ("memory",)]
    functions = "SELECT function_name FROM duckdb_functions() WHERE function_name SIMILAR TO '{}.*'"
    assert run(analyst, functions.format("postgres")) == []
    assert run(analyst, functions.format("ducklake")) != []


def test_the_facts_are_all_there(told: Told, analyst: DuckDBPyConnection) -> None:
    expected = told.history.expected()
    for table, facts in expected.items():
        assert sorted(analyst.execute(f"FROM lake.{table}").fetchall(), key=repr) == facts
    names = {id_: name for _, id_, name, *_ in expected["code"] + expected["property"] + expected["cost_item"]}
    said = analyst.execute("SELECT feedback, property_name, code_name FROM feedback").fetchall()
    assert sorted(said) == sorted((row[1], names[row[2]], names.get(row[7])) for row in expected["feedback"])
    gave = analyst.execute("SELECT origin, source, item_name, value FROM given").fetchall()
    assert sorted(gave) == sorted((row[1], row[2], names[row[9]], row[12]) for row in expected["given"])
    stays = analyst.execute("SELECT stay, property_name, nights FROM stays").fetchall()
    nights = [
        (row[2], names[row[3]], (row[6] - row[5]).days if row[5] and row[6] else None) for row in expected["stay"]
    ]
    assert sorted(stays) == sorted(nights)


def test_it_is_the_lake_as_of_its_beginning(lake: Lake, told: Told, analyst: DuckDBPyConnection) -> None:
    before = told.history.expected()
    told.history.go_on(100)
    told.tell(batch=10)
    assert len(run(analyst, "FROM feedback")) == len(before["feedback"])
    with sandbox(lake) as later:
        assert len(run(later, "FROM feedback")) == len(told.history.expected()["feedback"])


@pytest.mark.parametrize(
    ("query", "cells"),
    [
        ("SELECT 1, -2.50, 1.5, true, NULL", (1, pytest.approx(-2.5), pytest.approx(1.5), True, None)),
        ("SELECT TIMESTAMPTZ '2026-01-02 03:04:05+00', TIME '03:04'", ("2026-01-02 03:04:05+00", "03:04:00")),
        ("SELECT [1, 2], {a: 'x'}, INTERVAL 1 DAY", ("[1, 2]", "{'a': x}", "1 day")),
        ('SELECT 1 AS a, 2 AS a, 3 AS "o\'""x"', (1, 2, 3)),
        ("SELECT 'a' -- and no more", ("a",)),
        ("FROM (PIVOT (SELECT 'x' AS k, 1 AS n) ON k IN (x) USING sum(n))", (1,)),
    ],
)
def test_cells_are_what_a_table_can_show(lake: Lake, query: str, cells: tuple[object, ...]) -> None:
    with sandbox(lake) as connection:
        assert run(connection, query) == [cells]


def test_nothing_of_it_is_left_behind(lake: Lake, home: Path) -> None:
    with sandbox(lake) as connection:
        run(connection, "FROM feedback")
    assert [path.name for path in home.iterdir() if path.name != "lake"] == []
