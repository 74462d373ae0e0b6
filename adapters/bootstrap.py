"""The wiring: from settings to a running Hôte, in one screen."""

import gc
import multiprocessing
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from multiprocessing.context import SpawnProcess
from threading import Event as Flag
from threading import Thread
from uuid import UUID

import psycopg
from pydantic import SecretStr
from uuid_utils.compat import uuid7

from adapters.background import Background
from adapters.duckdb.lake import Lake
from adapters.duckdb.writer import LakeFacts
from adapters.erasures.certificates import ErasureCertificates
from adapters.erasures.ledger import ErasureLedger
from adapters.erasures.restored import erase_what_came_back, wait_until_erased
from adapters.http.first_answers import FirstAnswers
from adapters.invitations.letters import Writer
from adapters.invitations.planner import Planner
from adapters.invitations.reaction import Invitations
from adapters.invitations.sender import InvitationSender
from adapters.kafka.pms import PmsConsumer
from adapters.kafka.publisher import Publisher
from adapters.keys.links import Links
from adapters.keys.master import MasterKey
from adapters.keys.signing import Signer, publish
from adapters.mail.outbox import Outbox
from adapters.mail.sender import Sender
from adapters.postgres import embedded
from adapters.postgres.connections import Connections
from adapters.postgres.feed import LogFeed
from adapters.postgres.guest_log import GuestLog
from adapters.postgres.imports import PostgresImports
from adapters.postgres.keys import has_keys, signing_seed
from adapters.postgres.migrate import migrate
from adapters.postgres.proof.checkpoints import Checkpoints
from adapters.postgres.recorder import Pool
from adapters.postgres.sealed_feed import SealedFeed
from adapters.settings import Settings
from adapters.stays import StayBeginnings, StaysToCome
from adapters.worker import Worker
from application.arrivals import forget_arrivals
from application.imports.draft import ImportDraft
from application.ports import Ports
from domain.arrival import RefusedFor
from projections.arrivals.fold import ArrivalList
from projections.arrivals.queries import unanswered_since
from projections.cost_of_quality.fold import CostOfQuality
from projections.duplicates.fold import Duplicates
from projections.guest_list.fold import GuestList
from projections.inbox.fold import Inbox
from projections.invitation_status.fold import InvitationStatus
from projections.projection import Projection
from projections.reservations.fold import Reservations
from projections.runner import Runner, Standing
from projections.settings.fold import Settings as SettingsList

SPAWN = multiprocessing.get_context("spawn")
PROJECTIONS: Sequence[Projection] = (
    SettingsList(), GuestList(), Duplicates(), Reservations(), Inbox(), CostOfQuality(), InvitationStatus(),
    ArrivalList(),
)  # fmt: skip
WATCHED_SECONDS = 1.0


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
    sealed_feed: SealedFeed
    ledger: ErasureLedger
    runner: Runner
    certifier: Runner
    publisher: Runner | None
    """None where there is no Kafka."""
    checkpoints: Checkpoints
    background: Background
    lake: Lake
    links: Links
    workers: Sequence[Worker]
    pms: PmsConsumer | None
    all_erased: Flag

    @contextmanager
    def at_work(self, *, at_once: bool = False) -> Iterator[None]:
        """Projects and reacts for as long as the context lasts.

        It begins when nobody can be read who was erased; or `at_once`, and then `all_erased` is set when that is so.
        """
        stop = Flag()
        self.runner.start()
        beginning = Thread(target=self._begin, args=[stop], name="beginning", daemon=True)
        beginning.start()
        try:
            while not at_once and not self.all_erased.wait(WATCHED_SECONDS):
                if not beginning.is_alive() and not self.all_erased.is_set():
                    raise RuntimeError("the beginning ended without an end: the log above says why")
            yield
        finally:
            stop.set()
            beginning.join()
            if self.all_erased.is_set():
                for worker in self.workers:
                    worker.stop()
                self.background.stop()
                self.certifier.stop()
                if self.publisher:
                    self.publisher.stop()
            self.runner.stop()

    def _begin(self, stop: Flag) -> None:
        if wait_until_erased(self.log, self.runner, [each.name for each in PROJECTIONS], stop):
            self.certifier.start()
            if self.publisher:
                self.publisher.start()
            self.background.start()
            for worker in self.workers:
                worker.start()
            self.all_erased.set()

    def standings(self) -> Sequence[Standing]:
        """Where every read model and every reaction stands."""
        return [*self.runner.standings(), *self.certifier.standings()]


@contextmanager
def open_hote(settings: Settings) -> Iterator[Hote]:
    """Starts or joins the database, brings it up to date, erases again what a restored one brought back, and wires
    all parts; projections do not run yet. Raises LedgerUnknown, MasterKeyWrong."""
    with wired(settings) as hote:
        erase_what_came_back(hote.ports, hote.log, hote.runner, hote.ledger)
        yield hote


@contextmanager
def wired(settings: Settings) -> Iterator[Hote]:
    """As open_hote, for a process whose parent has looked at the ledger."""
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
            master = settings.load_master_key(first=not has_keys(pool))
            seed = signing_seed(pool, master)
            signer, links = Signer(seed), Links(seed)
            publish(signer.public_key, settings.home)
            log = GuestLog(pool, master)
            feed, sealed_feed = LogFeed(log.events), SealedFeed(log.events)
            ports = Ports(log=log, now=lambda: datetime.now(UTC), new_id=uuid7)
            ledger = ErasureLedger(settings.erasure_ledger or settings.home / "erasures.jsonl")
            lake = Lake(url, settings.home, settings.lake or str(settings.home / "lake"))
            stack.callback(lake.close)
            facts = LakeFacts(lake, log.streams)
            followers = [*PROJECTIONS, ledger, facts, Outbox(), Invitations(), StaysToCome()]
            runner = Runner(pool, url, feed, followers, seldom=[facts.name])
            certificates = ErasureCertificates(log, signer, PROJECTIONS, ports.now)
            erasing = [*(each.name for each in PROJECTIONS), ledger.name]
            certified = LogFeed(log.events, up_to=partial(runner.followed_by, erasing))
            certifier = Runner(pool, url, certified, [certificates])
            sender = Sender(ports, log, settings.mail_server(), settings.mail_from)
            writer = Writer(links, settings.public_url, settings.mail_from)
            inviting = InvitationSender(ports, log, settings.mail_server(), settings.sms_gateway(), writer)
            workers = [
                Worker("mail", url, sender.send_next),
                Worker("stays", url, StayBeginnings(ports, log).tell_some, pause=1.0),
                Worker("planning", url, Planner(ports, log).plan_some),
                Worker("inviting", url, inviting.work),
            ]
            kafka = settings.kafka()
            pms = PmsConsumer(ports, log, kafka) if kafka else None
            if pms:
                stack.callback(pms.close)
                workers.append(Worker("pms", url, pms.take_next))
            publisher = None
            if kafka:
                integration_events = Publisher(kafka)
                stack.callback(integration_events.close)
                publisher = Runner(pool, url, sealed_feed, [integration_events])
            imports = PostgresImports(pool, url, log)
            first_answers = FirstAnswers(pool)
            here = settings.model_copy(update={"database_url": SecretStr(url)})

            def apart(draft: ImportDraft) -> SpawnProcess:
                return SPAWN.Process(target=work_on, args=(here, draft.organisation_id, draft.id), daemon=True)

            def forget_unanswered(moment: datetime) -> None:
                with pool.connection() as connection:
                    unanswered = unanswered_since(connection, moment)
                for organisation_id, arrivals in unanswered.items():
                    forget_arrivals(ports, organisation_id, arrivals, moment, RefusedFor.UNANSWERED)

            checkpoints = Checkpoints(pool, signer, ports.now)
            background = Background(
                *(ports, imports, first_answers.forget_expired, forget_unanswered, checkpoints.take_if_due, apart)
            )
            yield Hote(
                settings=settings,
                master=master,
                signer=signer,
                database_url=url,
                pool=pool,
                log=log,
                ports=ports,
                imports=imports,
                first_answers=first_answers,
                feed=feed,
                sealed_feed=sealed_feed,
                ledger=ledger,
                runner=runner,
                certifier=certifier,
                publisher=publisher,
                checkpoints=checkpoints,
                background=background,
                lake=lake,
                links=links,
                workers=workers,
                pms=pms,
                all_erased=Flag(),
            )


def work_on(settings: Settings, organisation_id: UUID, import_id: UUID) -> None:
    """What a process does that an import gets for its own; it can be ended at any moment."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that started it, which then ends this one
    # Whoever comes back from the database waits so long for the thread that judges the next rows, at each statement.
    sys.setswitchinterval(0.0005)
    with wired(settings) as hote:
        hote.background.proceed(hote.imports.get(organisation_id, import_id))
