"""One look at the auth directory of a company: names, sizes, times.

Everything here blocks for milliseconds; call it in a thread.
"""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.authdir.creds import look_at_creds
from bot.authdir.directory import opened, scan
from bot.authdir.holding import Keys, keys_in
from bot.authdir.kinds import kind_of
from bot.authdir.template import SessionsTemplate
from bot.domain.company import CompanyId
from bot.domain.files import FileKind, FilesLook

_LAST_TIMESTAMP = datetime.max.replace(microsecond=0, tzinfo=UTC).timestamp()


@dataclass
class _Tally:
    by_kind: Counter[FileKind] = field(default_factory=Counter)
    size_bytes: int = 0
    times: list[float] = field(default_factory=list)


def count(
    template: SessionsTemplate,
    company_id: CompanyId,
    now: datetime,
    *,
    pause: Callable[[], None] | None = None,
) -> FilesLook | None:
    """What lies in the company's directory at `now`; None when it has no directory.

    Links and subdirectories are counted as OTHER and not entered. Size and times are those of plain
    files. `pause`, else the template's, is between two readings of a `creds.json` that does not
    parse. Raises OutsideTemplate, SymlinkRefused, NotADirectory, NotReadable.
    """
    path = template.path_of(company_id)
    with opened(path) as fd:
        if fd is None:
            return None
        tally = _tally(fd, path)
        creds, phone = look_at_creds(fd, pause or template.pause)
    return FilesLook(
        company_id=company_id,
        at=now,
        total=tally.by_kind.total(),
        size_bytes=tally.size_bytes,
        by_kind=dict(tally.by_kind),
        oldest_at=_moment(min(tally.times)) if tally.times else None,
        newest_at=_moment(max(tally.times)) if tally.times else None,
        creds=creds,
        phone=phone,
    )


@dataclass(frozen=True)
class Trace:
    """What writing changes in a directory: two that are equal say that nobody wrote in between.

    The directory's own entry counts, since a deletion leaves no other trace.
    """

    entries: frozenset[tuple[str, int, int, int, int]]
    times: tuple[float, ...]

    def written_within(self, seconds: float, now: datetime) -> bool:
        """Whether any file says so. Each is asked alone: one with a wrong time hides no other."""
        return any(abs(now.timestamp() - time) < seconds for time in self.times)

    def is_ahead(self, seconds: float, now: datetime) -> bool:
        """Whether a time lies in the future: then this disk's clock, or the file's, is another."""
        return any(time - now.timestamp() >= seconds for time in self.times)


def keys_of(template: SessionsTemplate, company_id: CompanyId) -> Keys | None:
    """What the company's directory holds; None when it has none. Raises what `count` raises."""
    path = template.path_of(company_id)
    with opened(path) as fd:
        return None if fd is None else keys_in(fd, path, template.pause)


def trace(template: SessionsTemplate, company_id: CompanyId) -> Trace | None:
    """The trace of the company's directory; None when it has none. Raises what `count` raises."""
    path = template.path_of(company_id)
    with opened(path) as fd:
        return None if fd is None else trace_of(fd, path)


def trace_of(fd: int, path: Path) -> Trace:
    """The trace of an open directory."""
    found = {entry.name: entry.stat for entry in scan(fd, path, hidden=True)}
    found["."] = os.fstat(fd)
    return Trace(
        entries=frozenset(
            (name, tally.st_ino, tally.st_size, tally.st_mtime_ns, tally.st_ctime_ns)
            for name, tally in found.items()
        ),
        times=tuple(stat.st_mtime for stat in found.values()),
    )


def _tally(fd: int, path: Path) -> _Tally:
    tally = _Tally()
    for entry in scan(fd, path):
        if not entry.is_file:
            tally.by_kind[FileKind.OTHER] += 1
            continue
        tally.by_kind[kind_of(entry.name)] += 1
        tally.size_bytes += entry.stat.st_size
        tally.times.append(entry.stat.st_mtime)
    return tally


def _moment(timestamp: float) -> datetime:
    # Some file systems keep times that no calendar has.
    return datetime.fromtimestamp(min(max(timestamp, 0.0), _LAST_TIMESTAMP), UTC)
