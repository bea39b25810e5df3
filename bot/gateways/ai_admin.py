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
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote
from weakref import WeakValueDictionary

from bot.domain.company import BadCompanyId, parse_company_id
from bot.domain.phone import digits_of
from bot.domain.session import Cause, State
from bot.gateways.base import (
    Caps,
    GatewayConfused,
    GatewayError,
    GatewayInfo,
    GatewayUnreachable,
    Qr,
    QrNotReady,
    SessionInfo,
    SessionNotFound,
    Unsupported,
    WouldDestroy,
)
from bot.gateways.codes import CodeLook, CodeMemory, Sight
from bot.gateways.http import MEGABYTE, GatewayClient, Reply

# What (connected, status) mean; a pair that is not here contradicts itself or is new to us.
_STATES = {
    (True, "connected"): State.CONNECTED,
    (False, "disconnected"): State.DISCONNECTED,
    (False, "not_initialized"): State.STOPPED,
    (False, "error"): State.UNKNOWN,
}
_WORD = re.compile(r"[A-Za-z0-9_ -]{1,40}")

_LIST_BYTES = 16 * MEGABYTE
_QR_BYTES = 2953  # the largest QR there is
_QR_LOOKS = 20
_QR_LOOK_TIMEOUT_S = 5.0
_RESET_TIMEOUT_S = 75.0  # the gateway itself waits 60 s for a code


class AiAdmin:
    """GatewayAdapter for `ai_admin`.

    `first_life_s` and `next_life_s` are the lifetimes of the first code of a window and of each
    later one, as WhatsApp has them.
    """

    kind = "ai_admin"
    caps = Caps(bulk_list=True, qr_raw=True, owner=True)

    def __init__(
        self,
        client: GatewayClient,
        *,
        clock: Callable[[], datetime],
        first_life_s: float = 60.0,
        next_life_s: float = 20.0,
    ) -> None:
        self._client = client
        self._clock = clock
        self._codes = CodeMemory(first_life_s=first_life_s, next_life_s=next_life_s)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def ping(self) -> GatewayInfo:
        """Whether it answers the list, which every tick needs. It never tells its version."""
        reply = await self._list()
        return GatewayInfo(version=None, latency_s=reply.elapsed_s)

    async def list_sessions(self) -> list[SessionInfo]:
        """Every session in the pool, the first disconnected ones with a look at their code.

        Entries without a readable key are left out.
        """
        entries = (await self._list()).mapping().get("sessions")
        if not isinstance(entries, list):
            raise GatewayConfused("the list holds no sessions")
        found: dict[str, SessionInfo] = {}
        for info in filter(None, map(_listed, entries)):
            twice = info.key in found
            found[info.key] = replace(info, state=State.UNKNOWN) if twice else info
        await self._look_for_codes(found)
        return list(found.values())

    async def get_session(self, key: str) -> SessionInfo:
        """One session; the number is asked for when it is connected."""
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
                reply = await self._client.post_json(f"{_session(key)}/reconnect")
                _must_succeed(reply)
            else:
                raise WouldDestroy(f"a session that is {info.raw_state} is not reconnected")

    async def stop(self, key: str) -> None:
        """Close the socket of a session, if it has one; the directory stays."""
        async with self._one_at_a_time(key):
            if (await self._status(key)).state is not State.STOPPED:
                _must_succeed(await self._client.delete_json(_session(key)))

    async def get_qr(self, key: str) -> Qr:
        """The code shown now, or QrNotReady; Unsupported where a build hands out none."""
        info = await self._status(key)
        if info.state is not State.DISCONNECTED:
            raise QrNotReady(info.state)
        code = await self._code(key)
        look = self._codes.look(key, code, self._clock())
        if code is None or look.sight is not Sight.LIVE:
            raise QrNotReady(State.DISCONNECTED)
        return Qr(raw=code, not_older_than=look.not_older_than, life_s=look.life_s)

    async def reset(self, key: str) -> None:
        """DESTRUCTIVE: wipe the directory and wait, up to a minute, for a new code."""
        async with self._one_at_a_time(key):
            await self._begin_window(key)
            reply = await self._client.post_json(
                f"{_session(key)}/initialize", timeout_s=_RESET_TIMEOUT_S
            )
            body = _must_succeed(reply)
            if body.get("connected") is True:
                raise GatewayConfused("the session was connected instead of reset")
            self._codes.look(key, _code_in(body), self._clock())

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    def _one_at_a_time(self, key: str) -> asyncio.Lock:
        """The lock of `key`: between a look and the `init` it allows nobody else may init."""
        return self._locks.setdefault(_checked(key), asyncio.Lock())

    async def _list(self) -> Reply:
        reply = await self._client.get_json(
            "/webhook/whatsapp/baileys/sessions", max_bytes=_LIST_BYTES
        )
        _must_succeed(reply)
        return reply

    async def _status(self, key: str) -> SessionInfo:
        path = f"/webhook/whatsapp/baileys/status/{_checked(key)}"
        reply = await self._client.get_json(path, allow=(400, 404))
        if reply.status >= 400:
            raise SessionNotFound("the gateway takes this for no company")
        body = _must_succeed(reply)
        status = body.get("status")
        if body.get("companyId", key) != key or not isinstance(status, dict):
            raise GatewayConfused("the answer is no status of this session")
        info = _told(key, status)
        if info.state is State.CONNECTED:
            self._codes.forget(key)
        elif info.state is State.STOPPED:
            self._codes.retire(key)
        return info

    async def _owner(self, key: str) -> str | None:
        """The linked number. None when health does not tell: it is connected all the same."""
        try:
            reply = await self._client.get_json(f"{_session(key)}/health", allow=(503,))
            phone = reply.mapping().get("phoneNumber")
        except GatewayError:
            return None
        return digits_of(phone) if isinstance(phone, str) else None

    async def _code(self, key: str, timeout_s: float = 10.0) -> str | None:
        path = f"/webhook/whatsapp/baileys/qr/{_checked(key)}"
        reply = await self._client.get_json(path, timeout_s=timeout_s, allow=(500,))
        if reply.status == 500:
            if "is not a function" in str(reply.mapping().get("error")):
                raise Unsupported("this build of the gateway hands out no codes")
            raise GatewayUnreachable("the gateway answered 500")
        return _code_in(_must_succeed(reply))

    async def _look_for_codes(self, found: dict[str, SessionInfo]) -> None:
        """Tell apart, among `found`, who awaits a scan; too many at once are left as they are."""
        away = [info for info in found.values() if info.state is State.DISCONNECTED]
        async with asyncio.TaskGroup() as looks:
            tasks = [looks.create_task(self._with_code(info)) for info in away[:_QR_LOOKS]]
        found.update((info.key, info) for info in (task.result() for task in tasks))
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
        return _refined(info, self._codes.look(info.key, code, self._clock()))

    async def _init(self, key: str) -> None:
        await self._begin_window(key)
        reply = await self._client.post_json(f"/webhook/whatsapp/baileys/init/{key}")
        _must_succeed(reply)

    async def _begin_window(self, key: str) -> None:
        """Note what is in the cache before a new window: what differs from it will be new."""
        # Should the look fail, the first code is of unknown age; the call itself matters more.
        with suppress(GatewayError):
            code = await self._code(key, _QR_LOOK_TIMEOUT_S)
            self._codes.look(key, code, self._clock())
        self._codes.retire(key)


def _checked(key: str) -> str:
    """`key` as a part of a path, or SessionNotFound: no other text is a company of this gateway."""
    try:
        return quote(parse_company_id(key), safe="")
    except BadCompanyId:
        raise SessionNotFound("the key is no company of this gateway") from None


def _session(key: str) -> str:
    return f"/api/whatsapp/sessions/{_checked(key)}"


def _must_succeed(reply: Reply) -> Mapping[str, object]:
    body = reply.mapping()
    if body.get("success") is not True:
        raise GatewayConfused("the answer does not say success")
    return body


def _told(key: str, status: Mapping[str, object]) -> SessionInfo:
    """What one status says, before any look at a code."""
    word, attempts = status.get("status"), status.get("reconnectAttempts")
    if not isinstance(word, str) or _WORD.fullmatch(word) is None:
        word = "?"
    # By `is`: 1 equals True, and says less.
    connected = status.get("connected") is True
    said = connected or status.get("connected") is False
    return SessionInfo(
        key=key,
        state=_STATES.get((connected, word), State.UNKNOWN) if said else State.UNKNOWN,
        raw_state=word,
        reconnects=attempts if type(attempts) is int and 0 <= attempts < 1_000_000 else None,
    )


def _listed(entry: object) -> SessionInfo | None:
    """One entry of the list; None when it has no readable key."""
    if not isinstance(entry, dict) or not isinstance(entry.get("companyId"), str):
        return None
    try:
        return _told(parse_company_id(entry["companyId"]), entry)
    except BadCompanyId:
        return None


def _code_in(body: Mapping[str, object]) -> str | None:
    """The code in an answer, byte for byte; None when there is none."""
    code = body.get("qr")
    if code is None or code == "":
        return None
    if not isinstance(code, str) or not code.isascii() or len(code) > _QR_BYTES:
        raise GatewayConfused("the answer holds something else than a code")
    return code


def _refined(info: SessionInfo, look: CodeLook) -> SessionInfo:
    if look.sight is Sight.LIVE:
        return replace(info, state=State.AWAITING_SCAN)
    return replace(info, cause=Cause.QR_WINDOW_OVER) if look.sight is Sight.OVER else info
