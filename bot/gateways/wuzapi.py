"""The `wuzapi` gateway: whatsmeow behind Go, where one user is one session.

- GATEWAY_KEY is the admin token. It lists the users with their own tokens, which every call for a
  session needs. They stay in memory, in values without a repr.
- A device that WhatsApp removed keeps its row as it was: polled, it is away, like one whose network
  is down. Only a push tells the reason.
- It hands out pictures of codes, no text. The picture is passed on whole.
- A logout needs a live connection, so a reset connects first where there is none.
"""

import asyncio
from collections.abc import Container, Mapping
from dataclasses import replace
from functools import partial
from typing import Unpack

from bot.domain.session import Cause, State
from bot.gateways import wuzapi_replies as replies
from bot.gateways.about import About
from bot.gateways.adapter import Adapter, AdapterConfig
from bot.gateways.base import (
    Caps,
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
from bot.gateways.client import GatewayClient
from bot.gateways.codes import CodeSight
from bot.gateways.destructive import unclear_if_it_fails
from bot.gateways.events import GatewayEvent
from bot.gateways.one_by_one import OneByOne
from bot.gateways.pushes import must_be_signed
from bot.gateways.reply import Reply
from bot.gateways.shapes import picture_in
from bot.gateways.wuzapi_users import WuzapiUsers, about, own_headers

_RESET_LOOKS = 25
_RESET_TRIES_EACH = 3
_PAUSE = 1 / 60  # of a code's life, between two looks


class Wuzapi(Adapter):
    """GatewayAdapter for `wuzapi`. A session's key is the name of its user."""

    kind = "wuzapi"
    look_routes = (
        "GET /admin/users",
        "GET /session/status",
    )
    caps = Caps(
        send_proves=True,
        bulk_list=True,
        qr_png=True,
        pairing_code=True,
        push_events=True,
        push_signed=True,
        reason_codes=True,
        owner=True,
    )

    def __init__(self, client: GatewayClient, **config: Unpack[AdapterConfig]) -> None:
        super().__init__(client, **config)
        self._users = WuzapiUsers(client, self._key)
        self._one_by_one = OneByOne()
        self._pause_s = self._first_life_s * _PAUSE
        self._pairings: dict[str, object] = {}  # the jid in the row while a code was shown
        self._closed: set[str] = set()  # by us; the row says the same of an outage

    async def ping(self) -> GatewayInfo:
        """Whether it answers the list, which every tick needs. It never tells its version."""
        return GatewayInfo(version=None, latency_s=(await self._users.list()).elapsed_s)

    async def list_sessions(self) -> list[SessionInfo]:
        """Every user. Rows of older builds that tell no state are looked at one by one."""
        await self._users.list()
        users = self._users.all()
        asked = {
            user.name: partial(self._users.status, user) for user in users if _tells_no_state(user)
        }
        found: dict[str, replies.User] = {}
        try:
            found = await self._one_by_one.answers(asked)
        except GatewayError:
            if len(asked) == len(users):  # no row says anything either
                raise
        return [
            replace(replies.told_by(user), silent=True)
            if user.name in asked and user.name not in found
            else self._noted(found.get(user.name, user))
            for user in users
        ]

    async def get_session(self, key: str) -> SessionInfo:
        """One session by its own status."""
        return self._noted(await self._users.look(key))

    async def start(self, key: str) -> None:
        """Connect with the credentials there are; a user that is missing is made first."""
        try:
            user = await self._users.look(key)
        except SessionNotFound:
            user = await self._users.make(key)
        if not user.connected:
            await self._connect(user)

    async def restart(self, key: str) -> None:
        """Close the connection if there is one, and make a new one; credentials are kept."""
        user = await self._users.look(key)
        await self._disconnect(user)
        await self._connect(user)

    async def stop(self, key: str) -> None:
        """Close the connection. Older builds also forget then which events they push."""
        await self._disconnect(await self._users.look(key))
        self._closed.add(key)

    async def get_qr(self, key: str) -> Qr:
        """The picture of the code shown now, or QrNotReady."""
        info = await self.get_session(key)
        if info.state is not State.AWAITING_SCAN:
            raise QrNotReady(info.state)
        user = await self._users.get(key)
        reply = await self._client.get_json(
            "/session/qr", headers=own_headers(user), allow=(500,), about=about(user)
        )
        if reply.status == 500:
            raise QrNotReady(_why_no_code(reply))
        text = replies.field_of(replies.fields_in(reply), "qrcode")
        png = picture_in(text)
        look = self._codes.look(key, None if png is None else str(text), self._clock())
        if png is None or look.sight is not CodeSight.LIVE:
            raise QrNotReady(State.CONNECTING)
        return Qr(png=png, not_older_than=look.not_older_than, life_s=look.life_s)

    async def request_pairing_code(self, key: str, phone: str) -> PairingCode:
        """A code for this number; the session must show a QR."""
        body = {"Phone": phone}
        user = await self._users.get(key)
        about_session = replace(about(user), phone=phone)
        reply = await self._post(user, "/session/pairphone", body, (400, 500), about_session)
        return replies.code_in(reply, phone)

    async def send_text(self, key: str, phone: str, text: str) -> str:
        """Send one text."""
        body = {"Phone": phone, "Body": text}
        reply = await self._post(await self._users.get(key), "/chat/send/text", body, (400, 500))
        return replies.sent_id(reply)

    async def reset(self, key: str) -> None:
        """DESTRUCTIVE: log out, then connect without credentials.

        Credentials that do not connect within half a minute cannot be logged out: they stay, and a
        plain GatewayError says so.
        """
        user = await self._users.look(key)
        if not user.connected:
            await self._connect(user)
            user = await self._settled(key)
        if not (user.connected and user.logged_in):
            await self._disconnect(user)
            await self._connect(user)
            return
        replies.data_in(await self._post(user, "/session/logout", None))
        with unclear_if_it_fails():
            await self._connect(user)

    def read_push(self, headers: Mapping[str, str], body: bytes) -> list[GatewayEvent]:
        """What was pushed, signed over the body as it came, be it JSON or a form."""
        if self._hook_key is not None:
            must_be_signed(body, headers.get("x-hmac-signature"), self._hook_key, "sha256")
        return replies.event_in(body)

    def _noted(self, user: replies.User) -> SessionInfo:
        """What is known of a session, once it is noted what it shows and what we closed."""
        info, key = replies.told_by(user), user.name
        if info.state is State.CONNECTED:
            self._codes.forget(key)
            self._pairings.pop(key, None)
        elif info.state is State.AWAITING_SCAN:
            self._pairings[key] = user.jid
            if isinstance(user.qrcode, str):
                self._codes.look(key, user.qrcode or None, self._clock())
        if user.connected:
            self._closed.discard(key)
        return self._away(info, user) if info.state is State.DISCONNECTED else info

    def _away(self, info: SessionInfo, user: replies.User) -> SessionInfo:
        """What is not connected. A row may name a device of the past: then nobody comes back."""
        if user.name in self._closed:
            return replace(info, state=State.STOPPED)
        if self._pairings.get(user.name) == user.jid:  # nobody has scanned: that brings another jid
            return replace(info, state=State.STOPPED, cause=Cause.QR_WINDOW_OVER)
        return info

    async def _connect(self, user: replies.User) -> None:
        """Make a connection. Whatever picture lies in the row from before is an old one."""
        self._closed.discard(user.name)
        self._pairings.pop(user.name, None)
        left = user.qrcode if isinstance(user.qrcode, str) and user.qrcode else None
        self._codes.look(user.name, left, self._clock())
        self._codes.retire(user.name)
        if await self._is_connecting(user):
            return
        await asyncio.sleep(self._pause_s)  # a connection just closed may not be gone yet
        if not await self._is_connecting(user):
            raise Stuck("wuzapi calls a session connected and not connected: restart wuzapi")

    async def _is_connecting(self, user: replies.User) -> bool:
        """Ask for a connection; False where it is refused for one that does not exist."""
        body = {"Subscribe": ["All"], "Immediate": True}
        reply = await self._post(user, "/session/connect", body, (409, 500))
        if reply.status < 400:
            replies.data_in(reply)
            return True
        if "already" not in replies.error_in(reply):
            raise GatewayUnreachable(f"the gateway answered {reply.status}")
        return (await self._users.status(user)).connected is True

    async def _disconnect(self, user: replies.User) -> None:
        reply = await self._post(user, "/session/disconnect", None, (500,))
        if reply.status < 400:
            replies.data_in(reply)
        elif not replies.is_silent(replies.error_in(reply)):
            raise GatewayUnreachable("the gateway answered 500")

    async def _settled(self, key: str) -> replies.User:
        """The session once it is connected, logged in or with a code; GatewayError if it is not.

        A login that WhatsApp refuses ends the connection, and only the next one shows a code.
        """
        for turn in range(1, _RESET_LOOKS):
            user = await self._users.look(key)
            if replies.told_by(user).state in (State.CONNECTED, State.AWAITING_SCAN):
                return user
            if turn % _RESET_TRIES_EACH == 0:
                await self._connect(user)
            await asyncio.sleep(self._pause_s)
        raise GatewayError("it does not connect, and so cannot be logged out")

    async def _post(
        self,
        user: replies.User,
        path: str,
        body: Mapping[str, object] | None,
        allow: Container[int] = (),
        about_session: About | None = None,
    ) -> Reply:
        return await self._client.post_json(
            path, body, headers=own_headers(user), allow=allow, about=about_session or about(user)
        )


def _tells_no_state(user: replies.User) -> bool:
    return bool(user.token) and (user.connected is None or user.logged_in is None)


def _why_no_code(reply: Reply) -> State:
    return State.CONNECTED if "already" in replies.error_in(reply) else State.CONNECTING
