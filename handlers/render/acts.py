"""Acts of people and their results, in words."""

import re
from enum import StrEnum

from bot.texts import Texts


class Act(StrEnum):
    """The kinds of acts that leave a row in the audit."""

    ACK = "ack"
    NOTE = "note"
    RESET = "reset"
    RESTORE = "restore"
    RECONNECT = "reconnect"
    MEND = "mend"
    REVIVE = "revive"
    RESTART = "restart"
    QR = "qr"
    CODE = "code"
    PROBE = "probe"
    ACCEPT_NUMBER = "accept_number"
    MUTE = "mute"
    REST = "rest"
    WAKE = "wake"
    END_ACCESS = "end_access"
    LANG = "lang"
    RECOVER = "recover"
    UNMUTE = "unmute"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    BOARD = "board"
    BOARD_OFF = "board_off"
    DIGEST = "digest"
    QUIET = "quiet"
    PLACE = "place"
    TIMEZONE = "timezone"
    COMPANY = "company"
    WATCH = "watch"
    RELOAD = "reload"
    GRANT = "grant"
    REVOKE = "revoke"
    PRUNE = "prune"
    CLEAR = "clear"
    TEST_ALERT = "test_alert"


class Result(StrEnum):
    """The possible results of an act."""

    DONE = "done"
    PAIRED = "paired"
    WRONG_NUMBER = "wrong_number"
    EXPIRED = "expired"
    REFUSED = "refused"
    CLOSED = "closed"
    MOVED = "moved"
    ALREADY_CONNECTED = "already_connected"
    BUSY = "busy"
    INTERRUPTED = "interrupted"
    NOT_BACK = "not_back"
    LOOKS_REVOKED = "looks_revoked"
    AWAITS_SCAN = "awaits_scan"
    HALF_DONE = "half_done"
    UNTOUCHED = "untouched"
    UNREACHABLE = "unreachable"
    SENT = "sent"
    GAVE_WAY = "gave_way"
    OVERTAKEN = "overtaken"
    NOT_DONE = "not_done"  # any other way to fail


_NUMBER = "•••"
_RESUMED, _ITSELF = "resume ", "auto "


def act(t: Texts, action: str) -> str:
    """The words for an act of the audit."""
    name = action.removeprefix(_RESUMED).removeprefix(_ITSELF).replace(" ", "_")
    return t.say(f"act.{Act(name)}") if name in list(Act) else action


def came_to(t: Texts, outcome: str | None) -> str:
    """The words for an act's result; None while there is none."""
    if outcome is None:
        return t.say("result.running")
    if outcome.startswith(_NUMBER):
        return t.say("result.done")  # the number that was taken as right
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", outcome).lower()
    return t.say(f"result.{Result(name) if name in list(Result) else Result.NOT_DONE}")
