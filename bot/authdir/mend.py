"""Putting a good copy of the credentials in the place of a damaged file.

Blocks; call it in a thread, with the session stopped.
"""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.authdir.aside import SetAside, refuse_unless_quiet, set_aside
from bot.authdir.creds import device_of, judge_content, read_plain, same_device
from bot.authdir.directory import PRIVATE, opened, private, scan
from bot.authdir.errors import (
    AuthDirError,
    DirectoryInTheWay,
    NothingSetAside,
    OutsideTemplate,
    SymlinkRefused,
    error_of,
)
from bot.authdir.good_copies import Contents, GoodCopy, contents_of, write_new
from bot.authdir.kinds import CREDS
from bot.authdir.names import free_name, read_name
from bot.authdir.template import SessionsTemplate
from bot.domain.company import CompanyId
from bot.domain.files import CredsState

_NEW = ".creds.json.new"


@dataclass(frozen=True, kw_only=True)
class Mended:
    """The credentials are whole. `damaged` is where the damaged file lies now, None without one."""

    damaged: Path | None
    replaced: bool


def put_back(
    template: SessionsTemplate,
    company_id: CompanyId,
    copy: GoodCopy,
    now: datetime,
    *,
    quiet_for_s: float = 2.0,
) -> Mended:
    """Set the damaged `creds.json` aside and put the copy in its place, with its mode and owner.

    Credentials that are whole and linked are left alone. App-state keys that are missing come back
    too; no present file is written over, and a directory that is gone is made anew. Raises
    NothingSetAside when the copy is gone or not whole, OutsideTemplate when it is none of this
    company's, StillWriting, SymlinkRefused, DirectoryInTheWay, NotADirectory, NotReadable: then
    the file lies where it lay.
    """
    path = template.path_of(company_id)
    read = read_name(copy.path.name)
    if copy.path.parent != template.good_copies_dir or read is None or read[0] != company_id:
        raise OutsideTemplate(f"{copy.path} is no copy of {path}")
    with opened(template.parent) as parent:
        if parent is None:
            raise NothingSetAside(f"{copy.path} is not there")
        contents = _contents(template, parent, copy)
        _make_missing(path, parent)
        with opened(path, at=parent) as directory:
            if directory is None:
                raise DirectoryInTheWay(f"{path} vanished while it was needed")
            if _is_good(directory, path):
                return Mended(damaged=None, replaced=False)
            if any(scan(directory, path)):  # an empty one may be ours, of this moment
                refuse_unless_quiet(directory, path, now, quiet_for_s)
            return _mend(template, parent, directory, company_id, contents, now)


def restore_copy(
    template: SessionsTemplate,
    company_id: CompanyId,
    copy: GoodCopy,
    now: datetime,
    *,
    quiet_for_s: float = 2.0,
) -> SetAside | None:
    """Make a directory of a copy whose own is gone; the present one, set aside in turn.

    Nothing is moved where that device lies there already: it may be repeated after a crash. Raises
    what `set_aside` and `put_back` raise; then the present directory lies where it lay.
    """
    path = template.path_of(company_id)
    with opened(template.parent) as parent:
        if parent is None:
            raise NothingSetAside(f"{copy.path} is not there")
        wanted = device_of(_contents(template, parent, copy)[CREDS])
        with opened(path, at=parent) as directory:
            there = None if directory is None else _device_in(directory, path)
        if same_device(there, wanted):
            return None
        replaced = set_aside(template, company_id, now, quiet_for_s=quiet_for_s)
        try:
            put_back(template, company_id, copy, now, quiet_for_s=quiet_for_s)
        except AuthDirError:
            if replaced is not None:
                with suppress(OSError), opened(template.set_aside_dir, at=parent) as kept:
                    # Over an empty directory at most: what holds anything is never replaced.
                    os.rename(replaced.path.name, path.name, src_dir_fd=kept, dst_dir_fd=parent)
            raise
    return replaced


def _device_in(directory: int, path: Path) -> str | None:
    """The device whose whole credentials lie there."""
    if not _is_good(directory, path):
        return None
    return device_of(read_plain(directory, CREDS) or b"")


def _contents(template: SessionsTemplate, parent: int, copy: GoodCopy) -> Contents:
    with opened(template.good_copies_dir, at=parent) as copies:
        contents = None if copies is None else contents_of(copy, copies)
    if contents is None:
        raise NothingSetAside(f"{copy.path} is not whole")
    return contents


def _make_missing(path: Path, parent: int) -> None:
    """Make the directory where somebody has removed it, for whoever owns its parent."""
    try:
        os.mkdir(path.name, PRIVATE, dir_fd=parent)
        owner = os.fstat(parent)
        if owner.st_uid != os.geteuid():
            os.chown(path.name, owner.st_uid, owner.st_gid, dir_fd=parent, follow_symlinks=False)
    except FileExistsError:
        return
    except OSError as error:
        raise error_of(error, path) from error


def _is_good(directory: int, path: Path) -> bool:
    try:
        content = read_plain(directory, CREDS)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise error_of(error, path / CREDS) from error
    return content is not None and judge_content(content)[0] is CredsState.LINKED


def _mend(
    template: SessionsTemplate,
    parent: int,
    directory: int,
    company_id: CompanyId,
    contents: Contents,
    now: datetime,
) -> Mended:
    path = template.path_of(company_id)
    try:
        present = _present(directory, path)
        _write_ready(directory, contents[CREDS], present or os.fstat(directory))
        with private(template.set_aside_dir, at=parent) as kept:
            name = free_name(kept, company_id, now, suffix=".json")
            _swap(directory, kept, name, there=present is not None)
        os.fsync(directory)
    except OSError as error:
        raise error_of(error, path / CREDS) from error
    _add_missing(directory, contents)
    damaged = None if present is None else template.set_aside_dir / name
    return Mended(damaged=damaged, replaced=True)


def _present(directory: int, path: Path) -> os.stat_result | None:
    """The damaged file itself, None where there is none; only a plain file is ever moved."""
    try:
        found = os.stat(CREDS, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(found.st_mode):
        raise SymlinkRefused(f"{path / CREDS} is a symbolic link")
    if not stat.S_ISREG(found.st_mode):
        raise DirectoryInTheWay(f"{path / CREDS} is no file")
    return found


def _write_ready(directory: int, content: bytes, like: os.stat_result) -> None:
    """Write the copy beside the damaged file, readable for the gateway before it takes its place.

    Where the system does not let us give it to the gateway's user, nothing is swapped: a file that
    the gateway cannot read would cost the very scan that mending saves.
    """
    with suppress(FileNotFoundError):
        os.unlink(_NEW, dir_fd=directory)  # what a crash left behind
    fd = write_new(directory, _NEW, content)
    try:
        _make_like(fd, like)
    except OSError:
        os.unlink(_NEW, dir_fd=directory)
        raise
    finally:
        os.close(fd)


def _make_like(fd: int, like: os.stat_result) -> None:
    own = os.fstat(fd)
    if (own.st_uid, own.st_gid) != (like.st_uid, like.st_gid):
        os.fchown(fd, like.st_uid, like.st_gid)
    if stat.S_ISREG(like.st_mode):
        os.fchmod(fd, stat.S_IMODE(like.st_mode) & 0o777)


def _swap(directory: int, kept: int, name: str, *, there: bool) -> None:
    """Two renames; should the second fail, the first is undone."""
    if there:
        os.rename(CREDS, name, src_dir_fd=directory, dst_dir_fd=kept)
    try:
        os.rename(_NEW, CREDS, src_dir_fd=directory, dst_dir_fd=directory)
    except OSError:
        with suppress(OSError):  # the error that led here is the one to tell
            if there:
                os.rename(name, CREDS, src_dir_fd=kept, dst_dir_fd=directory)
        raise


def _add_missing(directory: int, contents: Contents) -> None:
    """Bring back app-state keys that are gone; without one the phone shares it again."""
    like = os.stat(CREDS, dir_fd=directory, follow_symlinks=False)
    for name, content in contents.items():
        with suppress(OSError):  # the credentials are back, and they alone decide
            fd = write_new(directory, name, content)
            try:
                _make_like(fd, like)
            finally:
                os.close(fd)
