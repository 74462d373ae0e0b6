"""`make bench`: every benchmark, one after the other, each with its baseline in the same run."""

import subprocess
import sys

BENCHMARKS = (
    "append",
    "import_guests",
    "rebuild",
    "verify",
    "guest_list",
    "reports",
    "freshness",
    "invitations",
    "pms",
    "bookings",
)

for name in BENCHMARKS:
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=True)
