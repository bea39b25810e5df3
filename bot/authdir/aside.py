"""Setting an auth directory aside, which is how credentials are put out of use.

A directory is renamed within its file system into `set_aside/<company>-<time>`. Nothing is ever
deleted or overwritten, no key file is touched. Everything here blocks; call it in a thread.
"""

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.authdir.directory import opened, scan
from bot.authdir.errors import AuthDirError, DirectoryInTheWay, StillWriting, error_of
from bot.authdir.look import newest_in
from bot.authdir.template import SessionsTemplate
from bot.domain.company import BadCompanyId, CompanyId, parse_company_id

_PRIVATE = 0o700
_STAMP = "%Y%m%dT%H%M%SZ"
# A company id may hold "-", so the time is looked for from the end.
_NAME = re.compile(r"(?P<id>.+)-(?P<stamp>\d{8}T\d{6}Z)(?:-(?P<n>[1-9]\d{0,3}))?")
_MOST_IN_ONE_SECOND = 1000


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """A directory that is kept. `total` is its number of files, None where it can't be listed."""

    company_id: CompanyId
    path: Path
    at: datetime
    total: int | None


def set_aside(
    template: SessionsTemplate, company_id: CompanyId, now: datetime, *, quiet_for_s: float = 2.0
) -> SetAside | None:
    """Rename the company's directory out of the way; None when it has none, which is no error.

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
            _refuse_unless_quiet(directory, path, now, quiet_for_s)
            total = sum(1 for _ in scan(directory, path))
            moved = _move(template, path, parent, f"{company_id}-{_stamp(now)}")
            # Only the owner may change a mode; `set_aside` above it is private in any case.
            with suppress(PermissionError):
                os.fchmod(directory, _PRIVATE)
    at = now.astimezone(UTC).replace(microsecond=0)
    return SetAside(company_id=company_id, path=moved, at=at, total=total)


def list_set_aside(template: SessionsTemplate, company_id: CompanyId) -> list[SetAside]:
    """What is kept of one company, newest first."""
    template.path_of(company_id)
    return [kept for kept in _all(template) if kept.company_id == company_id]


def expired(
    template: SessionsTemplate, now: datetime, keep: timedelta = timedelta(days=14)
) -> list[SetAside]:
    """What has been kept, of any company, for longer than `keep`, newest first."""
    return [kept for kept in _all(template) if now - kept.at > keep]


def company_in(name: str) -> CompanyId | None:
    """The company whose directory was set aside under this name; None for a foreign name."""
    read = _read_name(name)
    return None if read is None else read[0]


def _refuse_unless_quiet(fd: int, path: Path, now: datetime, quiet_for_s: float) -> None:
    # A time further in the future than that comes from another clock, and says nothing.
    if abs(now - newest_in(fd, path)) < timedelta(seconds=quiet_for_s):
        raise StillWriting(f"{path} changed less than {quiet_for_s:g} s ago")


def _move(template: SessionsTemplate, path: Path, parent: int, name: str) -> Path:
    target = template.set_aside_dir
    try:
        with suppress(FileExistsError):
            os.mkdir(target.name, _PRIVATE, dir_fd=parent)
        with opened(target, at=parent) as kept:
            if kept is None:
                raise DirectoryInTheWay(f"{target} vanished while it was needed")
            if os.fstat(kept).st_mode & 0o777 != _PRIVATE:
                os.fchmod(kept, _PRIVATE)
            free = _free_name(kept, name)
            os.rename(path.name, free, src_dir_fd=parent, dst_dir_fd=kept)
    except OSError as error:
        raise error_of(error, path) from error
    return target / free


def _free_name(kept: int, name: str) -> str:
    # Two in one second are rare; should another process take the name between this look and the
    # rename, the rename fails, because it never replaces a directory that holds anything.
    taken = set(os.listdir(kept))
    names = (name if n == 1 else f"{name}-{n}" for n in range(1, _MOST_IN_ONE_SECOND))
    free = next((one for one in names if one not in taken), None)
    if free is None:
        raise DirectoryInTheWay(f"every name like {name} is taken")
    return free


def _all(template: SessionsTemplate) -> list[SetAside]:
    found: list[tuple[datetime, int, SetAside]] = []
    with opened(template.set_aside_dir) as fd:
        if fd is None:
            return []
        for entry in scan(fd, template.set_aside_dir):
            read = _read_name(entry.name)
            if read is None or not entry.is_dir:
                continue
            company_id, at, number = read
            path = template.set_aside_dir / entry.name
            kept = SetAside(company_id=company_id, path=path, at=at, total=_total(path, fd))
            found.append((at, number, kept))
    found.sort(key=lambda one: one[:2], reverse=True)
    return [kept for _, _, kept in found]


def _total(path: Path, at: int) -> int | None:
    try:
        with opened(path, at=at) as fd:
            return None if fd is None else sum(1 for _ in scan(fd, path))
    except AuthDirError:
        return None


def _stamp(now: datetime) -> str:
    return now.astimezone(UTC).strftime(_STAMP)


def _read_name(name: str) -> tuple[CompanyId, datetime, int] | None:
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        company_id = parse_company_id(match["id"])
        at = datetime.strptime(match["stamp"], _STAMP).replace(tzinfo=UTC)
    except (BadCompanyId, ValueError):
        return None
    return company_id, at, int(match["n"] or 1)
