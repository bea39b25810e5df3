"""What the replies and pushes of wppconnect-server mean."""

from collections.abc import Mapping

from bot.domain.session import CAUSES, Cause, State
from bot.gateways.base import (
    GatewayAuthError,
    GatewayConfused,
    GatewayUnreachable,
    NotSent,
    PairingCode,
    PushRefused,
    Restricted,
    SessionInfo,
    Unsupported,
)
from bot.gateways.events import GatewayEvent, PushNews, Receipt
from bot.gateways.pushes import message_event, receipt_event, refusal_in
from bot.gateways.refusals import says_no_way_out
from bot.gateways.reply import NoSuchRoute, Reply
from bot.gateways.restrictions import says_restricted
from bot.gateways.shapes import key_in, listed_key_in, pairing_code_in, phone_in, word_in

_LONGEST_TOKEN = 500
_STATES = {
    "CONNECTED": State.CONNECTED,
    "INITIALIZING": State.CONNECTING,
    "QRCODE": State.AWAITING_SCAN,
    "PHONECODE": State.AWAITING_SCAN,
    "CLOSED": State.STOPPED,
    "NULL": State.STOPPED,
}


def names_in(reply: Reply) -> list[str]:
    """The names of all entries; older builds wrap each one. NAMELESS for those without."""
    if reply.status == 400:
        raise GatewayAuthError("the gateway refused the secret key")
    names = reply.mapping().get("response")
    if not isinstance(names, list):
        raise GatewayConfused("the list holds no names")
    inner = (it.get("session") if isinstance(it, dict) else it for it in names)
    return list(map(listed_key_in, inner))


def token_in(reply: Reply) -> str:
    """The token of one session, or GatewayAuthError: only a wrong secret key is refused here."""
    if reply.status == 400:
        raise GatewayAuthError("the gateway refused the secret key")
    token = reply.mapping().get("token")
    is_text = isinstance(token, str) and token.isascii() and token.isprintable()
    if not is_text or not 0 < len(str(token)) <= _LONGEST_TOKEN:
        raise GatewayConfused("the answer holds no token")
    return str(token)


def word_of(reply: Reply) -> str:
    """The state as the gateway calls it; `null` is a word of its own here."""
    body = reply.mapping()
    if "status" not in body:
        raise GatewayConfused("the answer holds no state")
    status = body["status"]
    return "NULL" if status is None else word_in(status).upper()


def told_by(key: str, word: str) -> SessionInfo:
    """What a session is by the gateway's word for it."""
    return SessionInfo(key=key, state=_STATES.get(word, State.UNKNOWN), raw_state=word)


def is_confirmed(reply: Reply) -> bool | None:
    """Whether the page itself is connected; None where that is not told."""
    status = reply.mapping().get("status")
    return status if isinstance(status, bool) else None


def owner_in(reply: Reply) -> str | None:
    """The linked number, None where it is not told."""
    return phone_in(reply.mapping().get("response"))


def must_not_fail(reply: Reply) -> None:
    """GatewayConfused where an answer of 200 says that it failed."""
    body = reply.mapping()
    if body.get("status") in (False, "error") or body.get("success") is False:
        raise GatewayConfused("the answer says that it failed")


def code_in(reply: Reply, phone: str) -> PairingCode:
    """The code to type in; Unsupported by builds that answer with a QR instead."""
    body = reply.mapping()
    if body.get("phoneCode") is None and str(body.get("status")).lower() == "qrcode":
        raise Unsupported("this build of the gateway hands out no pairing codes")
    return pairing_code_in(body.get("phoneCode"), phone)


def sent_id(reply: Reply) -> str:
    """The id of a message that was taken. NotSent where the session is not running."""
    body = reply.mapping()
    if reply.status == 404 and body.get("status") == "Disconnected":
        raise NotSent("the gateway could not send")
    if reply.status == 404:
        raise NoSuchRoute("the gateway answered 404")
    if reply.status >= 400 and says_restricted(body):
        raise Restricted("WhatsApp restricts the account")
    if reply.status >= 400 and says_no_way_out(body):
        raise NotSent("the gateway could not send")
    if reply.status >= 400:
        raise GatewayUnreachable(f"the gateway answered {reply.status}")
    if body.get("status") != "success":
        raise GatewayConfused("the answer does not say success")
    return _id_in(body.get("response"))


def _id_in(response: object) -> str:
    first = response[0] if isinstance(response, list) and response else response
    message_id = first.get("id") if isinstance(first, dict) else None
    message_id = message_id.get("_serialized") if isinstance(message_id, dict) else message_id
    return message_id if isinstance(message_id, str) else ""


def event_in(body: Mapping[str, object]) -> list[GatewayEvent]:
    """The event of a push; nothing for what concerns no session. PushRefused for nonsense."""
    name, key = body.get("event"), key_in(body.get("session"))
    if not isinstance(name, str) or key is None:
        raise PushRefused("the push names no event, or no session")
    match name:
        case "status-find":
            return _found(key, body.get("status"))
        case "qrcode":
            return [GatewayEvent(what=PushNews.QR, key=key, state=State.AWAITING_SCAN)]
        case "phoneCode":
            return [GatewayEvent(what=PushNews.PAIRING, key=key, state=State.AWAITING_SCAN)]
        case "closesession":
            return [GatewayEvent(what=PushNews.STATE, key=key, state=State.STOPPED)]
        case "logoutsession":
            return [_caused(key, Cause.LOGGED_OUT_HERE)]
    return _passing(name, key, body)


def _passing(name: str, key: str, body: Mapping[str, object]) -> list[GatewayEvent]:
    """What goes through a session: messages, and what became of those that were sent."""
    if name == "onack":
        return receipt_event(key, body.get("id"), _receipt(body))
    came = name in ("onmessage", "onanymessage") and body.get("fromMe") is not True
    return [message_event(key)] if came else []


def _receipt(body: Mapping[str, object]) -> Receipt | None:
    """What it says of a message: a negative number for a refusal, 0 while it waits."""
    level = body.get("ack")
    if type(level) is not int or level == 0:
        return None
    return Receipt.GOT if level > 0 else refusal_in(body)


_FOUND = {
    "islogged": State.CONNECTED,
    "inchat": State.CONNECTED,
    "notlogged": State.AWAITING_SCAN,
    "browserclose": State.STOPPED,
    "serverclose": State.STOPPED,
}
_FOUND_CAUSES = {
    "disconnectedmobile": Cause.DEVICE_REMOVED,
    "desconnectedmobile": Cause.DEVICE_REMOVED,  # as builds before 2.8 spell it
    "autoclosecalled": Cause.QR_WINDOW_OVER,
    "phonenotconnected": Cause.CONNECTION_LOST,
}


def _found(key: str, status: object) -> list[GatewayEvent]:
    word = status.lower() if isinstance(status, str) else ""
    if word in _FOUND_CAUSES:
        return [_caused(key, _FOUND_CAUSES[word])]
    if word.startswith("qrread"):
        return [GatewayEvent(what=PushNews.PAIRING, key=key)]
    return [GatewayEvent(what=PushNews.STATE, key=key, state=_FOUND.get(word))]


def _caused(key: str, cause: Cause) -> GatewayEvent:
    return GatewayEvent(what=PushNews.STATE, key=key, state=CAUSES[cause].state, cause=cause)
