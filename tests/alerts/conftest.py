"""An office on a fresh database."""

import pytest
from alerting import GROUP, OTHER, TOPIC, Office


@pytest.fixture
async def office(db):
    place = Office(db)
    await place.subscribe(GROUP, OTHER, TOPIC)
    return place
