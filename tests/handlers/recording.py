"""A Telegram that answers from a script and remembers what it was asked."""

import json
from collections import deque
from collections.abc import AsyncGenerator
from itertools import count

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import EditMessageText, SendDocument, SendMessage

TOKEN = "123456:TEST-TOKEN"


def refusal(code, description, **parameters):
    """What Telegram answers when it will not."""
    return code, {
        "ok": False,
        "error_code": code,
        "description": description,
        "parameters": parameters,
    }


class Recording(BaseSession):
    """Answers what is in `script` first, then as a Telegram in which everything works.

    A script holds refusals, exceptions to be raised, or NETWORK for a cut connection.
    """

    NETWORK = object()

    def __init__(self, *script):
        super().__init__()
        self.asked = []
        self.timeouts = []
        self._script = deque(script)
        self._ids = count(101)

    async def make_request(self, bot, method, timeout=None):  # noqa: ASYNC109 - aiogram's signature
        self.asked.append(method)
        self.timeouts.append(timeout)
        answer = self._script.popleft() if self._script else self._fine(method)
        if answer is self.NETWORK:
            raise TelegramNetworkError(method, "connection reset")
        if isinstance(answer, BaseException):
            raise answer
        status, body = answer
        return self.check_response(bot, method, status, json.dumps(body)).result

    def _fine(self, method):
        message_id = getattr(method, "message_id", None) or next(self._ids)
        message = {
            "message_id": message_id,
            "date": 0,
            "chat": {"id": getattr(method, "chat_id", 1), "type": "private"},
        }
        known = isinstance(method, SendMessage | SendDocument | EditMessageText)
        return 200, {"ok": True, "result": message if known else True}

    async def close(self):
        """There is nothing to close."""

    async def stream_content(self, *args, **kwargs) -> AsyncGenerator[bytes, None]:
        yield b""


def recording(*script):
    """A bot, and the session that answers it."""
    session = Recording(*script)
    bot = Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode="HTML"))
    return bot, session
