"""Tells by the backup channels that nobody is heard in Telegram: once for each episode.

Alerts may still go out by then; commands and buttons lead nowhere, and no chat can say so.
"""

from collections.abc import Callable

import structlog

from bot.alerts.channels import Channels
from bot.domain.telegram_trouble import TelegramTrouble
from bot.domain.timing import Timing
from bot.supervisor import for_ever

log = structlog.get_logger()


class TelegramDownAlarm:
    """`age_s`: for how many seconds updates have not come, None where nobody fetches them here.

    `why`: what Telegram says about it.
    """

    def __init__(
        self,
        channels: Channels,
        wording: Callable[[float, TelegramTrouble | None], tuple[str, str]],
        *,
        age_s: Callable[[], float | None],
        why: Callable[[], TelegramTrouble | None] = lambda: None,
        timing: Timing,
    ) -> None:
        self._channels = channels
        self._wording = wording
        self._age_s = age_s
        self._why = why
        self._timing = timing
        self._told = False

    async def run(self) -> None:
        """Look again and again until cancelled; wait longer after all channels have failed."""
        await for_ever(
            self._turn,
            failed="telegram_down_check_failed",
            pause_s=self._timing.backup_poll_s,
        )

    async def _turn(self) -> float | None:
        return None if await self.look() else self._timing.backup_pause_s

    async def look(self) -> bool:
        """Tell it if it is so and nobody was told; False when no channel took it."""
        age_s = self._age_s()
        if age_s is None or age_s <= self._timing.deaf_after_s:
            self._told = False
            return True
        if self._told:
            return True
        why = self._why()
        took = await self._channels.send(*self._wording(age_s, why))
        log.error("nobody is heard in Telegram", seconds=round(age_s), why=why, channels=took)
        self._told = took > 0
        return self._told
