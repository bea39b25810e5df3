"""The looks of a described gateway: each leaves it as it is."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Unpack

from bot.domain.session import State
from bot.gateways.adapter import Adapter, AdapterConfig
from bot.gateways.base import (
    NAMELESS,
    Caps,
    GatewayAuthError,
    GatewayError,
    GatewayInfo,
    SessionInfo,
    SessionNotFound,
    Unsupported,
)
from bot.gateways.client import GatewayClient
from bot.gateways.described.calls import Calls
from bot.gateways.described.replies import (
    Shown,
    any_holds,
    at,
    first_at,
    must_be_the_session,
    phone_at,
    session_in,
    shown_at,
)
from bot.gateways.described.windows import MAY_AWAIT, Windows
from bot.gateways.described.words import ActRule, DescribedAct, Description, QrRule, QrSource
from bot.gateways.one_by_one import OneByOne
from bot.gateways.reply import Reply
from bot.gateways.shapes import version_in

_REFUSED = "key refused"  # stands on the card in place of a word of the gateway


class DescribedLooks(Adapter):
    """What a described gateway is asked, and what it is found to be."""

    def __init__(
        self,
        kind: str,
        caps: Caps,
        description: Description,
        client: GatewayClient,
        **config: Unpack[AdapterConfig],
    ) -> None:
        super().__init__(client, **config)
        self.kind, self.caps = kind, caps
        self._told = description
        self._named = config.get("sessions") or {}
        self._one_by_one = OneByOne()
        self._calls = Calls(client, description, self._key, self._named)
        self._windows = Windows(
            description.qr,
            self._clock,
            first_life_s=self._first_life_s,
            next_life_s=self._next_life_s,
        )

    @property
    def codes_start(self) -> bool:
        """Whether the call for a code starts a session, and makes it where there is none."""
        return self._told.qr is not None and self._told.qr.starts

    async def ping(self) -> GatewayInfo:
        """Whether it answers what it is described to answer; its list where nothing else is."""
        rule = self._told.ping
        if rule is not None:
            reply = await self._calls.look(rule.call)
            version = version_in(first_at(reply.json, rule.version))
            return GatewayInfo(version=version, latency_s=reply.elapsed_s)
        loop = asyncio.get_running_loop()
        began = loop.time()
        if self._told.list.call is not None:
            await self._calls.list()
        elif self._named:  # one speaks for all where nothing is listed
            with suppress(SessionNotFound):
                await self._look(next(iter(self._named)))
        return GatewayInfo(version=None, latency_s=loop.time() - began)

    async def list_sessions(self) -> list[SessionInfo]:
        """Every session: of the list, or one by one where that tells no states."""
        found = await self._calls.list()
        if self._told.list.fields.state:
            return [self._windows.seen(session.info, session.shown) for session in found]
        listed = [session.info.key for session in found]
        return await self._asked(listed or list(self._named))

    async def get_session(self, key: str) -> SessionInfo:
        """One session, with its number where that is asked for by itself."""
        info = await self._look(key)
        rule = self._told.number
        if rule is None or info.state is not State.CONNECTED or info.owner_phone is not None:
            return info
        phone = None
        with suppress(GatewayError):  # the state is known, and counts without a number
            phone = phone_at((await self._calls.look(rule.call, key)).json, rule.at)
        return replace(info, owner_phone=phone)

    async def _look(self, key: str) -> SessionInfo:
        """One session. What is not there, and whose code is about to make it, awaits a scan."""
        try:
            return await self._look_now(key)
        except SessionNotFound:
            if not self._windows.is_open(key):
                raise
            return SessionInfo(key=key, state=State.AWAITING_SCAN, raw_state="")

    async def _look_now(self, key: str) -> SessionInfo:
        """One session as its own call tells it, or as it stands in the list; and its code."""
        rule, shown = self._told.one, None
        if rule is None:
            found = {session.info.key: session for session in await self._calls.list()}
            if key not in found:
                raise SessionNotFound("the gateway has no such session")
            info, shown = found[key].info, found[key].shown
        else:
            item = at((await self._calls.look(rule.call, key)).json, rule.item)
            known = self._calls.known(key)
            must_be_the_session(self._told.list, item, key, known.id if known else None)
            info = session_in(self._told, rule.fields, key, item)
            shown = shown_at(item, rule.fields.qr) if rule.fields.qr else None
        if info.state in MAY_AWAIT and self._told.tells_by_code:
            return self._windows.look(info, await self._shown(self._told.qr, key))
        return self._windows.seen(info, shown)

    async def _shown(self, rule: QrRule | None, key: str) -> Shown | None:
        """The code that is shown now, asked for; None without one."""
        asked_at = self._clock()
        if rule is not None and rule.call is not None:
            ask = self._calls.act if rule.starts else self._calls.look
            shown = code_in(rule, await ask(rule.call, key, expected=rule.none))
        elif rule is not None and rule.source is QrSource.START:
            shown = code_in(rule, await self._act(self._needed(DescribedAct.START), key))
        else:
            return None
        if rule.seldom:
            self._windows.note(key, shown, asked_at)
        return shown

    async def _asked(self, keys: Iterable[str]) -> list[SessionInfo]:
        """Each by itself; whose answer hangs is `silent`, and who is not there is missing."""
        asks = {key: partial(self._look_if_there, key) for key in keys if key != NAMELESS}
        answers = await self._one_by_one.answers(asks)
        words = {None if info is None else info.raw_state for info in answers.values()}
        if words == {_REFUSED}:
            raise GatewayAuthError("the gateway refuses the secret of each session")
        entries = [
            answers[key] if key in answers else _unknown(key, silent=key in asks) for key in keys
        ]
        return [info for info in entries if info is not None]

    async def _look_if_there(self, key: str) -> SessionInfo | None:
        """One session, None where there is none.

        Where each has a secret of its own, one that is refused is unknown: the others say nothing
        of it, and it must not pass for what it was.
        """
        try:
            return await self._look(key)
        except SessionNotFound:
            return None
        except GatewayAuthError:
            if self._told.token is None:
                raise
            return SessionInfo(key=key, state=State.UNKNOWN, raw_state=_REFUSED)

    async def _act(self, rule: ActRule, key: str, phone: str | None = None) -> Reply:
        values = {} if phone is None else {"phone": phone}
        return await self._calls.act(rule.call, key, expected=rule.already, values=values)

    def _needed(self, act: DescribedAct) -> ActRule:
        rule = self._told.offered(act)
        if rule is None:
            raise Unsupported(f"this gateway is not described to {act} without harm")
        return rule


def _unknown(key: str, *, silent: bool) -> SessionInfo:
    return SessionInfo(key=key, state=State.UNKNOWN, raw_state="?", silent=silent)


def code_in(rule: QrRule, reply: Reply) -> Shown | None:
    """The code in an answer; None where it says that there is none now."""
    if any_holds(rule.none, reply.status, reply.json):
        return None
    return Shown(png=reply.png) if reply.png is not None else shown_at(reply.json, rule.at)
