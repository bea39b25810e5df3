"""Has Telegram call us with updates, for as long as the program runs and whatever Telegram does."""

import asyncio
import math
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.types import WebhookInfo

from handlers.dispatcher import UPDATES
from handlers.telegram.arrivals import read
from handlers.telegram.batches import Unparsed, parse
from handlers.telegram.clock import steady_s
from handlers.telegram.polling import serve, why_refused
from handlers.telegram.update_source import UpdateReports, UpdateSource
from handlers.updates_in_flight import UpdatesInFlight

_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0
_LOOK_AGAIN_S = 20.0  # health wants to hear of Telegram once a minute
_BURST_PAUSE_S = 1.0
_AT_ONCE = 50  # updates served at the same time
_TROUBLE_FOR = timedelta(minutes=1)

log = structlog.get_logger()


class Webhook(UpdateSource):
    """Sets the webhook, looks whether it still stands, and serves what comes in by it.

    Any number of replicas may have the same one. It stays set when the program stops: Telegram
    keeps what comes meanwhile.
    """

    def __init__(
        self,
        bot: Bot,
        dispatcher: Dispatcher,
        serving: UpdatesInFlight,
        reports: UpdateReports,
        *,
        url: str,
        secret: str,
    ) -> None:
        super().__init__(bot, dispatcher, serving, reports)
        self.url = url
        self.secret = secret
        self._reached = False
        self._error = ""
        self._under_way: set[asyncio.Task[Any]] = set()
        self._served: deque[int] = deque(maxlen=1000)
        self._backlog: int | None = None  # how many still come that waited; None: nobody knows
        self._bursts, self._taken_s = 0, -math.inf
        self._empty_s = -math.inf  # when nothing waited any more

    def start(self) -> None:
        """Begin."""
        self._begun.clear()
        self._backlog = None
        self._task = asyncio.create_task(self._run())

    def take(self, body: bytes) -> bool:
        """Serve an update; False when Telegram has to bring it again.

        There are too many, or another replica talks to Telegram.
        """
        if self._task is None or len(self._under_way) >= _AT_ONCE:
            return False
        self._reports.on_heard()
        try:
            raw = parse(body)
        except (ValueError, RecursionError):
            raw = Unparsed(body.decode(errors="replace"))
        arrival = read(raw, self._bot, size_bytes=len(body))
        if arrival is None:
            # Refused, it would be brought again and again, and all the others wait behind it.
            return True
        if arrival.update.update_id not in self._served:  # our answer may have been lost
            self._served.append(arrival.update.update_id)
            work = serve(self._dispatcher, self._bot, arrival, self._waited_s(), self._burst())
            task = asyncio.create_task(work)
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return True

    def _burst(self) -> int:
        """The number of what comes together: between two there is a pause."""
        now_s = steady_s()
        if now_s - self._taken_s > _BURST_PAUSE_S:
            self._bursts += 1
        self._taken_s = now_s
        return self._bursts

    def _waited_s(self) -> float:
        """How long what comes now may have waited: since nothing did, at most."""
        if self._backlog is None:
            return math.inf
        if self._backlog:
            self._backlog -= 1
            return math.inf
        return steady_s() - self._empty_s

    async def _run(self) -> None:
        pause_s = _PAUSE_S
        while True:
            try:
                await self._keep_set()
            except (TelegramAPIError, ClientDecodeError) as error:
                log.warning("Telegram is not reached", error=type(error).__name__)
                self._reports.on_refused(why_refused(error))
            except Exception:  # the loop's edge: the next try is planned
                log.exception("the webhook could not be seen to")
            else:
                pause_s = _PAUSE_S
                await asyncio.sleep(_LOOK_AGAIN_S)
                continue
            self._reached = False
            self._begun.set()
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    async def _keep_set(self) -> None:
        info = await self._bot.get_webhook_info()
        if self._backlog is None or not info.pending_update_count:
            self._backlog = info.pending_update_count
            self._empty_s = steady_s()
        if not self._reached or info.url != self.url:
            # The secret cannot be read back: who sets it anew knows that it is the right one.
            await self._bot.set_webhook(self.url, secret_token=self.secret, allowed_updates=UPDATES)
            log.info("webhook_set")
        if not self._reached:
            await self._reports.on_reached()
            self._reached = True
        if not self._in_trouble(info):
            self._reports.on_heard()
        self._begun.set()

    def _in_trouble(self, info: WebhookInfo) -> bool:
        """Whether updates are waiting because Telegram did not get through to us lately."""
        at, error = info.last_error_date, info.last_error_message or ""
        if not info.pending_update_count or at is None:
            self._error = ""
            return False
        if isinstance(at, datetime) and datetime.now(UTC) - at > _TROUBLE_FOR:
            return False
        if error != self._error:
            log.error("Telegram does not get through to the webhook", reason=error)
        self._error = error
        return True
