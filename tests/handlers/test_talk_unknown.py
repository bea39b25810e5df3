"""Chats with a bot whose database is really locked, full, deleted, replaced or damaged."""

import asyncio
import contextlib
import resource
import shutil
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest
from reading import has_button
from staging import TEMPO, talking
from talking import eventually

ONE = "962302"
QUICK = replace(
    TEMPO, unwatched_poll_s=0.2, unwatched_probe_s=1.0, unwatched_after_s=1.0, board_spacing_s=0.1
)


@contextlib.asynccontextmanager
async def locked(path):
    """Another program holds the database, and does not let go."""
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        while not connection.in_transaction:
            with contextlib.suppress(sqlite3.OperationalError):
                connection.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(0)  # the bot itself may be writing: let it end
        yield
    finally:
        connection.close()


@contextlib.contextmanager
def full(path):
    """The kernel lets the journal of the database grow no more, as a quota would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    size_bytes = path.with_name(f"{path.name}-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
async def talk(tmp_path):
    async with talking(tmp_path, timing=QUICK) as talk:
        await well(talk)
        yield talk


async def well(talk):
    """Return as soon as everybody is seen to be connected, and the listeners are known."""
    await eventually(lambda: talk.app.alarm.listeners)
    while "All connected" not in (await talk.vera().asks("/status")).text:
        pass


async def told(talk, words="никто не следит"):
    return await talk.sees(talk.group_id, lambda message: words in message.text)


async def doubted(talk):
    """The status, once the bot has found out that what it sees is not kept."""
    while "All connected" in (answer := await talk.vera().asks("/status")).text:
        pass
    return answer.text


def database(talk):
    return talk.folder / "repair.db"


async def test_status_is_answered_from_a_read_while_the_database_is_locked(talk):
    async with locked(database(talk)):
        began = talk.clock()
        answer = await talk.vera().asks("/status")
        waited = talk.clock() - began
        assert waited < timedelta(seconds=4)  # locks are waited for longer than that
    assert ONE in " ".join([answer.text, *answer.labels])


async def test_a_locked_database_is_told_once_from_memory_and_again_when_it_is_over(talk):
    async with locked(database(talk)):
        assert "держит другая программа" in (await told(talk)).text
        text = await doubted(talk)
        assert "ot looked since" in text
        assert "another program holds the database" in text
    await told(talk, "снова можно положиться")
    posted = [one for one in talk.posted(talk.group_id) if "никто не следит" in one.text]
    assert len(posted) == 1
    await well(talk)


async def test_a_loss_that_cannot_be_written_is_named_by_the_status(talk):
    async with locked(database(talk)):
        await talk.gateway.act(ONE, "device_removed")
        await eventually(lambda: talk.app.alarm.lost)
        text = await doubted(talk)
        assert "not written down: not connected 1 — 962302" in text
        card = await talk.vera().asks(f"/status {ONE}")
        assert "not written down" in card.text


async def test_a_full_disk_is_told_and_nothing_is_claimed(talk):
    with full(database(talk)):
        assert "диск" in (await told(talk)).text
        assert "ot looked since" in await doubted(talk)
    await told(talk, "снова можно положиться")


async def test_a_press_that_cannot_be_written_is_answered(talk):
    async with locked(database(talk)):
        talk.anna().says(f"/mute {ONE} 2h")
        await talk.sees(talk.anna().chat_id, lambda one: "Не получилось" in one.text)
    assert await talk.rows("mutes") == []


async def test_many_presses_that_cannot_be_written_are_all_answered(talk):
    async with locked(database(talk)):  # one after the other each would wait 5 s more than the last
        for speaker in (talk.anna(), talk.boris()):
            for hours in range(1, 6):
                speaker.says(f"/mute {ONE} {hours}h")
        for speaker in (talk.anna(), talk.boris()):
            # The database's patience goes by the machine's time, this by the loop's.
            await eventually(lambda speaker=speaker: len(refusals(talk, speaker.chat_id)) == 5, 600)
    assert await talk.rows("mutes") == []


def refusals(talk, chat_id):
    return [one for one in talk.posted(chat_id) if "Не получилось" in one.text]


async def test_a_deleted_file_is_noticed_and_its_content_is_copied(talk):
    database(talk).unlink()
    assert "удалён" in (await told(talk, "не сохраняется")).text
    assert "Nothing is kept since" in await doubted(talk)
    (copy,) = talk.folder.glob("repair.db.rescued-*")
    with contextlib.closing(sqlite3.connect(copy)) as rescued:
        assert rescued.execute("SELECT count(*) FROM companies").fetchone() == (3,)
    assert not database(talk).exists()  # no new and empty one in its place


async def test_a_replaced_file_is_noticed(talk):
    shutil.copy(database(talk), talk.folder / "other.db")
    (talk.folder / "other.db").replace(database(talk))
    assert "подменён" in (await told(talk, "не сохраняется")).text
    assert "Nothing is kept since" in await doubted(talk)


async def test_a_directory_that_is_gone_is_noticed(tmp_path):
    store = tmp_path / "store"
    url = {"DATABASE_URL": f"sqlite:///{store / 'repair.db'}"}
    async with talking(tmp_path, timing=QUICK, settings=url) as talk:
        await well(talk)
        store.rename(tmp_path / "elsewhere")
        assert "удалён" in (await told(talk, "не сохраняется")).text


def damage(talk):
    """Something has written over all of the database."""
    for path in talk.folder.glob("repair.db*"):
        if path.suffix != ".lock":
            with path.open("r+b") as file:
                file.write(b"\xa5" * max(path.stat().st_size, 1))


async def test_a_damaged_file_leaves_nobody_without_an_answer(talk):
    damage(talk)
    await told(talk)
    answer = await talk.anna().asks("/status")
    assert answer.text
    assert "All connected" not in answer.text
    assert "Все подключены" not in answer.text


async def board_in_the_group(talk):
    """A board that claims that all is well, as soon as it does."""
    board = await talk.anna(talk.group_id).asks("/board")
    return await talk.becomes(board, lambda one: one.text.startswith("🟢"))


def boards(talk):
    return [one for one in talk.posted(talk.group_id) if has_button(one, "board_off")]


async def test_the_board_takes_back_what_it_claimed(talk):
    board = await board_in_the_group(talk)
    async with locked(database(talk)):
        await talk.becomes(board, lambda one: "Не проверялось с" in one.text)
        assert "🟢" not in board.text
        assert "держит другая программа" in board.text
    await talk.becomes(board, lambda one: one.text.startswith("🟢"))
    assert boards(talk) == [board]


async def test_a_board_takes_back_what_it_claimed_where_nothing_can_be_read_any_more(talk):
    board = await board_in_the_group(talk)
    await eventually(lambda: talk.app.alarm.listeners)
    damage(talk)
    await talk.becomes(board, lambda one: "Не проверялось с" in one.text)
    assert "🟢" not in board.text
    assert boards(talk) == [board]


async def test_a_board_of_a_full_disk_takes_back_what_it_claimed(talk):
    board = await board_in_the_group(talk)
    with full(database(talk)):
        await talk.becomes(board, lambda one: "Не проверялось с" in one.text)
        assert "🟢" not in board.text
    await talk.becomes(board, lambda one: one.text.startswith("🟢"))
