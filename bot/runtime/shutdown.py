"""Sees to it that the process ends when it is told to, whatever it is busy with.

An orderly end takes a second or two. What hangs (a gateway, a database, a thread, a loop that is
held by one long computation) is not waited for: nothing that was saved is lost by it, for the
outbox and every procedure go on at the next start, as after a power failure.
"""

import asyncio
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from typing import NoReturn

import structlog

WITHIN_S = 8.0  # service managers give ten seconds at least before they kill
CUT_OFF = 3  # the exit status of a stop that was cut off
_LOG_WITHIN_S = 0.5  # a log that nobody reads must not hold up the end either
_ENDINGS = (signal.SIGINT, signal.SIGTERM)

log = structlog.get_logger()


def end_in_time(within_s: float = WITHIN_S) -> None:
    """From now on a SIGTERM or SIGINT ends the process within this time, a second one at once.

    To be called in the main thread. The signals are heard in a thread of its own, by the bytes
    that the interpreter's C part writes: the main one may be where it hears nothing.
    """
    heard, signalled = socket.socketpair()
    signalled.setblocking(False)  # noqa: FBT003 - the name is the standard library's
    signal.set_wakeup_fd(signalled.fileno(), warn_on_full_buffer=False)
    for number in _ENDINGS:
        signal.signal(number, _heard_elsewhere)
    # It holds both ends: the pipe lives as long as the process.
    thread = threading.Thread(
        target=_watch, args=(heard, signalled, within_s), name="stopping", daemon=True
    )
    thread.start()


async def run_until_stopped(
    running: AbstractAsyncContextManager[object], on_hangup: Callable[[], Awaitable[object]]
) -> None:
    """Keep this running until the first SIGINT or SIGTERM.

    One that comes while it still starts breaks the start off. `on_hangup` is what each SIGHUP asks
    for, once it runs.
    """
    started = asyncio.Event()

    async def hung_up() -> None:
        await started.wait()
        await on_hangup()

    async def run() -> None:
        async with running:
            started.set()
            await asyncio.wait({ending})

    ending = asyncio.create_task(stopped(hung_up))
    await asyncio.sleep(0)  # from here on signals are heard
    life = asyncio.create_task(run())
    await asyncio.wait({life, ending}, return_when=asyncio.FIRST_COMPLETED)
    if ending.done() and not started.is_set():
        log.info("stopped_while_starting")
        life.cancel()
    try:
        with suppress(asyncio.CancelledError):
            await life
    finally:
        ending.cancel()
        await asyncio.gather(ending, return_exceptions=True)


async def stopped(on_hangup: Callable[[], Awaitable[object]] | None = None) -> None:
    """Return at the first SIGINT or SIGTERM; `on_hangup` is what each SIGHUP asks for."""
    stop, hung_up = asyncio.Event(), asyncio.Event()
    wanted = dict.fromkeys(_ENDINGS, stop)
    if on_hangup is not None:
        wanted[signal.SIGHUP] = hung_up
    # Not by the loop's own handlers: those take the wakeup descriptor for themselves.
    before = {number: signal.signal(number, _setting(event)) for number, event in wanted.items()}
    answering = None if on_hangup is None else asyncio.create_task(_answer(hung_up, on_hangup))
    try:
        await stop.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if answering is not None:
            answering.cancel()
            with suppress(asyncio.CancelledError):
                await answering


def _setting(event: asyncio.Event) -> Callable[[int, object], None]:
    loop = asyncio.get_running_loop()

    def handler(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(event.set)

    return handler


async def _answer(hung_up: asyncio.Event, on_hangup: Callable[[], Awaitable[object]]) -> None:
    while True:
        await hung_up.wait()
        hung_up.clear()
        try:
            await on_hangup()
        except Exception:  # a loop's edge: the next signal is another try
            log.exception("configuration_not_reloaded")


def _heard_elsewhere(_number: int, _frame: object) -> None:
    """Nothing: that it is there makes the interpreter write the byte which the thread reads."""


def _watch(heard: socket.socket, _told: socket.socket, within_s: float) -> None:
    while not _ending_in(heard.recv(64)):
        pass
    until = time.monotonic() + within_s
    while (left := until - time.monotonic()) > 0:
        readable, _, _ = select.select([heard], [], [], left)
        if readable and _ending_in(heard.recv(64)):
            _end("told to stop twice: ended at once")
    _end("the stop took too long: ended by force")


def _ending_in(signals: bytes) -> bool:
    return any(number in signals for number in _ENDINGS)


def _end(why: str) -> NoReturn:
    """End here and now, with a line in the log if that can be written."""
    telling = threading.Thread(
        target=lambda: log.error(why, lost="nothing that was saved"), daemon=True
    )
    telling.start()
    telling.join(_LOG_WITHIN_S)
    os._exit(CUT_OFF)
