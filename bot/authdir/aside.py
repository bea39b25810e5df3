"""Setting an auth directory aside, which is how credentials are put out of use.

A directory is renamed within its file system into `set_aside/<company>-<time>`. Nothing is ever
deleted or overwritten, no key file is touched. Everything here blocks; call it in a thread.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.authdir.directory import PRIVATE, opened, private, scan
from bot.authdir.errors import AuthDirError, StillWriting, error_of
from bot.authdir.holding import UNKNOWN, Keys, keys_in
from bot.authdir.look import trace_of
from bot.authdir.names import Name, free_name, read_name
from bot.authdir.template import SessionsTemplate
from bot.domain.company import CompanyId
from bot.domain.files import Holding


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """A directory that is kept. `total` is its number of files, None where it can't be listed.

    What it holds is read from its files each time: who set it aside, and under which name, says
    nothing about that.
    """

    company_id: CompanyId
    path: Path
    at: datetime
    total: int | None
    keys: Keys = UNKNOWN

    @property
    def spent(self) -> bool:
        """Whether it never held a linked device: kept like the others, and never put back."""
        return self.keys.holding is Holding.NOTHING


_SPENT = ".spent"  # for people who look into the directory
_FILE = ".json"  # a damaged file that was mended


def set_aside(
    template: SessionsTemplate,
    company_id: CompanyId,
    now: datetime,
    *,
    quiet_for_s: float = 2.0,
) -> SetAside | None:
    """Rename the company's directory out of the way; None when it has none, which is no error.

    One in which no linked device ever lay gets a name that says so.

    The gateway must have stopped the session before: StillWriting when something changed within
    `quiet_for_s`. Also raises OutsideTemplate, SymlinkRefused (the directory, its parent, or
    `set_aside`), NotADirectory, AcrossFileSystems, NotReadable; then nothing was moved.
    """
    path = template.path_of(company_id)
    with opened(template.parent) as parent:
        if parent is None:
            return None
        with opened(path, at=parent) as directory:
            if directory is None:
                return None
            refuse_unless_quiet(directory, path, now, quiet_for_s)
            total = sum(1 for _ in scan(directory, path))
            keys = keys_in(directory, path, template.pause)
            suffix = _SPENT if keys.holding is Holding.NOTHING else ""
            with private(template.set_aside_dir, at=parent) as kept:
                name = free_name(kept, company_id, now, suffix=suffix)
                moved = _move(path, parent, kept, name)
            # Only the owner may change a mode; `set_aside` above it is private in any case.
            with suppress(PermissionError):
                os.fchmod(directory, PRIVATE)
    at = now.astimezone(UTC).replace(microsecond=0)
    path = template.set_aside_dir / moved
    return SetAside(company_id=company_id, path=path, at=at, total=total, keys=keys)


def list_set_aside(
    template: SessionsTemplate, company_id: CompanyId, *, spent: bool = False
) -> list[SetAside]:
    """What is kept of one company and could be put back, newest first; with `spent`, all of it."""
    template.path_of(company_id)
    found = _all(template, lambda read: read[0] == company_id)
    return [kept for kept in found if spent or not kept.spent]


def expired(
    template: SessionsTemplate, now: datetime, keep: timedelta = timedelta(days=14)
) -> list[SetAside]:
    """What has been kept, of any company, for longer than `keep`, newest first.

    Single files that were set aside are among it.
    """
    return _all(template, lambda read: now - read[1] > keep, files=True)


def company_in(name: str) -> CompanyId | None:
    """The company whose directory was set aside under this name; None for a foreign name."""
    read = read_name(name)
    return None if read is None else read[0]


def refuse_unless_quiet(fd: int, path: Path, now: datetime, quiet_for_s: float) -> None:
    """StillWriting when something in the open directory changed within `quiet_for_s`."""
    # A time further in the future than that comes from another clock, and says nothing: of that
    # file alone.
    if trace_of(fd, path).written_within(quiet_for_s, now):
        raise StillWriting(f"{path} changed less than {quiet_for_s:g} s ago")


def _move(path: Path, parent: int, kept: int, name: str) -> str:
    try:
        os.rename(path.name, name, src_dir_fd=parent, dst_dir_fd=kept)
    except OSError as error:
        raise error_of(error, path) from error
    return name


def _all(
    template: SessionsTemplate, wanted: Callable[[Name], bool], *, files: bool = False
) -> list[SetAside]:
    found: list[tuple[datetime, int, SetAside]] = []
    with opened(template.set_aside_dir) as fd:
        if fd is None:
            return []
        for entry in scan(fd, template.set_aside_dir):
            suffix = _SPENT if entry.is_dir else _FILE
            read = read_name(entry.name.removesuffix(suffix))
            if read is None or not (entry.is_dir or (files and entry.is_file)):
                continue
            if not wanted(read):
                continue
            company_id, at, number = read
            path = template.set_aside_dir / entry.name
            total, keys = _content(path, fd) if entry.is_dir else (1, UNKNOWN)
            kept = SetAside(company_id=company_id, path=path, at=at, total=total, keys=keys)
            found.append((at, number, kept))
    found.sort(key=lambda row: row[:2], reverse=True)
    return [kept for _, _, kept in found]


def _content(path: Path, at: int) -> tuple[int | None, Keys]:
    """The number of its files, and what it holds: more than nothing where that can't be seen."""
    try:
        with opened(path, at=at) as fd:
            if fd is None:
                return None, UNKNOWN
            # Nobody writes here any more: no file is caught half-written.
            return sum(1 for _ in scan(fd, path)), keys_in(fd, path, lambda: None)
    except AuthDirError:
        return None, UNKNOWN
