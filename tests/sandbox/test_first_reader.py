"""In which language a demo begins: that of whoever opens its page first."""

import asyncio

import pytest
from aiohttp import ClientSession

from bot.sandbox.telegram import FirstReader, TelegramSandbox
from bot.sandbox.telegram.first_reader import preferred

TOKEN = "123456:TEST-TOKEN"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ru", "ru"),
        ("ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", "ru"),
        ("en-GB,en;q=0.9,ru;q=0.8", "en"),
        ("de-DE,de;q=0.9,ru;q=0.5,en;q=0.4", "ru"),
        ("RU-ru", "ru"),
        ("en;q=0.3, ru;q=0.9", "ru"),
        ("ru ; q=0.2 , en ; q=0.4", "en"),
        ("en,ru", "en"),
        ("ru,en", "ru"),
        ("ru;q=0", "en"),
        ("fr, es;q=0.9", "en"),
        ("*", "en"),
        ("", "en"),
        ("rus", "en"),
        ("ru;q=nan", "en"),
        ("ru;q=2, en;q=0.1", "en"),
        ("ru;level=1, en;q=0.1", "en"),
        (";;,,=;q=,ru;q=x", "en"),
    ],
)
def test_the_language_a_browser_likes_best(header, language):
    assert preferred(header) == language


@pytest.fixture
async def held():
    """A Telegram whose page waits for its first reader."""
    reader = FirstReader()
    sandbox = TelegramSandbox(token=TOKEN, first_reader=reader)
    await sandbox.start()
    async with ClientSession(sandbox.url) as http:
        yield reader, http
    await sandbox.stop()


async def opened(http, languages):
    async with http.get("/", headers={"Accept-Language": languages}) as answer:
        return answer.status


async def test_the_page_waits_until_everything_is_set_up(held):
    reader, http = held
    opening = asyncio.create_task(opened(http, "ru"))
    assert await reader.language() == "ru"
    assert not opening.done()
    reader.serve()
    assert await opening == 200


async def test_a_second_reader_changes_nothing(held):
    reader, http = held
    first = asyncio.create_task(opened(http, "en"))
    assert await reader.language() == "en"
    second = asyncio.create_task(opened(http, "ru"))
    reader.serve()
    assert (await first, await second) == (200, 200)
    assert await reader.language() == "en"


async def test_what_is_no_page_tells_no_language(held):
    reader, http = held
    async with http.get("/page/icon.svg", headers={"Accept-Language": "ru"}) as answer:
        assert answer.status == 200
    opening = asyncio.create_task(opened(http, "en"))
    assert await reader.language() == "en"
    reader.serve()
    await opening


async def test_a_reader_who_gives_up_has_chosen_all_the_same(held):
    reader, http = held
    opening = asyncio.create_task(opened(http, "ru"))
    await reader.language()
    opening.cancel()
    await asyncio.gather(opening, return_exceptions=True)
    assert await reader.language() == "ru"
    reader.serve()
    assert await opened(http, "en") == 200
