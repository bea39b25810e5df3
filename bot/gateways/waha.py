"""The `waha` gateway: WAHA of 2026, with any of its engines.

- Its list leaves out what is stopped unless it is asked for all.
- It tells states and no reasons: FAILED can be a lost login as well as a window nobody used.
- STOPPED is somebody's order, FAILED is a loss. Of what is STOPPED its codes and texts are refused
  in the words of a session that is not there.
- A start of what runs, or failed, is refused (422). `restart`, `stop` and `logout` take 3 s.
- `me` stays in FAILED, and comes 1-2 s before WORKING: only WORKING vouches for the number.
- A key may be bound to one session, and to some of the calls: those refused are GatewayAuthError.
- A connected account may be restricted: since 2026.8.1 that stands in `me`.
- Our own webhook is not configured through its API: that would restart a running session.
"""

from collections.abc import Mapping
from typing import Unpack

from bot.domain.session import State
from bot.gateways import waha_replies as replies
from bot.gateways.about import About
from bot.gateways.adapter import Adapter, AdapterConfig
from bot.gateways.base import (
    Caps,
    GatewayConfused,
    GatewayInfo,
    NotSent,
    PairingCode,
    Qr,
    QrNotReady,
    Restricted,
    SessionInfo,
    SessionNotFound,
)
from bot.gateways.batches import read_all
from bot.gateways.client import MEGABYTE, GatewayClient, path_part
from bot.gateways.codes import CodeSight
from bot.gateways.destructive import unclear_if_it_fails
from bot.gateways.events import GatewayEvent
from bot.gateways.pushes import must_be_signed, pushed
from bot.gateways.reply import NoSuchRoute, Reply
from bot.gateways.shapes import pairing_code_in, picture_in, qr_in, version_in
from bot.gateways.waha_restrictions import AskedFor

_LIST_BYTES = 16 * MEGABYTE


class Waha(Adapter):
    """GatewayAdapter for `waha`."""

    kind = "waha"
    look_routes = (
        "GET /api/server/version",
        "GET /api/version",
        "GET /api/sessions",
        "GET /api/sessions/{key}",
        "GET /api/sessions/{key}/timelock",
        "GET /api/sessions/{key}/capping",
    )
    caps = Caps(
        bulk_list=True,
        qr_raw=True,
        qr_png=True,
        pairing_code=True,
        push_events=True,
        push_signed=True,
        push_receipts=True,
        owner=True,
        passkey=True,
    )

    def __init__(self, client: GatewayClient, **config: Unpack[AdapterConfig]) -> None:
        super().__init__(client, **config)
        self._headers = {} if self._key is None else {"X-Api-Key": self._key}
        self._restrictions = AskedFor(client, self._headers, self._clock)

    async def ping(self) -> GatewayInfo:
        """Its version, where a key may ask for it."""
        try:
            reply = await self._client.get_json("/api/server/version", headers=self._headers)
        except NoSuchRoute:  # older builds
            reply = await self._client.get_json("/api/version", headers=self._headers)
        version = version_in(replies.must_not_fail(reply).get("version"))
        return GatewayInfo(version=version, latency_s=reply.elapsed_s)

    async def list_sessions(self) -> list[SessionInfo]:
        """Every session, the stopped ones too, in one call."""
        reply = await self._client.get_json(
            "/api/sessions?all=true", headers=self._headers, max_bytes=_LIST_BYTES
        )
        now = self._clock()
        found = await read_all(lambda entry: replies.listed(entry, now), reply.sequence())
        for info in found:
            self._note(info)
        return [self._restrictions.with_memory(info) for info in found]

    async def get_session(self, key: str) -> SessionInfo:
        """One session, with the number it is linked to."""
        info, mentioned = await self._one(key)
        return await self._restrictions.asked(info, mentioned=mentioned)

    async def start(self, key: str) -> None:
        """Start a session, or create one that is missing; for one that runs it does nothing."""
        try:
            state = (await self._one(key))[0].state
        except SessionNotFound:
            body = {"name": key, "start": True}
            await self._client.post_json(
                "/api/sessions", body, headers=self._headers, about=_named(key)
            )
            self._begin_window(key)
            return
        if state is State.FAILED:  # for the gateway it still runs
            await self._do("restart", key)
        elif state is State.STOPPED:
            await self._do("start", key)

    async def restart(self, key: str) -> None:
        """A new connection with the login there is."""
        await self._do("restart", key)

    async def stop(self, key: str) -> None:
        """Close it; the login stays."""
        await self._do("stop", key)

    async def get_qr(self, key: str) -> Qr:
        """The code shown now. The gateway itself waits up to 5 s for one."""
        path = f"/api/{path_part(key)}/auth/qr?format=raw"
        reply = await self._client.get_json(
            path, headers=self._headers, allow=(404, 422), about=key
        )
        body = (await self._running(key, reply)).mapping()
        if reply.status == 422:
            raise QrNotReady(replies.state_in(body.get("status")))
        raw = qr_in(body.get("value"))
        png = None if raw else picture_in(body.get("data"))
        shown = raw or (str(body.get("data")) if png else None)
        look = self._codes.look(key, shown, self._clock())
        if look.sight is not CodeSight.LIVE:
            raise QrNotReady(State.AWAITING_SCAN)
        return Qr(raw=raw, png=png, not_older_than=look.not_older_than, life_s=look.life_s)

    async def request_pairing_code(self, key: str, phone: str) -> PairingCode:
        """A code for this number; the session has to await a scan."""
        reply = await self._client.post_json(
            f"/api/{path_part(key)}/auth/request-code",
            {"phoneNumber": phone},
            headers=self._headers,
            allow=(404, 422),
            about=About(key=key, phone=phone),
        )
        body = (await self._running(key, reply)).mapping()
        if reply.status == 422:
            raise QrNotReady(replies.state_in(body.get("status")))
        return pairing_code_in(replies.must_not_fail(reply).get("code"), phone)

    async def send_text(self, key: str, phone: str, text: str) -> str:
        """Send one text."""
        body = {"session": key, "chatId": f"{phone}@c.us", "text": text}
        reply = await self._client.post_json(
            "/api/sendText", body, headers=self._headers, allow=(404, 422, 500), about=key
        )
        try:
            return replies.sent_id(await self._running(key, reply))
        except QrNotReady:
            raise NotSent("the session is not running") from None
        except Restricted:
            self._restrictions.suspect(key)
            raise

    async def reset(self, key: str) -> None:
        """DESTRUCTIVE: log out, which keeps the settings of the session, and start it anew.

        What ran begins anew by itself.
        """
        try:
            await self._do("logout", key)
        except SessionNotFound:
            await self.start(key)
            return
        with unclear_if_it_fails():
            state = (await self._one(key))[0].state
            if state in (State.STOPPED, State.FAILED):
                await self.start(key)
            elif state is State.CONNECTED:
                raise GatewayConfused("the session was connected instead of reset")

    def read_push(self, headers: Mapping[str, str], body: bytes) -> list[GatewayEvent]:
        """What was pushed; with a hook key, only what is signed with it."""
        if self._hook_key is not None:
            must_be_signed(body, headers.get("x-webhook-hmac"), self._hook_key, "sha512")
        return replies.event_in(pushed(body), headers)

    async def _one(self, key: str) -> tuple[SessionInfo, bool]:
        """One session, and whether its answer is of a build that tells of restrictions there."""
        path = f"/api/sessions/{path_part(key)}"
        reply = await self._client.get_json(
            path, headers=self._headers, allow=(404,), about=_named(key)
        )
        info = replies.told(key, replies.must_exist(reply), self._clock())
        self._note(info)
        return info, replies.mentions_restrictions(reply)

    async def _do(self, what: str, key: str) -> None:
        self._begin_window(key)
        path = f"/api/sessions/{path_part(key)}/{what}"
        reply = await self._client.post_json(
            path, headers=self._headers, allow=(404, 422), about=_named(key)
        )
        if replies.must_run(replies.must_exist(reply)).status == 422:
            if what != "start":
                raise GatewayConfused("the gateway answered 422")
        elif reply.json is not None:
            replies.must_not_fail(reply)

    async def _running(self, key: str, reply: Reply) -> Reply:
        """The reply; QrNotReady where it takes a session that is there, and not running, for none.

        Raises SessionNotFound.
        """
        try:
            return replies.must_exist(reply)
        except SessionNotFound:
            raise QrNotReady((await self._one(key))[0].state) from None

    def _begin_window(self, key: str) -> None:
        """Whatever code comes from now on is new: WAHA shows none that is dead."""
        self._codes.forget(key)
        self._codes.look(key, None, self._clock())

    def _note(self, info: SessionInfo) -> None:
        """Where no code is shown, the next one will be new."""
        if info.state is not State.AWAITING_SCAN:
            self._codes.look(info.key, None, self._clock())


def _named(key: str) -> About:
    """A session under /api/sessions is told by its `name`."""
    return About(key=key, also=frozenset({"name"}))
