"""Answers questions together: those that come while others are being answered share the next go."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class CombinedCalls(Generic[Q, A]):
    """`answer` takes some questions, and gives an answer for each in their order.

    Where it fails for several, each is asked by itself: nobody suffers for another. Unless
    `hits_all` says of the error that it would befall each of them.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Q]], Awaitable[Sequence[A]]],
        hits_all: Callable[[Exception], bool],
    ) -> None:
        self._answer = answer
        self._hits_all = hits_all
        self._waiting: list[tuple[Q, asyncio.Future[A]]] = []
        self._work: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A:
        """The answer. Raises what `answer` raises."""
        answered: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answered))
        if self._work is None:
            self._work = asyncio.create_task(self._answer_all())
        return await answered

    async def finish(self) -> None:
        """Wait until nobody is being answered."""
        if self._work is not None:
            await asyncio.wait([self._work])

    async def _answer_all(self) -> None:
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, []
                await self._answer_some(asked)
        finally:
            self._work = None

    async def _answer_some(self, asked: Sequence[tuple[Q, asyncio.Future[A]]]) -> None:
        try:
            answers = await self._answer([question for question, _ in asked])
        except Exception as error:  # noqa: BLE001 - it is raised where the question came from
            if len(asked) == 1 or self._hits_all(error):
                for _, answered in asked:
                    if not answered.done():
                        answered.set_exception(error)
                return
            for alone in asked:
                await self._answer_some([alone])
            return
        for (_, answered), answer in zip(asked, answers, strict=True):
            if not answered.done():  # else who asked is gone
                answered.set_result(answer)
