"""What a directory holds that somebody could want back: decided by what lies in it alone.

Blocks; call it in a thread.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.authdir.creds import device_of, look_at_creds, read_plain
from bot.authdir.directory import scan
from bot.authdir.kinds import CREDS
from bot.domain.files import CredsState, Holding

_BLANK = b"\0 \t\r\n"  # what a crash of the machine leaves of a file


@dataclass(frozen=True, kw_only=True)
class Keys:
    """What an open directory holds; `device` as far as `creds.json` still tells it."""

    holding: Holding
    phone: str | None = None
    device: str | None = None


UNKNOWN = Keys(holding=Holding.UNCERTAIN)  # what can't be looked at may hold anything


def keys_in(fd: int, path: Path, pause: Callable[[], None]) -> Keys:
    """What the open directory holds. Raises NotReadable.

    Spent is only what can't be of use to anybody: nothing but a `creds.json` that never was
    linked, or that is blank. Key files beside it come from a device that was logged in, and half a
    `creds.json` may be that of a good one: a good copy mends both.
    """
    state, phone = look_at_creds(fd, pause)
    content = b""
    with suppress(OSError):
        content = read_plain(fd, CREDS) or b""
    if state is CredsState.LINKED:
        return Keys(holding=Holding.LINKED, phone=phone, device=device_of(content))
    telling = state is CredsState.DAMAGED and bool(content.strip(_BLANK))
    others = any(entry.name != CREDS for entry in scan(fd, path, hidden=True))
    if state is CredsState.UNREADABLE or telling or others:
        # Unlinked credentials are a newer device's than the files beside them.
        device = device_of(content) if telling else None
        return Keys(holding=Holding.UNCERTAIN, device=device)
    return Keys(holding=Holding.NOTHING)
