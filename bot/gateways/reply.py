"""One answer of a gateway, parsed: bytes go in, a `Reply` or a GatewayError comes out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

import orjson

from bot.gateways.base import GatewayConfused, GatewayUnreachable

_PNG_BEGINS = b"\x89PNG\r\n\x1a\n"


class NoSuchRoute(GatewayConfused):
    """The gateway answered 404 where that carries no meaning of its own: an older build."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Reply:
    """One answer; its repr shows no content.

    `json` is None for an empty body and for a picture, `png` is None for everything else.
    """

    status: int
    json: object
    elapsed_s: float
    png: bytes | None = None

    def __repr__(self) -> str:
        return f"Reply({self.status})"

    def mapping(self) -> Mapping[str, object]:
        """The JSON object that came, or GatewayConfused."""
        if not isinstance(self.json, dict):
            raise GatewayConfused("a JSON object was expected")
        return self.json

    def sequence(self) -> list[object]:
        """The JSON array that came, or GatewayConfused."""
        if not isinstance(self.json, list):
            raise GatewayConfused("a JSON array was expected")
        return self.json


def read_reply(body: bytes, *, status: int, elapsed_s: float) -> Reply:
    """The reply with this body: a picture by its first bytes, JSON otherwise, or an error."""
    if body.startswith(_PNG_BEGINS):
        return Reply(status=status, json=None, elapsed_s=elapsed_s, png=body)
    return Reply(status=status, json=_parsed(body, status), elapsed_s=elapsed_s)


def parse_json(body: bytes) -> object:
    """The JSON in `body`; ValueError for anything else, NaN and endless nesting included.

    The list of ten thousand sessions is read in 10 ms; the standard library takes 100, in which
    nobody else could be answered.
    """
    try:
        parsed: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        # It takes no half of an emoji, as stands in a name that a gateway has cut off.
        try:
            parsed = json.loads(body, parse_constant=_no_such_number)
        except RecursionError:
            raise ValueError from None
    return parsed


def _parsed(body: bytes, status: int) -> object:
    if not body:
        return None
    try:
        return parse_json(body)
    except ValueError:
        if status >= 500:
            raise GatewayUnreachable(f"the gateway answered {status}") from None
        raise GatewayConfused(f"the answer ({status}) is no JSON") from None


def _no_such_number(name: str) -> NoReturn:
    """JSON has no NaN and no Infinity, whatever Python thinks."""
    raise ValueError(name)
