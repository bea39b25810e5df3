"""The whole program in a conversation."""

import pytest
from staging import UNLINKED, talking


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
