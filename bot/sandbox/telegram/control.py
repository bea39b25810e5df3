"""The sandbox's own HTTP interface, for the chat page and for tests in other processes."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.telegram.acts import CannotAct
from bot.sandbox.telegram.chats import Chat
from bot.sandbox.telegram.messages import Message
from bot.sandbox.telegram.views import chat_view, event_view, message_view, world_view
from bot.sandbox.telegram.world import Event, NoSuch, Query

if TYPE_CHECKING:
    from bot.sandbox.telegram.server import TelegramSandbox

HEARTBEAT_S = 15
# What POST /sandbox/<name> may call on the sandbox; the JSON body holds the keyword arguments.
ACTS = frozenset(
    {
        "say",
        "edit",
        "delete",
        "press",
        "press_data",
        "utter",
        "inject",
        "set_date_offset",
        "join",
        "leave",
        "set_admin",
        "block_bot",
        "add_bot",
        "kick_bot",
        "set_bot_admin",
        "migrate_group",
        "rename",
        "open_topic",
        "close_topic",
        "delete_topic",
        "set_permissions",
        "restrict_bot",
        "set_slow_mode",
        "set_posting",
        "set_deactivated",
        "add_channel",
        "fault",
        "clear_faults",
    }
)
_TYPES = {"html": "text/html", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}


class Control:
    """Shows the world, changes it, and streams what happens in it."""

    def __init__(self, sandbox: "TelegramSandbox") -> None:
        self._sandbox = sandbox
        self._streams: set[asyncio.Queue[str | None]] = set()

    def routes(self) -> list[web.RouteDef]:
        """The paths of the page and of the control interface."""
        return [
            web.get("/", self.page),
            web.get("/page/{name}", self.page),
            web.get("/sandbox/world", self.world),
            web.get("/sandbox/chats/{chat_id}/messages", self.messages),
            web.get("/sandbox/menu", self.menu),
            web.get("/sandbox/calls", self.calls),
            web.get("/sandbox/files/{file_id}", self.file),
            web.get("/sandbox/events", self.events),
            web.post("/sandbox/{act}", self.act),
        ]

    def close_streams(self) -> None:
        """End every event stream."""
        for stream in self._streams:
            stream.put_nowait(None)

    async def page(self, request: web.Request) -> web.Response:
        """The chat page; held back while whoever set this up waits for its first reader."""
        name = request.match_info.get("name", "index.html")
        if self._sandbox.first_reader is not None and name == "index.html":
            await self._sandbox.first_reader.opens(request.headers.get("Accept-Language", ""))
        source = files("bot.sandbox.telegram") / "page" / name
        if "/" in name or not source.is_file():
            raise web.HTTPNotFound
        outside = self._sandbox.panel_url or ""
        headers = {
            "Cache-Control": "no-cache",
            "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; "
            f"connect-src 'self' {outside}",
        }
        kind = _TYPES.get(name.rpartition(".")[2], "application/octet-stream")
        return web.Response(
            body=source.read_bytes(), content_type=kind, charset="utf-8", headers=headers
        )

    async def world(self, _request: web.Request) -> web.Response:
        """People and chats, without messages."""
        sandbox = self._sandbox
        return web.json_response(
            world_view(sandbox.world, sandbox.faults, sandbox.panel_url), dumps=_dumps
        )

    async def messages(self, request: web.Request) -> web.Response:
        """The messages of a chat, oldest first."""
        chat_id = int(request.match_info["chat_id"])
        messages = self._sandbox.world.messages(chat_id)
        return web.json_response([message_view(message) for message in messages], dumps=_dumps)

    async def menu(self, request: web.Request) -> web.Response:
        """The commands a person's menu shows in a chat."""
        world = self._sandbox.world
        person = world.person(int(request.query["person"]))
        chat = world.chat(int(request.query["chat"]))
        return web.json_response(world.menus.seen_by(person, chat), dumps=_dumps)

    async def calls(self, request: web.Request) -> web.Response:
        """The Bot API calls so far, of one method where `method` is given."""
        wanted = request.query.get("method")
        shown = [
            {"at": call.at, "method": call.method, "params": call.params, "outcome": call.outcome}
            for call in self._sandbox.calls
            if wanted in {None, call.method}
        ]
        return web.json_response(shown, dumps=_dumps)

    async def file(self, request: web.Request) -> web.Response:
        """The bytes of a photo or document."""
        stored = self._sandbox.world.files.get(request.match_info["file_id"])
        if stored is None:
            raise web.HTTPNotFound
        return web.Response(body=stored.data, content_type=stored.mime)

    async def act(self, request: web.Request) -> web.Response:
        """Perform an act of ACTS; the JSON body holds its keyword arguments.

        400: wrong arguments. 404: no such act, person, chat or message. 409: Telegram forbids it.
        """
        name = request.match_info["act"]
        # Asking for JSON keeps forms of foreign web pages out.
        if name not in ACTS or request.content_type != "application/json":
            raise web.HTTPNotFound if name not in ACTS else web.HTTPUnsupportedMediaType
        body = await request.json()
        try:
            result = getattr(self._sandbox, name)(**body)
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response(_shown(result), dumps=_dumps)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """A stream of what happens, as server-sent events."""
        stream: asyncio.Queue[str | None] = asyncio.Queue()

        def listen(event: Event) -> None:
            stream.put_nowait(_dumps(event_view(event)))

        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        )
        self._streams.add(stream)
        self._sandbox.world.listeners.append(listen)
        try:
            await response.prepare(request)
            await _pump(stream, response)
        finally:
            self._sandbox.world.listeners.remove(listen)
            self._streams.discard(stream)
        return response


async def _pump(stream: asyncio.Queue[str | None], response: web.StreamResponse) -> None:
    await response.write(b": welcome\n\n")
    with contextlib.suppress(ConnectionError):
        while True:
            try:
                item = await asyncio.wait_for(stream.get(), HEARTBEAT_S)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if item is None:
                return
            await response.write(f"data: {item}\n\n".encode())


def _shown(result: Any) -> dict[str, Any]:
    if isinstance(result, Message):
        return {"message": message_view(result)}
    if isinstance(result, Query):
        return {"query_id": result.id}
    if isinstance(result, Chat):
        return {"chat": chat_view(result)}
    return {"result": result if isinstance(result, int) else None}


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@web.middleware
async def plain_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answers NoSuch with 404 and CannotAct with 409, with the reason in JSON."""
    try:
        return await handler(request)
    except NoSuch as error:
        return web.json_response({"error": str(error)}, status=404)
    except CannotAct as error:
        return web.json_response({"error": str(error)}, status=409)
