"""What becomes of a call that has to wait: it shows that somebody types, and says when it can't."""

import asyncio

import pytest
from aiogram.methods import SendChatAction, SendMessage
from doubles import SkippedTime
from recording import recording, refusal

from handlers.telegram.line import CallLine
from handlers.telegram.sender import StillWaiting, put_in_line
from handlers.updates_in_flight import UpdatesInFlight

ANNA, GROUP = 1001, -1001


class Held:
    """A time that stands still: what waits for it waits."""

    def __init__(self):
        self.at = 0.0
        self.due = []

    def now(self):
        return self.at

    def later(self, delay_s, act):
        handle = asyncio.get_running_loop().call_soon(lambda: None)
        self.due.append((self.at + delay_s, act))
        return handle

    def push(self, seconds):
        self.at += seconds
        ripe, self.due = [act for at, act in self.due if at <= self.at], []
        for act in ripe:
            act()


async def moment():
    for _ in range(20):
        await asyncio.sleep(0)


async def test_who_waits_for_longer_than_five_seconds_sees_somebody_type():
    bot, session = recording()
    put_in_line(bot, CallLine(SkippedTime()))
    await asyncio.gather(*(bot.send_message(ANNA, f"{number}") for number in range(12)))
    await moment()
    shown = [method for method in session.asked if isinstance(method, SendChatAction)]
    assert {(method.chat_id, method.action) for method in shown} == {(ANNA, "typing")}
    assert len([method for method in session.asked if isinstance(method, SendMessage)]) == 12


async def test_nobody_types_where_telegram_itself_wants_no_call():
    bot, session = recording(refusal(429, "Too Many Requests: retry after 30", retry_after=30))
    time = Held()
    line = CallLine(time)
    put_in_line(bot, line)
    sending = asyncio.create_task(bot.send_message(ANNA, "x"))
    await moment()
    time.push(10)
    await moment()
    assert [type(method) for method in session.asked] == [SendMessage]
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)


async def test_what_still_waits_when_the_program_stops_says_so():
    bot, session = recording(refusal(429, "Too Many Requests: retry after 30", retry_after=30))
    time = Held()
    line = CallLine(time)
    put_in_line(bot, line)
    sending = asyncio.create_task(bot.send_message(GROUP, "x"))
    await moment()
    line.close()
    time.push(3)
    with pytest.raises(StillWaiting):
        await asyncio.wait_for(sending, 5)
    assert len(session.asked) == 1


async def test_each_pause_is_told_to_who_keeps_it():
    bot, _ = recording(refusal(429, "Too Many Requests: retry after 30", retry_after=30))
    told = []
    line = CallLine(
        SkippedTime(), on_refused=lambda chat_id, after_s: told.append((chat_id, after_s))
    )
    put_in_line(bot, line)
    await bot.send_message(GROUP, "x")
    assert told == [(GROUP, 30)]


async def test_the_door_lets_go_of_an_update_that_waits_and_it_is_served_to_its_end():
    serving, may_go, ended = UpdatesInFlight(let_go_s=0.01), asyncio.Event(), []

    async def handler(update, _data):
        await may_go.wait()
        ended.append(update)

    assert await serving(handler, "update", {}) is None
    assert ended == []
    may_go.set()
    await serving.finish()
    assert ended == ["update"]
