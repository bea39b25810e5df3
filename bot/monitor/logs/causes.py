"""What a structured log line says of a connection: that it opened, or why it closed. PURE.

Only places that the library itself fills are read: exact messages of Baileys' logger with the nodes
beside them, `lastDisconnect`, a gateway's event field, what whatsmeow says in its own place. Free
text names no cause, for it may be a customer's. Even so a line may be forged where a gateway prints
texts with their line breaks: what is read here is told as the log's word, and proves nothing alone.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from bot.domain.session import Cause, cause_of
from bot.monitor.hints import ConnectionEvent
from bot.monitor.logs.whatsmeow import LOOK, OPENED, news_of_json

# `connection errored` comes with a trace and no code; the code of a failed login is in neither.
# Also the messages of Baileys' errors, which gateways repeat in their own lines.
_ERRORS = {
    "QR refs attempts ended": Cause.QR_WINDOW_OVER,
    "Intentional Logout": Cause.LOGGED_OUT_HERE,
    "Connection Terminated": Cause.CONNECTION_CLOSED,
    "Connection Closed": Cause.CONNECTION_CLOSED,
    "Connection was lost": Cause.CONNECTION_LOST,
    "WebSocket Error": Cause.CONNECTION_LOST,
    "Stream Errored (restart required)": Cause.RESTART_REQUIRED,
}
# What tells one 401 or 408 from another; nothing else that stands beside a code is read.
_REASONS = frozenset({"device_removed", "conflict", "Stream Errored (conflict)", *_ERRORS})
_CODE_NAMES = ("code", "statusCode", "status_code", "disconnectCode")
_CLOSINGS = frozenset(
    {"close", "closed", "connection.close", "connection_closed", "disconnect", "disconnected",
     "logged_out", "loggedout", "logout"}
)  # fmt: skip


def news_of_entry(entry: Mapping[str, Any]) -> ConnectionEvent | None:
    """What a JSON line says of a connection; None when nothing."""
    message = entry.get("msg")
    if message == "opened connection to WA" or _is_open(entry):
        return OPENED
    if message == "stream errored out":
        return ConnectionEvent(cause=_cause_of_stream_error(entry))
    if message == "received error in ack" and _is_of_restricted(entry):
        return ConnectionEvent(refused=1)
    if message == "connection errored":
        return _by_trace(str(entry.get("trace", "")))
    return news_of_json(entry) or _closing(entry)


def _is_open(entry: Mapping[str, Any]) -> bool:
    """The gateway's own word for it, or Baileys' event printed as it is."""
    is_open = entry.get("ev") == "state" and entry.get("state") in ("open", "connected")
    return is_open or entry.get("connection") == "open"


def _is_of_restricted(entry: Mapping[str, Any]) -> bool:
    """Whether WhatsApp refused a message for a restriction: its number, in the node it sent."""
    attrs = _dict(entry.get("attrs"))
    return attrs.get("class") == "message" and attrs.get("error") in ("463", 463)


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


def _closing(entry: Mapping[str, Any]) -> ConnectionEvent | None:
    """A gateway's own line about a closed socket, with Baileys' code in one of its usual places."""
    last = _dict(_dict(entry.get("lastDisconnect")).get("error"))
    code = _number(_dict(last.get("output")).get("statusCode"))
    if code is None and _is_close(entry):
        code = next(filter(None, (_number(entry.get(name)) for name in _CODE_NAMES)), None)
    if code is None:
        return LOOK if _is_close(entry) else None
    reasons = (entry.get("reason"), entry.get("message"), last.get("message"), _type_of(last))
    return _known(cause_of(code, " ".join(word for word in reasons if _is_reason(word))))


def _is_close(entry: Mapping[str, Any]) -> bool:
    """Whether the gateway's event field, and not some text, says that a socket was closed."""
    events = (entry.get(name) for name in ("ev", "event"))
    named = any(isinstance(event, str) and event.lower() in _CLOSINGS for event in events)
    return named or entry.get("connection") == "close"


def _is_reason(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and value in _REASONS


def _type_of(error: Mapping[str, Any]) -> str:
    """What Boom's data holds: the conflict itself on 7.0, the node around it on 6.x."""
    data = _dict(error.get("data"))
    return _conflict(data) or next(filter(None, map(_conflict, _list(data.get("content")))), "")


def _by_trace(trace: str) -> ConnectionEvent:
    """By the first line of the trace, which is the error's own message."""
    first = trace.partition("\n")[0].removeprefix("Error: ")
    matches = (cause for words, cause in _ERRORS.items() if _is_error(first, words))
    return next((ConnectionEvent(cause=cause) for cause in matches), LOOK)


def _is_error(message: str, words: str) -> bool:
    """Whether it is this error; a WebSocket's adds its own in brackets."""
    return message == words or message.startswith(f"{words} (")


def _known(cause: Cause) -> ConnectionEvent:
    return LOOK if cause is Cause.UNKNOWN else ConnectionEvent(cause=cause)


def _number(value: Any) -> int | None:
    """A disconnect code, written as a number or as text."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return int(value) if re.fullmatch(r"[1-9][0-9]{2}", str(value)[:4]) else None


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
