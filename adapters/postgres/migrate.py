"""Brings a database to this version's schema: numbered SQL files, each applied once, by one process at a time."""

from importlib.resources import files

from psycopg import Connection

from adapters.postgres.locks import MIGRATION


def migrate(connection: Connection[tuple[object, ...]]) -> list[str]:
    """Applies the migrations that are missing, all in one transaction, and gives their names."""
    applied = []
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", MIGRATION)
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS public.hote_migrations"
            " (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        cursor.execute("SELECT name FROM public.hote_migrations")
        done = {name for (name,) in cursor}
        scripts = (f for f in files("adapters.postgres").joinpath("migrations").iterdir() if f.name.endswith(".sql"))
        for script in sorted(scripts, key=lambda f: f.name):
            if script.name not in done:
                cursor.execute(script.read_bytes())
                cursor.execute("INSERT INTO public.hote_migrations (name) VALUES (%s)", [script.name])
                applied.append(script.name)
    return applied
