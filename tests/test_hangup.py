"""SIGHUP asks for the configuration to be read anew."""

import asyncio
import os
import signal

from bot.runtime.shutdown import stopped


async def test_each_hangup_is_answered_even_after_one_that_failed():
    asked = asyncio.Queue()

    async def reload():
        await asked.put("asked")
        raise ValueError("nobody expected this")

    waiting = asyncio.create_task(stopped(reload))
    await asyncio.sleep(0)
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGHUP)
        assert await asyncio.wait_for(asked.get(), 10) == "asked"
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(waiting, 10)


async def test_without_a_file_to_read_anew_only_the_end_is_waited_for():
    waiting = asyncio.create_task(stopped())
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.wait_for(waiting, 10)
