"""A second program on one SQLite file ends at once, with a sentence and exit status 2."""

import asyncio
import contextlib
import os
import sys

import pytest

from bench.program import ROOT, Program, environ_for
from bench.toy_gateway import ToyGateway
from bot.sandbox.telegram import GROUP_ID

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]

PATIENCE_S = 150


@pytest.fixture
async def environ(tmp_path, telegram):
    """What both are set up with; the first uses a directory of its own."""
    gateway = ToyGateway(["962302"])
    await gateway.start()
    (tmp_path / "data").mkdir()
    environ = environ_for(tmp_path / "data", telegram.url, gateway.url, GROUP_ID)
    environ["AUTO_RECOVERY"] = "off"
    yield environ
    await gateway.stop()


@pytest.fixture
async def first(tmp_path, environ):
    """A bot that runs."""
    program = Program(environ, tmp_path / "first.log")
    await program.start()
    await eventually(lambda: program.said("running"))
    yield program
    await program.kill()


async def eventually(look):
    never = asyncio.Event()
    async with asyncio.timeout(PATIENCE_S):
        while not look():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(never.wait(), 0.05)


async def ended(folder, environ, path):
    """The exit status of a program that is set up with this file, and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            **environ,
            "DATABASE_URL": f"sqlite:///{path}",
        },
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(PATIENCE_S):
        said, _ = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.long
async def test_the_second_is_refused_by_whatever_name_it_calls_the_file(tmp_path, first, environ):
    file = tmp_path / "data" / "repair.db"
    (tmp_path / "link.db").symlink_to(file)
    (tmp_path / "way").symlink_to(tmp_path / "data")
    names = [file, tmp_path / "link.db", tmp_path / "way" / "repair.db"]
    for path in [*names, tmp_path / "data" / ".." / "data" / "repair.db"]:
        status, said = await ended(tmp_path, environ, path)
        assert status == 2
        assert f"Another bot (process {first.pid}) is running" in said
        assert "Stop that one first, or give this one a DATABASE_URL of its own" in said
        assert "Traceback" not in said


async def test_the_second_is_refused_by_a_hard_link_too(tmp_path, first, environ):
    os.link(tmp_path / "data" / "repair.db", tmp_path / "hard.db")
    status, said = await ended(tmp_path, environ, tmp_path / "hard.db")
    assert status == 2
    assert "has more than one name (hard links)" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("what", ["a directory in place of the lock", "no way to the directory"])
async def test_where_no_claim_can_be_made_it_ends_with_a_sentence(tmp_path, environ, what):
    file = tmp_path / "data" / "repair.db"
    if "lock" in what:
        (tmp_path / "data" / "repair.db.lock").mkdir()
    else:
        (tmp_path / "data").rmdir()
        (tmp_path / "data").write_text("a file")
    status, said = await ended(tmp_path, environ, file)
    assert status == 1
    assert "cannot be used" in said
    assert "Traceback" not in said
