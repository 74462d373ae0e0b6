"""The wiring: from settings to a running Hôte, in one screen."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from psycopg_pool import ConnectionPool
from uuid_utils.compat import uuid7

from adapters.background import Background
from adapters.http.first_answers import FirstAnswers
from adapters.keys.master import MasterKey
from adapters.postgres import embedded
from adapters.postgres.feed import LogFeed
from adapters.postgres.guest_log import GuestLog
from adapters.postgres.imports import PostgresImports
from adapters.postgres.migrate import migrate
from adapters.postgres.recorder import Pool
from adapters.settings import Settings
from application.ports import Ports
from projections.guest_list.fold import GuestList
from projections.projection import Projection
from projections.runner import Runner
from projections.settings.fold import Settings as SettingsList

PROJECTIONS: Sequence[Projection] = (SettingsList(), GuestList())


@dataclass(frozen=True)
class Hote:
    """Everything that is wired together; `ports` is what commands are given."""

    settings: Settings
    master: MasterKey
    database_url: str
    pool: Pool
    log: GuestLog
    ports: Ports
    imports: PostgresImports
    first_answers: FirstAnswers
    feed: LogFeed
    runner: Runner
    background: Background

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Projects and reacts for as long as the context lasts."""
        self.runner.start()
        self.background.start()
        try:
            yield
        finally:
            self.background.stop()
            self.runner.stop()


@contextmanager
def open_hote(settings: Settings) -> Iterator[Hote]:
    """Starts or joins the database, brings it up to date, and wires all parts; projections do not run yet."""
    with ExitStack() as stack:
        if settings.database_url is None:
            server = embedded.start(settings.home / "postgres")
            stack.callback(server.cleanup)
            url = server.get_uri()
        else:
            url = settings.database_url.get_secret_value()
        with psycopg.connect(url) as connection:
            migrate(connection)
        # Eager prepared statements: the service says few things, and says them often.
        options = {"autocommit": True, "prepare_threshold": 1}
        with ConnectionPool(url, min_size=2, max_size=20, kwargs=options) as pool:
            master = settings.load_master_key()
            log = GuestLog(pool, master)
            feed = LogFeed(log.events)
            runner = Runner(pool, url, feed, PROJECTIONS)
            ports = Ports(log=log, now=lambda: datetime.now(UTC), new_id=uuid7)
            imports = PostgresImports(pool, url, log)
            first_answers = FirstAnswers(pool)
            background = Background(ports, imports, first_answers.forget_expired)
            yield Hote(settings, master, url, pool, log, ports, imports, first_answers, feed, runner, background)
