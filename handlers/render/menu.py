"""The command menus: which command is offered where, to whom."""

from enum import StrEnum

from aiogram.types import BotCommand

from bot.domain.access import OWNERS_ACTS, RIGHT_FOR, Person
from bot.texts import Texts, plain


class MenuCommand(StrEnum):
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
    MenuCommand.STATUS,
    MenuCommand.CHECK,
    MenuCommand.FILES,
    MenuCommand.LOGS,
    MenuCommand.REPORT,
    MenuCommand.INCIDENTS,
    MenuCommand.INCIDENT,
    MenuCommand.NOTE,
    MenuCommand.GATEWAYS,
    MenuCommand.COMPANIES,
    MenuCommand.COMPANY,
)
_MEND = (
    MenuCommand.QR,
    MenuCommand.CODE,
    MenuCommand.RECONNECT,
    MenuCommand.RESET,
    MenuCommand.RESTORE,
    MenuCommand.MEND,
    MenuCommand.RECOVER,
    MenuCommand.PROBE,
    MenuCommand.RESTART,
)
_ALERTS = (
    MenuCommand.ACK,
    MenuCommand.MUTE,
    MenuCommand.UNMUTE,
    MenuCommand.REST,
    MenuCommand.WAKE,
    MenuCommand.SUBSCRIBE,
    MenuCommand.UNSUBSCRIBE,
    MenuCommand.SUBSCRIPTIONS,
    MenuCommand.BOARD,
    MenuCommand.DIGEST,
    MenuCommand.QUIET,
)
PARTS = {
    Part.LOOK: _LOOK,
    Part.MEND: _MEND,
    Part.ALERTS: _ALERTS,
    Part.REST: tuple(listed for listed in MenuCommand if listed not in (*_LOOK, *_MEND, *_ALERTS)),
}

# What the owner chooses for a group: who is not among its administrators needs no such command in
# the menu. In private codes have but one place.
_OF_GROUPS = frozenset(
    {MenuCommand.LANG, MenuCommand.PLACE, MenuCommand.TIMEZONE, MenuCommand.QUIET}
)
_OWNERS_ONLY = OWNERS_ACTS - _OF_GROUPS
_EVERYBODY = tuple(listed for listed in MenuCommand if listed not in _OWNERS_ONLY)
_SCOPES = {
    "private": tuple(listed for listed in _EVERYBODY if listed is not MenuCommand.PLACE),
    "group": tuple(listed for listed in _EVERYBODY if listed not in _OF_GROUPS),
    "admins": _EVERYBODY,
    "owner": tuple(listed for listed in MenuCommand if listed is not MenuCommand.PLACE),
}


def commands(t: Texts, scope: str) -> list[BotCommand]:
    """The menu of `private`, `group`, `admins` or `owner`. It hides; it does not protect."""
    return [
        BotCommand(command=listed, description=plain(t.say(f"command.{listed}")))
        for listed in _SCOPES[scope]
    ]


def allowed(person: Person) -> list[MenuCommand]:
    """The commands that the person may use for one company at least."""
    return [
        listed
        for listed in MenuCommand
        if listed not in RIGHT_FOR or person.may_somewhere(RIGHT_FOR[listed])
    ]
