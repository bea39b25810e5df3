"""The edges of a conversation: messages out of reach, updates that take too long, errors told."""

import asyncio
from types import SimpleNamespace

import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage
from aiogram.types import CallbackQuery, Chat, ErrorEvent, InaccessibleMessage, Message, Update
from aiogram.types import User as Sender
from shown import CATALOGS, EN, NOW
from structlog.testing import capture_logs

from bot.actions.errors import BadRequest, DoneAlready
from handlers import updates_in_flight as module
from handlers.answer import answer, replace
from handlers.errors import explain
from handlers.middlewares import StillMeant, WhoIsIt
from handlers.render.screen import Screen
from handlers.telegram.polling import Polling
from handlers.telegram.sender import StillWaiting
from handlers.telegram.update_source import UpdateReports
from handlers.updates_in_flight import UpdatesInFlight

GROUP = Chat(id=-1001, type="supergroup", title="Duty")
ANNA = Sender(id=1001, is_bot=False, first_name="Anna")
SCREEN = Screen("<b>done</b>")


class Telegram(Bot):
    """Notes what it is asked, and refuses what it is told to refuse, each once."""

    def __init__(self, *refused):
        super().__init__("123456:TEST-TOKEN")
        self.asked = []
        self.refused = dict(refused)

    async def __call__(self, method, request_timeout=None):
        self.asked.append(method)
        reason = self.refused.pop(type(method), None)
        if reason is not None:
            raise TelegramBadRequest(method=method, message=reason)
        return True

    def texts(self, kind):
        return [one.text for one in self.asked if isinstance(one, kind)]


def message(bot):
    return Message(message_id=5, date=NOW, chat=GROUP, from_user=ANNA, text="/status").as_(bot)


def press(bot, *, reachable=True):
    shown = message(bot) if reachable else InaccessibleMessage(chat=GROUP, message_id=5, date=0)
    query = CallbackQuery(id="9", from_user=ANNA, chat_instance="1", message=shown, data="x")
    return query.as_(bot)


async def test_an_answer_to_a_message_out_of_reach_stands_over_the_button():
    bot = Telegram()
    assert await answer(press(bot, reachable=False), SCREEN) is None
    assert await replace(press(bot, reachable=False), SCREEN) is None
    assert bot.texts(AnswerCallbackQuery)[::2] == ["done", "done"]


async def test_an_answer_to_a_press_is_a_new_message():
    bot = Telegram()
    await answer(press(bot), SCREEN)
    assert bot.texts(SendMessage) == ["<b>done</b>"]


async def test_a_screen_that_stands_there_already_is_no_error():
    bot = Telegram((EditMessageText, "Bad Request: message is not modified"))
    assert (await replace(press(bot), SCREEN)).message_id == 5


async def test_what_cannot_be_put_in_place_is_a_new_message():
    bot = Telegram((EditMessageText, "Bad Request: message can't be edited"))
    await replace(press(bot), SCREEN)
    assert bot.texts(SendMessage) == ["<b>done</b>"]


def event(error, **told):
    return ErrorEvent(update=Update(update_id=7, **told), exception=error)


TURN = SimpleNamespace(texts=EN)


async def test_what_was_not_understood_is_said_where_it_was_asked():
    bot = Telegram()
    with capture_logs() as lines:
        await explain(event(BadRequest("report.how"), message=message(bot)), TURN)
        await explain(event(BadRequest("report.how"), callback_query=press(bot)), TURN)
    assert bot.texts(SendMessage)[0].startswith("Write it like this")
    assert bot.texts(AnswerCallbackQuery)[0].startswith("Write it like this")
    assert lines == []


async def test_a_press_of_long_ago_is_answered_in_the_chat():
    bot = Telegram((AnswerCallbackQuery, "Bad Request: query is too old"))
    await explain(event(BadRequest("report.how"), callback_query=press(bot)), TURN)
    assert bot.texts(SendMessage)[0].startswith("Write it like this")


async def test_a_bug_is_logged_and_apologized_for_without_its_text():
    bot = Telegram()
    with capture_logs() as lines:
        await explain(event(RuntimeError("secret"), message=message(bot)), TURN)
    assert [line["event"] for line in lines] == ["an update was not served"]
    assert "secret" not in bot.texts(SendMessage)[0]


@pytest.mark.parametrize(
    ("error", "turn"),
    [
        (RuntimeError("before anybody was known"), None),
        (StillWaiting(SendMessage(chat_id=1, text="x")), TURN),
    ],
)
async def test_where_nobody_can_be_told_it_is_only_logged(error, turn):
    bot = Telegram()
    with capture_logs() as lines:
        await explain(event(error, message=message(bot)), turn)
    assert bot.asked == []
    assert len(lines) <= 1


async def test_what_was_done_already_is_not_said_twice():
    bot = Telegram()
    with capture_logs() as lines:
        await explain(event(DoneAlready(), message=message(bot)), TURN)
    assert [line["event"] for line in lines] == ["an update came twice"]
    assert bot.asked == []


async def test_an_error_of_what_nobody_wrote_reaches_nobody():
    await explain(event(BadRequest("report.how")), TURN)


async def test_an_update_that_takes_too_long_is_cut_off_when_the_program_ends(monkeypatch):
    monkeypatch.setattr(module, "FINISH_WITHIN_S", 0.01)
    serving, ended = UpdatesInFlight(), []

    async def handler(took, _data):
        try:
            await took.wait()
        finally:
            ended.append(took)

    quick, slow = asyncio.Event(), asyncio.Event()
    quick.set()
    tasks = [asyncio.create_task(serving(handler, one, {})) for one in (quick, slow)]
    await asyncio.sleep(0)
    with capture_logs() as lines:
        await serving.finish()
    assert ended == [quick, slow]
    assert [line["count"] for line in lines] == [1]
    await asyncio.gather(*tasks, return_exceptions=True)
    await serving.finish()


async def test_what_never_began_to_poll_still_finishes_what_it_serves():
    serving, ended = UpdatesInFlight(), []

    async def handler(took, _data):
        await asyncio.sleep(0)
        ended.append(took)

    under_way = asyncio.create_task(serving(handler, "update", {}))
    await asyncio.sleep(0)
    await Polling(
        Bot("123456:TEST-TOKEN"), Dispatcher(), serving, UpdateReports(on_reached=under_way.cancel)
    ).stop()
    assert ended == ["update"]


async def served(middleware, event, **data):
    """What the handler behind a middleware got to see."""
    seen = []

    async def handler(event, _data):
        seen.append(event)

    await middleware(handler, event, data)
    return seen


async def test_a_press_in_a_chat_the_bot_is_not_in_is_passed_over():
    query = CallbackQuery(id="9", from_user=ANNA, chat_instance="1", inline_message_id="a")
    update = Update(update_id=7, callback_query=query)
    who = WhoIsIt(None, CATALOGS, "en", lambda: NOW)
    assert await served(who, update, event_from_user=ANNA) == []


async def test_a_press_is_never_too_old_for_it_carries_no_time():
    one = press(Telegram())
    assert await served(StillMeant(60, lambda: NOW), one) == [one]
