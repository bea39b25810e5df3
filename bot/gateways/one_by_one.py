"""Asks every session of a list for itself, where the list tells names alone.

One that hangs costs the others a moment, once: from then on it is left alone for a while, and only
a few of those who hung are tried again beside the others. Who was left out is for the caller to
name: that it did not answer says nothing of it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from itertools import chain
from typing import Generic, TypeVar

from bot.gateways.base import (
    GatewayAuthError,
    GatewayConfused,
    GatewayError,
    GatewayUnreachable,
)
from bot.gateways.patience import LEFT_ALONE_S, MOMENT_S

_AT_ONCE = 6
_SILENT_ENOUGH = 12  # in a row: a few sessions may have trouble of their own
_TRIED_AGAIN = 2  # of those who hung, at each list

T = TypeVar("T")


class OneByOne:
    """Remembers, of one gateway, whose answers hung."""

    def __init__(self) -> None:
        self._hung_at: dict[str, float] = {}

    async def answers(self, asks: Mapping[str, Callable[[], Awaitable[T]]]) -> dict[str, T]:
        """What came, by key; who hangs or fails is missing.

        Raises the first GatewayError where nobody answers, or so many in a row fail that it is the
        gateway's trouble.
        """
        round_ = _Round[T](asks)
        now = asyncio.get_running_loop().time()
        await round_.ask(self._due(asks, now))
        self._note(asks, round_, now)
        if asks and (round_.gave_up or not round_.found):
            answered = (error for error in round_.unclear if isinstance(error, GatewayConfused))
            raise next(chain(round_.errors, answered), GatewayUnreachable("no session answers"))
        return round_.found

    def _due(self, asks: Iterable[str], now: float) -> list[str]:
        """Whom to ask: everybody who did not hang, and a few who hung long enough ago."""
        rested = [key for key, at in self._hung_at.items() if now - at >= LEFT_ALONE_S]
        again = set(sorted(rested, key=self._hung_at.__getitem__)[:_TRIED_AGAIN])
        return [key for key in asks if key not in self._hung_at or key in again]

    def _note(self, asks: Mapping[str, object], round_: "_Round[T]", now: float) -> None:
        """Where nobody answers it is no matter of these; one that is back speaks for others."""
        came_back = not self._hung_at.keys().isdisjoint(round_.found)
        if came_back or not round_.found:
            self._hung_at.clear()
        self._hung_at = {key: at for key, at in self._hung_at.items() if key in asks}
        if round_.found:
            self._hung_at |= dict.fromkeys(round_.hanging, now)


class _Round(Generic[T]):
    """One round of questions."""

    def __init__(self, asks: Mapping[str, Callable[[], Awaitable[T]]]) -> None:
        self._asks = asks
        self._in_a_row = 0
        self.found: dict[str, T] = {}
        self.errors: list[GatewayError] = []
        self.unclear: list[GatewayError] = []
        self.hanging: list[str] = []
        self.gave_up = False

    async def ask(self, keys: Iterable[str]) -> None:
        """Ask for these, a few at a time, each for a moment; on errors in a row ask no more."""
        left = iter(list(keys))

        async def work() -> None:
            for key in left:  # shared: each takes the next one when it is free
                await self._ask(key)
                if self._is_enough():
                    return

        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(work())

    async def _ask(self, key: str) -> None:
        try:
            async with asyncio.timeout(MOMENT_S):
                self.found[key] = await self._asks[key]()
        except TimeoutError:
            self.hanging.append(key)
        except (GatewayUnreachable, GatewayAuthError) as error:
            self.errors.append(error)
            self._in_a_row += 1
        except GatewayError as error:
            self.unclear.append(error)  # of this one alone nothing is known
        else:
            self._in_a_row = 0

    def _is_enough(self) -> bool:
        silent = len(self.hanging) + self._in_a_row
        if self._in_a_row >= _SILENT_ENOUGH or (not self.found and silent >= _SILENT_ENOUGH):
            self.gave_up = True
        return self.gave_up
