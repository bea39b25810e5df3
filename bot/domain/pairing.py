"""The steps of showing a QR, from the first wait to the end."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.domain.session import State


@dataclass(frozen=True)
class Waiting:
    """The session was started; the gateway has no code yet."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Show:
    """Show this code now. It is a login secret and has no repr.

    Exactly one of `raw` and `png` is present. `number` counts the codes of this window from 1;
    `left_s` is how long this one will still be taken, at most. `fresh` is false when only the
    seconds changed.
    """

    number: int
    left_s: int
    raw: str | None = None
    png: bytes | None = None
    fresh: bool = True

    def __repr__(self) -> str:
        return f"Show(number={self.number}, left_s={self.left_s})"


@dataclass(frozen=True)
class Scanned:
    """The code was taken; the session is opening."""


@dataclass(frozen=True, kw_only=True)
class Proving:
    """Connected; it must hold for `for_s` seconds before it is called working."""

    for_s: float


@dataclass(frozen=True, kw_only=True)
class Paired:
    """Proven: connected, stable, and not a wrong number.

    `phone` is None when the gateway does not tell it. `unaided` when no code was needed: the
    session came back with the credentials it had.
    """

    phone: str | None
    took: timedelta
    unaided: bool = False


@dataclass(frozen=True, kw_only=True)
class WrongNumber:
    """Connected and stable, but with another number than expected. Digits only."""

    expected: str
    linked: str


class Ending(StrEnum):
    """The other ways a live QR can end."""

    EXPIRED = "expired"  # every code of the window went by
    REFUSED = "refused"  # scanned, and WhatsApp did not let it in
    MOVED = "moved"  # somebody asked for it elsewhere
    ALREADY_CONNECTED = "already_connected"
    NEEDS_RESET = "needs_reset"  # the credentials on disk are dead; only a reset brings a code
    STILL_TRYING = "still_trying"  # it reconnects with its own credentials; no code is due
    NO_CODE = "no_code"  # the gateway showed none in time
    UNSUPPORTED = "unsupported"  # this build of the gateway hands out none
    UNREACHABLE = "unreachable"
    BUSY = "busy"  # a reset of this company is running
    INTERRUPTED = "interrupted"  # the bot was stopped


@dataclass(frozen=True, kw_only=True)
class Ended:
    """It ended without a pairing. `state` is what the session is then, where known."""

    ending: Ending
    state: State | None = None


Step = Waiting | Show | Scanned | Proving | Paired | WrongNumber | Ended
