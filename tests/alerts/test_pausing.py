"""What Telegram told answers to wait for outlives the process."""

import asyncio
from datetime import UTC, datetime

from bot.alerts.pauses import Pausing
from bot.domain.urgency import Urgency
from handlers.telegram.line import CallLine
from storage.chats import pauses

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
GROUP, ANNA = -1001, 1001


async def end(task):
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def kept(db):
    async with db.reading() as tx:
        return {pause.chat_id: pause.after_s for pause in await pauses.current(tx, NOW)}


async def test_a_pause_told_to_an_answer_is_kept_over_a_restart(db):
    pausing = Pausing(db, lambda: NOW)
    line = CallLine(on_refused=pausing.note)
    task = asyncio.create_task(pausing.run())
    await asyncio.sleep(0)
    line.refused(GROUP, 40, Urgency.ANSWER)
    await end(task)
    assert await kept(db) == {GROUP: 40}


async def test_the_newest_word_about_a_chat_counts(db):
    pausing = Pausing(db, lambda: NOW)
    task = asyncio.create_task(pausing.run())
    await asyncio.sleep(0)
    pausing.note(GROUP, 40)
    pausing.note(ANNA, 3)
    pausing.note(GROUP, 90)
    pausing.note("@channel", 5)
    await end(task)
    assert await kept(db) == {GROUP: 90, ANNA: 3}


async def test_nothing_is_written_where_nothing_was_refused(db):
    task = asyncio.create_task(Pausing(db, lambda: NOW).run())
    await asyncio.sleep(0)
    await end(task)
    assert await kept(db) == {}
