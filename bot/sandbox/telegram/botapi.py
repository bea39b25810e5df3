"""The Bot API over HTTP: one call in, one answer or one mishap out."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from aiohttp import web

from bot.sandbox.telegram.bell import Bell
from bot.sandbox.telegram.faults import Fault, FaultKind, Faults
from bot.sandbox.telegram.limits import Limits, writes
from bot.sandbox.telegram.methods import METHODS
from bot.sandbox.telegram.params import Params, read_params
from bot.sandbox.telegram.refusals import Refusal, too_many
from bot.sandbox.telegram.webhook import Webhook
from bot.sandbox.telegram.world import World

MAX_CALLS = 20_000
MAX_POLL_S = 50
_BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


@dataclass(kw_only=True)
class Call:
    """One call of the bot as the server saw it.

    `outcome` is "pending", "ok", the description of a refusal, the kind of the fault that hit, or
    "caller hung up".
    """

    at: float
    method: str
    params: dict[str, Any]
    uploads: dict[str, bytes] = field(default_factory=dict, repr=False)
    outcome: str = "pending"
    result: Any = None

    @property
    def ok(self) -> bool:
        """Whether the bot got what it asked for."""
        return self.outcome == "ok"


class BotApi:
    """Answers Bot API calls for one token."""

    def __init__(self, *, world: World, token: str, bell: Bell, limits: Limits | None) -> None:
        self.calls: list[Call] = []
        self.faults = Faults(clock=world.clock)
        self._world = world
        self._token = token
        self._bell = bell
        self._limits = limits
        self.date_offset_s = 0.0  # how far the `Date` of answers is from the world's time
        self._webhook = Webhook(updates=world.updates, bell=bell)
        self._poll_turn = 0
        self._busy: set[asyncio.Transport] = set()
        self._own: dict[str, Callable[[Params], Any]] = {
            "setwebhook": self._webhook.set,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": lambda _: self._webhook.info(),
        }

    def routes(self) -> list[web.RouteDef]:
        """The paths of the Bot API."""
        return [
            web.get("/file/bot{token}/{path:.+}", self.file),
            web.route("*", "/bot{token}/{method}", self.call),
        ]

    async def stop(self) -> None:
        """Let go of the webhook."""
        await self._webhook.stop()

    def set_fault(self, fault: Fault) -> Fault:
        """Let something go wrong from now on."""
        self.faults.add(fault)
        if fault.kind is FaultKind.OUTAGE:
            for transport in self._busy:
                _reset(transport)
        return fault

    async def file(self, request: web.Request) -> web.Response:
        """Download a file by the path getFile told."""
        if request.match_info["token"] != self._token:
            return _json(Refusal(401, "Unauthorized").to_api(), 401)
        for stored in self._world.files.values():
            if stored.path == request.match_info["path"]:
                return web.Response(body=stored.data, content_type=stored.mime)
        return _json(Refusal(404, "Not Found").to_api(), 404)

    async def call(self, request: web.Request) -> web.Response:
        """Answer one call."""
        transport = request.transport
        if transport is None:
            return web.Response()  # the caller is gone already
        self._busy.add(transport)
        try:
            answer = await self._answer(request)
        except Refusal as refusal:
            answer = _json(refusal.to_api(), refusal.code)
        finally:
            self._busy.discard(transport)
        at = self._world.clock() + self.date_offset_s
        answer.headers["Date"] = formatdate(at, usegmt=True)
        return answer

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        params = await read_params(request)
        call = self._record(method, params)
        fault = self.faults.hit(method, params.text("chat_id"))
        try:
            if fault is not None:
                mishap = await self._suffer(request, fault)
                if mishap is not None:
                    call.outcome = fault.kind
                    return mishap
            self._check_token(request.match_info["token"])
            call.result = await self._perform(method, params)
            lost = fault is not None and fault.kind is FaultKind.ANSWER_LOST
            call.outcome = FaultKind.ANSWER_LOST if lost else "ok"
        except Refusal as refusal:
            call.outcome = refusal.description
            raise
        except asyncio.CancelledError:
            call.outcome = "caller hung up"
            raise
        finally:
            self._bell.ring()
        if lost:
            return _cut(request)
        return _json({"ok": True, "result": call.result}, 200)

    async def _suffer(self, request: web.Request, fault: Fault) -> web.Response | None:
        """What the fault does to the call; None when the call goes on."""
        match fault.kind:
            case FaultKind.TOO_MANY:
                raise too_many(fault.retry_after_s(self._world.clock()))
            case FaultKind.REFUSED:
                raise Refusal(403 if fault.said.startswith("Forbidden") else 400, fault.said)
            case FaultKind.ERROR_500:
                raise Refusal(500, "Internal Server Error")
            case FaultKind.ERROR_502:
                return web.Response(status=502, text=_BAD_GATEWAY, content_type="text/html")
            case FaultKind.RESET | FaultKind.OUTAGE:
                return _cut(request)
            case FaultKind.HANG:
                await asyncio.Event().wait()  # the server cancels this when the caller hangs up
            case FaultKind.SLOW:
                await asyncio.sleep(fault.seconds)
        return None  # a call whose answer gets lost goes on as well

    async def _perform(self, method: str, params: Params) -> Any:
        name = method.lower()
        if name == "getupdates":
            return await self._get_updates(params)
        if name in self._own:
            return self._own[name](params)
        if name not in METHODS:
            raise Refusal(404, "Not Found: the sandbox has no such method")
        if self._limits is not None and writes(name):
            retry_after_s = self._limits.admit(params.text("chat_id") or "")
            if retry_after_s is not None:
                raise too_many(retry_after_s)
        return METHODS[name](self._world, params)

    async def _get_updates(self, params: Params) -> list[Any]:
        if self._webhook.url:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        updates = self._world.updates
        if params.array("allowed_updates") is not None:
            updates.allowed = params.array("allowed_updates")
        updates.confirm(params.integer("offset") or 0)
        limit = min(max(params.integer("limit") or 100, 1), 100)
        self._poll_turn += 1
        turn = self._poll_turn
        self._bell.ring()  # a poller who still waits is sent away

        def look() -> list[Any] | None:
            if turn != self._poll_turn:
                raise Refusal(
                    409,
                    "Conflict: terminated by other getUpdates request; "
                    "make sure that only one bot instance is running",
                )
            return updates.peek(limit) or None

        with contextlib.suppress(TimeoutError):
            return await self._bell.until(look, min(params.integer("timeout") or 0, MAX_POLL_S))
        return []

    def _delete_webhook(self, params: Params) -> bool:
        del_only = {"url": "", "drop_pending_updates": params.flag("drop_pending_updates")}
        return self._webhook.set(Params(values=del_only))

    def _check_token(self, token: str) -> None:
        if token == self._token:
            return
        raise Refusal(401, "Unauthorized") if ":" in token else Refusal(404, "Not Found")

    def _record(self, method: str, params: Params) -> Call:
        call = Call(
            at=self._world.clock(),
            method=method,
            params=params.plain(),
            uploads={name: upload.data for name, upload in params.uploads.items()},
        )
        self.calls.append(call)
        if len(self.calls) > MAX_CALLS:
            del self.calls[: MAX_CALLS // 2]
        self._bell.ring()
        return call


def _json(body: dict[str, Any], status: int) -> web.Response:
    return web.json_response(body, status=status)


def _cut(request: web.Request) -> web.Response:
    """Break the connection; the response goes nowhere."""
    if request.transport is not None:
        _reset(request.transport)
    return web.Response()


def _reset(transport: asyncio.Transport) -> None:
    """Close so that the other side sees a reset, not an orderly end."""
    wire = transport.get_extra_info("socket")
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
