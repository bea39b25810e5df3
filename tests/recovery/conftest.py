"""Places to recover sessions at."""

import pytest
from places import sandbox_place, scripted_place


@pytest.fixture
async def place(db, tmp_path):
    """A session that works, on the sandbox gateway."""
    async with sandbox_place(db, tmp_path) as one:
        yield one


@pytest.fixture
async def unlinked(db, tmp_path):
    """A company that was never linked."""
    async with sandbox_place(db, tmp_path, linked=False) as one:
        yield one


@pytest.fixture
async def far(db, tmp_path):
    """A session that works on a gateway whose disk is out of reach."""
    async with sandbox_place(db, tmp_path, with_directory=False) as one:
        yield one


@pytest.fixture
async def scripted(db):
    """A session of which a test says what it is; no directory."""
    return await scripted_place(db)
