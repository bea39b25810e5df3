"""A watch over two companies of one gateway, and over one of another."""

import pytest
from watching import KEY, ONE, OTHER, TWO, Watch

from bot.domain.company import CompanyId


@pytest.fixture
async def watch(db):
    place = Watch(db, [ONE])
    await place.add(KEY)
    await place.subscribe()
    await place.settle()
    return place


@pytest.fixture
async def pair(db):
    """Two companies that work, on one gateway."""
    place = Watch(db, [ONE])
    await place.add(KEY, OTHER)
    await place.settle(KEY, OTHER)
    return place


@pytest.fixture
async def two_gateways(db):
    """A company that works on each of two gateways."""
    place = Watch(db, [ONE, TWO])
    await place.add(KEY)
    await place.add(CompanyId("far"), gateway=TWO)
    await place.subscribe()
    await place.settle(KEY)
    await place.settle(CompanyId("far"), gateway=TWO)
    return place
