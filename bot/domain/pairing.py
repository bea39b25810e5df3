"""The steps of a pairing, by QR or by code, from the first wait to the end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.access import UserId
from bot.domain.notice import ChatAddress
from bot.domain.probe import ProbeOutcome
from bot.domain.session import State


class Means(StrEnum):
    """What links the phone."""

    QR = "qr"  # scanned by its camera
    CODE = "code"  # typed in on it


class PairingPlace(StrEnum):
    """Where a chat wants codes to appear."""

    HERE = "here"
    PRIVATE = "private"  # in the asker's private chat
    EPHEMERAL = "ephemeral"  # here, seen by the asker alone


@dataclass(frozen=True, kw_only=True)
class MessageLocation:
    """Where a code is shown: in a chat or topic, to everybody there or to one `reader` alone."""

    address: ChatAddress
    reader: UserId | None = None


@dataclass(frozen=True)
class Waiting:
    """The session was started; the gateway has no code yet."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Show:
    """Show this code now. It is a login secret and has no repr.

    Exactly one of `raw` and `png` is present. `number` counts the codes of this window from 1;
    `left_s` is how long this one will still be taken, at most, and `until` when that is over (UTC):
    the reader's app counts down by itself. `fresh` is false once that has passed and no other came.
    """

    number: int
    left_s: int
    until: datetime
    raw: str | None = None
    png: bytes | None = None
    fresh: bool = True

    def __repr__(self) -> str:
        return f"Show(number={self.number}, left_s={self.left_s})"


@dataclass(frozen=True, kw_only=True, repr=False)
class ShowCode:
    """Show this code to be typed in on the phone `phone`. It is a login secret and has no repr.

    `left_s` is what is left of the time the gateway promised, at most, and `until` when it is over
    (UTC); from then on the code may still be taken until the window ends, and `fresh` is false.
    """

    code: str
    phone: str
    left_s: int
    until: datetime
    fresh: bool = True

    def __repr__(self) -> str:
        return f"ShowCode(left_s={self.left_s})"


@dataclass(frozen=True)
class Tidying:
    """The code is worth nothing any more; what the attempt left behind is being set aside."""


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """The code is gone and the session is opening; `sure` where something shows it was used."""

    sure: bool


@dataclass(frozen=True, kw_only=True)
class Proving:
    """Connected; it must hold for `for_s` seconds before it is called working."""

    for_s: float


@dataclass(frozen=True, kw_only=True)
class Paired:
    """Proven: connected, stable, and not a wrong number.

    `phone` is None when the gateway does not tell it. `unaided` when no code was needed: the
    session came back with the credentials it had. `probe` is what became of a test message, None
    where none is wanted.
    """

    phone: str | None
    took: timedelta
    unaided: bool = False
    probe: ProbeOutcome | None = None


@dataclass(frozen=True, kw_only=True)
class WrongNumber:
    """Connected and stable, but with another number than expected. Digits only."""

    expected: str
    linked: str


class ShownAt(StrEnum):
    """Where a code that was asked for came to be shown."""

    HERE = "here"
    PRIVATE = "private"  # in the private chat of who asked
    EPHEMERAL = "ephemeral"  # here, and who asked alone sees it
    AS_CODE = "as_code"  # here, in the place of a picture that nobody takes
    NOWHERE = "nowhere"  # no place took it; what to switch on is said
    TOLD = "told"  # there is none; a message says why


class Ending(StrEnum):
    """The other ways a pairing can end."""

    EXPIRED = "expired"  # every code of the window went by
    REFUSED = "refused"  # used, as something has shown, and WhatsApp did not let it in
    CLOSED = "closed"  # the gateway took the code away before its time; nothing shows a use
    MOVED = "moved"  # somebody asked for it elsewhere
    ALREADY_CONNECTED = "already_connected"
    NEEDS_RESET = "needs_reset"  # the credentials on disk are dead; only a reset brings a code
    STILL_TRYING = "still_trying"  # it reconnects with its own credentials; no code is due
    NO_CODE = "no_code"  # the gateway showed none in time
    UNSUPPORTED = "unsupported"  # this build of the gateway hands out none
    UNREACHABLE = "unreachable"
    REFUSED_KEY = "refused_key"  # the gateway answers, and does not take the bot's key
    STUCK = "stuck"  # the gateway contradicts itself; its process has to be restarted
    TOO_MANY = "too_many"  # WhatsApp wants a pause in codes to be typed in
    BUSY = "busy"  # a reset of this company is running
    INTERRUPTED = "interrupted"  # the bot was stopped
    NOT_ALLOWED = "not_allowed"  # who asked for it may not pair the company any more


# After these the window is over, and with it whatever code was shown in it.
WINDOW_OVER = frozenset(
    {
        Ending.EXPIRED,
        Ending.REFUSED,
        Ending.CLOSED,
        Ending.NEEDS_RESET,
        Ending.NO_CODE,
        Ending.TOO_MANY,
        Ending.UNREACHABLE,
        Ending.REFUSED_KEY,
        Ending.UNSUPPORTED,
        Ending.NOT_ALLOWED,
    }
)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """It ended without a pairing. `state` is what the session is then, where known.

    `again_at` is when it may be tried anew, None for at once. `tidied` says whether what a code
    nobody typed in had left was set aside; None where it left nothing.
    """

    ending: Ending
    state: State | None = None
    again_at: datetime | None = None
    tidied: bool | None = None


Step = Waiting | Show | ShowCode | Scanned | Proving | Tidying | Paired | WrongNumber | Ended
