"""How `creds.json` looks: the one file of a session whose content is read.

Out come a state and a phone number; no key leaves this file.
"""

import hashlib
import json
import os
import re
import stat
from collections.abc import Callable
from typing import Any, NoReturn

from bot.authdir.kinds import CREDS
from bot.domain.files import CredsState
from bot.domain.phone import digits_of

_MAX_BYTES = 4 * 1024 * 1024  # a real one has 2 kB; its list of processed history may grow
# `registered` stays false after a QR; the device slot tells.
_WITH_DEVICE = re.compile(r"[0-9]+:[0-9]+@")
# As Baileys writes it: what comes before the end of a half-written file still tells the device.
_IDENTITY = re.compile(
    rb'"signedIdentityKey":\{"private":\{"type":"Buffer","data":"[A-Za-z0-9+/=]{0,100}"\},'
    rb'"public":\{"type":"Buffer","data":"([A-Za-z0-9+/=]{1,100})"'
)

Creds = tuple[CredsState, str | None]


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
        creds = parse(content)
    except ValueError:
        return CredsState.DAMAGED, None
    return _judge(creds) if isinstance(creds, dict) else (CredsState.DAMAGED, None)


def parse(content: bytes) -> Any:
    """A key file as Node reads it; ValueError for what `JSON.parse` refuses.

    Python alone would take more: NaN and Infinity, a byte order mark, UTF-16. Bytes that are no
    UTF-8 Node replaces without a word, which no key survives: they are refused as well.
    """
    try:
        text = content.decode("utf-8")
        return json.loads(text, parse_int=_number, parse_constant=_refuse)
    except RecursionError as error:  # Node's reviver gives up as well, if somewhat deeper
        raise ValueError("nested too deeply") from error


def device_of(content: bytes) -> str | None:
    """What tells one device from another, whichever account they belong to; no secret.

    Of a damaged file what is left may tell the identity key alone, which `same_device` takes; None
    where it doesn't.
    """
    try:
        creds = parse(content)
    except ValueError:
        found = _IDENTITY.search(content)
        return None if found is None else f"{_digest(found[1].decode())}:"
    if not isinstance(creds, dict):
        return None
    pair = creds.get("signedIdentityKey")
    key = pair.get("public") if isinstance(pair, dict) else None
    data = key.get("data") if isinstance(key, dict) else key
    number = creds.get("registrationId")
    return f"{_digest(str(data))}:{number if isinstance(number, int) else '-'}"


def same_device(first: str | None, other: str | None) -> bool:
    """Whether both are one device; a half one is the same as the whole one it begins."""
    if first is None or other is None:
        return False
    short, long = sorted((first, other), key=len)
    return short == long or (short.endswith(":") and long.startswith(short))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _number(digits: str) -> float:
    """An integer as it is; one of more digits than Python counts with is infinite, as for Node."""
    try:
        return int(digits)
    except ValueError:
        return float(digits)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


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
