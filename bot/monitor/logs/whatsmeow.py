"""What whatsmeow, and the gateways built on it, say of a connection in their own lines. PURE.

Its logger writes the time, the module and the level, then the message; over zerolog the message is
a field beside the library's name. A sentence counts at the beginning of a message alone: further
on, somebody's text may hold it. What is taken from a sentence are WhatsApp's numbers.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.domain.session import Cause, cause_of
from bot.monitor.hints import ConnectionEvent

OPENED = ConnectionEvent(opened=True)
LOOK = ConnectionEvent()  # something closed, or may have: look, whatever it was

_PREFIX = re.compile(
    r"\d\d:\d\d:\d\d\.\d{3} {1,2}\[([\w/.:@+-]{1,80}) (?:DEBUG|INFO|WARN|ERROR)\] "
)
# zerolog on a console: the time, the level, the message, and fields behind it.
_CONSOLE = re.compile(
    r"(?:[\dT:.,+Z-]{5,35}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d|\d{1,2}:\d\d[AP]M) "
    r"(?:TRC|DBG|INF|WRN|ERR|DEBUG|INFO|WARN|ERROR) "
)
_CONSOLE_FIELDS = re.compile(r"(?: [\w.-]{1,40}=(?:\"[^\"]{0,300}\"|[^\s\"=]{0,200})){1,20}")
_MARKED = re.compile(r" (?:component=whatsmeow|sublogger=(?:Client|whatsmeow)[\w/.-]{0,60})(?= |$)")
_ID_IN_MODULE = re.compile(r"(?:Client|Device|Session|Instance)[-_:]([\w.@+-]{1,64})(?:/|$)")

_REMOVED = "Got device removed stream error, sending LoggedOut event"
_SAYS = (
    (_REMOVED, Cause.DEVICE_REMOVED),
    ("Got replaced stream error, sending StreamReplaced event", Cause.REPLACED),
    ("Got 515 code, ", Cause.RESTART_REQUIRED),
    ("Got 503 stream error", Cause.SERVICE_UNAVAILABLE),
    ("Temporary ban connect failure:", Cause.TEMPORARY_BAN),
    ("Client outdated (405) connect failure", Cause.CLIENT_OUTDATED),
)
_REFUSED = re.compile(r"Got (\d{3})(?:: [a-z ]{1,60}|/[^\n]{0,100}?)? connect failure\b")
_NODE = re.compile(
    r"Unknown (?:connect failure|stream error): <[a-z:]{1,20}"
    r"(?: [\w:-]{1,30}=\"(?:[^\"\\<>]{0,60})\"){0,6}? (?:reason|code)=\"(\d{3})\""
)
# Over zerolog's console nothing but whole sentences count: behind one there is no end of it.
_WHOLE = re.compile(
    rf"{re.escape(_REMOVED)} and deleting session"
    r"|Got replaced stream error, sending StreamReplaced event"
    r"|Got 515 code, reconnecting\.\.\."
    r"|Got 503 stream error, assuming automatic reconnect will handle it"
    r"|Got \d{3}: [a-z ]{1,60} connect failure, sending LoggedOut event and deleting session"
    r"|Client outdated \(405\) connect failure \(client version: [\d.]{1,30}\)"
    r"|Temporary ban connect failure: <failure(?: [\w:-]{1,30}=\"[^\"\\<>]{0,60}\"){0,8}/?>"
    r"|Successfully authenticated|Logged out|Received StreamReplaced event"
)
_REASON_FIELD = re.compile(r" reason=\"(\d{3}: [a-z ]{1,60})\"")
# Something was closed or is being mended, nothing says why.
_UNEASY = (
    "Unknown connect failure", "Unknown stream error", "Received stream end frame",
    "Error reconnecting after autoreconnect sleep", "Forcing reconnect due to keepalive failure",
    "Initial connection failed", "Emitting Disconnected event", "Successfully paired ",
)  # fmt: skip
# Server errors of a login say nothing of the session's own state.
_NO_CAUSE = (400, 409, 418, 500)

_LEVELS = ("trace", "debug", "info", "warn", "error", "fatal")
_EVOLUTION_GO = {"timestamp", "level", "instance_id", "message"}
_REASON = re.compile(r"(\d{3}): ")
_WITH_REASON = re.compile(r"(?:Logged out for|Connection failed with) reason (\d{3}): ")


def news_of_line(text: str) -> ConnectionEvent | None:
    """What a plain line says; None when it is not whatsmeow's, or says nothing of a connection."""
    prefix = _PREFIX.match(text)
    if prefix is not None:
        return _news_of(text[prefix.end() :])
    console = _CONSOLE.match(text)
    if console is None:
        return None
    return _of_console(text[console.end() :].rstrip())


def names_of_line(text: str) -> tuple[str, ...] | None:
    """Whom the module of whatsmeow's own line names (`Client-962302`); None of other lines."""
    prefix = _PREFIX.match(text)
    if prefix is None:
        return None
    named = _ID_IN_MODULE.match(prefix[1])
    return (named[1],) if named else ()


def news_of_json(entry: Mapping[str, Any]) -> ConnectionEvent | None:
    """What a line of zerolog, or of a gateway around whatsmeow, says of a connection."""
    message = entry.get("message")
    if not isinstance(message, str) or str(entry.get("level")).lower() not in _LEVELS:
        return None
    if _is_whatsmeows(entry):
        return _news_of(message)
    if _is_wuzapis(entry):
        return _of_wuzapi(message, str(entry.get("reason"))[:80])
    start = f"[{entry.get('instance_id')}] "
    if _is_evolution_gos(entry) and message.startswith(start):
        return _of_evolution_go(message[len(start) :])
    return None


def is_of_known_form(entry: Mapping[str, Any]) -> bool:
    """Whether this is where whatsmeow, or a gateway around it, would say it."""
    return _is_whatsmeows(entry) or _is_wuzapis(entry) or _is_evolution_gos(entry)


def _is_whatsmeows(entry: Mapping[str, Any]) -> bool:
    """Whether a field beside the message says that the library itself wrote it."""
    module = entry.get("sublogger")
    named = isinstance(module, str) and module.startswith(("Client", "whatsmeow"))
    return named or entry.get("component") == "whatsmeow"


def _is_wuzapis(entry: Mapping[str, Any]) -> bool:
    return entry.get("role") == "wuzapi"


def _is_evolution_gos(entry: Mapping[str, Any]) -> bool:
    return _EVOLUTION_GO <= entry.keys() <= _EVOLUTION_GO | {"metadata"}


def _of_console(text: str) -> ConnectionEvent | None:
    """The whole sentence, and nothing behind it but fields, one of which names the library."""
    message = _WHOLE.match(text)
    fields = text[message.end() :] if message is not None else ""
    if message is None or _CONSOLE_FIELDS.fullmatch(fields) is None:
        return None
    if " role=wuzapi" in fields:
        reason = _REASON_FIELD.search(fields)
        return _of_wuzapi(message[0], reason[1] if reason else "")
    return _news_of(message[0]) if _MARKED.search(fields) is not None else None


def _news_of(message: str) -> ConnectionEvent | None:
    """What one of whatsmeow's messages says."""
    if message.startswith("Successfully authenticated"):
        return OPENED
    cause = next((cause for words, cause in _SAYS if message.startswith(words)), None)
    if cause is not None:
        return ConnectionEvent(cause=cause)
    number = _REFUSED.match(message) or _NODE.match(message)
    if number is not None:
        return _by_number(number[1])
    return LOOK if message.startswith(_UNEASY) else None


def _of_wuzapi(message: str, reason: str) -> ConnectionEvent | None:
    if message == "Received StreamReplaced event":
        return ConnectionEvent(cause=Cause.REPLACED)
    number = _REASON.match(reason)
    if message == "Logged out":
        return _by_number(number[1]) if number else LOOK
    return None


def _of_evolution_go(message: str) -> ConnectionEvent | None:
    if message == "Received StreamReplaced event":
        return ConnectionEvent(cause=Cause.REPLACED)
    if message.startswith("User received temporary ban for "):
        return ConnectionEvent(cause=Cause.TEMPORARY_BAN)
    reason = _WITH_REASON.match(message)
    return _by_number(reason[1]) if reason else None


def _by_number(text: str) -> ConnectionEvent:
    number = int(text)
    cause = Cause.UNKNOWN if number in _NO_CAUSE else cause_of(number)
    return LOOK if cause is Cause.UNKNOWN else ConnectionEvent(cause=cause)
