"""What pushes of all kinds have in common: a signature over raw bytes, and JSON below it."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

from bot.domain.probe import message_mark
from bot.gateways.base import PushForged, PushRefused
from bot.gateways.events import GatewayEvent, PushNews, Receipt
from bot.gateways.reply import parse_json


def must_be_signed(body: bytes, signature: str | None, key: str, digest: str) -> None:
    """PushForged unless `signature` is the hex HMAC of `body` with `key`."""
    right = hmac.new(key.encode(), body, getattr(hashlib, digest)).hexdigest()
    if not is_same(signature or "", right):
        raise PushForged("the push is not signed with the key of the settings")


def is_same(signature: str, right: str) -> bool:
    """Whether two secrets are the same, in a time that does not depend on where they differ."""
    return hmac.compare_digest(signature.encode(errors="replace"), right.encode())


def pushed(body: bytes) -> Mapping[str, object]:
    """The JSON object in a push, or PushRefused."""
    try:
        parsed = parse_json(body)
    except ValueError:
        raise PushRefused("the push is no JSON") from None
    if not isinstance(parsed, dict):
        raise PushRefused("the push is no JSON object")
    return parsed


def moment_in(milliseconds: object) -> datetime | None:
    """The moment of a Unix time in milliseconds; None for anything else."""
    text = str(milliseconds)
    if not text.isascii() or not text.isdecimal() or len(text) > 14:
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC)


def message_event(key: str) -> GatewayEvent:
    """Somebody has written to this session."""
    return GatewayEvent(what=PushNews.MESSAGE, key=key)


def receipt_event(key: str, message_id: object, receipt: Receipt | None) -> list[GatewayEvent]:
    """What became of a message that was sent; nothing where it names none, or says nothing yet."""
    if isinstance(message_id, dict):
        message_id = message_id.get("_serialized") or message_id.get("id")
    mark = message_mark(message_id) if isinstance(message_id, str) else ""
    if not mark or receipt is None:
        return []
    return [GatewayEvent(what=PushNews.RECEIPT, key=key, message_id=mark, receipt=receipt)]


def refusal_in(told: Mapping[str, object]) -> Receipt:
    """Which refusal it is: WhatsApp's number for a restricted account stands in a place of its own.

    The texts of what was sent are no such place.
    """
    numbers = told.get("messageStubParameters")
    named = [told.get("error"), told.get("errorCode"), told.get("code")]
    said = [*numbers, *named] if isinstance(numbers, list) else named
    return Receipt.RESTRICTED if any(str(word) == "463" for word in said) else Receipt.REFUSED
