"""A small Telegram on this machine: the Bot API, its people, a chat page."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from aiohttp import web

from bot.sandbox.telegram import acts, foreign_words
from bot.sandbox.telegram.acts import Which
from bot.sandbox.telegram.bell import Bell
from bot.sandbox.telegram.botapi import BotApi, Call
from bot.sandbox.telegram.comings import Comings
from bot.sandbox.telegram.control import Control, plain_errors
from bot.sandbox.telegram.demo_world import demo_world
from bot.sandbox.telegram.faults import Fault, FaultKind, Faults
from bot.sandbox.telegram.first_reader import FirstReader
from bot.sandbox.telegram.limits import Limits
from bot.sandbox.telegram.messages import Message
from bot.sandbox.telegram.world import Clock, Event, Query, World

MAX_BODY_BYTES = 55 * 1024 * 1024


class TelegramSandbox(Comings):
    """Telegram for one bot token. `url` is set by `start`.

    `panel_url` is where the page finds the controls of the world outside. Telegram's sending limits
    hold, by `limits_clock` (the world's where none is given); `real_limits=False` lifts them.
    Acts of people return at once; their updates wait for the bot. A `first_reader` holds the page
    back until it serves.
    """

    def __init__(
        self,
        *,
        token: str,
        bot_username: str = "repair_bot",
        panel_url: str | None = None,
        first_reader: FirstReader | None = None,
        world: World | None = None,
        real_limits: bool = True,
        limits_clock: Clock | None = None,
        clock: Clock = time.time,
    ) -> None:
        self.token = token
        self.panel_url = panel_url
        self.first_reader = first_reader
        self.world = world or demo_world(token, bot_username=bot_username, clock=clock)
        if self.world.bot.id != int(token.partition(":")[0]):
            raise ValueError("the world belongs to another bot's token")
        self.url = ""
        self._bell = Bell()
        limits = Limits(clock=limits_clock or self.world.clock) if real_limits else None
        self._api = BotApi(world=self.world, token=token, bell=self._bell, limits=limits)
        self._control = Control(self)
        self._runner: web.AppRunner | None = None
        self.world.listeners.append(self._heard)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes any free one."""
        app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[plain_errors])
        app.add_routes(self._api.routes() + self._control.routes())
        app.on_shutdown.append(self._close_streams)
        # Cancelling handlers whose caller hung up ends hung calls and orphaned polls.
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.2
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound = self._runner.addresses[0][1]
        self.url = f"http://{host}:{bound}"

    async def stop(self) -> None:
        """Stop listening; what waits is cut off."""
        await self._api.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # What the bot did.

    @property
    def calls(self) -> list[Call]:
        """Every Bot API call so far, oldest first."""
        return self._api.calls

    @property
    def refused(self) -> list[Call]:
        """The calls that came too early for Telegram, those during `retry_after` included."""
        return [call for call in self.calls if call.outcome.startswith("Too Many Requests")]

    async def wait_message(
        self,
        chat_id: int,
        predicate: Callable[[Message], bool] = lambda _: True,
        timeout_s: float = 5,
    ) -> Message:
        """The first message in a chat for which `predicate` holds, now or as soon as it does."""

        def look() -> Message | None:
            return next(filter(predicate, self.world.messages(chat_id)), None)

        return await self._bell.until(look, timeout_s)

    async def wait_call(
        self,
        method: str,
        predicate: Callable[[Call], bool] = lambda _: True,
        timeout_s: float = 5,
        *,
        finished: bool = True,
    ) -> Call:
        """The first call of `method` for which `predicate` holds, now or later.

        With `finished=False` one that has arrived and still waits for its answer will do.
        """

        def look() -> Call | None:
            for call in self.calls:
                ripe = not finished or call.outcome != "pending"
                if call.method == method and ripe and predicate(call):
                    return call
            return None

        return await self._bell.until(look, timeout_s)

    async def wait_answer(self, query: Query, timeout_s: float = 5) -> dict[str, Any]:
        """The bot's answer to a pressed button: `text` and `show_alert`."""
        return await self._bell.until(lambda: query.answer, timeout_s)

    # What people do.

    def say(
        self,
        person_id: int,
        chat_id: int,
        text: str,
        *,
        thread_id: int | None = None,
        reply_to: Which | None = None,
        date: int | None = None,
        anonymous: bool = False,
    ) -> Message:
        """A person writes; `date` is Unix time for a message long under way."""
        return acts.say(
            self.world,
            person_id,
            chat_id,
            text,
            thread_id=thread_id,
            reply_to=reply_to,
            date=date,
            anonymous=anonymous,
        )

    def edit(self, person_id: int, chat_id: int, message_id: Which, text: str) -> Message:
        """A person rewrites their own message."""
        return acts.edit(self.world, person_id, chat_id, message_id, text)

    def delete(self, person_id: int, chat_id: int, message_id: Which) -> None:
        """A person deletes a message."""
        acts.delete(self.world, person_id, chat_id, message_id)

    def press(self, person_id: int, chat_id: int, message_id: Which, button: str) -> Query:
        """A person presses the button with these words or this data."""
        return acts.press(self.world, person_id, chat_id, message_id, button)

    def press_data(self, person_id: int, chat_id: int, message_id: Which, data: str) -> Query:
        """A person's client sends forged data."""
        return acts.press_data(self.world, person_id, chat_id, message_id, data)

    def utter(self, person_id: int, chat_id: int, text: str, kind: str) -> Message:
        """A person sends a message they did not type; `kind` is one of `foreign_words.KINDS`."""
        return foreign_words.utter(self.world, person_id, chat_id, text, kind)

    def inject(self, update: Any) -> int:
        """Queue an update of any shape; returns its number in the queue."""
        number = self.world.updates.inject(update)
        self._bell.ring()
        return number

    def set_date_offset(self, seconds: float) -> None:
        """Shift the `Date` header of answers by so many seconds."""
        self._api.date_offset_s = seconds

    # What goes wrong.

    @property
    def faults(self) -> Faults:
        """The faults at work, oldest first."""
        return self._api.faults

    def fault(
        self,
        kind: str,
        *,
        seconds: float = 5.0,
        methods: Iterable[str] | None = None,
        chat_id: int | None = None,
        count: int | None = None,
        said: str = Fault.said,
    ) -> Fault:
        """Let calls go wrong from now on: see Fault for what restricts and ends it."""
        return self._api.set_fault(
            Fault(
                kind=FaultKind(kind),
                seconds=seconds,
                methods=None if methods is None else frozenset(methods),
                chat_id=chat_id,
                count=count,
                said=said,
            )
        )

    def clear_faults(self) -> None:
        """Remove every fault."""
        self.faults.clear()

    def _heard(self, _event: Event) -> None:
        # Updates of the same act are queued before anyone woken by this gets to run.
        self._bell.ring()

    async def _close_streams(self, _app: web.Application) -> None:
        self._control.close_streams()
