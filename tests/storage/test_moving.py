"""A database that moves: from SQLite to PostgreSQL and back, with rows in every table."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from rows import NOW, company
from sqlalchemy import JSON, BigInteger, Boolean, Integer, String, insert, select, text

from storage.chats import chats
from storage.columns import Moment
from storage.database import Database
from storage.errors import DatabaseInUse, DatabaseUnusable
from storage.move import MoveRefused, move
from storage.sessions import companies
from storage.tables import audit as audit_table
from storage.tables import metadata

ROWS = 3


def value_for(column, n):
    """Something that another row, and another column, does not have."""
    if column.foreign_keys:
        (key,) = column.foreign_keys
        return value_for(key.column, n)
    kind = column.type
    if isinstance(kind, Boolean):
        return n % 2 == 0
    if isinstance(kind, JSON):
        return {"files": n, "who": "Анна \N{SMILING FACE WITH SMILING EYES}"}
    if isinstance(kind, Moment):
        return NOW + timedelta(hours=n, microseconds=7)
    if isinstance(kind, String):
        return f"ё{n}"
    if isinstance(kind, BigInteger):
        return 7_000_000_000 + n
    return n if isinstance(kind, Integer) else n + 0.25


async def fill(tx):
    for table in metadata.sorted_tables:
        rows = [
            {column.name: value_for(column, n) for column in table.columns}
            for n in range(1, ROWS + 1)
        ]
        rows[-1].update({column.name: None for column in table.columns if column.nullable})
        await tx.execute(insert(table), rows)


async def everything(database):
    async with database.reading() as tx:
        return {
            table.name: {tuple(map(str, row)) for row in await tx.execute(select(table))}
            for table in metadata.sorted_tables
        }


@pytest.fixture
def sqlite_url(tmp_path):
    return f"sqlite:///{tmp_path / 'repair.db'}"


@pytest.fixture
def postgres_url(postgres_server):
    return postgres_server.new(template=None)


@pytest.fixture(params=["to postgresql", "to sqlite"])
async def pair(request, sqlite_url, postgres_url):
    """The old database, filled, and the new one that nobody has opened yet."""
    urls = [sqlite_url, postgres_url]
    if request.param == "to sqlite":
        urls.reverse()
    old, new = map(Database, urls)
    await old.open()
    yield old, new
    await old.close()
    await new.close()


@pytest.fixture
async def filled(pair):
    old, _ = pair
    async with old.writing() as tx:
        await fill(tx)
    return pair


async def test_every_row_of_every_table_is_there_afterwards(filled):
    old, new = filled
    before = await everything(old)
    moved = await move(old, new)
    assert {(one.table, one.rows) for one in moved} == {(name, ROWS) for name in metadata.tables}
    assert await everything(new) == before
    assert await everything(old) == before


async def test_the_next_row_gets_the_next_number(filled):
    old, new = filled
    await move(old, new)
    async with new.writing() as tx:
        await tx.execute(insert(audit_table), [audit_row()])
        newest = (await tx.execute(select(audit_table.c.id).order_by(audit_table.c.id))).all()[-1]
    assert newest.id == 7_000_000_000 + ROWS + 1


def audit_row():
    return {"at": NOW, "user_id": 1, "chat_id": 1, "action": "check", "details": {}}


async def test_a_table_longer_than_a_batch_is_moved_whole(pair):
    old, new = pair
    async with old.writing() as tx:
        await companies.add_new(tx, [company(str(n)) for n in range(2345)], NOW)
    await move(old, new)
    async with new.reading() as tx:
        assert len(await companies.all_of(tx)) == 2345


async def test_an_empty_database_moves_too_and_numbers_from_one(pair):
    old, new = pair
    assert {one.rows for one in await move(old, new)} == {0}
    async with new.writing() as tx:
        await tx.execute(insert(audit_table), [audit_row()])
        assert [row.id for row in await tx.execute(select(audit_table.c.id))] == [1]


async def test_what_is_not_empty_is_no_target(filled):
    old, new = filled
    await new.open()
    async with new.writing() as tx:
        await chats.add(tx, -1001, "Duty", NOW)
    before = await everything(new)
    with pytest.raises(MoveRefused, match="there are 1 rows in chats"):
        await move(old, new)
    assert await everything(new) == before


async def test_an_older_database_is_neither_moved_nor_brought_up_to_date(filled):
    old, new = filled
    async with old.writing() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(MoveRefused, match="at version 0001"):
        await move(old, new)
    assert await old.version() == "0001"


async def test_a_bot_that_runs_on_the_old_one_is_to_be_stopped_first(filled):
    old, new = filled
    running = Database(old._url.render_as_string(hide_password=False))
    async with running.reading() as tx:
        await tx.execute(text("SELECT 1 FROM chats"))  # its connection idles in the pool from now
    with pytest.raises(DatabaseInUse, match="stop the bot first"):
        await move(old, new)
    await running.close()
    assert len(await move(old, new)) == len(metadata.tables)


async def test_a_bot_that_runs_on_the_new_one_is_to_be_stopped_first(filled):
    old, new = filled
    running = Database(new._url.render_as_string(hide_password=False))
    await running.open()
    with pytest.raises(DatabaseInUse, match="stop the bot first"):
        await move(old, new)
    await running.close()


async def test_nobody_writes_into_the_old_one_meanwhile(filled):
    old, _ = filled
    late = Database(old._url.render_as_string(hide_password=False))

    async def write():
        async with late.writing() as tx:
            await chats.add(tx, -1001, "Duty", NOW)

    async with old.alone():
        writing = asyncio.ensure_future(write())
        done, _ = await asyncio.wait([writing], timeout=0.2)
        assert not done
    await asyncio.wait_for(writing, 10)
    await late.close()


async def test_a_row_that_does_not_fit_stops_everything(sqlite_url, postgres_url):
    old, new = Database(sqlite_url), Database(postgres_url)
    await old.open()
    async with old.writing() as tx:
        await fill(tx)
        await tx.execute(insert(audit_table), [{**audit_row(), "action": "x" * 31}])
    with pytest.raises(MoveRefused, match="audit has a row that the new database does not take"):
        await move(old, new)
    assert not any((await everything(new)).values())
    await old.close()
    await new.close()


async def test_the_file_that_was_moved_is_the_same_to_the_byte(sqlite_url, postgres_url):
    old, new = Database(sqlite_url), Database(postgres_url)
    await old.open()
    async with old.writing() as tx:
        await fill(tx)
    await old.close()
    path = Path(old._url.database)
    before = await asyncio.to_thread(path.read_bytes)
    await move(old, new)
    await old.close()
    await new.close()
    assert await asyncio.to_thread(path.read_bytes) == before


async def test_where_there_is_nothing_nothing_is_made(tmp_path, postgres_url):
    nowhere, new = Database(f"sqlite:///{tmp_path / 'no' / 'repair.db'}"), Database(postgres_url)
    with pytest.raises(MoveRefused, match="nothing to move"):
        await move(nowhere, new)
    assert not (tmp_path / "no").exists()
    assert await new.version() is None
    await new.close()


async def test_another_programs_file_is_not_moved(tmp_path, postgres_url):
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE chats (chat_id)")
    old, new = Database(f"sqlite:///{tmp_path / 'other.db'}"), Database(postgres_url)
    with pytest.raises(MoveRefused, match="nothing to move"):
        await move(old, new)
    await old.close()
    await new.close()


async def test_a_server_that_is_not_there_is_named_without_its_password(sqlite_url):
    old = Database(sqlite_url)
    await old.open()
    away = Database("postgresql://repair:secret@127.0.0.1:1/repair")
    with pytest.raises(DatabaseUnusable, match=r"repair:\*\*\*@127\.0\.0\.1") as told:
        await move(old, away)
    assert "secret" not in str(told.value)
    await old.close()
    await away.close()


async def test_a_database_is_not_moved_into_itself(sqlite_url):
    old = Database(sqlite_url)
    await old.open()
    with pytest.raises(MoveRefused, match="the same"):
        await move(old, Database(sqlite_url))
    await old.close()
