"""What the replies and pushes of Evolution API mean, in the shapes of 2.3 and of the older docs."""

import json
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import jwt
from jwt.types import Options
from jwt.warnings import InsecureKeyLengthWarning

from bot.domain.session import CAUSES, Cause, State, cause_of
from bot.gateways.base import (
    NAMELESS,
    GatewayConfused,
    PushForged,
    PushRefused,
    SessionInfo,
    SessionNotFound,
)
from bot.gateways.events import GatewayEvent, PushNews, Receipt
from bot.gateways.pushes import is_same, message_event, receipt_event, refusal_in
from bot.gateways.reply import NoSuchRoute, Reply
from bot.gateways.shapes import key_in, listed_key_in, phone_in, word_in

# The only integration that has a QR and credentials of its own.
BAILEYS = "WHATSAPP-BAILEYS"
_NO_INSTANCE = re.compile(r"Instance .{1,300} not found|instance does not exist", re.DOTALL)
_LIVE = {"open": State.CONNECTED, "connecting": State.CONNECTING, "close": State.STOPPED}
# With these it does not reconnect by itself, and the credentials are gone.
_FINAL_CODES = frozenset({401, 402, 403, 406})

# What else a token of Evolution claims is not for us; its clock may be ahead of ours.
_SIGNATURE_ALONE: Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One instance as the database of the gateway has it: its word is the truth of the session.

    The word is `connecting` exactly since a QR was made, `open` since it was linked, and `close`
    once Evolution gave up. The live word only says what its socket does at this moment: beside
    `open` it flips between `close` and `connecting` for as long as WhatsApp is away.
    `code` is the last reason of a disconnection, of whatever time, and `owner` the last number:
    neither is ever cleared. The code counts beside the word `close` alone.
    The row holds the instance's token as well, which is why it is never kept whole.
    """

    key: str
    word: str
    integration: str = BAILEYS
    owner: str | None
    code: int | None
    reason: str


def blank_row(key: str) -> Row:
    """What is known of an instance whose row was not told."""
    return Row(key=key, word="?", owner=None, code=None, reason="")


def may_connect(row: Row, word: str) -> bool:
    """Whether `connect` starts something, rather than adding a socket to what reconnects itself.

    Evolution builds a new socket with each `connect` of a live `close` and never ends the one
    before: of a linked session the two throw each other out for ever.
    """
    return word == "close" and row.word in ("close", "connecting")


def shows_qr(row: Row, word: str) -> bool:
    """Whether a QR is up: then alone `connect` only reads it."""
    return row.word == word == "connecting"


def must_not_fail(reply: Reply) -> Mapping[str, object]:
    """The body; GatewayConfused where an answer of 200 says `error`."""
    body = reply.mapping()
    if body.get("error") not in (None, False, ""):
        raise GatewayConfused("the answer says that it failed")
    return body


def must_exist(reply: Reply) -> Reply:
    """The reply; of a 404, SessionNotFound where an instance is missing, NoSuchRoute otherwise."""
    if reply.status != 404:
        return reply
    if _NO_INSTANCE.search(str(reply.mapping().get("response"))):
        raise SessionNotFound("the gateway has no such instance")
    raise NoSuchRoute("the gateway answered 404")


def rows_in(reply: Reply) -> list[Row]:
    """The instances of a list, also those without a readable name."""
    return list(map(_row, reply.sequence()))


def _row(entry: object) -> Row:
    """An instance, flat as 2.x has it, or nested as the docs still show it."""
    if isinstance(entry, dict) and isinstance(entry.get("instance"), dict):
        entry = entry["instance"]
    if not isinstance(entry, dict):
        return blank_row(NAMELESS)
    key = listed_key_in(entry.get("name") or entry.get("instanceName"))
    code = entry.get("disconnectionReasonCode")
    return Row(
        key=key,
        word=word_in(entry.get("connectionStatus") or entry.get("status")),
        integration=word_in(entry.get("integration") or BAILEYS),
        owner=phone_in(entry.get("ownerJid") or entry.get("owner")),
        code=code if type(code) is int else None,
        reason=json.dumps(entry.get("disconnectionObject")),
    )


def told_by(row: Row, word: str | None = None) -> SessionInfo:
    """What a row says, with the live `word` beside it where that was asked for."""
    state, cause = State.UNKNOWN, None
    if row.integration == BAILEYS:
        state, cause = _judged(row, word or row.word)
    owner = row.owner if state is State.CONNECTED else None
    raw = (word or row.word) if row.integration == BAILEYS else row.integration
    return SessionInfo(key=row.key, state=state, raw_state=raw, cause=cause, owner_phone=owner)


def _judged(row: Row, word: str) -> tuple[State, Cause | None]:
    if word != "close":
        return _LIVE.get(word, State.UNKNOWN), None
    match row.word:
        case "open":  # it reconnects by itself, however old the reason in the row
            return State.CONNECTING, None
        case "connecting":  # it showed a QR, and shows none any more
            return State.STOPPED, Cause.QR_WINDOW_OVER
        case "close" if row.code is None:
            return State.STOPPED, None
        case "close":
            is_final = row.code in _FINAL_CODES
            return State.LOGGED_OUT if is_final else State.FAILED, cause_of(row.code, row.reason)
    return State.DISCONNECTED, None  # without its row nobody knows what a `close` means


def live_word(reply: Reply) -> str:
    """The live state: `open`, `connecting`, `close`, or what is not understood."""
    body = must_not_fail(reply)
    inner = body.get("instance")
    found = inner if isinstance(inner, dict) else body
    return word_in(found.get("state") or found.get("status"))


def code_part(reply: Reply) -> Mapping[str, object]:
    """The part of an answer that holds `code`, `base64` and `pairingCode`."""
    body = must_not_fail(reply)
    inner = body.get("qrcode")
    return inner if isinstance(inner, dict) else body


def sent_id(body: Mapping[str, object]) -> str:
    """The id of a message that was taken, empty where none is told."""
    key = body.get("key")
    message_id = key.get("id") if isinstance(key, dict) else None
    return message_id if isinstance(message_id, str) else ""


def must_be_ours(headers: Mapping[str, str], key: str, now: datetime) -> None:
    """PushForged unless the push bears the key itself, or a token that was signed with it.

    Evolution signs no bodies: it sends the headers one gives it, or, for `jwt_key`, a token of ten
    minutes.
    """
    token = headers.get("authorization", "").removeprefix("Bearer ")
    if not is_same(token, key) and not _is_valid_token(token, key, now):
        raise PushForged("the push does not bear the key of the settings")


def _is_valid_token(token: str, key: str, now: datetime) -> bool:
    """Whether it was signed with the key and still lives, by our clock alone."""
    with warnings.catch_warnings():
        # The key is the operator's, and no shorter than the settings allow.
        warnings.simplefilter("ignore", InsecureKeyLengthWarning)
        try:
            claims = jwt.decode(token, key, algorithms=["HS256"], options=_SIGNATURE_ALONE)
        except jwt.PyJWTError:
            return False
    until = claims.get("exp")
    return type(until) is int and until > now.timestamp()


def event_in(body: Mapping[str, object]) -> list[GatewayEvent]:
    """The event of a push; nothing for those that concern no session. PushRefused for nonsense."""
    name, key = body.get("event"), key_in(body.get("instance"))
    if not isinstance(name, str) or key is None:
        raise PushRefused("the push names no event, or no instance")
    told = body.get("data")
    data = told if isinstance(told, dict) else {}
    match name.lower().replace("_", ".").replace("-", "."):
        case "connection.update":
            return [_connection(key, data)]
        case "qrcode.updated":
            return [_qrcode(key, data)]
        case "status.instance":
            cause = _cause(data.get("disconnectionReasonCode"), data.get("disconnectionObject"))
            return [_state(key, None if cause is None else CAUSES[cause].state, cause)]
        case "logout.instance" | "remove.instance":
            return [_state(key, None, None)]
    return _passing(name.lower().replace("_", ".").replace("-", "."), key, told)


def _passing(name: str, key: str, told: object) -> list[GatewayEvent]:
    """What goes through a session: messages, and what became of those that were sent."""
    if name == "messages.upsert":
        return _message(key, told)
    if name == "messages.update":
        return [event for entry in _entries(told) for event in _acknowledged(key, entry)]
    return []


def _entries(told: object) -> list[Mapping[str, object]]:
    """One message or several, as builds have it."""
    entries = told if isinstance(told, list) else [told]
    return [entry for entry in entries[:_MOST_ENTRIES] if isinstance(entry, dict)]


def _message(key: str, told: object) -> list[GatewayEvent]:
    """Whether somebody has written to it: its own messages come here as well."""
    marks = [entry.get("key") for entry in _entries(told)]
    came = any(isinstance(mark, dict) and mark.get("fromMe") is not True for mark in marks)
    return [message_event(key)] if came else []


def _acknowledged(key: str, data: Mapping[str, object]) -> list[GatewayEvent]:
    inner, update = data.get("key"), data.get("update")
    mark = inner.get("id") if isinstance(inner, dict) else data.get("keyId")
    data = {**data, **update} if isinstance(update, dict) else data
    word = data.get("status")
    if word in _GOT:
        return receipt_event(key, mark, Receipt.GOT)
    return receipt_event(key, mark, refusal_in(data) if word in _REFUSED else None)


_MOST_ENTRIES = 50
# As words, or as Baileys numbers them.
_GOT = ("SERVER_ACK", "DELIVERY_ACK", "READ", "PLAYED", 2, 3, 4, 5)
_REFUSED = ("ERROR", 0)


def _connection(key: str, data: Mapping[str, object]) -> GatewayEvent:
    match data.get("state"):
        case "open":
            return _state(key, State.CONNECTED, None)
        case "connecting":
            return _state(key, State.CONNECTING, None)
        case "refused":
            return _state(key, State.STOPPED, Cause.QR_WINDOW_OVER)
        case "close":
            code = data.get("statusReason")
            is_final = type(code) is int and code in _FINAL_CODES
            state = State.LOGGED_OUT if is_final else State.DISCONNECTED
            return _state(key, state, _cause(code, None))
    return _state(key, State.UNKNOWN, None)


def _qrcode(key: str, data: Mapping[str, object]) -> GatewayEvent:
    # At its limit it sends a message and a status in place of a code.
    if "statusCode" in data:
        return _state(key, State.STOPPED, Cause.QR_WINDOW_OVER)
    return GatewayEvent(what=PushNews.QR, key=key, state=State.AWAITING_SCAN)


def _state(key: str, state: State | None, cause: Cause | None) -> GatewayEvent:
    return GatewayEvent(what=PushNews.STATE, key=key, state=state, cause=cause)


def _cause(code: object, reason: object) -> Cause | None:
    return cause_of(code, json.dumps(reason)) if type(code) is int else None
