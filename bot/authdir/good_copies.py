"""Good copies: the credentials of a session that worked, kept for the day the file is damaged.

A copy is a directory `good_copies/<company>-<time>` with `creds.json` and the app-state-sync keys,
readable for its owner alone. Without them a damaged file costs a new pairing: Baileys takes it for
none and shows a QR although WhatsApp still knows the device. Everything here blocks.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.authdir.aside import list_set_aside
from bot.authdir.creds import device_of, judge_content, parse, read_plain, same_device
from bot.authdir.directory import PRIVATE, opened, private, scan
from bot.authdir.errors import AuthDirError, NotReadable, error_of
from bot.authdir.kinds import CREDS, kind_of
from bot.authdir.names import free_name, read_name
from bot.authdir.template import SessionsTemplate
from bot.domain.company import CompanyId
from bot.domain.files import CredsState, FileKind

KEPT = 5  # of the device that works
# Of another device the newest copy, for so long after it was last seen to work: what is set aside
# is kept for 14 days, and looks are an hour apart.
OTHERS_KEPT = timedelta(days=15)
APART = timedelta(hours=1)

_FILE_MODE = 0o600
_MOST_KEYS = 1000  # a phone shares a handful

Contents = dict[str, bytes]


@dataclass(frozen=True, kw_only=True)
class GoodCopy:
    """Credentials of `device` that worked at `at`; its `phone`, where they name one."""

    company_id: CompanyId
    path: Path
    at: datetime
    device: str | None = None
    phone: str | None = None


def copy_good(template: SessionsTemplate, company_id: CompanyId, now: datetime) -> GoodCopy | None:
    """The newest copy of the device in the directory, made now where it is due.

    It is due when the files have changed, at most hourly, and at once for another device. The last
    five of this device are kept, and the newest of each other one that worked lately or is still
    set aside. None when there is nothing good to copy: no directory, or credentials that are
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
            device = device_of(found[CREDS])
            copies_of_all = [_told(copy, copies) for copy in _copies(template, copies, company_id)]
            own = [copy for copy in copies_of_all if same_device(copy.device, device)]
            if own and _still_serves(own[0], copies, found, now):
                serving = own[0]
            else:
                serving = _told(_make(template, copies, company_id, found, now), copies)
                copies_of_all.insert(0, serving)
            _worked(serving, copies, now)
            for copy in [
                *_own_too_many(copies_of_all, serving),
                *_others_too_many(copies_of_all, serving),
            ]:
                _remove(copy.path.name, copies)
            for copy in _others_too_old(template, copies, copies_of_all, serving, now):
                _remove(copy.path.name, copies)
            return serving


def latest_copy(
    template: SessionsTemplate, company_id: CompanyId, device: str | None = None
) -> GoodCopy | None:
    """The newest copy that is whole, of this device (None: of any); None when there is none.

    Raises what `opened` raises.
    """
    whole = whole_copies(template, company_id)
    return next((it for it in whole if device is None or same_device(it.device, device)), None)


def whole_copies(template: SessionsTemplate, company_id: CompanyId) -> list[GoodCopy]:
    """Every copy of the company that is whole, newest first. Raises what `opened` raises."""
    template.path_of(company_id)
    with opened(template.good_copies_dir) as copies:
        if copies is None:
            return []
        read = (_told(copy, copies) for copy in _copies(template, copies, company_id))
        return [copy for copy in read if copy.device is not None]


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
    """Whether the newest whole copy of the same device needs no other beside it."""
    contents = contents_of(newest, copies)
    return contents is not None and (contents == found or abs(now - newest.at) < APART)


def _told(copy: GoodCopy, copies: int) -> GoodCopy:
    """The copy with what it says of its device; without, where it is not whole."""
    contents = contents_of(copy, copies)
    if contents is None:
        return copy
    _, phone = judge_content(contents[CREDS])
    return replace(copy, device=device_of(contents[CREDS]), phone=phone)


def _worked(copy: GoodCopy, copies: int, now: datetime) -> None:
    """Note in the copy's own time that its device works now: `at` is when it was made."""
    with suppress(OSError), opened(copy.path, at=copies) as directory:
        if directory is not None:
            os.utime(directory, (now.timestamp(), now.timestamp()))


def _worked_at(copy: GoodCopy, copies: int) -> float:
    return os.stat(copy.path.name, dir_fd=copies, follow_symlinks=False).st_mtime


def _own_too_many(all_copies: Sequence[GoodCopy], serving: GoodCopy) -> list[GoodCopy]:
    """Beyond five of the device that works; what is not whole goes first."""
    own = [copy for copy in all_copies if same_device(copy.device, serving.device)]
    broken = [copy for copy in all_copies if copy.device is None]
    return own[KEPT:] + broken[max(KEPT - len(own), 0) :]


def _others(all_copies: Sequence[GoodCopy], serving: GoodCopy) -> dict[str, list[GoodCopy]]:
    """The whole copies of each other device, newest first."""
    found: dict[str, list[GoodCopy]] = {}
    for copy in all_copies:
        if copy.device is not None and not same_device(copy.device, serving.device):
            found.setdefault(copy.device, []).append(copy)
    return found


def _others_too_many(all_copies: Sequence[GoodCopy], serving: GoodCopy) -> list[GoodCopy]:
    return [old for copies in _others(all_copies, serving).values() for old in copies[1:]]


def _others_too_old(
    template: SessionsTemplate,
    copies: int,
    all_copies: Sequence[GoodCopy],
    serving: GoodCopy,
    now: datetime,
) -> list[GoodCopy]:
    """Of devices that have not worked for long and are set aside no more."""
    oldest = now.timestamp() - OTHERS_KEPT.total_seconds()
    newest = [group[0] for group in _others(all_copies, serving).values()]
    old = [copy for copy in newest if _worked_at(copy, copies) <= oldest]
    if not old:
        return []
    try:
        kept = list_set_aside(template, serving.company_id)
    except AuthDirError:
        return []  # what can't be seen may need them
    devices = [directory.keys.device for directory in kept]
    return [
        good_copy
        for good_copy in old
        if not any(same_device(good_copy.device, it) for it in devices)
    ]


def _key_names(directory: int, path: Path) -> list[str]:
    entries = scan(directory, path)
    names = (entry.name for entry in entries if entry.is_file)
    keys = sorted(name for name in names if kind_of(name) is FileKind.APP_STATE_SYNC_KEY)
    return keys[:_MOST_KEYS]


def _is_whole(content: bytes) -> bool:
    try:
        parse(content)
    except ValueError:
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
    found.sort(key=lambda row: row[:2], reverse=True)
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
