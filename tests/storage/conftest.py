"""A fresh database for each test. Every storage test goes through `db` or `database_url`."""

import pytest
from rows import NOW, company

from storage.chats import chats
from storage.database import Database
from storage.sessions import companies


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """Both databases, empty; what is about files alone says so by `sqlite_url`."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'repair.db'}"
    return request.getfixturevalue("postgres_server").new()


@pytest.fixture
async def db(database_url):
    database = Database(database_url)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def tx(db):
    """One transaction for the whole test, with two companies and two chats in it."""
    async with db.writing() as transaction:
        await companies.add_new(transaction, [company("962302"), company("962303")], NOW)
        await chats.add(transaction, -1001, "Duty", NOW)
        await chats.add(transaction, -1002, "Night", NOW)
        yield transaction
