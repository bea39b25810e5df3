"""How long a write waits for another program that holds the database."""

import asyncio
import contextlib
import sqlite3

import pytest
from sqlalchemy.exc import DBAPIError

from bot.domain.database_trouble import DatabaseTrouble
from storage.database import Database
from storage.lock_wait import SOON_S, LockWait
from storage.sessions import gateways
from storage.trouble import trouble_of

FULL_S = 5.0


class Steady:
    """A clock that nobody sets but the test."""

    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def steady():
    return Steady()


@pytest.fixture
def patience(steady):
    return LockWait(FULL_S, steady)


def test_a_queue_that_moves_on_costs_nobody_their_patience(patience, steady):
    steady.now_s += 60
    assert patience.left_s(asked_s=100.0) == FULL_S


def test_who_has_waited_behind_a_refused_one_waits_no_longer_than_that(patience, steady):
    steady.now_s += 5
    patience.refused(tried_s=100.0)
    assert patience.left_s(asked_s=100.2) == 0
    steady.now_s -= 1
    assert patience.left_s(asked_s=102.0) == 3


def test_once_it_has_refused_for_long_who_comes_waits_a_moment(patience, steady):
    patience.refused(tried_s=100.0)
    steady.now_s += 6
    assert patience.left_s(asked_s=106.0) == SOON_S
    assert patience.left_s(asked_s=105.5) == SOON_S - 0.5
    assert patience.left_s(asked_s=101.0) == 0


def test_only_the_time_since_it_refuses_counts(patience, steady):
    steady.now_s += 60
    patience.refused(tried_s=158.0)
    assert patience.left_s(asked_s=100.0) == 3


def test_a_write_that_was_granted_gives_all_their_patience_back(patience, steady):
    patience.refused(tried_s=100.0)
    steady.now_s += 60
    patience.granted()
    assert patience.left_s(asked_s=100.0) == FULL_S


@contextlib.contextmanager
def held(path):
    """Another program is in the middle of a write."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def trouble(database):
    try:
        async with database.writing() as tx:
            await gateways.touch(tx)
    except DBAPIError as error:
        return trouble_of(error)


async def test_many_who_wait_for_a_locked_file_are_all_refused_together(tmp_path):
    path = tmp_path / "repair.db"
    database = Database(f"sqlite:///{path}")
    await database.open()
    with held(path):
        async with asyncio.timeout(60):  # one after the other it would take 150 s
            found = await asyncio.gather(*(trouble(database) for _ in range(30)))
        assert set(found) == {DatabaseTrouble.LOCKED}
        async with asyncio.timeout(60):  # and now a moment each, not 5 s
            found = [await trouble(database) for _ in range(15)]
        assert set(found) == {DatabaseTrouble.LOCKED}
    assert await trouble(database) is None
    async with database.reading() as tx:
        assert (await tx.exec_driver_sql("PRAGMA busy_timeout")).scalar_one() == 5000
    await database.close()
