"""Apache Kafka in KRaft mode, one broker that is its own controller; Maven resolves it, Java 17 runs it."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.installation import free_port
from tests.kafka.broker import Broker

POM = Path(__file__).with_name("pom.xml")
JAVA = 17
CLUSTER = "aG90ZS10ZXN0cy1rYWZrYQ"
SETTINGS = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{advertised}
log.dirs={folder}
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
"""


class ApacheBroker(Broker):
    """Keeps what it is told in `folder`."""

    forgets = False

    def __init__(self, folder: Path, classpath: str) -> None:
        super().__init__()
        self._folder = folder
        self._classpath = classpath
        self._controller = free_port()

    def _command(self) -> Sequence[str]:
        settings = self._folder / "server.properties"
        java = ["java", "-Xmx512m", "-cp", self._classpath]
        if not settings.exists():
            settings.write_text(
                SETTINGS.format(
                    port=self.port, advertised=self.advertised, controller=self._controller, folder=self._folder
                )
            )
            format_ = ["kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(settings)]
            subprocess.run([*java, *format_], check=True, capture_output=True)
        return [*java, "kafka.Kafka", str(settings)]


def classpath(folder: Path) -> str | None:
    """Of Apache Kafka; None where there is no Java that is new enough, or no Maven."""
    java, maven = shutil.which("java"), shutil.which("mvn")
    if not (java and maven):
        return None
    told = subprocess.run([java, "-version"], check=True, capture_output=True, text=True).stderr
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version[1]) < JAVA:
        return None
    found = folder / "classpath"
    subprocess.run(
        [maven, "-q", "-B", "-f", str(POM), "dependency:build-classpath", f"-Dmdep.outputFile={found}"], check=True
    )
    return found.read_text().strip()
