"""What the replies of go-whatsapp-web-multidevice mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.domain.phone import digits_of
from bot.domain.session import State
from bot.gateways.base import (
    GatewayConfused,
    GatewayUnreachable,
    NotSent,
    PairingCode,
    QrNotReady,
    RateLimited,
    Restricted,
    SessionInfo,
    SessionNotFound,
)
from bot.gateways.refusals import says_no_way_out
from bot.gateways.reply import Reply
from bot.gateways.restrictions import says_restricted
from bot.gateways.shapes import listed_key_in, pairing_code_in, phone_in, word_in

_PICTURE = re.compile(r"(?:/[A-Za-z0-9_.-]{1,100}){0,10}/statics/[A-Za-z0-9_./-]{1,200}\.png")


@dataclass(frozen=True, kw_only=True)
class Device:
    """One device. Without an `account` it has no credentials: the gateway leaves it out then."""

    key: str
    word: str
    account: str | None
    phone: str | None


def results_in(reply: Reply) -> object:
    """What the envelope holds; GatewayConfused where an answer of 200 says that it failed."""
    body = reply.mapping()
    status = body.get("status")
    failed = type(status) is int and status >= 400
    if body.get("code") != "SUCCESS" or failed:
        raise GatewayConfused("the answer does not say success")
    return body.get("results")


def fields_in(reply: Reply) -> Mapping[str, object]:
    """The object in the envelope, or GatewayConfused."""
    results = results_in(reply)
    if not isinstance(results, dict):
        raise GatewayConfused("the envelope holds no object")
    return results


def must_exist(reply: Reply) -> Reply:
    """The reply; SessionNotFound where it says, in whatever status, that there is no such device.

    Any other refusal is the gateway's trouble.
    """
    if reply.status < 400:
        return reply
    if "not found" in error_in(reply):
        raise SessionNotFound("the gateway has no such device")
    raise GatewayUnreachable(f"the gateway answered {reply.status}")


def error_in(reply: Reply) -> str:
    """What a refusal says, in lower case."""
    body = reply.mapping()
    return f"{body.get('code')} {body.get('message')}".lower()


def devices_in(reply: Reply) -> list[Device]:
    """The devices of a list, also those without a readable id."""
    rows = results_in(reply)
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise GatewayConfused("the list holds no devices")
    return list(map(device_in, rows))


def device_in(row: object) -> Device:
    """One device, whatever it is called."""
    if not isinstance(row, dict):
        row = {}
    key = listed_key_in(row.get("id"))
    jid, number = row.get("jid"), row.get("phone_number")
    return Device(
        key=key,
        word=word_in(row.get("state")),
        account=jid if isinstance(jid, str) and jid else None,
        phone=phone_in(jid) or (digits_of(number) if isinstance(number, str) else None),
    )


def told_by(device: Device, *, was_linked: bool) -> SessionInfo:
    """What a device is. `was_linked`: it had an account before, and WhatsApp's logout takes it."""
    state = _state(device, was_linked=was_linked)
    owner = device.phone if state is State.CONNECTED else None
    return SessionInfo(key=device.key, state=state, raw_state=device.word, owner_phone=owner)


def _state(device: Device, *, was_linked: bool) -> State:
    match device.word, device.account is not None:
        case "logged_in", _:
            return State.CONNECTED
        case "connected", False:
            return State.AWAITING_SCAN
        case (("connected" | "connecting"), _):
            return State.CONNECTING
        case "disconnected", True:
            return State.DISCONNECTED
        case "disconnected", False:
            return State.LOGGED_OUT if was_linked else State.STOPPED
    return State.UNKNOWN


def picture_path(reply: Reply) -> str:
    """Where the picture of a code lies, as a path: its host is whatever the gateway was called."""
    link = fields_in(reply).get("qr_link")
    path = _path_of(link) if isinstance(link, str) else ""
    if ".." in path or _PICTURE.fullmatch(path) is None:
        raise GatewayConfused("the answer holds no link to a picture")
    return path


def _path_of(link: str) -> str:
    try:
        return urlsplit(link).path
    except ValueError:
        return ""


def code_in(reply: Reply, phone: str) -> PairingCode:
    """The code to type in, or why there is none."""
    if reply.status >= 400:
        error = error_in(reply)
        if "already" in error:
            raise QrNotReady(State.CONNECTED)
        if "rate" in error or "429" in error:
            raise RateLimited("WhatsApp wants fewer pairing codes")
    return pairing_code_in(fields_in(must_exist(reply)).get("pair_code"), phone)


def sent_id(reply: Reply) -> str:
    """The id of a message that was taken. NotSent where the device lost its login."""
    if reply.status == 401:
        # A refused key is met before anything is sent: this one is about WhatsApp.
        raise NotSent("the gateway could not send")
    if reply.status >= 400:
        error = error_in(reply)
        if says_restricted(error):
            raise Restricted("WhatsApp restricts the account")
        if reply.status == 429:
            raise RateLimited("too many requests")
        if "not connect" in error or "not log" in error or says_no_way_out(error):
            raise NotSent("the gateway could not send")
        raise GatewayUnreachable(f"the gateway answered {reply.status}")
    message_id = fields_in(reply).get("message_id")
    return message_id if isinstance(message_id, str) else ""


def wants_passkey(reply: Reply) -> bool:
    """Whether a pairing waits for a passkey, or for its confirmation."""
    return fields_in(reply).get("status") in ("awaiting_response", "awaiting_confirmation")
