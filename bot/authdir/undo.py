"""Bringing back a directory that was set aside.

Blocks; call it in a thread, with the session stopped.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.authdir.aside import SetAside, company_in, set_aside
from bot.authdir.directory import opened, scan
from bot.authdir.errors import NothingSetAside, OutsideTemplate, error_of
from bot.authdir.template import SessionsTemplate
from bot.domain.company import CompanyId


@dataclass(frozen=True, kw_only=True)
class Restored:
    """A directory that is back. `replaced` is the one that lay there, now set aside itself."""

    company_id: CompanyId
    path: Path
    total: int
    replaced: SetAside | None


def restore(
    template: SessionsTemplate,
    company_id: CompanyId,
    which: SetAside,
    now: datetime,
    *,
    quiet_for_s: float = 2.0,
) -> Restored:
    """Swap: the present directory, if any, is set aside, then the kept one gets its name back.

    Raises what `set_aside` raises, and NothingSetAside when `which` is gone, OutsideTemplate when
    it is none of this company's. DirectoryInTheWay says that the gateway made a new directory
    between the two renames: nothing is lost, both directories are set aside. After any other error
    everything lies where it lay before.
    """
    path = template.path_of(company_id)
    if which.path.parent != template.set_aside_dir or company_in(which.path.name) != company_id:
        raise OutsideTemplate(f"{which.path} was not set aside from {path}")
    with opened(template.parent) as parent, opened(template.set_aside_dir) as kept:
        if parent is None or kept is None:
            raise NothingSetAside(f"{which.path} is not there")
        with opened(which.path, at=kept) as directory:
            if directory is None:
                raise NothingSetAside(f"{which.path} is not there")
            total = sum(1 for _ in scan(directory, which.path))
        replaced = set_aside(template, company_id, now, quiet_for_s=quiet_for_s)
        try:
            _rename(which.path, kept, path, parent)
        except OSError as error:
            if replaced is not None:
                _put_back(replaced.path, kept, path, parent)
            raise error_of(error, path) from error
    return Restored(company_id=company_id, path=path, total=total, replaced=replaced)


def _put_back(source: Path, source_dir: int, target: Path, target_dir: int) -> None:
    with suppress(OSError):  # the error that led here is the one to tell
        _rename(source, source_dir, target, target_dir)


def _rename(source: Path, source_dir: int, target: Path, target_dir: int) -> None:
    # By descriptor, so that no link swapped in meanwhile leads elsewhere. It never replaces a
    # directory that holds anything.
    os.rename(source.name, target.name, src_dir_fd=source_dir, dst_dir_fd=target_dir)
