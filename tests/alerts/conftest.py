"""An office on a fresh database."""

import pytest
from alerting import GROUP, OTHER, TOPIC, Office

from storage.database import Database


@pytest.fixture
async def db(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'alerts.db'}")
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def office(db):
    place = Office(db)
    await place.subscribe(GROUP, OTHER, TOPIC)
    return place
