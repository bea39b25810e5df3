"""`python -m bench.watched`: the bot under a watchdog, which prints what held its event loop.

While one thing runs for longer than 50 ms nobody else is answered. A line says for how long, and
where the task that did it stands now.
"""

import asyncio
import sys
import time

from bench.program import HELD
from bot.__main__ import main

LIMIT_S = 0.05


def watch() -> None:
    """From now on every step of the loop is timed."""
    run = asyncio.Handle._run  # noqa: SLF001 - the loop has no other place to stand

    def timed(self: asyncio.Handle) -> None:
        began = time.perf_counter()
        run(self)
        took_s = time.perf_counter() - began
        if took_s > LIMIT_S:
            print(f"{HELD} {1000 * took_s:.0f} ms: {_whose(self)}", file=sys.stderr, flush=True)

    asyncio.Handle._run = timed  # type: ignore[method-assign]  # noqa: SLF001


def _whose(handle: asyncio.Handle) -> str:
    callback = getattr(handle, "_callback", None)
    task = getattr(callback, "__self__", None)
    if not isinstance(task, asyncio.Task):
        return getattr(callback, "__qualname__", type(callback).__name__)
    stack = task.get_stack()
    inner = stack[-1] if stack else None
    where = "" if inner is None else f" at {inner.f_code.co_qualname}:{inner.f_lineno}"
    return f"{task.get_coro()!s}{where}"


if __name__ == "__main__":
    watch()
    sys.exit(main())
