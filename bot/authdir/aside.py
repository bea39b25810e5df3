"""Setting an auth directory aside, which is how credentials are put out of use.

A directory is renamed within its file system into `set_aside/<company>-<time>`. Nothing is ever
deleted or overwritten, no key file is touched. Everything here blocks; call it in a thread.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.authdir.directory import PRIVATE, opened, private, scan
from bot.authdir.errors import AuthDirError, StillWriting, error_of
from bot.authdir.look import newest_in
from bot.authdir.names import free_name, read_name
from bot.authdir.template import SessionsTemplate
from bot.domain.company import CompanyId


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """A directory that is kept. `total` is its number of files, None where it can't be listed.

    `spent` where it never held a linked device: kept like the others, and never put back.
    """

    company_id: CompanyId
    path: Path
    at: datetime
    total: int | None
    spent: bool = False


_SPENT = ".spent"
_FILE = ".json"  # a damaged file that was mended


def set_aside(
    template: SessionsTemplate,
    company_id: CompanyId,
    now: datetime,
    *,
    quiet_for_s: float = 2.0,
    spent: bool = False,
) -> SetAside | None:
    """Rename the company's directory out of the way; None when it has none, which is no error.

    `spent` says that nobody may want it back: it never held a linked device.

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
            with private(template.set_aside_dir, at=parent) as kept:
                name = free_name(kept, company_id, now, suffix=_SPENT if spent else "")
                moved = _move(path, parent, kept, name)
            # Only the owner may change a mode; `set_aside` above it is private in any case.
            with suppress(PermissionError):
                os.fchmod(directory, PRIVATE)
    at = now.astimezone(UTC).replace(microsecond=0)
    path = template.set_aside_dir / moved
    return SetAside(company_id=company_id, path=path, at=at, total=total, spent=spent)


def list_set_aside(template: SessionsTemplate, company_id: CompanyId) -> list[SetAside]:
    """What is kept of one company and could be put back, newest first."""
    template.path_of(company_id)
    return [kept for kept in _all(template) if kept.company_id == company_id and not kept.spent]


def expired(
    template: SessionsTemplate, now: datetime, keep: timedelta = timedelta(days=14)
) -> list[SetAside]:
    """What has been kept, of any company, for longer than `keep`, newest first.

    Single files that were set aside are among it.
    """
    return [kept for kept in _all(template, files=True) if now - kept.at > keep]


def company_in(name: str) -> CompanyId | None:
    """The company whose directory was set aside under this name; None for a foreign name."""
    read = read_name(name)
    return None if read is None else read[0]


def refuse_unless_quiet(fd: int, path: Path, now: datetime, quiet_for_s: float) -> None:
    """StillWriting when something in the open directory changed within `quiet_for_s`."""
    # A time further in the future than that comes from another clock, and says nothing.
    if abs(now - newest_in(fd, path)) < timedelta(seconds=quiet_for_s):
        raise StillWriting(f"{path} changed less than {quiet_for_s:g} s ago")


def _move(path: Path, parent: int, kept: int, name: str) -> str:
    try:
        os.rename(path.name, name, src_dir_fd=parent, dst_dir_fd=kept)
    except OSError as error:
        raise error_of(error, path) from error
    return name


def _all(template: SessionsTemplate, *, files: bool = False) -> list[SetAside]:
    found: list[tuple[datetime, int, SetAside]] = []
    with opened(template.set_aside_dir) as fd:
        if fd is None:
            return []
        for entry in scan(fd, template.set_aside_dir):
            suffix = _SPENT if entry.is_dir else _FILE
            read = read_name(entry.name.removesuffix(suffix))
            if read is None or not (entry.is_dir or (files and entry.is_file)):
                continue
            company_id, at, number = read
            path = template.set_aside_dir / entry.name
            kept = SetAside(
                company_id=company_id,
                path=path,
                at=at,
                total=_total(path, fd) if entry.is_dir else 1,
                spent=entry.name.endswith(_SPENT),
            )
            found.append((at, number, kept))
    found.sort(key=lambda one: one[:2], reverse=True)
    return [kept for _, _, kept in found]


def _total(path: Path, at: int) -> int | None:
    try:
        with opened(path, at=at) as fd:
            return None if fd is None else sum(1 for _ in scan(fd, path))
    except AuthDirError:
        return None
