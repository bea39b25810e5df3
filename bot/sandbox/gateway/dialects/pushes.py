"""Pushes as WAHA and Evolution API write them; WAHA signs them with HMAC-SHA512."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime

from bot.sandbox.gateway.dialects.base import Push
from bot.sandbox.gateway.happening import Happening
from bot.sandbox.gateway.traffic import Passing, Receipt


def waha_passing(passing: Passing, key: str | None) -> Push:
    """A message that came in, or an acknowledgement."""
    mine = passing.receipt is not None
    payload: dict[str, object] = {
        "id": f"{str(mine).lower()}_x@c.us_{passing.id}",
        "fromMe": mine,
        "body": "",
    }
    if mine:
        failed = passing.receipt is Receipt.ERROR
        payload |= {"ack": -1 if failed else 1, "ackName": "ERROR" if failed else "SERVER"}
    event = "message.ack" if mine else "message"
    return waha_push(passing.company, event, passing.at, payload, key)


def waha_push(
    name: str,
    event: str,
    at: datetime,
    payload: Mapping[str, object],
    key: str | None,
    *,
    me: object = None,
) -> Push:
    """Any event of a session."""
    stamp = int(at.timestamp() * 1000)
    told = {"id": f"evt_{secrets.token_hex(13)}", "timestamp": stamp, "event": event}
    told |= {"session": name, "me": me, "engine": "NOWEB", "payload": payload}
    body = json.dumps(told).encode()
    headers = {"X-Webhook-Timestamp": str(stamp), "X-Webhook-Request-Id": secrets.token_hex(13)}
    if key is not None:
        signature = hmac.new(key.encode(), body, hashlib.sha512).hexdigest()
        headers |= {"X-Webhook-Hmac": signature, "X-Webhook-Hmac-Algorithm": "sha512"}
    return Push(body=body, headers=headers)


def evolution_passing(passing: Passing, key: str | None) -> Push:
    """A message that came in, or what became of one that was sent."""
    jid = {"remoteJid": "x@s.whatsapp.net"}
    if passing.receipt is None:
        told = {"key": {**jid, "fromMe": False, "id": passing.id}}
        return evolution_push(passing, "messages.upsert", told, key)
    failed = passing.receipt is Receipt.ERROR
    data: dict[str, object] = {**jid, "keyId": passing.id, "fromMe": True}
    data["status"] = "ERROR" if failed else "SERVER_ACK"
    if failed:
        data["messageStubParameters"] = [str(passing.code)]
    return evolution_push(passing, "messages.update", data, key)


def evolution_push(
    happening: Happening | Passing, event: str, data: Mapping[str, object], key: str | None
) -> Push:
    """Any event of an instance."""
    body = {
        "event": event,
        "instance": happening.company,
        "data": data,
        "date_time": happening.at.isoformat(timespec="milliseconds"),
        "apikey": "FAKE-INSTANCE-TOKEN",
    }
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    return Push(body=json.dumps(body).encode(), headers=headers)
