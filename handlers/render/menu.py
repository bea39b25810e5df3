"""The command menus: which command is offered where, to whom."""

from enum import StrEnum

from aiogram.types import BotCommand

from bot.domain.access import Person, Right
from bot.texts import Texts, plain


class Listed(StrEnum):
    """Every command that is offered, in the order of the menu."""

    STATUS = "status"
    QR = "qr"
    CODE = "code"
    CHECK = "check"
    RECONNECT = "reconnect"
    RESET = "reset"
    RESTORE = "restore"
    MEND = "mend"
    RECOVER = "recover"
    PROBE = "probe"
    RESTART = "restart"
    ACK = "ack"
    MUTE = "mute"
    UNMUTE = "unmute"
    REST = "rest"
    WAKE = "wake"
    FILES = "files"
    LOGS = "logs"
    REPORT = "report"
    INCIDENTS = "incidents"
    INCIDENT = "incident"
    NOTE = "note"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    SUBSCRIPTIONS = "subscriptions"
    GATEWAYS = "gateways"
    COMPANIES = "companies"
    COMPANY = "company"
    BOARD = "board"
    DIGEST = "digest"
    ADMINS = "admins"
    GRANT = "grant"
    REVOKE = "revoke"
    AUDIT = "audit"
    RELOAD = "reload"
    PLACE = "place"
    TIMEZONE = "timezone"
    QUIET = "quiet"
    LANG = "lang"
    ID = "id"
    HELP = "help"


class Part(StrEnum):
    """Under which head a command stands in the help."""

    LOOK = "look"
    MEND = "mend"
    ALERTS = "alerts"
    REST = "rest"


_LOOK = (
    Listed.STATUS,
    Listed.CHECK,
    Listed.FILES,
    Listed.LOGS,
    Listed.REPORT,
    Listed.INCIDENTS,
    Listed.INCIDENT,
    Listed.NOTE,
    Listed.GATEWAYS,
    Listed.COMPANIES,
    Listed.COMPANY,
)
_MEND = (
    Listed.QR,
    Listed.CODE,
    Listed.RECONNECT,
    Listed.RESET,
    Listed.RESTORE,
    Listed.MEND,
    Listed.RECOVER,
    Listed.PROBE,
    Listed.RESTART,
)
_ALERTS = (
    Listed.ACK,
    Listed.MUTE,
    Listed.UNMUTE,
    Listed.REST,
    Listed.WAKE,
    Listed.SUBSCRIBE,
    Listed.UNSUBSCRIBE,
    Listed.SUBSCRIPTIONS,
    Listed.BOARD,
    Listed.DIGEST,
    Listed.QUIET,
)
PARTS = {
    Part.LOOK: _LOOK,
    Part.MEND: _MEND,
    Part.ALERTS: _ALERTS,
    Part.REST: tuple(listed for listed in Listed if listed not in (*_LOOK, *_MEND, *_ALERTS)),
}

_NEEDS = {
    Listed.STATUS: Right.LOOK,
    Listed.QR: Right.PAIR,
    Listed.CODE: Right.PAIR,
    Listed.CHECK: Right.CHECK,
    Listed.RECONNECT: Right.RECONNECT,
    Listed.RESET: Right.RESET,
    Listed.RESTORE: Right.RESTORE,
    Listed.MEND: Right.RESTORE,
    Listed.RECOVER: Right.RECOVER,
    Listed.PROBE: Right.PROBE,
    Listed.RESTART: Right.RESTART,
    Listed.ACK: Right.ACK,
    Listed.MUTE: Right.MUTE,
    Listed.UNMUTE: Right.MUTE,
    Listed.REST: Right.REST,
    Listed.WAKE: Right.REST,
    Listed.FILES: Right.LOOK,
    Listed.LOGS: Right.LOOK,
    Listed.REPORT: Right.LOOK,
    Listed.INCIDENTS: Right.LOOK,
    Listed.INCIDENT: Right.LOOK,
    Listed.NOTE: Right.NOTE,
    Listed.SUBSCRIBE: Right.SUBSCRIBE,
    Listed.UNSUBSCRIBE: Right.SUBSCRIBE,
    Listed.SUBSCRIPTIONS: Right.LOOK,
    Listed.GATEWAYS: Right.LOOK,
    Listed.COMPANIES: Right.LOOK,
    Listed.COMPANY: Right.LOOK,
    Listed.BOARD: Right.SUBSCRIBE,
    Listed.DIGEST: Right.SUBSCRIBE,
    Listed.ADMINS: Right.GRANT,
    Listed.GRANT: Right.GRANT,
    Listed.REVOKE: Right.GRANT,
    Listed.AUDIT: Right.AUDIT,
    Listed.RELOAD: Right.SETTINGS,
    Listed.PLACE: Right.SETTINGS,
}
_OWNERS_ONLY = frozenset({Listed.ADMINS, Listed.GRANT, Listed.REVOKE, Listed.AUDIT, Listed.RELOAD})
_EVERYBODY = tuple(listed for listed in Listed if listed not in _OWNERS_ONLY)
# What the owner chooses for a group: who is not among its administrators needs no such command in
# the menu. In private codes have but one place.
_OF_GROUPS = frozenset({Listed.LANG, Listed.PLACE, Listed.TIMEZONE, Listed.QUIET})
_SCOPES = {
    "private": tuple(listed for listed in _EVERYBODY if listed is not Listed.PLACE),
    "group": tuple(listed for listed in _EVERYBODY if listed not in _OF_GROUPS),
    "admins": _EVERYBODY,
    "owner": tuple(listed for listed in Listed if listed is not Listed.PLACE),
}


def commands(t: Texts, scope: str) -> list[BotCommand]:
    """The menu of `private`, `group`, `admins` or `owner`. It hides; it does not protect."""
    return [
        BotCommand(command=listed, description=plain(t.say(f"command.{listed}")))
        for listed in _SCOPES[scope]
    ]


def allowed(person: Person) -> list[Listed]:
    """The commands that the person may use for one company at least."""
    return [
        listed for listed in Listed if listed not in _NEEDS or person.may_somewhere(_NEEDS[listed])
    ]
