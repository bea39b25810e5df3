"""A desk with a directory for each company, and one without."""

import pytest
from desk import Desk


@pytest.fixture
async def desk(db, tmp_path):
    place = Desk(db, tmp_path / "sessions")
    await place.open()
    return place


@pytest.fixture
async def far_desk(db):
    """The gateway's disk is out of reach."""
    place = Desk(db, None)
    await place.open()
    return place
