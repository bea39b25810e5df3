"""The contract every gateway adapter keeps.

Errors of this border, all of them `GatewayError`:

    GatewayError                  try again?  whose fault?
    ├── GatewayUnreachable        yes         the network's or the gateway's: no usable answer came
    │   └── GatewayConfused       yes         the gateway's: an answer came and made no sense
    ├── GatewayAuthError          no          the settings': the key was refused
    ├── RateLimited               later       ours: too many requests (`retry_after_s`)
    ├── SessionNotFound           no          nobody's: the gateway does not know the key
    ├── QrNotReady                yes         nobody's: there is no code that may be shown
    ├── NotSent                   later       the session's: the gateway could not send through it
    │   └── Restricted            later       WhatsApp's: the account may not write now
    ├── WouldDestroy              no          ours: the call would not keep credentials now
    ├── Stuck                     no          the gateway's: only a restart of its process helps
    ├── PushRefused               no          the sender's: what was pushed is not understood
    │   └── PushForged            no          the sender's: it is not signed with our key
    └── Unsupported               no          the gateway build's: it cannot do this

None of them says that a session is lost. Only a `SessionInfo` can.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.restriction import Restriction
from bot.domain.session import Cause, State
from bot.gateways.events import GatewayEvent


class GatewayError(Exception):
    """Something at the border to a gateway went wrong. The text holds no body and no secret."""

    retriable = True


class GatewayUnreachable(GatewayError):
    """No usable answer: refused, timed out, broken off, 5xx. `status` is HTTP's, None without."""

    def __init__(self, message: str = "", status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class GatewayConfused(GatewayUnreachable):
    """An answer that is no answer: HTML, wrong types, too large, a redirect."""


class GatewayAuthError(GatewayError):
    """The gateway refused our key."""

    retriable = False


class RateLimited(GatewayError):
    """The gateway wants fewer requests. `retry_after_s` is None when it does not say when."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class SessionNotFound(GatewayError):
    """The gateway does not know this session key."""

    retriable = False


class QrNotReady(GatewayError):
    """There is no code that may be shown now; `state` says what the session is instead."""

    def __init__(self, state: State) -> None:
        super().__init__(f"no code to show while {state}")
        self.state = state


class NotSent(GatewayError):
    """The gateway tried to send a text and could not: nothing went out."""

    retriable = False


class Restricted(NotSent):
    """The text was refused because WhatsApp restricts the account: nothing went out."""


class WouldDestroy(GatewayError):
    """Refused on our side: in the present state this call would destroy credentials."""

    retriable = False


class Stuck(GatewayError):
    """The gateway contradicts itself about a session: only a restart of its process helps."""

    retriable = False


class PushRefused(GatewayError):
    """What came as a push is none of this gateway's: nothing follows from it."""

    retriable = False


class PushForged(PushRefused):
    """The signature of a push is missing or wrong, and a key to verify it with is set."""


class Unsupported(GatewayError):
    """The gateway, or this build of it, has no such ability."""

    retriable = False


@dataclass(frozen=True, kw_only=True)
class Caps:
    """What a kind of gateway can do.

    `destructive_start` is the one that is no ability: a start that met a live session would wipe
    it, so the adapter looks first. `push_signed`: a push proves whose it is, by a signature or by a
    secret it bears. `renews_pairing_code`: the code to type in changes with each QR, and is told
    beside it. `push_receipts`: it can push what WhatsApp acknowledges of a text. `send_proves`: a
    send is answered only once WhatsApp has acknowledged it.
    """

    bulk_list: bool = False
    qr_raw: bool = False
    qr_png: bool = False
    pairing_code: bool = False
    renews_pairing_code: bool = False
    push_events: bool = False
    push_signed: bool = False
    reason_codes: bool = False
    owner: bool = False
    passkey: bool = False
    destructive_start: bool = False
    push_receipts: bool = False
    send_proves: bool = False


@dataclass(frozen=True, kw_only=True)
class GatewayInfo:
    """What a ping tells. `latency_s` is the time of that one answer."""

    version: str | None
    latency_s: float


NAMELESS = ""  # the key of an entry whose name cannot be read


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionInfo:
    """One session as the gateway tells it.

    `key` is what the gateway calls it; a list may bear entries without a readable name, and theirs
    is NAMELESS. `owner_phone` is digits only. `cause` is None where the gateway gives no reason.
    `reconnects` counts the gateway's own attempts since it last was connected, None where it does
    not say. `silent`: a list names it, and asked for itself it has not answered in time.
    `restriction` is what a connected account is kept from: None where the gateway says nothing of
    such things, `restriction.FREE` where it says that there is nothing.
    """

    key: str
    state: State
    raw_state: str
    cause: Cause | None = None
    owner_phone: str | None = None
    reconnects: int | None = None
    restriction: Restriction | None = None
    silent: bool = False


@dataclass(frozen=True, kw_only=True, repr=False)
class Qr:
    """A pairing code as the gateway holds it now. It is a login secret and has no repr.

    Exactly one of `raw` and `png` is present. `not_older_than` bounds its age: something else, or
    nothing, was seen just before that moment. None when the age is unknown: such a code may be
    stale and must not be shown. `life_s` is how long WhatsApp honours it from its appearance, None
    where the adapter can't tell. `typed` is the code to type in that goes with it, where one was
    asked for and the gateway tells it.
    """

    raw: str | None = None
    png: bytes | None = None
    not_older_than: datetime | None = None
    life_s: float | None = None
    typed: str | None = None

    def __repr__(self) -> str:
        return "Qr(…)"


@dataclass(frozen=True, kw_only=True, repr=False)
class PairingCode:
    """A code to be typed in on the phone with the number `phone`. A login secret without a repr.

    `expires_in_s` is what the gateway promises, None where it promises nothing. WhatsApp may not
    have agreed yet: such a code can turn out to be worthless.
    """

    code: str
    phone: str
    expires_in_s: float | None = None

    def __repr__(self) -> str:
        return "PairingCode(…)"


class GatewayAdapter(Protocol):
    """A gateway. Every call raises GatewayError or one of its children, and nothing else.

    No call is retried inside unless it only reads. `start` and `restart` never destroy credentials
    and raise WouldDestroy rather than do so. `ping`, `list_sessions` and `get_session` are looks:
    they ask for nothing beside the `look_routes` of their kind, and change nothing there.
    """

    kind: str
    caps: Caps

    async def ping(self) -> GatewayInfo:
        """Whether the gateway answers, which version it is, how long it took."""
        ...

    async def list_sessions(self) -> list[SessionInfo]:
        """Every entry of the gateway's list, as often as it is there: one call where `bulk_list`.

        What has no readable name is among them, and two may have the same: see `by_name`.
        """
        ...

    async def get_session(self, key: str) -> SessionInfo:
        """One session with all that is known of it, the linked number included when connected."""
        ...

    async def start(self, key: str) -> None:
        """Start what is not running, with the credentials it has (none: a code appears)."""
        ...

    async def restart(self, key: str) -> None:
        """Reconnect a session that is not connected, keeping its credentials."""
        ...

    async def stop(self, key: str) -> None:
        """Close the socket and forget the running session; credentials stay on disk."""
        ...

    async def get_qr(self, key: str) -> Qr:
        """The code shown now, or QrNotReady."""
        ...

    async def request_pairing_code(self, key: str, phone: str) -> PairingCode:
        """A code for the phone with this number (digits); the session must await a scan.

        Never asked twice by itself: RateLimited can last for hours. A code that is not used leaves
        credentials behind that name the account and cannot log in. Unsupported where a gateway has
        no codes.
        """
        ...

    async def send_text(self, key: str, phone: str, text: str) -> str:
        """Send `text` to the number `phone` (digits); the message's id, empty where none is told.

        A success means that the gateway took it, not that it arrived: a socket that died silently
        takes it as well. Never sent twice: after GatewayUnreachable nobody knows whether it went
        out. NotSent when it certainly did not.
        """
        ...

    async def reset(self, key: str) -> None:
        """DESTRUCTIVE: throw the credentials away and begin a new session that shows a code."""
        ...

    def read_push(self, headers: Mapping[str, str], body: bytes) -> list[GatewayEvent]:
        """What the gateway pushed; empty where that concerns no session's state.

        Where the gateway signs and a hook key is set, the signature over the raw body is verified
        first, in constant time. `headers` has lower-case names. PushForged, PushRefused, or
        Unsupported where a gateway pushes nothing of use.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...
