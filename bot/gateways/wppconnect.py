"""The `wppconnect` gateway: wppconnect-server 2.10, WhatsApp Web in a Chromium for each session.

- GATEWAY_KEY is its SECRET_KEY. Some routes carry it in their path, so no path is ever told. With
  it a token is made for each session; tokens stay in memory.
- The list tells names only: states are asked for one by one, a few at a time.
- `CONNECTED` may be a page that died: it counts once the page itself confirms it. It also keeps the
  code it was linked with, which is never shown.
- `start-session` is ignored while anything runs, so a code to be typed in begins with a close.
- `close-session` may answer 500 with effect, and then leaves a Chromium behind: what became of it
  is looked at, and the next one is Stuck. `start-session` answers the state before the start.
- `logout-session` is refused for what does not run; `clear-session-data` is not.
- `/unhealthy` ends the process: never to be asked.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Unpack
from urllib.parse import quote

from bot.domain.session import State
from bot.domain.session_names import is_session_key
from bot.gateways import wppconnect_replies as replies
from bot.gateways.about import About
from bot.gateways.adapter import Adapter, AdapterConfig
from bot.gateways.base import (
    Caps,
    GatewayAuthError,
    GatewayError,
    GatewayInfo,
    GatewayUnreachable,
    PairingCode,
    Qr,
    QrNotReady,
    SessionInfo,
    SessionNotFound,
    Stuck,
)
from bot.gateways.client import READ_TIMEOUT_S, WRITE_TIMEOUT_S, GatewayClient, path_part
from bot.gateways.codes import CodeSight
from bot.gateways.destructive import unclear_if_it_fails
from bot.gateways.events import GatewayEvent
from bot.gateways.one_by_one import OneByOne
from bot.gateways.pushes import pushed
from bot.gateways.reply import Reply
from bot.gateways.shapes import qr_in

_CONFIRM_TIMEOUT_S = 5.0
_CODE_TIMEOUT_S = 75.0  # the gateway answers when the browser has the code


class Wppconnect(Adapter):
    """GatewayAdapter for `wppconnect`. Without a key every call is a GatewayAuthError."""

    kind = "wppconnect"
    look_routes = (
        "GET /api/{secret}/show-all-sessions",
        "POST /api/{key}/{secret}/generate-token",  # a hash of the name; nothing is kept there
        "GET /api/{key}/status-session",
        "GET /api/{key}/check-connection-session",
        "GET /api/{key}/get-phone-number",
    )
    caps = Caps(
        qr_raw=True,
        pairing_code=True,
        push_events=True,
        push_receipts=True,
        reason_codes=True,
        owner=True,
    )

    def __init__(self, client: GatewayClient, **config: Unpack[AdapterConfig]) -> None:
        super().__init__(client, **config)
        self._tokens: dict[str, str] = {}
        self._one_by_one = OneByOne()
        self._left_behind: set[str] = (
            set()
        )  # whose last close left a browser, and no page came since

    async def ping(self) -> GatewayInfo:
        """Whether it answers the list. Its version is told with the state of a session only."""
        _, elapsed_s = await self._names()
        return GatewayInfo(version=None, latency_s=elapsed_s)

    async def list_sessions(self) -> list[SessionInfo]:
        """Every name, with what each session says; when several in a row fail, the gateway does."""
        names, _ = await self._names()
        asked = {name: partial(self._confirmed, name) for name in names if is_session_key(name)}
        found = await self._one_by_one.answers(asked)
        return [
            found.get(name)
            or SessionInfo(key=name, state=State.UNKNOWN, raw_state="?", silent=name in asked)
            for name in names
        ]

    async def get_session(self, key: str) -> SessionInfo:
        """One session; the number is asked for when it is connected.

        `CLOSED` is said of what it never heard of as well: the list tells those apart.
        """
        info = await self._confirmed(key)
        if info.state is State.STOPPED and key not in (await self._names())[0]:
            raise SessionNotFound("the gateway has no such session")
        if info.state is not State.CONNECTED:
            return info
        return replace(info, owner_phone=await self._owner(key))

    async def start(self, key: str) -> None:
        """Start what is closed; it ignores the call for what runs."""
        if (await self._look(key)).state is State.STOPPED:
            await self._start(key)

    async def restart(self, key: str) -> None:
        """Close the browser and start it anew, on the data it has."""
        await self.stop(key)
        await self._start(key)

    async def stop(self, key: str) -> None:
        """Close the browser, if there is one; its data stay."""
        if (await self._look(key)).state is not State.STOPPED:
            await self._close(key)

    async def get_qr(self, key: str) -> Qr:
        """The code shown now, as text, or QrNotReady."""
        word, code = await self._status(key)
        info = replies.told_by(key, word)
        if info.state is not State.AWAITING_SCAN:
            raise QrNotReady(info.state)
        look = self._codes.look(key, code, self._clock())
        if code is None or look.sight is not CodeSight.LIVE:
            raise QrNotReady(State.CONNECTING)
        return Qr(raw=code, not_older_than=look.not_older_than, life_s=look.life_s)

    async def request_pairing_code(self, key: str, phone: str) -> PairingCode:
        """A code for this number, in a window of its own: the one that shows a QR is closed."""
        info = await self._look(key)
        if info.state is State.CONNECTED:
            raise QrNotReady(State.CONNECTED)
        if info.state is not State.STOPPED:
            await self._close(key)
        body = {"phone": phone, "waitQrCode": True}
        about = About(key=key, phone=phone)
        reply = await self._post(key, "start-session", body, timeout_s=_CODE_TIMEOUT_S, about=about)
        return replies.code_in(reply, phone)

    async def send_text(self, key: str, phone: str, text: str) -> str:
        """Send one text."""
        body = {"phone": phone, "isGroup": False, "message": text}
        reply = await self._post(key, "send-message", body, allow=(400, 404, 500))
        return replies.sent_id(reply)

    async def reset(self, key: str) -> None:
        """DESTRUCTIVE: log out what is connected, clear its data, start a new session."""
        info = await self._look(key)
        if info.state is State.CONNECTED:
            await self._post(key, "logout-session", allow=(404, 500))
        elif info.state is not State.STOPPED:
            await self._post(key, "close-session", allow=(404, 500))
        with unclear_if_it_fails():
            path = f"/api/{path_part(key)}/{self._secret()}/clear-session-data"
            headers = await self._headers(key)
            replies.must_not_fail(await self._client.post_json(path, headers=headers, about=key))
            await self._start(key)

    def read_push(self, headers: Mapping[str, str], body: bytes) -> list[GatewayEvent]:
        """What was pushed. Nothing is signed: that the path is secret has to do."""
        del headers
        return replies.event_in(pushed(body))

    def _secret(self) -> str:
        """The secret key as a part of a path."""
        if not self._key:
            raise GatewayAuthError("no secret key is set")
        return quote(self._key, safe="")

    async def _names(self) -> tuple[list[str], float]:
        path = f"/api/{self._secret()}/show-all-sessions"
        reply = await self._client.get_json(path, allow=(400,))
        return replies.names_in(reply), reply.elapsed_s

    async def _headers(self, key: str) -> Mapping[str, str]:
        """The token of one session, made when it is first needed."""
        if key not in self._tokens:
            path = f"/api/{path_part(key)}/{self._secret()}/generate-token"
            # Not held to its `session`: the gateway itself refuses a token for another one.
            reply = await self._client.post_json(path, timeout_s=READ_TIMEOUT_S, allow=(400,))
            self._tokens[key] = replies.token_in(reply)
        return {"Authorization": f"Bearer {self._tokens[key]}"}

    async def _status(self, key: str) -> tuple[str, str | None]:
        """The gateway's word for a session, and its code, which is another's but for QRCODE."""
        reply = await self._get(key, "status-session")
        word = replies.word_of(reply)
        if word in ("CONNECTED", "QRCODE", "PHONECODE"):  # a page has come
            self._left_behind.discard(key)
        if word != "QRCODE":
            (self._codes.forget if word == "CONNECTED" else self._codes.retire)(key)
            return word, None
        return word, qr_in(reply.mapping().get("urlcode"))

    async def _look(self, key: str) -> SessionInfo:
        word, code = await self._status(key)
        if word == "QRCODE":
            self._codes.look(key, code, self._clock())
        return replies.told_by(key, word)

    async def _confirmed(self, key: str) -> SessionInfo:
        """A session; one that is said to be connected is DISCONNECTED when its page denies it."""
        info = await self._look(key)
        if info.state is not State.CONNECTED:
            return info
        try:
            reply = await self._get(key, "check-connection-session", _CONFIRM_TIMEOUT_S)
        except GatewayError:
            return replace(info, state=State.UNKNOWN, raw_state="CONNECTED, not confirmed")
        match replies.is_confirmed(reply):
            case True:
                return info
            case False:
                return replace(info, state=State.DISCONNECTED, raw_state="CONNECTED, denied")
        return replace(info, state=State.UNKNOWN, raw_state="CONNECTED, not confirmed")

    async def _owner(self, key: str) -> str | None:
        """The linked number. None when it is not told: it is connected all the same."""
        try:
            return replies.owner_in(await self._get(key, "get-phone-number"))
        except GatewayError:
            return None

    async def _close(self, key: str) -> None:
        """Close its browser: a 500 counts as done where it is closed afterwards.

        Stuck where the close before left a browser and nothing has come of it since.
        """
        if key in self._left_behind:
            raise Stuck("its browsers pile up: only a restart of the server ends them")
        reply = await self._post(key, "close-session", allow=(500,))
        if reply.status != 500:
            replies.must_not_fail(reply)
            return
        if (await self._look(key)).state is not State.STOPPED:
            raise GatewayUnreachable("the gateway answered 500")
        self._left_behind.add(key)

    async def _start(self, key: str) -> None:
        """Start a closed session. Whatever code comes is new."""
        self._codes.look(key, None, self._clock())
        replies.must_not_fail(await self._post(key, "start-session", {"waitQrCode": False}))

    async def _get(self, key: str, route: str, timeout_s: float = READ_TIMEOUT_S) -> Reply:
        path = f"/api/{path_part(key)}/{route}"
        headers = await self._headers(key)
        try:
            return await self._client.get_json(
                path, headers=headers, timeout_s=timeout_s, about=key
            )
        except GatewayAuthError:
            self._tokens.pop(key, None)  # the gateway was given another secret meanwhile
            raise

    async def _post(
        self,
        key: str,
        route: str,
        body: Mapping[str, object] | None = None,
        *,
        allow: tuple[int, ...] = (),
        timeout_s: float = WRITE_TIMEOUT_S,
        about: About | None = None,
    ) -> Reply:
        path = f"/api/{path_part(key)}/{route}"
        headers = await self._headers(key)
        return await self._client.post_json(
            path, body, headers=headers, allow=allow, timeout_s=timeout_s, about=about or key
        )
