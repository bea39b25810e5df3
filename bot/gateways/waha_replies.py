"""What the replies and pushes of WAHA mean, in the shapes of 2026 and of older builds."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.session import Cause, State
from bot.gateways.base import (
    GatewayConfused,
    GatewayUnreachable,
    NotSent,
    PushRefused,
    Restricted,
    SessionInfo,
    SessionNotFound,
)
from bot.gateways.events import GatewayEvent, PushNews, Receipt
from bot.gateways.pushes import message_event, moment_in, receipt_event, refusal_in
from bot.gateways.refusals import says_no_way_out
from bot.gateways.reply import NoSuchRoute, Reply
from bot.gateways.restrictions import says_restricted
from bot.gateways.shapes import key_in, listed_key_in, phone_in, word_in
from bot.gateways.waha_restrictions import mentions, restriction_in

# FAILED is said of a lost login and of a window that is over alike, and without a reason. What it
# means is for the rules, who know what the session was before.
_STATES = {
    "WORKING": State.CONNECTED,
    "STARTING": State.CONNECTING,
    "SCAN_QR_CODE": State.AWAITING_SCAN,
    "PASSKEY_REQUIRED": State.AWAITING_PASSKEY,
    "PASSKEY_CONFIRMATION_REQUIRED": State.AWAITING_PASSKEY,
    "STOPPED": State.STOPPED,
    "FAILED": State.FAILED,
}
# STOPPED is said of nothing but an order: what is lost is FAILED.
_CAUSES = {
    State.AWAITING_PASSKEY: Cause.PASSKEY_REQUIRED,
    State.STOPPED: Cause.STOPPED_THERE,
}


def must_exist(reply: Reply) -> Reply:
    """The reply; of a 404, SessionNotFound where a session is missing, NoSuchRoute otherwise."""
    if reply.status != 404:
        return reply
    message = str(reply.mapping().get("message"))
    if message.startswith("Cannot ") or "ession" not in message:
        raise NoSuchRoute("the gateway answered 404")
    raise SessionNotFound("the gateway has no such session")


def must_run(reply: Reply) -> Reply:
    """The reply; of a refused start, GatewayConfused unless the session runs already."""
    if reply.status == 422 and "already started" not in str(reply.mapping().get("message")):
        raise GatewayConfused("the gateway answered 422")
    return reply


def must_not_fail(reply: Reply) -> Mapping[str, object]:
    """The body; GatewayConfused where an answer of 2xx says `error`."""
    body = reply.mapping()
    if body.get("error") not in (None, False, ""):
        raise GatewayConfused("the answer says that it failed")
    return body


def state_in(status: object) -> State:
    """The state behind a status; UNKNOWN for one that is new to us."""
    return _STATES.get(word_in(status), State.UNKNOWN)


def listed(entry: object, now: datetime) -> SessionInfo:
    """One entry of the list, whatever it is called."""
    fields = entry if isinstance(entry, dict) else {}
    return _info(listed_key_in(fields.get("name")), fields, now)


def told(key: str, reply: Reply, now: datetime) -> SessionInfo:
    """One session, or GatewayConfused when the answer is about another."""
    body = must_not_fail(reply)
    if body.get("name") != key:
        raise GatewayConfused("the answer is about no such session")
    return _info(key, body, now)


def mentions_restrictions(reply: Reply) -> bool:
    """Whether a session's own answer is of a build that tells of restrictions in it."""
    me = reply.mapping().get("me")
    return isinstance(me, dict) and mentions(me)


def _info(key: str, body: Mapping[str, object], now: datetime) -> SessionInfo:
    state, me = state_in(body.get("status")), body.get("me")
    me = me if isinstance(me, dict) else {}
    owner = phone_in(me.get("id"))
    connected = state is State.CONNECTED
    return SessionInfo(
        key=key,
        state=state,
        raw_state=word_in(body.get("status")),
        cause=_CAUSES.get(state),
        owner_phone=owner if connected else None,
        restriction=restriction_in(me, now) if connected else None,
    )


def sent_id(reply: Reply) -> str:
    """The id of a message that was taken. NotSent where the gateway says that it could not send."""
    if reply.status >= 400:
        body = reply.mapping()
        said = f"{body.get('message')} {body.get('error')} {body.get('exception')}"
        if says_restricted(said):
            raise Restricted("WhatsApp restricts the account")
        if reply.status == 422 or says_no_way_out(said):
            raise NotSent("the gateway could not send")
        raise GatewayUnreachable(f"the gateway answered {reply.status}")
    body = must_not_fail(reply)
    # An engine of a browser tells an object, one of sockets a text, or a key beside the message.
    for told_id in (body.get("id"), body.get("key")):
        inner = told_id if isinstance(told_id, dict) else {"id": told_id}
        for name in ("_serialized", "id"):
            if isinstance(inner.get(name), str):
                return str(inner[name])
    return ""


def event_in(body: Mapping[str, object], headers: Mapping[str, str]) -> list[GatewayEvent]:
    """The event of a push; nothing for those of messages. PushRefused for nonsense."""
    name, key, payload = body.get("event"), key_in(body.get("session")), body.get("payload")
    if not isinstance(name, str) or key is None or not isinstance(payload, dict):
        raise PushRefused("the push names no event, or no session")
    if name in ("message", "message.any"):
        return [message_event(key)] if payload.get("fromMe") is not True else []
    if name == "message.ack":
        return receipt_event(key, payload.get("id"), _receipt(payload))
    if name != "session.status":
        return []
    state, event_id = state_in(payload.get("status")), body.get("id")
    return [
        GatewayEvent(
            # It says so again for each new code.
            what=PushNews.QR if state is State.AWAITING_SCAN else PushNews.STATE,
            key=key,
            state=state,
            cause=Cause.PASSKEY_REQUIRED if state is State.AWAITING_PASSKEY else None,
            event_id=event_id if isinstance(event_id, str) and len(event_id) < 100 else None,
            at=moment_in(headers.get("x-webhook-timestamp") or body.get("timestamp")),
        )
    ]


def _receipt(payload: Mapping[str, object]) -> Receipt | None:
    """What it says of a message: -1 for a refusal, 0 while it waits, more once WhatsApp has it."""
    level = payload.get("ack")
    if type(level) is not int or level == 0:
        return None
    return Receipt.GOT if level > 0 else refusal_in(payload)
