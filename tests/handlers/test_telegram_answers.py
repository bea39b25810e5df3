"""What Telegram answers is read without making its shape anew each time."""

import gc
import weakref

from aiogram import Bot
from aiogram.methods import SendMessage
from doubles import Clock

from handlers.telegram.clock import TelegramClock
from handlers.telegram.session import TelegramSession

ANSWER = '{"ok":true,"result":{"message_id":7,"date":0,"chat":{"id":5,"type":"private"}}}'


async def test_the_shape_of_an_answer_outlives_the_answer():
    session = TelegramSession(clock=TelegramClock(Clock()))
    bot = Bot("123456:TEST-TOKEN", session=session)
    method = SendMessage(chat_id=5, text="hello")
    answer = session.check_response(bot, method, 200, ANSWER)
    assert answer.result.message_id == 7
    shape = weakref.ref(type(answer))
    del answer
    gc.collect()
    assert shape() is not None
    assert type(session.check_response(bot, method, 200, ANSWER)) is shape()
    await session.close()
