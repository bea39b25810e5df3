"""SIGTERM is obeyed whatever the process is busy with. Each case is a process of its own."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from bot.runtime.shutdown import CUT_OFF

ROOT = Path(__file__).parents[1]

# What the program is at when it is told to stop. `await` it, or let the end of the block wait.
BUSY = {
    "the loop is held": """
        async def work():
            while True:
                pass
        """,
    "the loop waits in a system call": """
        async def work():
            time.sleep(600)
        """,
    "a thread is at work": """
        async def work():
            await asyncio.to_thread(time.sleep, 600)
        """,
    "a task takes no cancelling": """
        async def work():
            while True:
                try:
                    await asyncio.sleep(600)
                except asyncio.CancelledError:
                    pass
        """,
    "the cleaning up hangs": """
        async def work():
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.Event().wait()
        """,
    "another program is waited for": """
        async def work():
            subprocess.run(["sleep", "9"], stdout=-3, stderr=-3)
        """,
    "nobody reads the log": """
        async def work():
            r, w = os.pipe()
            os.dup2(w, 2)
            while True:
                logging.getLogger("x").error("x" * 4000)
        """,
}


def child(work, within_s):
    return (
        textwrap.dedent("""
        import asyncio, logging, os, subprocess, sys, time
        from bot import logs
        from bot.runtime.shutdown import end_in_time, stopped
        """)
        + textwrap.dedent(work)
        + textwrap.dedent(f"""
        async def main():
            end_in_time({within_s})
            waiting = asyncio.create_task(stopped())
            await asyncio.sleep(0)
            print("ready", flush=True)
            busy = asyncio.create_task(work())
            await waiting
            busy.cancel()
            await asyncio.gather(busy, return_exceptions=True)

        logs.configure()
        asyncio.run(main())
        """)
    )


def started(work, within_s=0.5):
    script = child(work, within_s)
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("busy", BUSY)
def test_a_stop_that_takes_too_long_is_cut_off(busy):
    with started(BUSY[busy]) as process:
        process.send_signal(signal.SIGTERM)
        said = "" if "log" in busy else process.stderr.read()
        assert process.wait(10) == CUT_OFF
    assert "log" in busy or "the stop took too long" in said


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_the_second_signal_ends_it_at_once(second):
    with started(BUSY["the loop is held"], within_s=600) as process:
        process.send_signal(signal.SIGTERM)
        process.send_signal(second)
        while process.poll() is None:  # two that come together may be heard as one
            process.send_signal(second)
        said = process.stderr.read()
    assert process.returncode == CUT_OFF
    assert said.count("told to stop twice") == 1


def test_an_orderly_stop_ends_well():
    with started("async def work(): await asyncio.sleep(600)", within_s=600) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stderr.read() == ""


def test_another_signal_ends_nothing():
    work = """
        async def work():
            os.kill(os.getpid(), 28)
            print("still here", flush=True)
            await asyncio.sleep(600)
        """
    with started(work, within_s=0.2) as process:
        assert process.stdout.readline() == "still here\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
