"""Sends ten thousand invitations that are due, with two workers, of which one is killed three times on the way.

`python -m tests.benchmarks.invitations [--messages 10000]`. The mail server is a process of its own that writes down
Message-ID and digest of each mail it takes. Beside it, in the same run, two processes that hand the same number of
mails of about the same size to the same server, and do nothing else.
"""

import argparse
import hashlib
import multiprocessing
import os
import signal
import smtplib
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Event as Flag

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from uuid_utils.compat import uuid7

from adapters.invitations.letters import Writer
from adapters.invitations.planner import Planner
from adapters.invitations.reaction import Invitations
from adapters.invitations.sender import InvitationSender
from adapters.keys.links import Links
from adapters.keys.master import MasterKey
from adapters.keys.sources import KEY_BYTES
from adapters.mail.smtp import Smtp, smtp_server
from adapters.postgres.connections import Connections
from adapters.postgres.feed import LogFeed
from adapters.postgres.guest_log import GuestLog
from adapters.postgres.migrate import migrate
from adapters.sms.folder import SmsFolder
from adapters.worker import Worker
from application.guest_entry import Judged
from application.guests import take_in
from application.organisation import change_property
from application.ports import Ports
from domain.contact import Profile
from domain.guest_events import Origin
from domain.property import InvitationSettings, PostStay
from domain.stay import Stay
from projections.inbox.fold import Inbox
from projections.runner import Runner
from tests.adapters.mail.server import OK
from tests.benchmarks.guest_list import started
from tests.installation import free_port, rivage

SPAWN = multiprocessing.get_context("spawn")
WORKERS = 2
KILLS = 3
POLL_SECONDS = 0.02
MASTER = MasterKey(bytes(range(KEY_BYTES)))


class Taker:
    """Writes a line for each mail, before it is taken."""

    def __init__(self, log: Path) -> None:
        self._file = log.open("a", buffering=1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        del server, session
        assert isinstance(envelope.content, bytes)
        head = envelope.content.partition(b"\r\n\r\n")[0]
        message_id = next(line for line in head.splitlines() if line.lower().startswith(b"message-id:"))
        self._file.write(f"{message_id.decode()} {hashlib.sha256(envelope.content).hexdigest()}\n")
        return OK


def take(port: int, log: Path) -> None:
    Controller(Taker(log), hostname="127.0.0.1", port=port).start()
    Flag().wait()


def work(database: str, port: int, home: Path) -> None:
    with Connections(database) as pool:
        log = GuestLog(pool, MASTER)
        ports = Ports(log=log, now=lambda: datetime.now(UTC), new_id=uuid7)
        writer = Writer(Links(bytes(32)), "https://avis.example.org", "accueil@example.org")
        mail = Smtp(smtp_server(f"smtp://127.0.0.1:{port}"))
        sender = InvitationSender(ports, log, mail, SmsFolder(home), writer)
        Worker("inviting", database, sender.work).start()
        Flag().wait()


def hand_over(port: int, number: int, size: int) -> None:
    """The baseline: plain smtplib."""
    session = smtplib.SMTP("127.0.0.1", port)
    head = b"From: a@example.org\r\nTo: b@example.org\r\nMessage-ID: <%d.%d@plain>\r\n\r\n"
    for index in range(number):
        mail = head % (os.getpid(), index)
        session.sendmail("a@example.org", ["b@example.org"], mail + (b"x" * 70 + b"\r\n") * (size // 72))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    with tempfile.TemporaryDirectory(prefix="hote") as home:
        measure(Path(home), parser.parse_args().messages)


def measure(home: Path, messages: int) -> None:
    server = started(home / "postgres")
    try:
        database = server.get_uri()
        with psycopg.connect(database) as connection:
            migrate(connection)
        with Connections(database) as pool:
            log = GuestLog(pool, MASTER)
            ports = Ports(log=log, now=lambda: datetime.now(UTC), new_id=uuid7)
            begin = time.perf_counter()
            due(ports, messages)
            print(f"{messages:,} guests registered in {time.perf_counter() - begin:.1f} s")
            runner = Runner(pool, database, LogFeed(log.events), [Inbox(), Invitations()])
            runner.start()
            plan(ports, log, runner, database, messages)
            send(database, home, messages)
            runner.stop()
    finally:
        server.cleanup()


def due(ports: Ports, messages: int) -> None:
    caller, property_id, _ = rivage(ports)
    settings = InvitationSettings(post_stay=PostStay(enabled=True, delay=0))
    change_property(ports, caller, property_id, lambda known: known.model_copy(update={"invitations": settings}))
    left = datetime.now(UTC).date() - timedelta(1)
    stay = Stay(property_id=property_id, arrival=left - timedelta(3), departure=left)
    guests = (
        Judged("fr", "FR", Profile(first_name="Zoé", last_name=f"Lefèvre {n}", emails=(f"zoe{n}@example.com",)), stay)
        for n in range(messages)
    )
    while some := list(islice(guests, 500)):
        take_in(ports, caller, some, Origin.IMPORT)


def plan(ports: Ports, log: GuestLog, runner: Runner, database: str, messages: int) -> None:
    _, last = runner.progress("invitations")
    assert runner.wait_for("invitations", last, 300)
    begin = time.perf_counter()
    with psycopg.connect(database, autocommit=True) as connection:
        while Planner(ports, log).plan_some(connection):
            pass
    seconds = time.perf_counter() - begin
    _, last = runner.progress("invitations")
    assert runner.wait_for("invitations", last, 300)
    print(f"planned in {seconds:.1f} s: {messages / seconds:,.0f} guests/s")


def send(database: str, home: Path, messages: int) -> None:
    log, port = home / "taken", free_port()
    log.touch()
    with process(take, port, log):
        while not is_up(port):
            time.sleep(POLL_SECONDS)
        workers = [begun(work, database, port, home) for _ in range(WORKERS)]
        kills_at = [messages * (number + 1) // (KILLS + 1) for number in range(KILLS)]
        while not lines(log):
            time.sleep(POLL_SECONDS)
        begin, first = time.perf_counter(), lines(log)
        while (taken := lines(log)) < messages or left(database):
            if kills_at and taken >= kills_at[0]:
                kills_at.pop(0)
                victim = workers.pop(0)
                assert victim.pid
                os.kill(victim.pid, signal.SIGKILL)
                victim.join()
                workers.append(begun(work, database, port, home))
            time.sleep(POLL_SECONDS)
        seconds = time.perf_counter() - begin
        for worker in workers:
            worker.kill()
        told = [line.split() for line in log.read_text().splitlines()]
        ids = Counter(message_id for _, message_id, _ in told)
        mails = {(message_id, digest) for _, message_id, digest in told}
        repeats = sum(ids.values()) - len(ids)
        rate = (messages - first) / seconds
        print(
            f"{rate:,.0f} messages/s with {WORKERS} workers and {KILLS} kills: {messages - len(ids)} lost,"
            f" {repeats} repeats, {len(mails) - len(ids)} of them different"
        )
        size, begin = 6_000, time.perf_counter()
        plain = [begun(hand_over, port, messages // WORKERS, size) for _ in range(WORKERS)]
        while lines(log) < len(told) + 1:
            time.sleep(POLL_SECONDS)
        begin = time.perf_counter()
        for each in plain:
            each.join()
        baseline = messages / (time.perf_counter() - begin)
        print(f"{baseline:,.0f} messages/s by plain smtplib: {rate / baseline:.2f} x")


def left(database: str) -> int:
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT count(*) FROM invitations.due").fetchone()
    assert row
    return int(row[0])


def lines(log: Path) -> int:
    return log.read_bytes().count(b"\n")


def is_up(port: int) -> bool:
    try:
        smtplib.SMTP("127.0.0.1", port).close()
    except OSError:
        return False
    return True


def begun(target: object, *arguments: object) -> SpawnProcess:
    process = SPAWN.Process(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
    process.start()
    return process


@contextmanager
def process(target: object, *arguments: object) -> Iterator[SpawnProcess]:
    child = begun(target, *arguments)
    try:
        yield child
    finally:
        child.kill()


if __name__ == "__main__":
    main()
