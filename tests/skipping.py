"""A loop in which nobody waits for a time: it is then, as soon as all else is done.

What runs in it takes as long as it takes and no time goes by, however slow the machine is. So a
code that lives for a second outlives whatever is done with it, and a pause of a minute costs none.
"""

import asyncio
import selectors
import time
import weakref

TURN_S = 0.0001  # what a turn of the loop takes, so that who looks again and again gets somewhere
WORK_S = 5.0  # longer than what a thread or a child has to do takes on a busy machine
_GRACE_S = 0.0005  # for what was sent from one socket to another of this process and is on its way


class SkippingLoop(asyncio.SelectorEventLoop):
    """Its time stands while there is something to do, then it is the next moment waited for.

    Time stands as well while a thread or a child process of its own is at work. One that takes
    longer than any work here may wait for the loop: from then on time goes by as always.
    """

    def __init__(self) -> None:
        self._now = time.monotonic()
        self._in_threads = 0
        self.waited_s = 0.0
        self._children = weakref.WeakSet()
        super().__init__(_Skipping(selectors.DefaultSelector(), self))

    def time(self) -> float:
        return self._now

    def goes_by(self, seconds: float) -> None:
        self._now += seconds

    @property
    def is_awaiting_others(self) -> bool:
        """Whether something is being done which it does not do itself."""
        return self._in_threads > 0 or any(one.get_returncode() is None for one in self._children)

    def run_in_executor(self, executor, func, *args):
        done = super().run_in_executor(executor, func, *args)
        self._in_threads += 1
        done.add_done_callback(self._is_back)
        return done

    def _is_back(self, _done) -> None:
        self._in_threads -= 1
        self.waited_s = 0.0  # they get on

    async def _make_subprocess_transport(self, *args, **more):
        transport = await super()._make_subprocess_transport(*args, **more)
        self._children.add(transport)
        return transport


class _Skipping:
    """A selector that skips what it would wait for."""

    def __init__(self, selector, loop) -> None:
        self._selector, self._loop = selector, loop

    def __getattr__(self, name):
        return getattr(self._selector, name)

    def select(self, timeout=None):
        self._loop.goes_by(TURN_S)
        ready = self._selector.select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            return self._selector.select(None)
        if self._loop.is_awaiting_others:
            return self._await_others(timeout)
        self._loop.waited_s = 0.0
        ready = self._selector.select(min(timeout, _GRACE_S))
        if not ready:
            self._loop.goes_by(timeout)
        return ready

    def _await_others(self, timeout):
        began, stands = time.monotonic(), self._loop.waited_s < WORK_S
        ready = self._selector.select(WORK_S - self._loop.waited_s if stands else timeout)
        took_s = time.monotonic() - began
        if stands:
            self._loop.waited_s += took_s
        else:
            self._loop.goes_by(took_s)
        return ready
