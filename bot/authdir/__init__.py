"""Auth directories on this disk: counted, copied, set aside, brought back, mended.

In: a template, a company id, the time. Out: values of `bot.domain.files`, SetAside, Restored, or an
error of the family drawn in `bot.authdir.errors`. Every function blocks and belongs into a thread.
"""

from bot.authdir.aside import SetAside, expired, list_set_aside, set_aside
from bot.authdir.creds import same_device
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
from bot.authdir.good_copies import GoodCopy, copy_good, latest_copy, whole_copies
from bot.authdir.holding import Keys
from bot.authdir.look import Trace, count, keys_of, trace
from bot.authdir.mend import Mended, put_back, restore_copy
from bot.authdir.prune import prune
from bot.authdir.sizes import Stored, stored_in
from bot.authdir.template import SessionsTemplate
from bot.authdir.undo import Restored, restore

__all__ = [
    "AcrossFileSystems",
    "AuthDirError",
    "BadTemplate",
    "DirectoryInTheWay",
    "GoodCopy",
    "Keys",
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
    "Trace",
    "copy_good",
    "count",
    "expired",
    "keys_of",
    "latest_copy",
    "list_set_aside",
    "prune",
    "put_back",
    "restore",
    "restore_copy",
    "same_device",
    "set_aside",
    "stored_in",
    "trace",
    "whole_copies",
]
