"""The whole program in a conversation."""

import pytest

pytest.register_assert_rewrite("reading", "staging", "talking")

from staging import UNLINKED, talking  # noqa: E402 - only what comes later is rewritten


@pytest.fixture
async def talk(tmp_path):
    async with talking(tmp_path) as talk:
        yield talk


@pytest.fixture
async def forum(tmp_path):
    async with talking(tmp_path, group="forum") as talk:
        yield talk


@pytest.fixture
async def unlinked(tmp_path):
    """The first company has no session yet."""
    async with talking(tmp_path, companies=UNLINKED) as talk:
        yield talk
