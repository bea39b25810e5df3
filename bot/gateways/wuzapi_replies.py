"""What the replies and pushes of wuzapi mean. The case of their keys differs between versions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from bot.domain.session import CAUSES, Cause, State, cause_of
from bot.gateways.base import (
    NAMELESS,
    GatewayConfused,
    GatewayUnreachable,
    NotSent,
    PairingCode,
    PushRefused,
    QrNotReady,
    RateLimited,
    Restricted,
    SessionInfo,
)
from bot.gateways.events import GatewayEvent, PushNews
from bot.gateways.pushes import message_event, pushed
from bot.gateways.refusals import says_no_way_out
from bot.gateways.reply import Reply
from bot.gateways.restrictions import says_restricted
from bot.gateways.shapes import key_in, listed_key_in, pairing_code_in, phone_in

_LONGEST_TOKEN = 500
_SILENT = ("no session", "not connected", "not logged in", "device jid")


@dataclass(frozen=True, kw_only=True, repr=False)
class User:
    """One user of the gateway: a session, and the token that opens it. Has no repr for that.

    `connected` and `logged_in` are None where the row does not say; `qrcode` is a picture in text.
    """

    name: str
    token: str
    jid: object
    connected: bool | None
    logged_in: bool | None
    qrcode: object
    id: str | None = None

    def __repr__(self) -> str:
        return "User(…)"


def field_of(body: Mapping[str, object], name: str) -> object:
    """The value under `name`, in whatever case it is written."""
    return next((value for key, value in body.items() if key.lower() == name), None)


def data_in(reply: Reply) -> object:
    """What the envelope holds; GatewayConfused where an answer of 200 says that it failed."""
    body = reply.mapping()
    if field_of(body, "success") is not True:
        raise GatewayConfused("the answer does not say success")
    return field_of(body, "data")


def fields_in(reply: Reply) -> Mapping[str, object]:
    """The object in the envelope, or GatewayConfused."""
    data = data_in(reply)
    if not isinstance(data, dict):
        raise GatewayConfused("the envelope holds no object")
    return data


def error_in(reply: Reply) -> str:
    """What a refusal says, in lower case."""
    return str(field_of(reply.mapping(), "error")).lower()


def is_silent(error: str) -> bool:
    """Whether it says that there is no live connection."""
    return any(words in error for words in _SILENT)


def users_in(reply: Reply) -> list[User]:
    """Every user, out of the envelope or of the bare array older builds answer with.

    Two users may bear one name, and some none that is readable. Such a name means nobody: it is
    told, as often as it is there, with nothing known of it.
    """
    rows = reply.json if isinstance(reply.json, list) else data_in(reply)
    if not isinstance(rows, list):
        raise GatewayConfused("the list holds no users")
    users = list(map(_user_in, rows))
    named = Counter(user.name for user in users)
    return [
        user if user.name != NAMELESS and named[user.name] == 1 else _nobody(user.name)
        for user in users
    ]


def _user_in(row: object) -> User:
    fields = row if isinstance(row, dict) else {}
    token = field_of(fields, "token")
    return _user(listed_key_in(field_of(fields, "name")), token if _is_token(token) else "", fields)


def _is_token(value: object) -> bool:
    is_text = isinstance(value, str) and value.isascii() and value.isprintable()
    return is_text and len(str(value)) <= _LONGEST_TOKEN


def _user(name: str, token: object, row: Mapping[str, object]) -> User:
    return User(
        name=name,
        token=str(token),
        jid=field_of(row, "jid"),
        connected=_flag(field_of(row, "connected")),
        logged_in=_flag(field_of(row, "loggedin")),
        qrcode=field_of(row, "qrcode"),
        id=told_id if isinstance(told_id := field_of(row, "id"), str) else None,
    )


def _nobody(name: str) -> User:
    return User(name=name, token="", jid=None, connected=None, logged_in=None, qrcode=None)


def _flag(value: object) -> bool | None:
    """A flag as Go or as its database writes it."""
    is_flag = type(value) is bool or (type(value) is int and value in (0, 1))
    return bool(value) if is_flag else None


def seen(user: User, status: Mapping[str, object]) -> User:
    """`user` by its own status, which older builds tell without a jid.

    GatewayConfused where it bears another user's id.
    """
    session = _user(user.name, user.token, status)
    if None not in (session.id, user.id) and session.id != user.id:
        raise GatewayConfused("the answer is about another user")
    return (
        session
        if session.jid is not None
        else _user(user.name, user.token, {**status, "jid": user.jid})
    )


def told_by(user: User) -> SessionInfo:
    """What is known of a session."""
    state = _state(user)
    word = "connected" if user.connected else "not connected"
    owner = phone_in(user.jid) if state is State.CONNECTED else None
    return SessionInfo(
        key=user.name,
        state=state,
        raw_state=f"{word}, logged in" if user.logged_in else word,
        owner_phone=owner,
    )


def _state(user: User) -> State:
    """A removed device keeps its jid: it looks like one that is away for a moment.

    For the moment of a login a session is connected and not logged in, as when it shows a code.
    """
    if user.connected is None or user.logged_in is None:
        return State.UNKNOWN
    if not user.connected:
        return State.DISCONNECTED if user.jid else State.STOPPED
    if user.logged_in:
        return State.CONNECTED
    logging_in = user.qrcode == "" and user.jid
    return State.CONNECTING if logging_in else State.AWAITING_SCAN


def sent_id(reply: Reply) -> str:
    """The id of a message that was taken. NotSent where there is no connection to send by."""
    if reply.status >= 400:
        if says_restricted(error_in(reply)):
            raise Restricted("WhatsApp restricts the account")
        if is_silent(error_in(reply)) or says_no_way_out(error_in(reply)):
            raise NotSent("the gateway could not send")
        raise GatewayUnreachable(f"the gateway answered {reply.status}")
    message_id = field_of(fields_in(reply), "id")
    return message_id if isinstance(message_id, str) else ""


def code_in(reply: Reply, phone: str) -> PairingCode:
    """The code to type in, or why there is none."""
    if reply.status >= 400:
        error = error_in(reply)
        if "already" in error:
            raise QrNotReady(State.CONNECTED)
        if "rate" in error or "429" in error:
            raise RateLimited("WhatsApp wants fewer pairing codes")
        if is_silent(error):
            raise QrNotReady(State.STOPPED)
        raise GatewayUnreachable(f"the gateway answered {reply.status}")
    return pairing_code_in(field_of(fields_in(reply), "linkingcode"), phone)


def event_in(body: bytes) -> list[GatewayEvent]:
    """The event of a push, sent as JSON or as a form; nothing for what concerns no session."""
    opened = _opened(body)
    kind, key = opened.get("type"), key_in(opened.get("instanceName"))
    event = opened.get("event")
    if not isinstance(kind, str) or key is None:
        raise PushRefused("the push names no event, or no user")
    return _event(kind, key, event if isinstance(event, dict) else {})


def _opened(body: bytes) -> Mapping[str, object]:
    if body.lstrip().startswith(b"{"):
        return pushed(body)
    try:
        form = dict(parse_qsl(body.decode(), max_num_fields=20))
    except ValueError:
        raise PushRefused("the push is neither JSON nor a form") from None
    inner = pushed(form.get("jsonData", "").encode())
    return {"instanceName": form.get("instanceName"), **inner}


def _event(kind: str, key: str, event: Mapping[str, object]) -> list[GatewayEvent]:
    match kind:
        case "LoggedOut":
            return [_caused(key, _logged_out(event))]
        case "ConnectFailure" | "StreamError":
            return [_caused(key, _by_code(event.get("Reason") or event.get("Code")))]
        case "QR":
            return [GatewayEvent(what=PushNews.QR, key=key, state=State.AWAITING_SCAN)]
        case "PairSuccess" | "PairError":
            return [GatewayEvent(what=PushNews.PAIRING, key=key)]
    if kind == "Message":
        return _message(key, event)
    return _by_name(kind, key)


def _by_name(kind: str, key: str) -> list[GatewayEvent]:
    """What the name alone says."""
    if kind in _CAUSES:
        return [_caused(key, _CAUSES[kind])]
    return [_moved(key, _MOVES[kind])] if kind in _MOVES else []


def _message(key: str, event: Mapping[str, object]) -> list[GatewayEvent]:
    """Whether somebody has written to it: its own messages come here as well."""
    info = event.get("Info")
    mine = isinstance(info, dict) and info.get("IsFromMe") is True
    return [] if mine else [message_event(key)]


_MOVES = {"Connected": State.CONNECTED, "Disconnected": None, "KeepAliveTimeout": None}
_CAUSES = {
    "TemporaryBan": Cause.TEMPORARY_BAN,
    "ClientOutdated": Cause.CLIENT_OUTDATED,
    "StreamReplaced": Cause.REPLACED,
    "QRTimeout": Cause.QR_WINDOW_OVER,
}


def _logged_out(event: Mapping[str, object]) -> Cause:
    """Why it was logged out. A device removed while it is connected may come without a code."""
    code = event.get("Reason")
    if code not in (None, 0, 401):
        return _by_code(code)
    return Cause.LOGIN_REFUSED if event.get("OnConnect") is True else Cause.DEVICE_REMOVED


def _by_code(code: object) -> Cause:
    """The cause behind a code, written as a number or as text."""
    text = str(code)
    is_code = type(code) in (int, str) and text.isascii() and text.isdecimal() and len(text) == 3
    return cause_of(int(text)) if is_code else Cause.UNKNOWN


def _caused(key: str, cause: Cause) -> GatewayEvent:
    if cause is Cause.UNKNOWN:
        return _moved(key, None)
    return GatewayEvent(what=PushNews.STATE, key=key, state=CAUSES[cause].state, cause=cause)


def _moved(key: str, state: State | None) -> GatewayEvent:
    return GatewayEvent(what=PushNews.STATE, key=key, state=state)
