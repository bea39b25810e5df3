"""What a log line says of a connection: that it opened, or why it closed. PURE.

Structure decides where there is any. Loose text can be a customer's message that somebody logged,
so it must look like the log of a closing; and no line counts without a look that agrees with it.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.domain.session import Cause, cause_of
from bot.monitor.hints import News

OPENED = News(opened=True)
_CLOSED = News()

# `connection errored` comes with a trace and no code; the code of a failed login is in neither.
_TRACES = {
    "QR refs attempts ended": Cause.QR_WINDOW_OVER,
    "Intentional Logout": Cause.LOGGED_OUT_HERE,
    "Connection Terminated": Cause.CONNECTION_CLOSED,
    "Connection Closed": Cause.CONNECTION_CLOSED,
    "Connection was lost": Cause.CONNECTION_LOST,
    "WebSocket Error": Cause.CONNECTION_LOST,
    "restart required": Cause.RESTART_REQUIRED,
}
_CODE_NAMES = ("code", "statusCode", "status_code", "disconnectCode")
_EVENT_NAMES = ("ev", "event", "msg", "message", "type")
_CLOSING = re.compile(r"clos|disconnect|logged.?out|logout|conflict|connection", re.IGNORECASE)
_CODE_IN_TEXT = re.compile(
    r"(?:status.?code|code|reason|error)\W{1,4}(40[123568]|411|428|440|503|515)\b", re.IGNORECASE
)
# Since mid-2026 WhatsApp wants a passkey of some accounts; how gateways say so differs.
_PASSKEY = re.compile(
    r"passkey\W{0,3}(?:\w+\W{1,3}){0,2}(?:requir|verif|demand|challenge|confirm|need)"
    r"|(?:requir|demand|need|want)\w*\W{1,3}(?:\w+\W{1,3}){0,2}passkey",
    re.IGNORECASE,
)
_REMOVAL_IN_TEXT = re.compile(r"conflict|stream|logged.?out|disconnect|\b401\b|\btype\b|\breason\b")


def news_of_entry(entry: Mapping[str, Any]) -> News | None:
    """What a JSON line says of a connection; None when nothing."""
    message = entry.get("msg")
    if isinstance(message, str) and _PASSKEY.search(message):
        return News(cause=Cause.PASSKEY_REQUIRED)
    if message == "opened connection to WA" or _is_open(entry):
        return OPENED
    if message == "stream errored out":
        return News(cause=_cause_of_stream_error(entry))
    if message == "connection errored":
        return _by_trace(str(entry.get("trace", "")))
    return _closing(entry)


def news_of_text(text: str) -> News | None:
    """What a line of plain text says of a connection; None when nothing."""
    if "opened connection to WA" in text:
        return OPENED
    named = _named_in(text)
    if named is not None:
        return News(cause=named)
    if not _CLOSING.search(text):
        return None
    code = _CODE_IN_TEXT.search(text)
    if code is not None:
        return _known(cause_of(int(code[1]), text))
    if "Connection Failure" in text or "Stream Errored" in text or "connection errored" in text:
        return _by_trace(text)
    return next((News(cause=cause) for words, cause in _TRACES.items() if words in text), None)


def _named_in(text: str) -> Cause | None:
    """The cause that stands in a text by its name, whatever else is said."""
    if _PASSKEY.search(text):
        return Cause.PASSKEY_REQUIRED
    removed = "device_removed" in text and _REMOVAL_IN_TEXT.search(text)
    return Cause.DEVICE_REMOVED if removed else None


def _is_open(entry: Mapping[str, Any]) -> bool:
    """The gateway's own word for it, or Baileys' event printed as it is."""
    said = entry.get("ev") == "state" and entry.get("state") in ("open", "connected")
    return said or entry.get("connection") == "open"


def _cause_of_stream_error(entry: Mapping[str, Any]) -> Cause | None:
    """7.0 has `fullErrorNode`, and `reasonNode` for its child; 6.x has all of it in `node`."""
    node = _dict(entry.get("fullErrorNode")) or _dict(entry.get("node"))
    conflict = _conflict(entry.get("reasonNode")) or next(
        filter(None, map(_conflict, _list(node.get("content")))), ""
    )
    code = _number(_dict(node.get("attrs")).get("code"))
    if conflict == "replaced":
        return Cause.REPLACED
    if conflict == "device_removed":
        return Cause.DEVICE_REMOVED
    # Baileys gives a conflict without a code the number 440.
    return _known(cause_of(440 if code is None and conflict else code)).cause


def _conflict(node: Any) -> str:
    """The type of a conflict; "" when the node is none."""
    node = _dict(node)
    if node.get("tag") != "conflict":
        return ""
    return str(_dict(node.get("attrs")).get("type", "conflict"))


def _closing(entry: Mapping[str, Any]) -> News | None:
    """A gateway's own line about a closed socket, with Baileys' code in one of its usual places."""
    last = _dict(_dict(entry.get("lastDisconnect")).get("error"))
    output = _dict(last.get("output"))
    code = _number(output.get("statusCode"))
    said = " ".join(str(entry[name]) for name in _EVENT_NAMES if name in entry)
    if code is None and (entry.get("connection") == "close" or _CLOSING.search(said)):
        code = next(filter(None, (_number(entry.get(name)) for name in _CODE_NAMES)), None)
    if code is None:
        return None
    why = f"{said} {entry.get('reason', '')} {last.get('message', '')} {_type_of(last)}"
    return _known(cause_of(code, why))


def _type_of(error: Mapping[str, Any]) -> str:
    """What Boom's data holds: the conflict itself on 7.0, the node around it on 6.x."""
    data = _dict(error.get("data"))
    return _conflict(data) or " ".join(map(_conflict, _list(data.get("content"))))


def _by_trace(trace: str) -> News:
    first = trace.partition("\n")[0]
    return next((News(cause=cause) for words, cause in _TRACES.items() if words in first), _CLOSED)


def _known(cause: Cause) -> News:
    return _CLOSED if cause is Cause.UNKNOWN else News(cause=cause)


def _number(value: Any) -> int | None:
    """A disconnect code, written as a number or as text."""
    text = str(value)
    return int(text) if re.fullmatch(r"[1-9]\d\d", text) else None


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
