"""Chats with a bot whose database is really locked, full, deleted or replaced."""

import asyncio
import contextlib
import sqlite3
import time
from dataclasses import replace

import pytest
from staging import TEMPO, talking
from talking import eventually

ONE = "962302"
QUICK = replace(TEMPO, unwatched_poll_s=0.2, unwatched_probe_s=1.0, unwatched_after_s=1.0)


@contextlib.contextmanager
def locked(path):
    """Another program holds the database, and does not let go."""
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
    finally:
        connection.close()


@pytest.fixture
async def talk(tmp_path):
    async with talking(tmp_path, tempo=QUICK) as talk:
        await talk.anna().sees("All connected") if False else None
        yield talk


async def told(talk, chat_id=None):
    return await talk.sees(
        chat_id or talk.group_id, lambda message: "никто не следит" in message.text
    )


async def in_doubt(talk):
    """Return as soon as the bot has found out that it cannot write."""
    await eventually(lambda: talk.app.actions.memory.in_doubt)


async def test_status_is_answered_from_a_read_while_the_database_is_locked(talk):
    await talk.anna().asks("/status")
    with locked(talk.folder / "repair.db"):
        began = time.monotonic()
        answer = await talk.anna().asks("/status")
        assert time.monotonic() - began < 3  # a second, and a loaded machine
    assert answer.text
