"""The `gowa` gateway: go-whatsapp-web-multidevice 9, whatsmeow behind Go.

- Each `login` begins the pairing anew and shows one picture, which the gateway deletes before the
  code in it has died. So it is fetched at once, kept, and asked for anew only shortly before its
  code dies: to look at a code is to read what we keep.
- Where a picture lies is told with whatever host the gateway was called by; only the path counts.
- A logout by WhatsApp clears the account. What never had one looks the same, so it is remembered
  who had one.
- There is no stop that keeps credentials; the nearest is `restart`.
- It pushes messages only: nothing of a session.
"""

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Unpack
from weakref import WeakValueDictionary

from bot.domain.session import Cause, State
from bot.gateways import gowa_replies as replies
from bot.gateways.about import About
from bot.gateways.adapter import Adapter, AdapterConfig
from bot.gateways.base import (
    Caps,
    GatewayConfused,
    GatewayError,
    GatewayInfo,
    GatewayUnreachable,
    NotSent,
    PairingCode,
    Qr,
    QrNotReady,
    SessionInfo,
    SessionNotFound,
    Unsupported,
)
from bot.gateways.client import MEGABYTE, WRITE_TIMEOUT_S, GatewayClient, path_part
from bot.gateways.destructive import unclear_if_it_fails
from bot.gateways.events import GatewayEvent
from bot.gateways.reply import Reply
from bot.gateways.shapes import version_in

_LIST_BYTES = 16 * MEGABYTE
_LATER_CODES = 5
_RENEWED_AFTER = 55 / 60  # of a code's life


@dataclass(kw_only=True)
class _PairingWindow:
    """What is shown of one pairing: the last picture, when it was asked for, when all began."""

    began_at: datetime
    asked_at: datetime
    png: bytes = field(repr=False)


class Gowa(Adapter):
    """GatewayAdapter for `gowa`. `key` is `user:password`; a session's key is a device's id."""

    kind = "gowa"
    look_routes = (
        "GET /app/info",
        "GET /devices",
        "GET /devices/{key}",
        "GET /app/passkey",
    )
    caps = Caps(
        send_proves=True, bulk_list=True, qr_png=True, pairing_code=True, owner=True, passkey=True
    )

    def __init__(self, client: GatewayClient, **config: Unpack[AdapterConfig]) -> None:
        super().__init__(client, **config)
        basic = base64.b64encode((self._key or "").encode()).decode()
        self._headers = {} if self._key is None else {"Authorization": f"Basic {basic}"}
        self._window_s = self._first_life_s + _LATER_CODES * self._next_life_s
        self._windows: dict[str, _PairingWindow] = {}
        self._linked: set[str] = set()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def ping(self) -> GatewayInfo:
        """Its version, and how long it took to tell."""
        reply = await self._get("/app/info")
        version = version_in(replies.fields_in(reply).get("version"))
        return GatewayInfo(version=version, latency_s=reply.elapsed_s)

    async def list_sessions(self) -> list[SessionInfo]:
        """Every device."""
        reply = await self._client.get_json(
            "/devices", headers=self._headers, max_bytes=_LIST_BYTES
        )
        return [self._noted(device) for device in replies.devices_in(reply)]

    async def get_session(self, key: str) -> SessionInfo:
        """One device; while it shows a code, whether a passkey is wanted is asked as well."""
        info = self._noted(await self._device(key))
        if info.state is State.AWAITING_SCAN and await self._wants_passkey(key):
            return replace(info, state=State.AWAITING_PASSKEY, cause=Cause.PASSKEY_REQUIRED)
        return info

    async def start(self, key: str) -> None:
        """Reconnect with the credentials there are; without any, or a device, begin a pairing."""
        async with self._one_at_a_time(key):
            if await self._has_account(key):
                await self._reconnect(key)
            else:
                await self._log_in(key)

    async def restart(self, key: str) -> None:
        """A new connection with the credentials there are; without any, a new pairing."""
        await self.start(key)

    async def stop(self, key: str) -> None:
        """Nothing for what is closed; Unsupported otherwise, for only a logout would close it."""
        device = await self._device(key)
        if device.word != "disconnected" or device.account is not None:
            raise Unsupported("gowa closes a session only by logging it out")

    async def get_qr(self, key: str) -> Qr:
        """The picture of the code, of a pairing that was begun here. Renewed before it dies."""
        async with self._one_at_a_time(key):
            info = self._noted(await self._device(key))
            window = self._windows.get(key)
            if info.state is not State.AWAITING_SCAN or window is None:
                raise QrNotReady(info.state)
            if self._age_s(window.asked_at) >= self._first_life_s * _RENEWED_AFTER:
                window = await self._log_in(key, began_at=window.began_at)
            return Qr(png=window.png, not_older_than=window.asked_at, life_s=self._first_life_s)

    async def request_pairing_code(self, key: str, phone: str) -> PairingCode:
        """A code for this number. From then on no QR is renewed: that would end the code."""
        async with self._one_at_a_time(key):
            self._windows.pop(key, None)
            path = f"{_path(key)}/login/code?phone={path_part(phone)}"
            about = About(key=key, phone=phone)
            reply = await self._post(path, allow=(400, 404, 500), about=about)
            return replies.code_in(reply, phone)

    async def send_text(self, key: str, phone: str, text: str) -> str:
        """Send one text. Looked at first: a lost login and a refused key are both 401 here."""
        if self._noted(await self._device(key)).state is not State.CONNECTED:
            raise NotSent("the session is not connected")
        reply = await self._client.post_json(
            f"/send/message{_device(key)}",
            {"phone": f"{phone}@s.whatsapp.net", "message": text},
            headers=self._headers_for(key),
            allow=(400, 401, 404, 429, 500),  # 429: also its word for a restricted account
            about=key,
        )
        return replies.sent_id(reply)

    async def reset(self, key: str) -> None:
        """DESTRUCTIVE: log the device out and begin a pairing.

        Where credentials stay in spite of the logout, the device is purged and made anew.
        """
        async with self._one_at_a_time(key):
            if not await self._has_account(key):
                await self._log_in(key)
                return
            await self._post(f"{_path(key)}/logout", allow=(400, 404, 500), about=key)
            with unclear_if_it_fails():
                if await self._has_account(key):
                    await self._purge(key)
                self._linked.discard(key)
                await self._log_in(key)

    def read_push(self, headers: Mapping[str, str], body: bytes) -> list[GatewayEvent]:
        """Unsupported: it pushes messages, nothing of a session."""
        del headers, body
        raise Unsupported("gowa pushes nothing of a session")

    def _one_at_a_time(self, key: str) -> asyncio.Lock:
        """The lock of `key`: two logins at once would end each other's codes."""
        return self._locks.setdefault(key, asyncio.Lock())

    def _noted(self, device: replies.Device) -> SessionInfo:
        """What a device is, once it is noted whether it has an account and how its window is."""
        key = device.key
        info = replies.told_by(device, was_linked=key in self._linked)
        if device.account is not None:
            self._linked.add(key)
            self._windows.pop(key, None)
        window = self._windows.get(key)
        if window is not None and self._age_s(window.began_at) >= self._window_s:
            return replace(info, state=State.DISCONNECTED, cause=Cause.QR_WINDOW_OVER)
        return info

    def _age_s(self, since: datetime) -> float:
        return (self._clock() - since) / timedelta(seconds=1)

    def _headers_for(self, key: str) -> Mapping[str, str]:
        return self._headers | ({} if _device(key) else {"X-Device-Id": key})

    async def _device(self, key: str) -> replies.Device:
        reply = await self._get(_path(key), allow=(404, 500), about=key)
        device = replies.device_in(replies.fields_in(replies.must_exist(reply)))
        if device.key != key:
            raise GatewayConfused("the answer is no state of this device")
        return device

    async def _wants_passkey(self, key: str) -> bool:
        """False where it is not told: that a code is shown is known all the same."""
        try:
            return replies.wants_passkey(
                await self._client.get_json(
                    f"/app/passkey{_device(key)}", headers=self._headers_for(key), about=key
                )
            )
        except GatewayError:
            return False

    async def _has_account(self, key: str) -> bool:
        """Whether the device has credentials. One that is missing is made, and has none."""
        try:
            return (await self._device(key)).account is not None
        except SessionNotFound:
            replies.results_in(await self._post("/devices", {"device_id": key}, about=key))
            return False

    async def _reconnect(self, key: str) -> None:
        reply = await self._post(f"{_path(key)}/reconnect", allow=(404, 500), about=key)
        replies.results_in(replies.must_exist(reply))

    async def _purge(self, key: str) -> None:
        replies.results_in(
            await self._client.delete_json(_path(key), headers=self._headers, about=key)
        )
        replies.results_in(await self._post("/devices", {"device_id": key}, about=key))

    async def _log_in(self, key: str, *, began_at: datetime | None = None) -> _PairingWindow:
        """Begin a pairing, or begin its next code, and fetch the picture at once."""
        now = self._clock()
        reply = await self._get(
            f"{_path(key)}/login",
            allow=(400, 404, 500),
            timeout_s=WRITE_TIMEOUT_S,
            about=key,
        )
        if reply.status == 400:
            raise GatewayUnreachable("the gateway takes it for logged in")
        path = replies.picture_path(replies.must_exist(reply))
        picture = await self._get(path)
        if picture.png is None:
            raise GatewayConfused("the answer is no picture")
        window = _PairingWindow(began_at=began_at or now, asked_at=now, png=picture.png)
        self._windows[key] = window
        return window

    async def _get(
        self,
        path: str,
        *,
        allow: tuple[int, ...] = (),
        timeout_s: float = 10.0,
        about: str | About | None = None,
    ) -> Reply:
        return await self._client.get_json(
            path, headers=self._headers, allow=allow, timeout_s=timeout_s, about=about
        )

    async def _post(
        self,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        allow: tuple[int, ...] = (),
        about: str | About | None = None,
    ) -> Reply:
        return await self._client.post_json(
            path, body, headers=self._headers, allow=allow, about=about
        )


def _path(key: str) -> str:
    return f"/devices/{path_part(key)}"


def _device(key: str) -> str:
    """The query that names a device whose id fits no header; nothing where the header does."""
    fits = key.isascii() and key.isprintable() and key == key.strip()
    return "" if fits else f"?device_id={path_part(key)}"
