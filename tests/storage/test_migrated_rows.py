"""Rows of an older version, after the migrations: they stay, and say what was not kept then."""

from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from rows import NOW
from sqlalchemy import text

import storage
from bot.domain.company import Company, CompanyId
from bot.domain.procedure import ProcedureKind, ProcedureStep
from storage.database import Database, engine_url
from storage.logs import log_positions
from storage.people import confirmations
from storage.recovery import procedures
from storage.sessions import companies

KEY = CompanyId("962302")
OLD = [
    """INSERT INTO companies (id, gateway, session_key, name, added_at)
    VALUES ('962302', 'main', '962302', '', :now)""",
    """INSERT INTO confirmations (nonce, user_id, action, company_id, asked_at, expires_at, which)
    VALUES ('old', 1, 'restore', '962302', :now, :later, '962302-20250918T150500Z')""",
    """INSERT INTO confirmations (nonce, user_id, action, company_id, asked_at, expires_at, gateway)
    VALUES ('gate', 1, 'restart', '', :now, :later, 'main')""",
    """INSERT INTO procedures (kind, company_id, step, asked_by, chat_id, thread_id, facts,
    started_at, step_at) VALUES ('reset', '962302', 'setting_aside', 1, -1001, 0, '{}',
    :now, :now)""",
    """INSERT INTO log_positions (path, inode, position, head, head_bytes, followed_at, read_at)
    VALUES ('/var/log/gateway.log', 7, 900, 'hash', 256, :now, :now)""",
]


def as_of(revision):
    """Builds the tables of that migration in a connection."""

    def build(connection):
        config = Config()
        folder = Path(storage.__file__).with_name("migrations")
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    return build


@pytest.fixture
async def migrated(database_url):
    """A database of 0017 with rows in it, opened by this version."""
    if engine_url(database_url).get_backend_name() == "sqlite":
        Path(engine_url(database_url).database).parent.mkdir()
    before = Database(database_url)
    stamps = {"now": NOW.replace(tzinfo=None), "later": (NOW + timedelta(60)).replace(tzinfo=None)}
    async with before.writing() as tx:
        await tx.run_sync(as_of("0017"))
        for row in OLD:
            names = {name: at for name, at in stamps.items() if f":{name}" in row}
            await tx.execute(text(row), names)
    await before.close()
    database = Database(database_url)
    await database.open()
    yield database
    await database.close()


async def test_an_old_question_says_that_nothing_was_kept_of_how_it_stood(migrated):
    async with migrated.reading() as tx:
        restore = await confirmations.get(tx, "old")
        restart = await confirmations.get(tx, "gate")
    assert (restore.stood, restore.which) == (None, "962302-20250918T150500Z")
    assert (restart.stood, restart.gateway) == (None, "main")


async def test_an_old_question_can_be_answered_once(migrated):
    async with migrated.writing() as tx:
        assert [await confirmations.use(tx, "old", NOW) for _ in range(2)] == [True, False]


async def test_an_old_procedure_is_wanted_by_nobody(migrated):
    async with migrated.writing() as tx:
        row = await procedures.running(tx, KEY)
        assert (row.kind, row.step) == (ProcedureKind.RESET, ProcedureStep.SETTING_ASIDE)
        assert not await procedures.is_wanted(tx, row.id, NOW - timedelta(days=1))
        assert not await procedures.was_wanted(tx, KEY, NOW - timedelta(days=1))


async def test_an_old_procedure_can_be_wanted(migrated):
    async with migrated.writing() as tx:
        row = await procedures.running(tx, KEY)
        await procedures.want(tx, row.id, NOW)
        assert await procedures.is_wanted(tx, row.id, NOW)


async def test_an_old_log_is_read_on_and_its_lines_are_counted_from_now_on(migrated):
    async with migrated.reading() as tx:
        (old,) = await log_positions.all_of(tx)
    assert (old.position, old.followed_at) == (900, NOW)
    assert (old.gateway, old.counted_since, old.lines, old.understood) == (None, None, 0, 0)


async def test_an_old_company_has_the_id_that_its_session_bears(migrated):
    async with migrated.reading() as tx:
        company = await companies.get(tx, KEY)
    assert (company.session_key, company.made) == ("962302", False)


async def test_a_long_name_of_a_session_has_room(migrated):
    long = Company(id="x", gateway="main", session_key="é" * 200, name="", made=True)
    async with migrated.writing() as tx:
        await companies.add_new(tx, [long], NOW)
        assert await companies.get(tx, "x") == long
