"""Companies that are called like words of commands: watched, and never taken for the word.

An earlier version gave such ids to sessions that a gateway lists; they keep them.
"""

from datetime import UTC, datetime

import pytest
import pytest_asyncio
from reading import ONE, button, words
from routes import commands
from staging import talking

from bot.cli.demo import COMPANIES
from bot.domain.company import Company
from bot.sandbox.gateway import GatewayCompany
from bot.sandbox.telegram import ANNA
from handlers import callbacks
from storage.database import Database
from storage.sessions import companies

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = ("ALL", "off", "info", "7d", "23-7", "me")
THERE = {
    name: GatewayCompany(name=f"Salon {n}", phone=f"7900000000{n}") for n, name in enumerate(NAMES)
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def talk(tmp_path_factory):
    """The gateway itself lists them, and an earlier version has taken them in."""
    folder = tmp_path_factory.mktemp("talk")
    there = {ONE: COMPANIES[ONE], **THERE}
    await taken_in_before(folder)
    async with talking(folder, companies=there, settings={"COMPANIES": "auto"}) as talk:
        await talk.sees(ANNA.id, lambda one: "=" in one.text and "команд" in one.text)
        yield talk


async def taken_in_before(folder):
    database = Database(f"sqlite:///{folder / 'repair.db'}")
    await database.open()
    async with database.writing() as tx:
        old = [Company(id=name, gateway="ai_admin", session_key=name, name="") for name in NAMES]
        await companies.add_new(tx, old, datetime.now(UTC))
    await database.close()


async def muted(talk):
    return {row["company_id"] for row in await talk.rows("mutes")}


async def heard(talk, chat_id):
    return {
        (row["company_id"], row["severity"])
        for row in await talk.rows("subscriptions")
        if row["chat_id"] == chat_id
    }


async def test_they_are_watched_and_the_owner_is_told_once_how_to_write_them(talk):
    told = [
        one
        for one in talk.posted(ANNA.id)
        if "слово из команд" in one.text or "слова из команд" in one.text
    ]
    assert len(told) == 1
    assert all(name in told[0].text for name in NAMES)
    assert {row["id"] for row in await talk.rows("companies") if row["absence"] is None} == {
        ONE,
        *NAMES,
    }


@pytest.mark.parametrize("name", NAMES)
async def test_with_the_sign_every_command_means_the_company(talk, name):
    assert (await talk.anna().asks(f"/status ={name}")).text.find(name) >= 0
    card = await talk.anna().asks(f"/company ={name}")
    assert words("company.is_word", typed=f"={name}") in card.text
    report = await talk.anna().asks(f"/report ={name} 7d")
    assert button(report, f"rep:{name}:30:card")
    await talk.anna().asks(f"/mute ={name} 2h")
    assert await muted(talk) == {name}
    await talk.anna().asks(f"/unmute ={name}")
    assert await muted(talk) == set()
    await talk.anna().asks(f"/subscribe ={name} critical")
    assert await heard(talk, ANNA.id) == {(name, "critical")}
    await talk.anna().asks(f"/unsubscribe ={name}")
    assert await heard(talk, ANNA.id) == set()


async def test_without_the_sign_the_command_has_its_word(talk):
    for word in ("all", "ALL", "Все"):
        await talk.anna().asks(f"/mute {word} 2h")
        assert await muted(talk) == {""}
        await talk.anna().asks(f"/unmute {word}")
        await talk.anna().asks(f"/subscribe {word} info")
        assert await heard(talk, ANNA.id) == {("", "info")}
        await talk.anna().asks("/unsubscribe all")
    assert (await talk.anna().asks("/board off")).text == words("board.none")
    report = await talk.anna().asks("/report all 7d")
    assert button(report, "rep:*:30:card")


@pytest.mark.parametrize("name", NAMES)
async def test_its_buttons_mean_the_company_and_never_all(talk, name):
    help_ = await talk.anna().asks("/help")
    await talk.anna().forges(help_, callbacks.MuteButton(company=name, minutes=60).pack())
    assert await muted(talk) == {name}
    await talk.anna().forges(help_, callbacks.Unmute(company=name).pack())
    assert await muted(talk) == set()
    await talk.anna().forges(help_, callbacks.Sub(company=name, severity="info").pack())
    assert await heard(talk, ANNA.id) == {(name, "info")}
    await talk.anna().forges(help_, callbacks.Unsub(company=name).pack())
    assert await heard(talk, ANNA.id) == set()


async def test_where_a_command_has_no_such_word_the_id_alone_will_do(talk):
    for name in NAMES:
        assert name in (await talk.anna().asks(f"/files {name}")).text
    assert "files" in commands()


async def test_the_list_of_companies_says_how_they_are_written(talk):
    shown = await talk.anna().asks("/companies")
    assert words("companies.words", typed="").rstrip(".") in shown.text
    assert all(f"={name}" in shown.text for name in NAMES)
    assert f"={ONE}" not in shown.text
