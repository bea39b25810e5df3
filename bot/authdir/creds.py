"""How `creds.json` looks: the one file of a session whose content is read.

Out come a state and a phone number; no key leaves this file.
"""

import json
import os
import re
import stat
import time
from collections.abc import Callable
from typing import Any

from bot.authdir.kinds import CREDS
from bot.domain.files import CredsState
from bot.domain.phone import digits_of

_MAX_BYTES = 4 * 1024 * 1024  # a real one has 2 kB; its list of processed history may grow
_PAUSE_S = 0.05
_WITH_DEVICE = re.compile(r"\d+:\d+@")  # `registered` stays false after a QR; the device slot tells

Creds = tuple[CredsState, str | None]


def short_pause() -> None:
    """Give a writer time to finish its file."""
    time.sleep(_PAUSE_S)


def look_at_creds(fd: int, pause: Callable[[], None]) -> Creds:
    """The state of `creds.json` in the open directory, with the phone number it names.

    Baileys writes in place, so a reader can meet an empty or half file: what cannot be parsed is
    read once more after `pause` before it is called damaged.
    """
    found = _look(fd)
    if found[0] is not CredsState.DAMAGED:
        return found
    pause()
    return _look(fd)


def judge_content(content: bytes) -> Creds:
    """The same of a content that was read already."""
    try:
        creds = json.loads(content)
    except (ValueError, RecursionError):
        return CredsState.DAMAGED, None
    return _judge(creds) if isinstance(creds, dict) else (CredsState.DAMAGED, None)


def read_plain(directory: int, name: str) -> bytes | None:
    """The content of a file in the open directory, OSError where the system refuses.

    None where it is no plain file, or far too long for a key file.
    """
    # O_NONBLOCK: a pipe of that name must not hold the thread.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with open(os.open(name, flags, dir_fd=directory), "rb") as file:  # noqa: PTH123 - by descriptor
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        content = file.read(_MAX_BYTES + 1)
        return content if len(content) <= _MAX_BYTES else None


def _look(fd: int) -> Creds:
    try:
        content = read_plain(fd, CREDS)
    except FileNotFoundError:
        return CredsState.MISSING, None
    except OSError:  # no permission, a link, a failing disk: it is there, and tells nothing
        return CredsState.UNREADABLE, None
    return (CredsState.UNREADABLE, None) if content is None else judge_content(content)


def _judge(creds: dict[str, Any]) -> Creds:
    me = creds.get("me")
    jid = me.get("id") if isinstance(me, dict) else None
    if not isinstance(jid, str):
        return CredsState.UNLINKED, None
    linked = bool(creds.get("account")) and _WITH_DEVICE.match(jid) is not None
    return (CredsState.LINKED if linked else CredsState.UNLINKED), digits_of(jid)
