"""One voice to Telegram: each scene's figures against their goals, and the machine's load.

`python -m bench.voice job storm` plays these scenes only.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

from bench.voice_chats import killed, many_chats
from bench.voice_group import Figures, main_job, reset_in_a_storm, three_resets
from handlers.telegram.pace import SHARES


@dataclass(frozen=True)
class Scene:
    """What is played, and what no figure may exceed; `least` are those that may not fall short."""

    play: Callable[[], Coroutine[None, None, Figures]]
    most: Figures
    least: Figures = field(default_factory=dict)


_AT_ONCE = max(share.at_once for share in SHARES.values())  # letters in flight
SCENES = {
    "job": Scene(main_job, {"code_s": 1.5, "calls": 14, "refused": 0}),
    "job_300ms": Scene(lambda: main_job(0.3), {"code_s": 3, "calls": 14, "refused": 0}),
    "three": Scene(three_resets, {"slowest_code_s": 5, "refused": 1}, least={"paired": 3}),
    "storm": Scene(reset_in_a_storm, {"code_s": 5, "untold": 0, "refused": 0}),
    "300_chats": Scene(
        lambda: many_chats(300),
        {"told_s": 15, "untold": 0, "out_of_order": 0, "refused": 0, "cpu_ms": 12},
    ),
    "1000_chats": Scene(
        lambda: many_chats(1000),
        {"told_s": 45, "untold": 0, "out_of_order": 0, "refused": 0, "cpu_ms": 12},
    ),
    "kill": Scene(lambda: killed(50), {"untold": 0, "repeats_per_kill": _AT_ONCE}),
}


def main(*names: str) -> Figures:
    """The figures of these scenes, or of all; each is printed with its goal at once."""
    found: Figures = {}
    for name in names or SCENES:
        scene = SCENES[name]
        figures = asyncio.run(scene.play())
        load, *_ = os.getloadavg()
        print(f"{name} (load {load:.1f} on {os.cpu_count()} cores)", flush=True)
        for figure, value in figures.items():
            print(f"  {figure:<18} {value:>9.2f}  {_verdict(scene, figure, value)}", flush=True)
        found |= {f"{name}_{figure}": value for figure, value in figures.items()}
    return found


def _verdict(scene: Scene, figure: str, value: float) -> str:
    if figure in scene.most:
        most = scene.most[figure]
        return f"at most {most:g}: {'met' if value <= most else 'NOT MET'}"
    if figure in scene.least:
        least = scene.least[figure]
        return f"at least {least:g}: {'met' if value >= least else 'NOT MET'}"
    return ""


if __name__ == "__main__":
    main(*sys.argv[1:])
