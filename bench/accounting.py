"""What a process costs, by the kernel's own account."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class Cost:
    """CPU time so far, in seconds, and resident memory now, in MiB."""

    cpu_s: float
    rss_mib: float


def cost_of(pid: int) -> Cost:
    """The cost of a process, its threads included. ProcessLookupError when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError as error:
        raise ProcessLookupError(pid) from error
    user, system = int(fields[11]), int(fields[12])
    return Cost(
        cpu_s=(user + system) / _TICKS_PER_S,
        rss_mib=int(fields[21]) * _PAGE_BYTES / MIB,
    )


def cost_of_command(*arguments: str) -> Cost:
    """The cost of `python -m bot` with these, from its start to its end; memory at its most."""
    ended = subprocess.Popen([sys.executable, "-m", "bot", *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(ended.pid, 0)
    ended.returncode = os.waitstatus_to_exitcode(status)
    return Cost(cpu_s=usage.ru_utime + usage.ru_stime, rss_mib=usage.ru_maxrss / 1024)
