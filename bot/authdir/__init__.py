"""Auth directories on this disk: counted, copied, set aside, brought back, mended.

In: a template, a company id, the time. Out: values of `bot.domain.files`, SetAside, Restored, or an
error of the family drawn in `bot.authdir.errors`. Every function blocks and belongs into a thread.
"""

from bot.authdir.aside import SetAside, expired, list_set_aside, set_aside
from bot.authdir.copies import GoodCopy, copy_good, latest_copy
from bot.authdir.errors import (
    AcrossFileSystems,
    AuthDirError,
    BadTemplate,
    DirectoryInTheWay,
    NotADirectory,
    NothingSetAside,
    NotReadable,
    OutsideTemplate,
    StillWriting,
    SymlinkRefused,
)
from bot.authdir.identity import linked_device
from bot.authdir.look import count, newest_write
from bot.authdir.mending import Mended, put_back
from bot.authdir.pruning import prune
from bot.authdir.sizes import Stored, stored_in
from bot.authdir.template import SessionsTemplate
from bot.authdir.undo import Restored, restore

__all__ = [
    "AcrossFileSystems",
    "AuthDirError",
    "BadTemplate",
    "DirectoryInTheWay",
    "GoodCopy",
    "Mended",
    "NotADirectory",
    "NotReadable",
    "NothingSetAside",
    "OutsideTemplate",
    "Restored",
    "SessionsTemplate",
    "SetAside",
    "StillWriting",
    "Stored",
    "SymlinkRefused",
    "copy_good",
    "count",
    "expired",
    "latest_copy",
    "linked_device",
    "list_set_aside",
    "newest_write",
    "prune",
    "put_back",
    "restore",
    "set_aside",
    "stored_in",
]
