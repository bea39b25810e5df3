"""A SQLite file: one bot at a time, the same file from the opening on, and errors in words."""

import contextlib
import os
import sqlite3
import subprocess
import sys

import pytest

from bot.domain.database_trouble import DatabaseTrouble
from storage.database import Database
from storage.errors import DatabaseInUse, DatabaseMoved
from storage.trouble import trouble_of

HOLDER = """
import sys
from pathlib import Path
from storage.file import FileClaim
claim = FileClaim.take(Path(sys.argv[1]), "it")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
async def opened(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'repair.db'}")
    await database.claim()
    await database.open()
    yield database
    await database.close()


@contextlib.contextmanager
def another(path):
    """Another program that has claimed the file."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


async def test_a_second_program_is_refused_by_a_sentence_that_says_what_to_do(tmp_path):
    path = tmp_path / "repair.db"
    with another(path) as process:
        match = f"process {process.pid}.*Stop that one first"
        with pytest.raises(DatabaseInUse, match=match):
            await Database(f"sqlite:///{path}").claim()


async def test_a_program_that_was_killed_leaves_the_file_free(tmp_path):
    path = tmp_path / "repair.db"
    with another(path) as process:
        process.kill()
        process.wait()
        database = Database(f"sqlite:///{path}")
        await database.claim()
        await database.close()


async def test_a_link_to_the_same_file_is_the_same_file(opened, tmp_path):
    link = tmp_path / "elsewhere.db"
    link.symlink_to(tmp_path / "repair.db")
    with pytest.raises(DatabaseInUse):
        await Database(f"sqlite:///{link}").claim()


async def test_a_file_with_two_names_is_refused_by_either(opened, tmp_path):
    await opened.close()
    other = tmp_path / "other.db"
    os.link(tmp_path / "repair.db", other)
    for path in (other, tmp_path / "repair.db"):
        with pytest.raises(DatabaseInUse, match="more than one name"):
            await Database(f"sqlite:///{path}").claim()
    other.unlink()
    await opened.claim()


async def test_a_closed_database_may_be_claimed_again(opened, tmp_path):
    await opened.close()
    again = Database(f"sqlite:///{tmp_path / 'repair.db'}")
    await again.claim()
    await again.close()


async def test_who_only_reads_or_copies_needs_no_claim(opened, tmp_path):
    other = Database(f"sqlite:///{tmp_path / 'repair.db'}")
    await other.open()
    assert await other.version() == await opened.version()
    assert await other.backup(tmp_path / "copy.db") > 0
    await other.close()


async def test_a_file_in_its_place_has_not_moved(opened):
    assert await opened.moved() is None


async def test_no_new_file_is_made_where_the_old_one_was_deleted(opened, tmp_path):
    (tmp_path / "repair.db").unlink()
    assert await opened.moved() is DatabaseTrouble.DELETED
    async with opened.reading() as tx:
        await tx.exec_driver_sql("SELECT count(*) FROM companies")
        with pytest.raises(DatabaseMoved) as refused:
            async with opened.reading() as second:
                await second.exec_driver_sql("SELECT 1")
    assert trouble_of(refused.value) is DatabaseTrouble.DELETED
    assert not (tmp_path / "repair.db").exists()


async def test_another_file_in_its_place_is_noticed(opened, tmp_path):
    other = tmp_path / "other.db"
    sqlite3.connect(other).close()
    other.replace(tmp_path / "repair.db")
    assert await opened.moved() is DatabaseTrouble.REPLACED


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["PRAGMA query_only=ON", "CREATE TABLE a (b)"], DatabaseTrouble.READ_ONLY),
        (["PRAGMA max_page_count=2", "CREATE TABLE a (b)", "CREATE TABLE c (d)"],
         DatabaseTrouble.FULL),
    ],
)  # fmt: skip
def test_an_error_of_sqlite_is_told_by_what_it_means(tmp_path, statements, expected):
    *before, refused = statements
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        for statement in before:
            connection.execute(statement)
        with pytest.raises(sqlite3.Error) as raised:
            connection.execute(refused)
    assert trouble_of(raised.value) is expected


def test_a_file_that_is_no_database_is_damaged(tmp_path):
    (tmp_path / "a.db").write_bytes(b"no database at all" * 100)
    closing = contextlib.closing(sqlite3.connect(tmp_path / "a.db"))
    with closing as connection, pytest.raises(sqlite3.Error) as raised:
        connection.execute("SELECT * FROM sqlite_schema")
    assert trouble_of(raised.value) is DatabaseTrouble.DAMAGED


def test_a_lock_that_another_holds_is_a_lock(tmp_path):
    path = tmp_path / "a.db"
    with contextlib.closing(sqlite3.connect(path)) as one:
        one.execute("BEGIN EXCLUSIVE")
        closing = contextlib.closing(sqlite3.connect(path, timeout=0))
        with closing as two, pytest.raises(sqlite3.Error) as raised:
            two.execute("BEGIN IMMEDIATE")
    assert trouble_of(raised.value) is DatabaseTrouble.LOCKED


async def test_a_postgresql_that_does_not_run_is_away():
    nobody = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Exception) as raised:
        async with nobody.reading() as tx:
            await tx.exec_driver_sql("SELECT 1")
    await nobody.close()
    assert trouble_of(raised.value) is DatabaseTrouble.AWAY


def test_what_is_no_trouble_of_the_database_is_none():
    assert trouble_of(ValueError("no")) is None
    assert trouble_of(TimeoutError()) is None
