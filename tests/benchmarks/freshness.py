"""Times how soon a feedback is in a report, and at twenty open inboxes: `python -m tests.benchmarks.freshness`.

`hote serve` runs in a process of its own on a database of its own; all requests are HTTP.
"""

import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Queue
from statistics import median
from threading import Thread

import httpx
from pydantic import SecretStr

from adapters.bootstrap import open_hote
from adapters.settings import Settings
from tests.benchmarks.guest_list import started
from tests.installation import Rivage, answers, free_port, rivage, running
from tests.waiting import PATIENCE, eventually

TIMES = 50
INBOXES = 20
POLL_SECONDS = 0.005


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="hote") as home:
        measure(Path(home))


def measure(home: Path) -> None:
    server = started(home / "postgres")
    try:
        database, port = server.get_uri(), free_port()
        with open_hote(Settings(home=home, database_url=SecretStr(database))) as hote:
            house = rivage(hote.ports)
        os.environ["HOTE_REQUESTS_PER_SECOND"] = "100000"
        with running(home, database, "serve", "--port", str(port), output=home / "log") as process:
            eventually(lambda: process.poll() is not None or answers(port))
            address = f"http://127.0.0.1:{port}/v1"
            headers = {"Authorization": f"Bearer {house.key}"}
            with httpx.Client(base_url=address, headers=headers, timeout=PATIENCE) as client:
                print(f"{TIMES} feedbacks, one after the other, from the POST on, ms{'median':>16}{'max':>8}")
                line("until it counts in a report", [in_report(client, house) for _ in range(TIMES + 1)])
                line(f"until the last of {INBOXES} open inboxes was told", at_inboxes(client, house))
    finally:
        server.cleanup()


def in_report(client: httpx.Client, house: Rivage) -> float:
    before = number(client)
    start = time.perf_counter()
    record(client, house)
    while number(client) == before:
        time.sleep(POLL_SECONDS)
    return time.perf_counter() - start


def number(client: httpx.Client) -> int:
    answer = client.get("/reports/customer-relations").raise_for_status()
    found: int = answer.json()["totals"]["number"]
    return found


def at_inboxes(client: httpx.Client, house: Rivage) -> list[float]:
    told: Queue[tuple[str, float]] = Queue()
    inboxes: Queue[None] = Queue()
    for _ in range(INBOXES):
        Thread(target=listen, args=(client, told.put, lambda: inboxes.put(None)), daemon=True).start()
    for _ in range(INBOXES):
        inboxes.get(timeout=PATIENCE)
    taken = []
    for _ in range(TIMES + 1):
        start = time.perf_counter()
        feedback = record(client, house)
        heard = [told.get(timeout=PATIENCE) for _ in range(INBOXES)]
        assert {id_ for id_, _ in heard} == {feedback}
        taken.append(max(moment for _, moment in heard) - start)
    return taken


def listen(client: httpx.Client, tell: Callable[[tuple[str, float]], None], opened: Callable[[], None]) -> None:
    """Tells the id of each feedback that changes, and when; the first line of a stream says that it is open."""
    waiting = True
    # At the end the server is killed, and the client closed.
    with suppress(httpx.TransportError), client.stream("GET", "/inbox/stream") as answer:
        for text in answer.iter_lines():
            if waiting:
                opened()
                waiting = False
            if text.startswith("data: {"):
                tell((json.loads(text.removeprefix("data: "))["feedback_id"], time.perf_counter()))


def record(client: httpx.Client, house: Rivage) -> str:
    feedback = {"property_id": str(house.property_id), "kind": "negative", "comment": "Travaux dès 7 h"}
    id_: str = client.post("/feedback", json=feedback).raise_for_status().json()["id"]
    return id_


def line(what: str, seconds: Sequence[float]) -> None:
    """Without the first, which warms up."""
    counted = seconds[1:]
    print(f"{what:<60}{median(counted) * 1e3:8.0f}{max(counted) * 1e3:8.0f}", flush=True)


if __name__ == "__main__":
    main()
