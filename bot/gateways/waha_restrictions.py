"""What WAHA says of restricted accounts: beside a session's number, or asked for by itself.

Since 2026.8.1 `me` holds `reachoutTimelock` and `messageCapping`. Where it holds neither key, and
where a send was refused for a restriction that it does not mention, the two routes are asked: that
is a question to WhatsApp, so it is put seldom, and a build without the route is not asked again.
Nothing that comes of it makes a look fail, or late.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.restriction import FREE, Restriction
from bot.domain.session import State
from bot.gateways.base import GatewayAuthError, GatewayConfused, GatewayError, SessionInfo
from bot.gateways.client import GatewayClient, path_part
from bot.gateways.reply import Reply
from bot.gateways.restrictions import capping_in, timelock_in, worse

Read = Callable[[object, datetime], Restriction | None]

_AGAIN_AFTER = timedelta(minutes=10)
_ENDLESS_FOR = timedelta(hours=1)  # what names no end counts so long, unless it is told again
_PATIENCE_S = 0.4  # for each of the two: a look that takes longer counts as hanging
_ROUTES: Mapping[str, Read] = {"timelock": timelock_in, "capping": capping_in}
_MOST = 10_000  # sessions that are remembered


def restriction_in(me: Mapping[str, object], now: datetime) -> Restriction | None:
    """What is told beside the number; None where a build tells nothing of the kind there."""
    told = worse(
        timelock_in(me.get("reachoutTimelock"), now), capping_in(me.get("messageCapping"), now)
    )
    return FREE if told is None and mentions(me) else told


def mentions(me: Mapping[str, object]) -> bool:
    """Whether this build tells of restrictions there, though it be that there is none."""
    return "reachoutTimelock" in me or "messageCapping" in me


class AskedFor:
    """Asks the two routes, and remembers what they said: lists are to say the same."""

    def __init__(
        self, client: GatewayClient, headers: Mapping[str, str], clock: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._headers = headers
        self._clock = clock
        self._routes = dict(_ROUTES)
        self._asked_at: dict[str, datetime] = {}
        self._found: dict[str, tuple[datetime, Restriction]] = {}
        self._refused: set[str] = set()

    def suspect(self, key: str) -> None:
        """A send was refused for a restriction: the next look asks."""
        self._refused.add(key)
        self._asked_at.pop(key, None)

    def with_memory(self, info: SessionInfo) -> SessionInfo:
        """The same, with what the routes have said lately; what `me` says counts more."""
        at, found = self._found.get(info.key, (None, None))
        told = info.restriction
        if at is None or found is None or info.state is not State.CONNECTED:
            return info
        now = self._clock()
        if not found.holds(now) or (found.until is None and now - at > _ENDLESS_FOR):
            del self._found[info.key]
            return info
        return info if told is not None and told.holds(now) else replace(info, restriction=found)

    async def asked(self, info: SessionInfo, *, mentioned: bool) -> SessionInfo:
        """The same, after the routes were asked where there is a reason to."""
        silent = info.restriction is None or not info.restriction.holds(self._clock())
        reason = not mentioned or info.key in self._refused
        if info.state is State.CONNECTED and silent and reason and self._is_time(info.key):
            await self._ask(info.key)
        return self.with_memory(info)

    def _is_time(self, key: str) -> bool:
        last = self._asked_at.get(key)
        return bool(self._routes) and (last is None or self._clock() - last >= _AGAIN_AFTER)

    async def _ask(self, key: str) -> None:
        if len(self._asked_at) >= _MOST:
            self._asked_at.clear()
        self._asked_at[key] = self._clock()
        told: Restriction | None = None
        for route, read in list(self._routes.items()):
            reply = await self._reply(key, route)
            told = worse(told, None if reply is None else read(reply.json, self._clock()))
        if told is not None and told.holds(self._clock()):
            self._found[key] = (self._clock(), told)
        elif told is not None:
            self._found.pop(key, None)
            self._refused.discard(key)

    async def _reply(self, key: str, route: str) -> Reply | None:
        """What a route says; None where it says nothing. One that is not there is left alone."""
        path = f"/api/sessions/{path_part(key)}/{route}"
        try:
            reply = await self._client.get_json(
                path, headers=self._headers, timeout_s=_PATIENCE_S, about=key
            )
        except (GatewayConfused, GatewayAuthError):
            # An older build, another engine, or a key that may not ask: it is so for all sessions.
            self._routes.pop(route, None)
            return None
        except GatewayError as error:
            if getattr(error, "status", None) == 501:
                self._routes.pop(route, None)
            return None
        return reply
