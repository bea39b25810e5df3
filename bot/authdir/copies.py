"""Good copies: the credentials of a session that worked, kept for the day the file is damaged.

A copy is a directory `good_copies/<company>-<time>` with `creds.json` and the app-state-sync keys,
readable for its owner alone. Without them a damaged file costs a new pairing: Baileys takes it for
none and shows a QR although WhatsApp still knows the device. Everything here blocks.
"""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.authdir.creds import judge_content, read_plain
from bot.authdir.directory import PRIVATE, opened, private, scan
from bot.authdir.errors import NotReadable, error_of
from bot.authdir.kinds import CREDS, kind_of
from bot.authdir.names import free_name, read_name
from bot.authdir.template import SessionsTemplate
from bot.domain.company import CompanyId
from bot.domain.files import CredsState, FileKind

KEPT = 5
APART = timedelta(hours=1)

_FILE_MODE = 0o600
_MOST_KEYS = 1000  # a phone shares a handful

Contents = dict[str, bytes]


@dataclass(frozen=True, kw_only=True)
class GoodCopy:
    """Credentials that worked at `at`."""

    company_id: CompanyId
    path: Path
    at: datetime


def copy_good(template: SessionsTemplate, company_id: CompanyId, now: datetime) -> GoodCopy | None:
    """The newest copy of the device in the directory, made now where it is due.

    It is due when the files have changed, at most hourly, and at once for another device; the last
    five are kept. None when there is nothing good to copy: no directory, or credentials that are
    not whole and linked. Whether the session works is for the caller to know. Raises
    OutsideTemplate, SymlinkRefused, NotADirectory, NotReadable.
    """
    path = template.path_of(company_id)
    with opened(template.parent) as parent:
        if parent is None:
            return None
        with opened(path, at=parent) as directory:
            found = None if directory is None else _good_contents(directory, path)
        if found is None:
            return None
        with private(template.good_copies_dir, at=parent) as copies:
            every = _copies(template, copies, company_id)
            if every and _still_serves(every[0], copies, found, now):
                return every[0]
            made = _make(template, copies, company_id, found, now)
            for old in every[KEPT - 1 :]:
                _remove(old.path.name, copies)
            return made


def latest_copy(template: SessionsTemplate, company_id: CompanyId) -> GoodCopy | None:
    """The newest copy that is whole; None when there is none. Raises what `opened` raises."""
    template.path_of(company_id)
    with opened(template.good_copies_dir) as copies:
        if copies is None:
            return None
        every = _copies(template, copies, company_id)
        return next((one for one in every if contents_of(one, copies) is not None), None)


def contents_of(copy: GoodCopy, copies: int) -> Contents | None:
    """What a copy in the open directory of copies holds; None when it is not whole."""
    with opened(copy.path, at=copies) as directory:
        try:
            return None if directory is None else _good_contents(directory, copy.path)
        except NotReadable:
            return None


def write_new(directory: int, name: str, content: bytes) -> int:
    """A descriptor of a new file with this content, safe on the disk, for its owner alone.

    OSError, FileExistsError among them, leaves no file: nothing is written over or through a link.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    fd = os.open(name, flags, _FILE_MODE, dir_fd=directory)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(fd, rest) :]
        os.fsync(fd)
    except OSError:
        os.close(fd)
        with suppress(OSError):
            os.unlink(name, dir_fd=directory)
        raise
    return fd


def _good_contents(directory: int, path: Path) -> Contents | None:
    """The files that make a copy; None unless `creds.json` is whole and linked."""
    try:
        creds = read_plain(directory, CREDS)
        if creds is None or judge_content(creds)[0] is not CredsState.LINKED:
            return None
        found = {CREDS: creds}
        for name in _key_names(directory, path):
            content = read_plain(directory, name)
            if content is not None and _is_whole(content):
                found[name] = content
    except FileNotFoundError:
        return None  # it changes under our hands: the next look is soon
    except OSError as error:
        raise error_of(error, path) from error
    return found


def _still_serves(newest: GoodCopy, copies: int, found: Contents, now: datetime) -> bool:
    contents = contents_of(newest, copies)
    if contents is None:
        return False
    young = abs(now - newest.at) < APART
    return contents == found or (young and _device(contents) == _device(found))


def _device(contents: Contents) -> tuple[object, object]:
    """What tells one device from another, whichever account they belong to."""
    creds = json.loads(contents[CREDS])
    return creds.get("registrationId"), creds.get("signedIdentityKey")


def _key_names(directory: int, path: Path) -> list[str]:
    entries = scan(directory, path)
    names = (one.name for one in entries if one.is_file)
    keys = sorted(name for name in names if kind_of(name) is FileKind.APP_STATE_SYNC_KEY)
    return keys[:_MOST_KEYS]


def _is_whole(content: bytes) -> bool:
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


def _copies(template: SessionsTemplate, copies: int, company_id: CompanyId) -> list[GoodCopy]:
    """The company's copies, newest first."""
    found: list[tuple[datetime, int, GoodCopy]] = []
    for entry in scan(copies, template.good_copies_dir):
        read = read_name(entry.name)
        if read is None or not entry.is_dir or read[0] != company_id:
            continue
        _, at, number = read
        path = template.good_copies_dir / entry.name
        found.append((at, number, GoodCopy(company_id=company_id, path=path, at=at)))
    found.sort(key=lambda one: one[:2], reverse=True)
    return [copy for _, _, copy in found]


def _make(
    template: SessionsTemplate,
    copies: int,
    company_id: CompanyId,
    contents: Contents,
    now: datetime,
) -> GoodCopy:
    """Written under a hidden name first: under its own it is complete, or not there."""
    hidden, name = f".{company_id}", free_name(copies, company_id, now)
    try:
        _remove(hidden, copies)  # what a crash left behind
        os.mkdir(hidden, PRIVATE, dir_fd=copies)
        with opened(template.good_copies_dir / hidden, at=copies) as directory:
            if directory is None:
                raise FileNotFoundError
            for file, content in contents.items():
                os.close(write_new(directory, file, content))
            os.fsync(directory)
        os.rename(hidden, name, src_dir_fd=copies, dst_dir_fd=copies)
        os.fsync(copies)
    except OSError as error:
        raise error_of(error, template.good_copies_dir / name) from error
    _, at, _ = read_name(name) or (company_id, now, 1)
    return GoodCopy(company_id=company_id, path=template.good_copies_dir / name, at=at)


def _remove(name: str, copies: int) -> None:
    """Delete one copy; what is no copy of ours, or is not to be deleted, stays."""
    path = Path(name)
    with suppress(OSError), opened(path, at=copies) as directory:
        if directory is None:
            return
        for entry in scan(directory, path, hidden=True):
            os.unlink(entry.name, dir_fd=directory)
        os.rmdir(name, dir_fd=copies)
