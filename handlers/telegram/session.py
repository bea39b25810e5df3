"""How the bot speaks HTTP to Telegram: aiogram's way, and nothing that comes back can break it."""

import json
from typing import Any, cast

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import GetUpdates, Response, TelegramMethod
from aiogram.methods.base import TelegramType

from handlers.telegram.batches import read_batch
from handlers.telegram.clock import TelegramClock

# What others wrote, repeated in the answer to a message of ours. Nobody here reads it, and what
# aiogram cannot read of it must not make a message that was sent look like one that was not.
_OF_OTHERS = ("reply_to_message", "external_reply", "quote", "pinned_message")


class FetchUpdates(GetUpdates):
    """getUpdates, whose updates are left as they came: each is read by itself later."""

    # aiogram reads all of them or none.
    __returning__ = list[Any]


class TelegramSession(AiohttpSession):
    """Tells `clock` the time of each answer."""

    def __init__(self, *, clock: TelegramClock, **aiograms: Any) -> None:
        super().__init__(**aiograms)
        self._clock = clock
        # pydantic forgets a model that nobody holds, and aiogram asks for it at each answer: made
        # anew each time it costs as much as all else that a call does.
        self._answers: dict[Any, type[Response[Any]]] = {}

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's signature
    ) -> TelegramType:
        """Ask once. Raises what aiogram raises."""
        http = await self.create_session()
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        form = self.build_form_data(bot=bot, method=method)
        limit = aiohttp.ClientTimeout(total=self.timeout if timeout is None else timeout)
        try:
            async with http.post(url, data=form, timeout=limit) as answer:
                content = (await answer.read()).decode(errors="replace")
        except TimeoutError as error:
            raise TelegramNetworkError(method=method, message="Request timeout error") from error
        except aiohttp.ClientError as error:
            message = f"{type(error).__name__}: {error}"
            raise TelegramNetworkError(method=method, message=message) from error
        response = self.check_response(bot, method, answer.status, content)
        self._clock.heard(answer.headers.get("Date"))
        return cast("TelegramType", response.result)

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        """Read an answer. Raises what aiogram raises, for what Telegram refuses."""
        if isinstance(method, FetchUpdates) and status_code == 200:
            batch = read_batch(content)
            if batch is not None:
                return Response[Any].model_construct(ok=True, result=batch)
        answer: Any = method.__returning__
        if answer not in self._answers:
            self._answers[answer] = Response[answer]
        return super().check_response(bot, method, status_code, _without_others(content))


def _without_others(content: str) -> str:
    """The answer without what others wrote."""
    if not any(f'"{field}"' in content for field in _OF_OTHERS):
        return content
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return content
    result = body.get("result") if isinstance(body, dict) else None
    if not isinstance(result, dict) or "message_id" not in result:
        return content
    body["result"] = {key: value for key, value in result.items() if key not in _OF_OTHERS}
    return json.dumps(body)
