"""What the replies of `ai_admin` mean. A reply goes in, our words for it come out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NoReturn
from urllib.parse import quote

from bot.domain.company import BadCompanyId, parse_company_id
from bot.domain.session import Cause, State
from bot.gateways import shapes
from bot.gateways.base import (
    GatewayConfused,
    GatewayUnreachable,
    NotSent,
    PairingCode,
    RateLimited,
    Restricted,
    SessionInfo,
    SessionNotFound,
    Unsupported,
)
from bot.gateways.codes import CodeLook, CodeSight
from bot.gateways.refusals import says_no_way_out
from bot.gateways.reply import Reply
from bot.gateways.restrictions import says_restricted
from bot.gateways.shapes import listed_key_in, word_in

# What (connected, status) mean; a pair that is not here contradicts itself or is new to us.
_STATES = {
    (True, "connected"): State.CONNECTED,
    (False, "disconnected"): State.DISCONNECTED,
    (False, "not_initialized"): State.STOPPED,
    (False, "error"): State.UNKNOWN,
}
# What the pool, and Baileys through it, say when there is no socket to send through.
_NO_WAY_OUT = ("No active session", "Connection Closed", "Connection was lost", "Connection Term")
_LONGEST_LIFE_S = 600


def checked(key: str) -> str:
    """`key` as a part of a path, or SessionNotFound: no other text is a company of this gateway."""
    try:
        return quote(parse_company_id(key), safe="")
    except BadCompanyId:
        raise SessionNotFound("the key is no company of this gateway") from None


def session_path(key: str) -> str:
    """The path of one session under /api. SessionNotFound as `checked`."""
    return f"/api/whatsapp/sessions/{checked(key)}"


def must_succeed(reply: Reply) -> Mapping[str, object]:
    """The body of a reply that says success, or GatewayConfused."""
    body = reply.mapping()
    if body.get("success") is not True:
        raise GatewayConfused("the answer does not say success")
    return body


def told(key: str, status: Mapping[str, object]) -> SessionInfo:
    """What one status says, before any look at a code."""
    word, attempts = word_in(status.get("status")), status.get("reconnectAttempts")
    # By `is`: 1 equals True, and says less.
    connected = status.get("connected") is True
    connected_or_not = connected or status.get("connected") is False
    return SessionInfo(
        key=key,
        state=_STATES.get((connected, word), State.UNKNOWN) if connected_or_not else State.UNKNOWN,
        raw_state=word,
        reconnects=attempts if type(attempts) is int and 0 <= attempts < 1_000_000 else None,
    )


def listed(entry: object) -> SessionInfo:
    """One entry of the list, whatever it is called."""
    fields = entry if isinstance(entry, dict) else {}
    return told(listed_key_in(fields.get("companyId")), fields)


def is_addressable(key: str) -> bool:
    """Whether the routes of one session mean the one of this name: of others they strip signs."""
    try:
        return parse_company_id(key) == key
    except BadCompanyId:
        return False


def qr_in(body: Mapping[str, object]) -> str | None:
    """The QR in an answer, byte for byte; None when there is none."""
    return shapes.qr_in(body.get("qr"))


def refined(info: SessionInfo, look: CodeLook) -> SessionInfo:
    """`info` of a disconnected session, with what a look at its QR adds."""
    if look.sight is CodeSight.LIVE:
        return replace(info, state=State.AWAITING_SCAN)
    return replace(info, cause=Cause.QR_WINDOW_OVER) if look.sight is CodeSight.OVER else info


def sent_id(reply: Reply) -> str:
    """The id of a message that was taken. NotSent where the gateway says that it could not send."""
    if reply.status >= 400:
        error = str(reply.mapping().get("error"))
        if says_restricted(error):
            raise Restricted("WhatsApp restricts the account")
        if any(words in error for words in _NO_WAY_OUT) or says_no_way_out(error):
            raise NotSent("the gateway could not send")
        raise GatewayUnreachable(f"the gateway answered {reply.status}")
    result = must_succeed(reply).get("result")
    key = result.get("key") if isinstance(result, dict) else None
    message_id = key.get("id") if isinstance(key, dict) else None
    return message_id if isinstance(message_id, str) else ""


def pairing_code_in(body: Mapping[str, object], phone: str) -> PairingCode:
    """The code to type in, as people read it: two groups of four."""
    told_s = body.get("expiresIn")
    # Not `isinstance`: True is an int too.
    life_s = told_s if type(told_s) is int and 0 < told_s <= _LONGEST_LIFE_S else None
    return shapes.pairing_code_in(body.get("code"), phone, life_s)


def refuse_pairing_code(reply: Reply) -> NoReturn:
    """Why there is no pairing code: this build has none, WhatsApp wants a pause, or anything."""
    error = str(reply.mapping().get("error"))
    if "rate-overlimit" in error:
        raise RateLimited("WhatsApp wants fewer pairing codes")
    if reply.status == 400 or "is not a function" in error:
        raise Unsupported("this build of the gateway hands out no pairing codes")
    raise GatewayUnreachable(f"the gateway answered {reply.status}")
