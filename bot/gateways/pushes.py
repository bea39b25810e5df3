"""What pushes of all kinds have in common: a signature over raw bytes, and JSON below it."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

from bot.gateways.base import PushForged, PushRefused
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
