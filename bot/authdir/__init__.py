"""Auth directories on this disk: counted, set aside, brought back.

In: a template, a company id, the time. Out: values of `bot.domain.files`, SetAside, Restored, or an
error of the family drawn in `bot.authdir.errors`. Every function blocks and belongs into a thread.
"""

from bot.authdir.aside import SetAside, expired, list_set_aside, set_aside
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
from bot.authdir.look import count, newest_write
from bot.authdir.template import SessionsTemplate
from bot.authdir.undo import Restored, restore

__all__ = [
    "AcrossFileSystems",
    "AuthDirError",
    "BadTemplate",
    "DirectoryInTheWay",
    "NotADirectory",
    "NotReadable",
    "NothingSetAside",
    "OutsideTemplate",
    "Restored",
    "SessionsTemplate",
    "SetAside",
    "StillWriting",
    "SymlinkRefused",
    "count",
    "expired",
    "list_set_aside",
    "newest_write",
    "restore",
    "set_aside",
]
