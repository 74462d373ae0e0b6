"""The wiring: from settings to a running Hôte, in one screen."""

import gc
import multiprocessing
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.context import SpawnProcess
from uuid import UUID

import psycopg
from pydantic import SecretStr
from uuid_utils.compat import uuid7

from adapters.background import Background
from adapters.erasures.certificates import ErasureCertificates, followed_by_all
from adapters.erasures.ledger import ErasureLedger
from adapters.erasures.restored import erase_what_came_back, wait_until_erased
from adapters.http.first_answers import FirstAnswers
from adapters.keys.master import MasterKey
from adapters.keys.signing import Signer, publish
from adapters.postgres import embedded
from adapters.postgres.connections import Connections
from adapters.postgres.feed import LogFeed
from adapters.postgres.guest_log import GuestLog
from adapters.postgres.imports import PostgresImports
from adapters.postgres.keys import signing_seed
from adapters.postgres.migrate import migrate
from adapters.postgres.proof.checkpoints import Checkpoints
from adapters.postgres.recorder import Pool
from adapters.settings import Settings
from application.imports.draft import ImportDraft
from application.ports import Ports
from projections.guest_list import fold as guest_list
from projections.projection import Projection
from projections.runner import Runner, Standing
from projections.settings.fold import Settings as SettingsList

SPAWN = multiprocessing.get_context("spawn")
PROJECTIONS: Sequence[Projection] = (SettingsList(), guest_list.GuestList())
READABLE = {guest_list.GuestList.name: guest_list.READABLE}
"""Of read models with personal data: what of some guests can be read in them."""


@dataclass(frozen=True)
class Hote:
    """Everything that is wired together; `ports` is what commands are given."""

    settings: Settings
    master: MasterKey
    signer: Signer
    database_url: str
    pool: Pool
    log: GuestLog
    ports: Ports
    imports: PostgresImports
    first_answers: FirstAnswers
    feed: LogFeed
    runner: Runner
    certifier: Runner
    checkpoints: Checkpoints
    background: Background

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Projects and reacts for as long as the context lasts, which begins when nobody erased can be read."""
        self.runner.start()
        try:
            wait_until_erased(self.pool, self.runner, [each.name for each in PROJECTIONS])
            self.certifier.start()
            self.background.start()
            try:
                yield
            finally:
                self.background.stop()
                self.certifier.stop()
        finally:
            self.runner.stop()

    def standings(self) -> Sequence[Standing]:
        """Where every read model and every reaction stands."""
        return [*self.runner.standings(), *self.certifier.standings()]


@contextmanager
def open_hote(settings: Settings) -> Iterator[Hote]:
    """Starts or joins the database, brings it up to date, and wires all parts; projections do not run yet."""
    # Rows and events live by the thousand, and not for long. Looking through them after every 700 new objects, as
    # the collector does by default, is a fifth of the processor time of an import and of a projection.
    gc.set_threshold(20_000)
    with ExitStack() as stack:
        if settings.database_url is None:
            server = embedded.start(settings.home / "postgres")
            stack.callback(server.cleanup)
            url = server.get_uri()
        else:
            url = settings.database_url.get_secret_value()
        with psycopg.connect(url) as connection:
            migrate(connection)
        with Connections(url) as pool:
            master = settings.load_master_key()
            signer = Signer(signing_seed(pool, master))
            publish(signer.public_key, settings.home)
            log = GuestLog(pool, master)
            feed = LogFeed(log.events)
            ledger = ErasureLedger(settings.erasure_ledger or settings.home / "erasures.jsonl")
            runner = Runner(pool, url, feed, [*PROJECTIONS, ledger])
            ports = Ports(log=log, now=lambda: datetime.now(UTC), new_id=uuid7)
            followers = [each.name for each in (*PROJECTIONS, ledger)]
            behind_all = LogFeed(log.events, up_to=lambda: followed_by_all(pool, followers))
            certifier = Runner(pool, url, behind_all, [ErasureCertificates(log, signer, READABLE, ports.now)])
            erase_what_came_back(ports, log, pool, ledger)
            imports = PostgresImports(pool, url, log)
            first_answers = FirstAnswers(pool)
            here = settings.model_copy(update={"database_url": SecretStr(url)})

            def apart(draft: ImportDraft) -> SpawnProcess:
                return SPAWN.Process(target=work_on, args=(here, draft.organisation_id, draft.id), daemon=True)

            checkpoints = Checkpoints(pool, signer, ports.now)
            background = Background(ports, imports, first_answers.forget_expired, checkpoints.take_if_due, apart)
            yield Hote(
                settings,
                master,
                signer,
                url,
                pool,
                log,
                ports,
                imports,
                first_answers,
                feed,
                runner,
                certifier,
                checkpoints,
                background,
            )


def work_on(settings: Settings, organisation_id: UUID, import_id: UUID) -> None:
    """What a process does that an import gets for its own; it can be ended at any moment."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that started it, which then ends this one
    # Whoever comes back from the database waits so long for the thread that judges the next rows, at each statement.
    sys.setswitchinterval(0.0005)
    with open_hote(settings) as hote:
        hote.background.proceed(hote.imports.get(organisation_id, import_id))
