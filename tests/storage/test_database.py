"""What holds for the database as a whole: versions, transactions, crashes, several at once."""

import asyncio
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from rows import NOW, company
from sqlalchemy import String, text
from sqlalchemy.exc import StatementError

import storage
from storage.chats import chats
from storage.database import Database, engine_url
from storage.errors import DatabaseTooNew, DatabaseUnusable
from storage.sessions import companies, gateways
from storage.sessions.gateways import GatewayLook
from storage.tables import metadata


async def test_migrations_build_exactly_the_tables(db):
    def of_type(context, _column, _in_metadata, found, wanted):
        """SQLite holds no text to a length; None leaves the answer to Alembic."""
        texts = isinstance(found, String) and isinstance(wanted, String)
        return False if texts and context.dialect.name == "sqlite" else None

    def differences(connection):
        options = {"compare_type": of_type}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    async with db.reading() as tx:
        assert await tx.run_sync(differences) == []


def test_the_files_of_the_migrations_are_named_by_their_numbers_and_form_one_row():
    folder = Path(storage.__file__).with_name("migrations")
    found = list(ScriptDirectory(folder).walk_revisions())[::-1]
    assert [Path(one.path).name.partition("_")[0] for one in found] == [
        one.revision for one in found
    ]
    assert [one.revision for one in found] == sorted(one.revision for one in found)


async def test_opening_what_is_up_to_date_does_without_alembic(db, database_url):
    await db.close()
    opened = (
        "import asyncio, sys; from storage.database import Database;"
        "asyncio.run(Database(sys.argv[1]).open()); sys.exit('alembic' in sys.modules)"
    )
    started = await asyncio.create_subprocess_exec(sys.executable, "-c", opened, database_url)
    assert await started.wait() == 0


async def test_opening_again_keeps_what_is_there(db, database_url):
    async with db.writing() as tx:
        await companies.add_new(tx, [company("962302")], NOW)
    await db.close()
    again = Database(database_url)
    await again.open()
    async with again.reading() as tx:
        assert await companies.all_of(tx) == [company("962302")]
    await again.close()


async def what_is_in(url):
    """Everything: the file, or the rows of each table."""
    if engine_url(url).get_backend_name() == "sqlite":
        return await asyncio.to_thread(Path(engine_url(url).database).read_bytes)
    database = Database(url)
    async with database.reading() as tx:
        tables = (*metadata.tables.values(), text("alembic_version"))
        rows = [(await tx.execute(text(f"SELECT * FROM {table}"))).all() for table in tables]
    await database.close()
    return rows


async def test_a_newer_database_is_refused_and_left_as_it_is(db, database_url):
    async with db.writing() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await db.close()
    before = await what_is_in(database_url)

    older = Database(database_url)
    with pytest.raises(DatabaseTooNew, match=r"at version 9999, .* with a newer one"):
        await older.open()
    await older.close()
    assert await what_is_in(database_url) == before


async def test_nobody_else_may_read_a_new_file(tmp_path):
    file = tmp_path / "data" / "repair.db"
    database = Database(f"sqlite:///{file}")
    await database.open()
    modes = {one.stat().st_mode & 0o777 for one in file.parent.iterdir()}
    await database.close()
    assert modes == {0o600}


async def test_what_is_no_database_is_named_and_left_as_it_is(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("not a database, and long enough to be read as one" * 100)
    database = Database(f"sqlite:///{file}")
    with pytest.raises(DatabaseUnusable, match=r"notes\.txt"):
        await database.open()
    await database.close()
    assert file.read_text().startswith("not a database")


async def test_a_path_that_cannot_be_opened_is_named(tmp_path):
    database = Database(f"sqlite:///{tmp_path}")
    with pytest.raises(DatabaseUnusable, match="cannot be used"):
        await database.open()
    await database.close()


async def test_a_path_below_a_file_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    database = Database(f"sqlite:///{tmp_path / 'file' / 'data' / 'repair.db'}")
    with pytest.raises(DatabaseUnusable, match="cannot be used"):
        await database.open()
    await database.close()


async def test_a_failed_transaction_leaves_nothing(db):
    async def write_and_fail():
        async with db.writing() as tx:
            await companies.add_new(tx, [company("962302")], NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await write_and_fail()
    async with db.reading() as tx:
        assert await companies.all_of(tx) == []


async def test_a_cancelled_transaction_leaves_nothing_and_blocks_nobody(db):
    written = asyncio.Event()

    async def write_and_wait():
        async with db.writing() as tx:
            await companies.add_new(tx, [company("962302")], NOW)
            written.set()
            await asyncio.Event().wait()

    writing = asyncio.ensure_future(write_and_wait())
    await asyncio.wait_for(written.wait(), 5)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    async with db.writing() as tx:
        assert await companies.add_new(tx, [company("962302")], NOW) == [company("962302")]


async def test_what_is_written_while_reading_is_not_kept(db):
    async with db.reading() as tx:
        await chats.add(tx, 1, "", NOW)
    async with db.reading() as tx:
        assert await chats.get(tx, 1) is None


async def test_a_reader_keeps_its_view_while_others_write(db):
    async with db.reading() as reader:
        assert await companies.all_of(reader) == []
        async with db.writing() as tx:
            await companies.add_new(tx, [company("962302")], NOW)
        assert await companies.all_of(reader) == []


async def test_who_writes_waits_for_who_writes_already(db, database_url):
    other = Database(database_url)
    async with db.writing() as tx:
        await chats.add(tx, 1, "", NOW)
        waiting = asyncio.ensure_future(count_chats_while_writing(other))
        await asyncio.sleep(0)
        await chats.add(tx, 2, "", NOW)
    assert await waiting == 2
    await other.close()


async def count_chats_while_writing(database):
    async with database.writing() as tx:
        return (await tx.execute(text("SELECT count(*) FROM chats"))).scalar_one()


async def test_a_naive_time_cannot_be_stored(db):
    naive = datetime(2025, 9, 18, 15, 5)  # noqa: DTZ001 - what must be refused
    with pytest.raises(StatementError, match="naive datetime"):
        async with db.writing() as tx:
            await chats.add(tx, 1, "", naive)


async def test_times_come_back_aware_and_equal(db):
    look = GatewayLook(name="main", failures=0, since_at=NOW, last_look_at=NOW, last_ok_at=None)
    async with db.writing() as tx:
        await gateways.put(tx, look)
        assert await gateways.get(tx, "main") == look


async def test_two_programs_on_one_database_write_side_by_side(db, database_url):
    other = Database(database_url)
    await other.open()

    async def write(database, first):
        for chat_id in range(first, first + 40):
            async with database.writing() as tx:
                await chats.get(tx, chat_id)
                await chats.add(tx, chat_id, "", NOW)

    await asyncio.gather(write(db, 0), write(other, 1000), write(db, 2000), write(other, 3000))
    async with db.reading() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM chats"))).scalar_one() == 160
    await other.close()


WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from storage.chats import chats
from storage.database import Database

async def main():
    db = Database(sys.argv[1])
    await db.open()
    for pair in range(1, 1_000_000):
        async with db.writing() as tx:
            now = datetime.now(UTC)
            await chats.add(tx, pair, "", now)
            await chats.add(tx, -pair, "", now)
        print(pair, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("pairs", [1, 7, 30])
async def test_a_writer_killed_at_any_moment_leaves_whole_transactions(database_url, pairs):
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, database_url, stdout=asyncio.subprocess.PIPE
    )
    for _ in range(pairs):
        told = int(await asyncio.wait_for(child.stdout.readline(), 30))
    os.kill(child.pid, signal.SIGKILL)
    await child.communicate()

    db = Database(database_url)
    await db.open()
    async with db.reading() as tx:
        ids = {row.chat_id for row in await tx.execute(text("SELECT chat_id FROM chats"))}
        if tx.dialect.name == "sqlite":
            assert (await tx.execute(text("PRAGMA integrity_check"))).scalar_one() == "ok"
    await db.close()
    assert ids == {-one for one in ids}
    assert len(ids) >= 2 * told


async def test_a_postgresql_made_without_a_locale_keeps_every_alphabet(postgres_server):
    database = Database(postgres_server.new_without_locale())
    await database.open()
    async with database.writing() as tx:
        await chats.add(tx, -1001, "Дежурные", NOW)
        assert (await chats.get(tx, -1001)).title == "Дежурные"
    await database.close()
