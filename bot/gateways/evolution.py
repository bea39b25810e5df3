"""The `evolution` gateway: Evolution API 2.3, Baileys behind Express, one instance per session.

- Its list is its database. What that says of a session is the truth of it; the live state says what
  the socket does at this moment: see `replies.Row`.
- `connect` of a live `close` is an act: it adds a socket. A look asks it only for the code of a QR
  that is up, and nothing asks it while the row says `open`.
- The list holds the token of each instance. It is never kept, nor logged.
- There is no stop that keeps credentials; the nearest is `restart`.
- A code to be typed in is made only with a `connect` of what is closed, and anew with each QR.
- Only Baileys instances are sessions; others are left out of the list, and nothing is done to them.
"""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Unpack

import structlog

from bot.domain.session import Cause, State
from bot.gateways import evolution_replies as replies
from bot.gateways.about import About
from bot.gateways.adapter import AdapterConfig
from bot.gateways.base import (
    NAMELESS,
    Caps,
    GatewayConfused,
    GatewayError,
    GatewayInfo,
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
from bot.gateways.client import GatewayClient, path_part
from bot.gateways.codes import CodeSight
from bot.gateways.destructive import unclear_if_it_fails
from bot.gateways.events import GatewayEvent
from bot.gateways.evolution_calls import EvolutionCalls
from bot.gateways.patience import HangingAnswers
from bot.gateways.pushes import pushed
from bot.gateways.refusals import says_no_way_out
from bot.gateways.reply import NoSuchRoute
from bot.gateways.restrictions import says_restricted
from bot.gateways.shapes import pairing_code_in, picture_in, qr_in, version_in

log = structlog.get_logger(__name__)

_CONFIRMED_AWAY = 20
_CONFIRMED_OPEN = 5
_CODE_LOOKS = 8


class Evolution(EvolutionCalls):
    """GatewayAdapter for `evolution`. `key` is the global one: another sees only its instance."""

    kind = "evolution"
    look_routes = (
        "GET /",
        "GET /instance/fetchInstances",
        "GET /instance/connectionState/{key}",
        "GET /instance/connect/{key}",  # while a QR is up, and then it only reads
    )
    caps = Caps(
        bulk_list=True,
        qr_raw=True,
        pairing_code=True,
        renews_pairing_code=True,
        push_events=True,
        push_receipts=True,
        push_signed=True,
        reason_codes=True,
        owner=True,
    )

    def __init__(self, client: GatewayClient, **config: Unpack[AdapterConfig]) -> None:
        super().__init__(client, **config)
        self._agreed: dict[str, replies.Row] = {}  # rows that the live state has borne out
        self._doubted: set[str] = set()  # whose row says `open`, and whose live state did not
        self._turn = 0
        self._patience = HangingAnswers()
        self._told_of: set[str] = set()  # instances of other integrations

    async def ping(self) -> GatewayInfo:
        """Its version; the route asks for no key and may itself look up WhatsApp's version."""
        reply = await self._client.get_json("/", headers=self._headers)
        version = version_in(replies.must_not_fail(reply).get("version"))
        return GatewayInfo(version=version, latency_s=reply.elapsed_s)

    async def list_sessions(self) -> list[SessionInfo]:
        """Every Baileys instance: one call, and live states for what is away and a few others."""
        listed = await self._rows("/instance/fetchInstances")
        ours = [row for row in listed if row.integration == replies.BAILEYS]
        self._tell_of_others([row for row in listed if row.integration != replies.BAILEYS])
        rows = {row.key: row for row in ours if row.key != NAMELESS}
        asked = self._to_confirm(rows)
        confirmed = await self._patience.answers(
            {key: partial(self._confirmed, rows[key]) for key in asked}
        )
        return [confirmed.get(row.key) or replies.told_by(row) for row in ours]

    async def get_session(self, key: str) -> SessionInfo:
        """One instance by its live state and its row; without a row only what is sure."""
        word = await self._live(key)
        row = replies.blank_row(key)
        with suppress(GatewayError):  # the live state is known
            row = await self._row(key)
        return await self._refined(row, word)

    async def start(self, key: str) -> None:
        """Connect an instance that is closed, create one that is missing; others are running."""
        try:
            row, word = await self._standing(key)
        except SessionNotFound:
            self._codes.look(key, None, self._clock())
            body = {"instanceName": key, "integration": replies.BAILEYS, "qrcode": True}
            await self._client.post_json(
                "/instance/create", body, headers=self._headers, timeout_s=30, about=key
            )
            return
        if replies.may_connect(row, word):
            await self._connect(key)

    async def restart(self, key: str) -> None:
        """A new socket in place of the present one; for what is closed, a first one."""
        row, word = await self._standing(key)
        if replies.may_connect(row, word):
            await self._connect(key)
            return
        path = f"/instance/restart/{path_part(key)}"
        try:
            reply = await self._client.post_json(
                path, headers=self._headers, allow=(404,), about=key
            )
            replies.must_exist(reply)
        except NoSuchRoute:  # builds that keep to the docs
            reply = await self._client.put_json(path, headers=self._headers, about=key)
        # Of what is between two attempts of its own it says an error, and goes on by itself.
        if row.word != "open" or word == "open":
            replies.must_not_fail(reply)

    async def stop(self, key: str) -> None:
        """Nothing for what is closed; Unsupported otherwise, for only a logout would close it."""
        row, word = await self._standing(key)
        if not replies.may_connect(row, word):
            raise Unsupported("evolution closes a session only by logging it out")

    async def get_qr(self, key: str) -> Qr:
        """The code shown now, as text; as a picture where there is no text."""
        row, word = await self._standing(key)
        if not replies.shows_qr(row, word):
            raise QrNotReady(replies.told_by(row, word).state)
        part = replies.code_part(await self._code_reply(key))
        raw = qr_in(part.get("code"))
        png = None if raw else picture_in(part.get("base64"))
        look = self._codes.look(
            key, raw or (str(part.get("base64")) if png else None), self._clock()
        )
        if look.sight is not CodeSight.LIVE:
            raise QrNotReady(State.CONNECTING)
        typed = part.get("pairingCode")
        return Qr(
            raw=raw,
            png=png,
            not_older_than=look.not_older_than,
            life_s=look.life_s,
            typed=pairing_code_in(typed, "").code if typed else None,
        )

    async def request_pairing_code(self, key: str, phone: str) -> PairingCode:
        """A code for this number. It is renewed with each QR behind it: it lives as long as one.

        The window that shows a QR is closed first, by a logout of what is not logged in.
        """
        row, word = await self._standing(key)
        if replies.shows_qr(row, word):
            await self._log_out(key)
        elif not replies.may_connect(row, word):
            raise QrNotReady(State.CONNECTED if word == "open" else State.CONNECTING)
        self._codes.look(key, None, self._clock())
        path = f"/instance/connect/{path_part(key)}?number={path_part(phone)}"
        about = About(key=key, phone=phone)
        reply = await self._client.get_json(path, headers=self._headers, timeout_s=30, about=about)
        for _ in range(_CODE_LOOKS):
            code = replies.code_part(reply).get("pairingCode")
            if code:
                return pairing_code_in(code, phone, self._first_life_s)
            await asyncio.sleep(self._first_life_s / 60)
            if await self._live(key) == "connecting":
                reply = await self._code_reply(key)
        raise GatewayConfused("the gateway made no pairing code")

    async def send_text(self, key: str, phone: str, text: str) -> str:
        """Send one text."""
        path = f"/message/sendText/{path_part(key)}"
        reply = await self._client.post_json(
            path,
            {"number": phone, "text": text},
            headers=self._headers,
            allow=(400, 404, 500),
            about=key,
        )
        replies.must_exist(reply)
        if reply.status >= 400:
            if says_restricted(reply.json):
                raise Restricted("WhatsApp restricts the account")
            if says_no_way_out(reply.json):
                raise NotSent("the gateway could not send")
            raise GatewayUnreachable(f"the gateway answered {reply.status}")
        return replies.sent_id(replies.must_not_fail(reply))

    async def reset(self, key: str) -> None:
        """DESTRUCTIVE: log out what is not closed, then connect without credentials.

        What is closed cannot be logged out. If it comes up with credentials after all, it is
        logged out then. What is linked and between two attempts to connect can be neither logged
        out nor connected.
        """
        try:
            row, word = await self._standing(key)
        except SessionNotFound:
            await self.start(key)
            return
        if word == "close" and not replies.may_connect(row, word):
            raise GatewayUnreachable("WhatsApp is out of its reach, and it can't log out now")
        with unclear_if_it_fails():
            if word != "close":
                await self._log_out(key)
            if await self._connect(key) == "open":
                await self._log_out(key)
                await self._connect(key)

    def read_push(self, headers: Mapping[str, str], body: bytes) -> list[GatewayEvent]:
        """What was pushed. No body is signed: with a hook key, a header has to bear it."""
        if self._hook_key is not None:
            replies.must_be_ours(headers, self._hook_key, self._clock())
        return replies.event_in(pushed(body))

    def _tell_of_others(self, others: Iterable[replies.Row]) -> None:
        """Say once in the log which instances are no sessions, and why."""
        for row in others:
            if row.key not in self._told_of:
                self._told_of.add(row.key)
                log.warning("instance_not_baileys", key=row.key, is_a=row.integration)

    def _to_confirm(self, rows: Mapping[str, replies.Row]) -> list[str]:
        """Whose live state is asked for beside this list: changes, doubts, and some in turn."""
        opened = [key for key, row in rows.items() if row.word == "open"]
        self._doubted.intersection_update(opened)
        changed = [
            key
            for key, row in rows.items()
            if row.word != "open" and (row.word == "connecting" or self._agreed.get(key) != row)
        ]
        begin = self._turn % len(opened) if opened else 0
        in_turn = (opened[begin:] + opened[:begin])[:_CONFIRMED_OPEN]
        self._turn = begin + len(in_turn)
        doubted = sorted(self._doubted)[:_CONFIRMED_AWAY]
        return [*changed[:_CONFIRMED_AWAY], *dict.fromkeys([*doubted, *in_turn])]

    async def _confirmed(self, row: replies.Row) -> SessionInfo:
        """A row with its live state; the row alone where that is not told."""
        try:
            word = await self._live(row.key)
            info = await self._refined(row, word)
        except GatewayError:
            return replies.told_by(row)
        if word == row.word:
            self._agreed[row.key] = row
        (self._doubted.discard if word == row.word else self._doubted.add)(row.key)
        return info

    async def _refined(self, row: replies.Row, word: str) -> SessionInfo:
        """What a row and a live state say; with a QR up it awaits a scan as long as that lives."""
        if row.word == "connecting":
            word = await self._steady(row, word)
        info = replies.told_by(row, word)
        if not replies.shows_qr(row, word) or info.state is not State.CONNECTING:
            return info
        try:
            look = self._codes.look(row.key, await self._shown(row.key), self._clock())
        except GatewayError:
            return info
        if look.sight is CodeSight.LIVE:
            return replace(info, state=State.AWAITING_SCAN)
        return replace(info, cause=Cause.QR_WINDOW_OVER) if look.sight is CodeSight.OVER else info
