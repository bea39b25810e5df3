"""What a WhatsApp session can be, and why it is so: few states, many causes, one table.

The codes are those of Baileys' `DisconnectReason` with whatsmeow's names for the rest; what each of
them allows was measured against real Baileys 6.7 and 7.0.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What a gateway says about a session, in words common to all gateways."""

    CONNECTED = "connected"  # socket open and account authenticated, by the gateway's word
    CONNECTING = "connecting"  # starting or reconnecting by itself
    DISCONNECTED = "disconnected"  # closed; the gateway may or may not reconnect by itself
    AWAITING_SCAN = "awaiting_scan"  # a QR or a code can be shown now
    AWAITING_PASSKEY = "awaiting_passkey"  # WhatsApp wants a WebAuthn step
    LOGGED_OUT = "logged_out"  # credentials revoked
    STOPPED = "stopped"  # no running session under this key
    FAILED = "failed"  # the gateway gave up
    UNKNOWN = "unknown"  # an answer that was not understood


WORST_FIRST = (
    State.LOGGED_OUT,
    State.FAILED,
    State.AWAITING_PASSKEY,
    State.AWAITING_SCAN,
    State.STOPPED,
    State.UNKNOWN,
    State.DISCONNECTED,
    State.CONNECTING,
    State.CONNECTED,
)


class Cause(StrEnum):
    """Why a session is as it is. UNKNOWN triggers nothing."""

    DEVICE_REMOVED = "device_removed"  # 401 with conflict device_removed
    LOGIN_REFUSED = "login_refused"  # 401 at login: revoked earlier
    LOGGED_OUT_HERE = "logged_out_here"  # 401 from our own logout
    TEMPORARY_BAN = "temporary_ban"  # 402
    ACCOUNT_LOCKED = "account_locked"  # 403
    CLIENT_OUTDATED = "client_outdated"  # 405
    BANNED = "banned"  # 406
    CONNECTION_LOST = "connection_lost"  # 408
    QR_WINDOW_OVER = "qr_window_over"  # 408 "QR refs attempts ended"
    MULTIDEVICE_MISMATCH = "multidevice_mismatch"  # 411
    CONNECTION_CLOSED = "connection_closed"  # 428
    REPLACED = "replaced"  # 440: a second process uses the session
    BAD_SESSION = "bad_session"  # 500
    SERVICE_UNAVAILABLE = "service_unavailable"  # 503
    RESTART_REQUIRED = "restart_required"  # 515, normal right after pairing
    PASSKEY_REQUIRED = "passkey_required"
    STOPPED_THERE = "stopped_there"  # by somebody's order, at the gateway
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class CauseFacts:
    """What a cause means for recovery. Where every flag is false, nothing follows from it."""

    state: State
    may_reconnect: bool = False
    must_pair: bool = False
    account: bool = False
    second_process: bool = False
    revoked: bool = False
    deliberate: bool = False  # who wanted it so is not to be overruled by the bot itself


CAUSES: dict[Cause, CauseFacts] = {
    Cause.DEVICE_REMOVED: CauseFacts(state=State.LOGGED_OUT, must_pair=True, revoked=True),
    Cause.LOGIN_REFUSED: CauseFacts(state=State.LOGGED_OUT, must_pair=True, revoked=True),
    Cause.LOGGED_OUT_HERE: CauseFacts(state=State.LOGGED_OUT, must_pair=True, revoked=True),
    Cause.TEMPORARY_BAN: CauseFacts(state=State.LOGGED_OUT, account=True),
    Cause.ACCOUNT_LOCKED: CauseFacts(state=State.LOGGED_OUT, account=True),
    Cause.CLIENT_OUTDATED: CauseFacts(state=State.FAILED),
    Cause.BANNED: CauseFacts(state=State.LOGGED_OUT, account=True),
    Cause.CONNECTION_LOST: CauseFacts(state=State.DISCONNECTED, may_reconnect=True),
    Cause.QR_WINDOW_OVER: CauseFacts(state=State.STOPPED, must_pair=True),
    Cause.MULTIDEVICE_MISMATCH: CauseFacts(state=State.FAILED, must_pair=True),
    Cause.CONNECTION_CLOSED: CauseFacts(state=State.DISCONNECTED, may_reconnect=True),
    Cause.REPLACED: CauseFacts(state=State.DISCONNECTED, second_process=True),
    Cause.BAD_SESSION: CauseFacts(state=State.FAILED, may_reconnect=True),
    Cause.SERVICE_UNAVAILABLE: CauseFacts(state=State.DISCONNECTED, may_reconnect=True),
    Cause.RESTART_REQUIRED: CauseFacts(state=State.CONNECTING, may_reconnect=True),
    Cause.PASSKEY_REQUIRED: CauseFacts(state=State.AWAITING_PASSKEY, must_pair=True),
    Cause.STOPPED_THERE: CauseFacts(state=State.STOPPED, may_reconnect=True, deliberate=True),
    Cause.UNKNOWN: CauseFacts(state=State.UNKNOWN),
}


def ends_link(cause: Cause | None) -> bool:
    """Whether WhatsApp ended the link: the device was removed, or the account is restricted."""
    return cause is not None and (CAUSES[cause].revoked or CAUSES[cause].account)


def outweighs(new: Cause, first: Cause | None) -> bool:
    """Whether `new` says more of an outage than the cause that was named first.

    The first one stays, for later logins blur it. But what no reconnect cures counts more than
    what passes, and trouble of the account most of all: it forbids what the others allow. A
    deliberate stop stands in between.
    """
    return _weight(new) > _weight(first)


def _weight(cause: Cause | None) -> int:
    if cause is None:
        return 0
    facts = CAUSES[cause]
    if facts.account:
        return 4
    if facts.deliberate:
        return 2
    return 1 if facts.may_reconnect or cause is Cause.UNKNOWN else 3


_BY_CODE = {
    402: Cause.TEMPORARY_BAN,
    403: Cause.ACCOUNT_LOCKED,
    405: Cause.CLIENT_OUTDATED,
    406: Cause.BANNED,
    408: Cause.CONNECTION_LOST,
    411: Cause.MULTIDEVICE_MISMATCH,
    428: Cause.CONNECTION_CLOSED,
    440: Cause.REPLACED,
    500: Cause.BAD_SESSION,
    503: Cause.SERVICE_UNAVAILABLE,
    515: Cause.RESTART_REQUIRED,
}


def cause_of(code: int | None, text: str = "") -> Cause:
    """The cause behind a disconnect code and the text that came with it.

    401 covers three things that only the text tells apart, and `Stream Errored (conflict)` is said
    both of a removed device and of a second process, so the code decides first.
    """
    if code == 401:
        return _cause_of_401(text)
    if code == 408 and "QR refs attempts ended" in text:
        return Cause.QR_WINDOW_OVER
    if code is None:
        return Cause.DEVICE_REMOVED if "device_removed" in text else Cause.UNKNOWN
    return _BY_CODE.get(code, Cause.UNKNOWN)


def _cause_of_401(text: str) -> Cause:
    # Baileys' own words, and those of Evolution API's logout.
    if "Intentional Logout" in text or "Log out instance" in text:
        return Cause.LOGGED_OUT_HERE
    if "device_removed" in text or "conflict" in text:
        return Cause.DEVICE_REMOVED
    return Cause.LOGIN_REFUSED
