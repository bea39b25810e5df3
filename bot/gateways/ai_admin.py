"""The `ai_admin` gateway: Baileys sessions behind Express, as of September 2025.

What its contract says and its code does, measured against both Baileys lines:

- `init` on a session that exists logs it out and deletes its directory. `start` therefore looks
  first, and one call per session runs at a time.
- `not_initialized` is said after a restart, after a close and after a revocation alike. Here it is
  STOPPED without a cause; what it means is for the rules to find out.
- The last code stays in a cache when its window is over: see `codes`.
- `disconnect`, `reconnect` and `session` under /webhook always answer 500 and are not used.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Unpack
from weakref import WeakValueDictionary

from bot.domain.phone import digits_of
from bot.domain.session import State
from bot.gateways.about import About
from bot.gateways.adapter import Adapter, AdapterConfig
from bot.gateways.ai_admin_replies import (
    checked,
    is_addressable,
    listed,
    must_succeed,
    pairing_code_in,
    qr_in,
    refined,
    refuse_pairing_code,
    sent_id,
    session_path,
    told,
)
from bot.gateways.base import (
    Caps,
    GatewayConfused,
    GatewayError,
    GatewayInfo,
    GatewayUnreachable,
    PairingCode,
    Qr,
    QrNotReady,
    SessionInfo,
    SessionNotFound,
    Unsupported,
    WouldDestroy,
)
from bot.gateways.batches import read_all
from bot.gateways.by_name import by_name
from bot.gateways.client import MEGABYTE, GatewayClient
from bot.gateways.codes import CodeSight
from bot.gateways.events import GatewayEvent
from bot.gateways.patience import HangingAnswers
from bot.gateways.reply import NoSuchRoute, Reply

_LIST_BYTES = 16 * MEGABYTE
_QR_LOOKS = 20
_QR_LOOK_TIMEOUT_S = 5.0
_RESET_TIMEOUT_S = 75.0  # the gateway itself waits 60 s for a code


class AiAdmin(Adapter):
    """GatewayAdapter for `ai_admin`. Its routes ask for no key, and it never pushes."""

    kind = "ai_admin"
    look_routes = (
        "GET /webhook/whatsapp/baileys/sessions",
        "GET /webhook/whatsapp/baileys/status/{key}",
        "GET /webhook/whatsapp/baileys/qr/{key}",
        "GET /api/whatsapp/sessions/{key}/health",
    )
    caps = Caps(bulk_list=True, qr_raw=True, pairing_code=True, owner=True, destructive_start=True)

    def __init__(self, client: GatewayClient, **config: Unpack[AdapterConfig]) -> None:
        super().__init__(client, **config)
        self._patience = HangingAnswers()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._by_list: set[str] = set()

    async def ping(self) -> GatewayInfo:
        """Whether it answers the list, which every tick needs. It never tells its version."""
        reply = await self._list()
        return GatewayInfo(version=None, latency_s=reply.elapsed_s)

    async def list_sessions(self) -> list[SessionInfo]:
        """Every session in the pool, the first disconnected ones with a look at their code."""
        entries = (await self._list()).mapping().get("sessions")
        if not isinstance(entries, list):
            raise GatewayConfused("the list holds no sessions")
        infos = await read_all(listed, entries)
        found = dict(by_name(infos).sessions)
        self._by_list = {key for key in found if not is_addressable(key)}
        await self._look_for_codes(found)
        return [found.get(info.key, info) for info in infos]

    async def get_session(self, key: str) -> SessionInfo:
        """One session; the number is asked for when it is connected.

        One that was listed by a name that its routes would cut down to another's is known by the
        list alone.
        """
        if key in self._by_list:
            return await self._listed(key)
        info = await self._status(key)
        if info.state is State.DISCONNECTED:
            return await self._with_code(info)
        if info.state is State.CONNECTED:
            return replace(info, owner_phone=await self._owner(key))
        return info

    async def start(self, key: str) -> None:
        """Start a session that is `not_initialized`; for any other this call would wipe it."""
        async with self._one_at_a_time(key):
            info = await self._status(key)
            if info.state is not State.STOPPED:
                raise WouldDestroy(f"init while {info.raw_state} would delete the credentials")
            await self._init(key)

    async def restart(self, key: str) -> None:
        """Reconnect a session that is disconnected, start one that is not running."""
        async with self._one_at_a_time(key):
            info = await self._status(key)
            if info.state is State.STOPPED:
                await self._init(key)
            elif info.state is State.DISCONNECTED:
                await self._begin_window(key)
                reply = await self._client.post_json(f"{session_path(key)}/reconnect", about=key)
                must_succeed(reply)
            else:
                raise WouldDestroy(f"a session that is {info.raw_state} is not reconnected")

    async def stop(self, key: str) -> None:
        """Close the socket of a session, if it has one; the directory stays."""
        async with self._one_at_a_time(key):
            if (await self._status(key)).state is not State.STOPPED:
                must_succeed(await self._client.delete_json(session_path(key), about=key))

    async def get_qr(self, key: str) -> Qr:
        """The code shown now, or QrNotReady; Unsupported where a build hands out none."""
        info = await self._status(key)
        if info.state is not State.DISCONNECTED:
            raise QrNotReady(info.state)
        code = await self._code(key)
        look = self._codes.look(key, code, self._clock())
        if code is None or look.sight is not CodeSight.LIVE:
            raise QrNotReady(State.DISCONNECTED)
        return Qr(raw=code, not_older_than=look.not_older_than, life_s=look.life_s)

    async def request_pairing_code(self, key: str, phone: str) -> PairingCode:
        """A code for the phone with this number; Unsupported by builds that lack the pool's part.

        The pool answers before WhatsApp has agreed, and writes the number into `creds.json`.
        """
        path = f"{session_path(key)}/pairing-code"
        try:
            reply = await self._client.post_json(
                path, {"phoneNumber": phone}, allow=(400, 500), about=About(key=key, phone=phone)
            )
        except NoSuchRoute:
            raise Unsupported("this build of the gateway knows no pairing codes") from None
        if reply.status >= 400:
            refuse_pairing_code(reply)
        return pairing_code_in(must_succeed(reply), phone)

    async def send_text(self, key: str, phone: str, text: str) -> str:
        """Send one text; the gateway waits up to 20 s on a socket that has died unnoticed."""
        body = {"companyId": checked(key), "phone": phone, "message": text}
        path = "/webhook/whatsapp/baileys/send"
        return sent_id(await self._client.post_json(path, body, allow=(500, 503), about=key))

    async def reset(self, key: str) -> None:
        """DESTRUCTIVE: wipe the directory and wait, up to a minute, for a new code."""
        async with self._one_at_a_time(key):
            await self._begin_window(key)
            reply = await self._client.post_json(
                f"{session_path(key)}/initialize", timeout_s=_RESET_TIMEOUT_S, about=key
            )
            body = must_succeed(reply)
            if body.get("connected") is True:
                raise GatewayConfused("the session was connected instead of reset")
            self._codes.look(key, qr_in(body), self._clock())

    def read_push(self, headers: Mapping[str, str], body: bytes) -> list[GatewayEvent]:
        """Unsupported: this gateway pushes nothing."""
        del headers, body
        raise Unsupported("ai_admin never pushes")

    def _one_at_a_time(self, key: str) -> asyncio.Lock:
        """The lock of `key`: between a look and the `init` it allows nobody else may init."""
        return self._locks.setdefault(checked(key), asyncio.Lock())

    async def _list(self) -> Reply:
        reply = await self._client.get_json(
            "/webhook/whatsapp/baileys/sessions", max_bytes=_LIST_BYTES
        )
        must_succeed(reply)
        return reply

    async def _listed(self, key: str) -> SessionInfo:
        entries = (await self._list()).mapping().get("sessions")
        found = await read_all(listed, entries if isinstance(entries, list) else [])
        for info in found:
            if info.key == key:
                return info
        raise SessionNotFound("the gateway has no such session")

    async def _status(self, key: str) -> SessionInfo:
        path = f"/webhook/whatsapp/baileys/status/{checked(key)}"
        reply = await self._client.get_json(path, allow=(400, 404), about=key)
        if reply.status >= 400:
            raise SessionNotFound("the gateway takes this for no company")
        body = must_succeed(reply)
        status = body.get("status")
        if not isinstance(status, dict):
            raise GatewayConfused("the answer is no status of this session")
        info = told(key, status)
        if info.state is State.CONNECTED:
            self._codes.forget(key)
        elif info.state is State.STOPPED:
            self._codes.retire(key)
        return info

    async def _owner(self, key: str) -> str | None:
        """The linked number. None when health does not tell: it is connected all the same."""
        try:
            reply = await self._client.get_json(
                f"{session_path(key)}/health", allow=(503,), about=key
            )
            phone = reply.mapping().get("phoneNumber")
        except GatewayError:
            return None
        return digits_of(phone) if isinstance(phone, str) else None

    async def _code(self, key: str, timeout_s: float = 10.0) -> str | None:
        path = f"/webhook/whatsapp/baileys/qr/{checked(key)}"
        reply = await self._client.get_json(path, timeout_s=timeout_s, allow=(500,), about=key)
        if reply.status == 500:
            if "is not a function" in str(reply.mapping().get("error")):
                raise Unsupported("this build of the gateway hands out no codes")
            raise GatewayUnreachable("the gateway answered 500")
        return qr_in(must_succeed(reply))

    async def _look_for_codes(self, found: dict[str, SessionInfo]) -> None:
        """Tell apart, among `found`, who awaits a scan; too many at once are left as they are."""
        away = [info for info in found.values() if info.state is State.DISCONNECTED]
        found.update(
            await self._patience.answers(
                {info.key: partial(self._with_code, info) for info in away[:_QR_LOOKS]}
            )
        )
        for info in found.values():
            if info.state is State.CONNECTED:
                self._codes.forget(info.key)

    async def _with_code(self, info: SessionInfo) -> SessionInfo:
        """`info` of a disconnected session, with what its code says, if anything."""
        try:
            code = await self._code(info.key, _QR_LOOK_TIMEOUT_S)
        except GatewayError:
            # That it is disconnected is known; this call only refines it.
            return info
        return refined(info, self._codes.look(info.key, code, self._clock()))

    async def _init(self, key: str) -> None:
        await self._begin_window(key)
        reply = await self._client.post_json(f"/webhook/whatsapp/baileys/init/{key}", about=key)
        must_succeed(reply)

    async def _begin_window(self, key: str) -> None:
        """Note what is in the cache before a new window: what differs from it will be new."""
        # Should the look fail, the first code is of unknown age; the call itself matters more.
        with suppress(GatewayError):
            code = await self._code(key, _QR_LOOK_TIMEOUT_S)
            self._codes.look(key, code, self._clock())
        self._codes.retire(key)
