"""Fetches updates for as long as the program runs, whatever Telegram does and whatever it sends."""

import asyncio
import contextlib
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)

from bot.domain.telegram_trouble import TelegramTrouble
from handlers.dispatcher import UPDATES
from handlers.telegram.arrivals import Arrival, read, update_id
from handlers.telegram.clock import steady_s
from handlers.telegram.session import FetchUpdates
from handlers.telegram.update_source import UpdateReports, UpdateSource
from handlers.updates_in_flight import UpdatesInFlight

_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0
_LONGEST_PAUSE_BETWEEN_S = 5.0  # once Telegram was reached: people wait for their answers
_LONG_POLL_S = 10
_AT_MOST = 100  # updates in one answer: Telegram's own limit
_AT_ONCE = 50  # updates served at the same time
_CONFIRM_WITHIN_S = 2.0

_REFUSED = {
    TelegramTrouble.ANOTHER_PROGRAM: "another program fetches the updates of this bot",
    TelegramTrouble.WEBHOOK: "another program has set a webhook for the updates of this bot",
    TelegramTrouble.TOKEN: "Telegram does not take TELEGRAM_BOT_TOKEN: it is wrong, or was revoked",
}

log = structlog.get_logger()


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Polling(UpdateSource):
    """Long polling that survives Telegram being away, at the start as well as later.

    Updates find their way where there were none, or those that came are behind us. `clock` is
    Telegram's; `steady_s` goes on while this machine sleeps.
    """

    def __init__(
        self,
        bot: Bot,
        dispatcher: Dispatcher,
        serving: UpdatesInFlight,
        reports: UpdateReports,
        *,
        clock: Callable[[], datetime] = _utc_now,
        steady_s: Callable[[], float] = steady_s,
    ) -> None:
        super().__init__(bot, dispatcher, serving, reports)
        self._clock = clock
        self._steady_s = steady_s
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._under_way: set[asyncio.Task[None]] = set()
        self._caught_up = False  # what waited while nobody fetched is behind us
        self._burst = 0  # what comes until nothing waits any more
        self._offset: int | None = None
        self._confirmed: int | None = None
        self._last: tuple[float, datetime] | None = None  # when Telegram last answered
        self._trouble = ""

    def start(self) -> None:
        """Begin."""
        self._begun.clear()
        self._caught_up, self._last = False, None
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Take no more updates, finish those that were taken, and tell Telegram so."""
        await super().stop()
        if self._offset is not None and self._offset != self._confirmed:
            with contextlib.suppress(TelegramAPIError, TimeoutError):
                async with asyncio.timeout(_CONFIRM_WITHIN_S):
                    await self._ask(timeout_s=0, limit=1)

    async def _run(self) -> None:
        pause_s, reached = _PAUSE_S, False
        while True:
            why = None
            try:
                if not reached:
                    await self._bot.delete_webhook()
                    await self._reports.on_reached()
                    reached = True
                moved = await self.tick()
            except (TelegramAPIError, ClientDecodeError) as error:  # a proxy answers by a page
                self._complain(error)
                why = why_refused(error)
                self._reports.on_refused(why)
            except Exception:  # the loop's edge: the next try is planned
                log.exception("polling_failed")
            else:
                self._trouble = ""
                if moved:
                    pause_s = _PAUSE_S
                    continue
                self._complain(None)
            self._begun.set()
            await asyncio.sleep(pause_s)
            pause_s = next_pause_s(pause_s, why, reached=reached)

    async def tick(self) -> bool:
        """Fetch once and begin to serve; False when Telegram will bring the same again."""
        asked_s = self._steady_s()
        batch = await self._ask(timeout_s=_LONG_POLL_S if self._caught_up else 0, limit=_AT_MOST)
        waited_s = self._gap_s(asked_s)
        before = self._offset
        for raw in batch:
            await self._take(raw, waited_s)
        if batch and self._offset == before and before is not None:
            self._offset = before + 1  # nothing there has a number: Telegram counts upwards
        if len(batch) < _AT_MOST:
            self._caught_up = True
            self._burst += 1
            self._begun.set()
        self._last = (self._steady_s(), self._clock())
        moved = not batch or self._offset != before
        if moved:
            self._reports.on_heard()
        return moved

    def _gap_s(self, asked_s: float) -> float:
        """How long nobody asked before this answer: what it brings may have waited so long.

        A question that Telegram held open brought everything at once; only what came between the
        last answer and this question has waited.
        """
        if not self._caught_up or self._last is None:
            return math.inf
        last_s, last_at = self._last
        # One that took longer than Telegram holds it lay here, while this machine was asleep.
        gap_s = max(asked_s - last_s, self._steady_s() - asked_s - _LONG_POLL_S)
        if self._trouble:  # it was out of reach: its own clock knows better than ours
            gap_s = max(gap_s, (self._clock() - last_at).total_seconds())
        return gap_s

    async def _ask(self, *, timeout_s: int, limit: int) -> list[Any]:
        offset = self._offset
        fetch = FetchUpdates(offset=offset, timeout=timeout_s, limit=limit, allowed_updates=UPDATES)
        patience_s = int(self._bot.session.timeout) + timeout_s
        batch: Any = await self._bot(fetch, request_timeout=patience_s)
        self._confirmed = offset
        return list(batch)

    async def _take(self, raw: Any, waited_s: float) -> None:
        """Serve an update as soon as there is room for it."""
        arrival = read(raw, self._bot)
        if arrival is not None:
            await self._places.acquire()
            task = asyncio.create_task(
                serve(self._dispatcher, self._bot, arrival, waited_s, self._burst)
            )
            self._under_way.add(task)
            task.add_done_callback(self._done)
        number = update_id(raw)
        if number is not None:
            self._offset = number + 1

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._places.release()

    def _complain(self, error: AiogramError | None) -> None:
        """Once for each kind of trouble."""
        why = None if error is None else why_refused(error)
        trouble = why or ("no progress" if error is None else type(error).__name__)
        if trouble == self._trouble:
            return
        self._trouble = trouble
        if why is not None:
            log.error(_REFUSED[why], reason=str(error))
        elif error is None:
            log.error("updates_repeated")
        else:
            log.warning("Telegram is not reached", error=trouble)


def why_refused(error: AiogramError) -> TelegramTrouble | None:
    """What an answer says about why there are no updates; None where it is about something else."""
    if isinstance(error, TelegramConflictError):
        is_webhook = "webhook" in error.message.lower()
        return TelegramTrouble.WEBHOOK if is_webhook else TelegramTrouble.ANOTHER_PROGRAM
    # A token that never was one is not found.
    if isinstance(error, TelegramUnauthorizedError | TelegramNotFound):
        return TelegramTrouble.TOKEN
    return None


def next_pause_s(pause_s: float, why: TelegramTrouble | None, *, reached: bool) -> float:
    """Twice as long, up to a minute; once Telegram was reached, to what people can wait for.

    What a person has to mend first is asked after ever more seldom all the same.
    """
    soon = reached and why is None
    return min(pause_s * 2, _LONGEST_PAUSE_BETWEEN_S if soon else _LONGEST_PAUSE_S)


async def serve(
    dispatcher: Dispatcher, bot: Bot, arrival: Arrival, waited_s: float, burst: int
) -> None:
    """Serve one update; whatever happens in it is its own affair.

    `waited_s` is how long it may have waited at most, `burst` numbers what came together.
    """
    try:
        await dispatcher.feed_update(
            bot, arrival.update, arrival=arrival, waited_s=waited_s, burst=burst
        )
    except Exception:  # a task's edge: nobody awaits it, so the log must hear of it
        log.exception("an update broke off")
