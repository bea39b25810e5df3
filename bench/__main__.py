"""`make bench`: every figure the project claims, as a table and as JSON.

Name benches to run just these: `python -m bench kill`.
"""

import json
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import files, kill, push, recovery, replicas, reports, scale, storm, voice

BENCHES: dict[str, Callable[[], dict[str, float]]] = {
    "files": files.main,
    "recovery": recovery.main,
    "kill": kill.main,
    "storm": storm.main,
    "push": push.main,
    "reports": reports.main,
    "scale": scale.main,
    "replicas": replicas.main,
    "voice": voice.main,
}
RESULTS = Path("bench-results.json")


def main(names: list[str]) -> None:
    """Run, print, write."""
    results: dict[str, dict[str, float]] = {}
    for name in names or list(BENCHES):
        began = time.monotonic()
        results[name] = BENCHES[name]()
        print(f"\n{name} ({time.monotonic() - began:.0f} s)")
        for figure, value in results[name].items():
            print(f"  {figure:<24} {value:>12,.3f}".rstrip("0").rstrip("."))
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    RESULTS.write_text(json.dumps({"machine": machine, "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
