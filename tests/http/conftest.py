"""The bot's own server over a database, with a clock to push and parts that report by hand."""

import contextlib

import aiohttp
import pytest
from doubles import Clock
from listening import Place

from bot.domain.company import Company, CompanyId, GatewayName
from bot.http.pages import Pages
from bot.http.server import Server
from storage.sessions import companies


@pytest.fixture
async def place(db):
    one = Place(db, Clock())
    names = ("962302", "962303")
    known = [
        Company(id=CompanyId(key), gateway=GatewayName("one"), session_key=key, name="Salon North")
        for key in names
    ]
    async with db.writing() as tx:
        await companies.add_new(tx, known, one.clock())
    return one


@pytest.fixture
async def ask(place):
    """Asks the running server for a path: the status, the headers, the body."""
    server = Server("127.0.0.1", 0, Pages(place.examination).routes())
    async with contextlib.AsyncExitStack() as stack:
        await server.start()
        stack.push_async_callback(server.stop)
        http = await stack.enter_async_context(aiohttp.ClientSession())

        async def get(path, method="GET"):
            async with http.request(method, server.url + path) as answer:
                return answer.status, answer.headers, await answer.read()

        yield get
