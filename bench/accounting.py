"""What a process costs, by the kernel's own account."""

import os
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
