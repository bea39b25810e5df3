"""The adapter that speaks to a gateway as its description tells.

- It looks before it acts. Nothing is started that is connected, nor where nobody understands what
  the session is; what the description does not call harmless is never called.
- A code is shown only when its age is known: by a change that was seen, by the call that made it,
  or by the description's word.
- Many gateways have no word for "awaits a scan": see `windows`.
"""

import asyncio
from collections.abc import Mapping

from bot.domain.session import State
from bot.gateways.base import (
    GatewayConfused,
    GatewayUnreachable,
    NotSent,
    PairingCode,
    Qr,
    QrNotReady,
    Restricted,
    SessionInfo,
    SessionNotFound,
    Unsupported,
)
from bot.gateways.described.looks import DescribedLooks, code_in
from bot.gateways.described.pushes import events_in
from bot.gateways.described.replies import (
    any_holds,
    first_at,
)
from bot.gateways.described.requests import REFUSALS
from bot.gateways.described.words import DescribedAct, QrSource
from bot.gateways.destructive import unclear_if_it_fails
from bot.gateways.events import GatewayEvent
from bot.gateways.refusals import says_no_way_out
from bot.gateways.restrictions import says_restricted
from bot.gateways.shapes import pairing_code_in

_AT_ONCE = 6
_SILENT_ENOUGH = 12  # in a row: a few sessions may have trouble of their own
_RUNNING = (State.CONNECTED, State.CONNECTING, State.AWAITING_SCAN, State.AWAITING_PASSKEY)
_SETTLING_LOOKS = 3  # after a reset: the state may be the one before it for a moment


class Described(DescribedLooks):
    """GatewayAdapter for any kind that is described."""

    async def start(self, key: str) -> None:
        """Start what does not run; make what is not there, where that is described."""
        try:
            info = await self._look(key)
        except SessionNotFound:
            await self._create(key)
            return
        if info.state not in _RUNNING:
            await self._start(info)

    async def restart(self, key: str) -> None:
        """Reconnect: by its own call, by a stop and a start, or by a start of what is away."""
        rule = self._told.offered(DescribedAct.RESTART)
        if rule is not None:
            await self._act(rule, key)
            return
        if self._told.offered(DescribedAct.STOP) is not None:
            self._needed(DescribedAct.START)
            await self.stop(key)
            await self._begin_anew(key)
            return
        info = await self._look(key)
        if info.state is State.CONNECTED:
            raise Unsupported("this gateway is not described to reconnect what is connected")
        await self._start(info)

    async def stop(self, key: str) -> None:
        """Close what runs, and keep its login."""
        rule = self._needed(DescribedAct.STOP)
        if (await self._look(key)).state is not State.STOPPED:
            await self._act(rule, key)
        self._windows.forget(key)

    async def get_qr(self, key: str) -> Qr:
        """The code shown now, or QrNotReady."""
        rule = self._told.qr
        if rule is None:
            raise Unsupported("this gateway is not described to show codes")
        info = await self._look(key)
        if info.state is not State.AWAITING_SCAN:
            raise QrNotReady(info.state)
        shown = self._windows.fresh(key) or await self._shown(rule, key)
        if shown is None:
            raise QrNotReady(State.CONNECTING)
        return self._windows.qr(key, shown)

    async def request_pairing_code(self, key: str, phone: str) -> PairingCode:
        """A code for this number, of a session that awaits a scan."""
        rule = self._needed(DescribedAct.CODE)
        info = await self._look(key)
        if info.state is not State.AWAITING_SCAN:
            raise QrNotReady(info.state)
        reply = await self._act(rule, key, phone=phone)
        code = pairing_code_in(first_at(reply.json, rule.at), phone, rule.life_s)
        self._windows.open(key, whole=True)
        return code

    async def send_text(self, key: str, phone: str, text: str) -> str:
        """Send one text."""
        rule, values = self._needed(DescribedAct.SEND), {"phone": phone, "text": text}
        try:
            reply = await self._calls.act(
                rule.call, key, expected=(*REFUSALS, *self._told.failed), values=values
            )
        except SessionNotFound:
            raise NotSent("the gateway has no such session") from None
        if reply.status >= 400 or any_holds(self._told.failed, reply.status, reply.json):
            if says_restricted(str(reply.json)):
                raise Restricted("WhatsApp restricts the account")
            if says_no_way_out(reply.json):
                raise NotSent("the gateway could not send")
            raise GatewayUnreachable(f"the gateway answered {reply.status}")
        found = first_at(reply.json, rule.at)
        return str(found) if isinstance(found, str | int) else ""

    async def reset(self, key: str) -> None:
        """DESTRUCTIVE: throw the login away, and start what does not start by itself."""
        rule = self._needed(DescribedAct.RESET)
        try:
            await self._look(key)
        except SessionNotFound:
            await self._create(key)
            return
        self._windows.begin(key)
        asked_at = self._clock()
        with unclear_if_it_fails():
            reply = await self._act(rule, key)
            if self._told.qr is not None and self._told.qr.source is QrSource.RESET:
                self._windows.note(key, code_in(self._told.qr, reply), asked_at)
                return
            await self._begin_anew(key)

    def read_push(self, headers: Mapping[str, str], body: bytes) -> list[GatewayEvent]:
        """What was pushed, as the description tells it."""
        if self._told.push is None:
            raise Unsupported("this gateway is not described to push")
        return events_in(self._told, headers, body, self._hook_key, self._calls.key_of)

    async def _create(self, key: str) -> None:
        """Make a session that is not there, and start it unless it begins by itself."""
        rule = self._told.offered(DescribedAct.CREATE)
        if rule is None and not self.codes_start:
            self._needed(DescribedAct.START)  # many make what they are told to start
        self._windows.begin(key)
        if rule is None and self.codes_start:
            self._windows.open(key)
            return
        if rule is not None:
            await self._act(rule, key)
            if await self._runs(key):
                return
        await self._call_start(key)

    async def _begin_anew(self, key: str) -> None:
        """Start what was ended, once it is seen not to have begun by itself."""
        for _ in range(_SETTLING_LOOKS):
            try:
                state = (await self._look(key)).state
            except SessionNotFound:
                await self._create(key)
                return
            if state is not State.CONNECTED:
                break
            await asyncio.sleep(self._first_life_s / 60)
        may_start = self.codes_start or self._told.offered(DescribedAct.START) is not None
        if state is State.UNKNOWN:
            raise GatewayConfused("nobody understands what the session is now")
        if state not in _RUNNING and may_start:
            await self._call_start(key)

    async def _runs(self, key: str) -> bool:
        """Whether what was just made runs; a list may not tell of it yet."""
        try:
            return (await self._look(key)).state in _RUNNING
        except SessionNotFound:
            return False

    async def _start(self, info: SessionInfo) -> None:
        """Start what is known not to be connected."""
        if info.state is State.UNKNOWN:
            raise GatewayConfused("nobody understands what the session is now")
        if info.state is not State.CONNECTED:
            await self._call_start(info.key)

    async def _call_start(self, key: str) -> None:
        rule, qr = self._told.offered(DescribedAct.START), self._told.qr
        self._windows.begin(key)
        if rule is None and self.codes_start:
            self._windows.open(key)  # the call for the code is what starts it
            return
        asked_at = self._clock()
        reply = await self._act(rule or self._needed(DescribedAct.START), key)
        if qr is not None and qr.seldom:
            self._windows.open(key)
        if qr is not None and qr.source is QrSource.START:
            self._windows.note(key, code_in(qr, reply), asked_at)
