"""Deleting for good what was set aside long ago. Nothing outside `set_aside` is ever touched.

Good copies are thinned in `good_copies.py`. Blocks; call it in a thread.
"""

import os
import shutil
import stat

from bot.authdir.aside import SetAside
from bot.authdir.directory import opened
from bot.authdir.errors import NothingSetAside, OutsideTemplate, SymlinkRefused, error_of
from bot.authdir.template import SessionsTemplate


def prune(template: SessionsTemplate, which: SetAside) -> None:
    """Delete one directory or file that is kept there.

    Raises OutsideTemplate when it is not kept there, NothingSetAside when it is gone already,
    SymlinkRefused for a link or through one, NotReadable when it can't be deleted whole.
    """
    name = which.path.name
    if which.path.parent != template.set_aside_dir or name in ("", ".", ".."):
        raise OutsideTemplate(f"{which.path} is not kept in {template.set_aside_dir}")
    with opened(template.set_aside_dir) as kept:
        if kept is None:
            raise NothingSetAside(f"{which.path} is not there")
        try:
            found = os.stat(name, dir_fd=kept, follow_symlinks=False)
            if stat.S_ISLNK(found.st_mode):
                raise SymlinkRefused(f"{which.path} is a symbolic link")
            if stat.S_ISDIR(found.st_mode):
                # By descriptors: a link inside is deleted as a link, never followed.
                shutil.rmtree(name, dir_fd=kept)
            else:
                os.unlink(name, dir_fd=kept)
        except FileNotFoundError:
            raise NothingSetAside(f"{which.path} is not there") from None
        except OSError as error:
            raise error_of(error, which.path) from error
