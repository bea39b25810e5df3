"""The database without threads is the same database: nothing is kept or let through that isn't."""

import asyncio
import threading

import pytest
from at_once import empty, sqlite_at_once, threadless
from doubles import START
from sqlalchemy.exc import IntegrityError

from bot.domain.company import Company, CompanyId, GatewayName
from storage.database import Database
from storage.sessions import companies

KEY = CompanyId("962302")
COMPANY = Company(id=KEY, gateway=GatewayName("main"), session_key=KEY, name="")


@pytest.fixture
async def at_once(tmp_path):
    database = sqlite_at_once(tmp_path / "once.db")
    await database.open()
    yield database
    await database.close()


async def known(database):
    async with database.reading() as tx:
        return (await tx.exec_driver_sql("SELECT id FROM companies")).scalars().all()


async def settings_of(database):
    names = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
    async with database.reading() as tx:
        return [(await tx.exec_driver_sql(f"PRAGMA {name}")).scalar_one() for name in names]


async def test_what_fails_is_undone_whole(at_once):
    async def write_and_fail():
        async with at_once.writing() as tx:
            await companies.add_new(tx, [COMPANY], START)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()
    assert await known(at_once) == []


async def test_what_is_written_is_there_for_a_database_with_threads(at_once, tmp_path):
    async with at_once.writing() as tx:
        await companies.add_new(tx, [COMPANY], START)
    other = Database(f"sqlite:///{tmp_path / 'once.db'}")
    assert await known(other) == [KEY]
    assert await settings_of(other) == await settings_of(at_once)
    await other.close()


async def test_the_same_row_twice_is_refused(at_once):
    async with at_once.writing() as tx:
        await companies.add_new(tx, [COMPANY], START)
    with pytest.raises(IntegrityError):
        async with at_once.writing() as tx:
            await tx.exec_driver_sql("INSERT INTO companies SELECT * FROM companies")


async def test_an_emptied_one_holds_nothing(at_once):
    async with at_once.writing() as tx:
        await companies.add_new(tx, [COMPANY], START)
    await empty(at_once)
    assert await known(at_once) == []


async def test_without_threads_an_error_still_comes_to_who_asked():
    threadless()
    assert await asyncio.to_thread(threading.get_ident) == threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        await asyncio.to_thread(lambda: 1 / 0)
