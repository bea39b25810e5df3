"""Sessions of any name are watched, under an id that can be typed; what can't be is told."""

from unicodedata import normalize

import aiohttp
import pytest
from reading import ONE, button, words
from staging import talking

from bot.cli.demo import COMPANIES
from bot.gateways.kinds import CODED, KINDS
from bot.sandbox.gateway import GatewayCompany
from bot.sandbox.telegram import ANNA, GROUP_ID

NAMES = {
    "Loja Centro": "loja-centro",
    "Padaria São José": "padaria-sao-jose",
    normalize("NFD", "Padaria São José"): "padaria-sao-jose-2",
    "my instance ": "my-instance",
    "🍕 Pizza": "pizza",
    "Салон «Север» № 1": "salon-sever-no-1",
    "מספרה": "s1",
    '100% "a/b" <c>': "100-a-b-c",
    "-rf ..": "rf",
    "x" * 200: "x" * 32,
    "all": "all-2",
}
# What these have is named in the settings with its secret; nothing is found there.
UNLISTED = {"green_api", "z_api", "whapi", "quepasa"}
LISTING = [kind for kind in KINDS if kind not in UNLISTED]
AUTO = {"COMPANIES": "auto", "GRACE": "1"}


def there(names):
    return {ONE: COMPANIES[ONE]} | {
        name: GatewayCompany(name, f"790000001{number:02}") for number, name in enumerate(names)
    }


async def ids(talk):
    return {row["session_key"]: row["id"] for row in await talk.rows("companies")}


async def metrics(talk):
    async with aiohttp.ClientSession() as http, http.get(f"{talk.app.server.url}/metrics") as page:
        return await page.text()


async def watched(talk, count):
    async def all_there():
        return len(await ids(talk)) == count

    for _ in range(200):
        if await all_there():
            return await ids(talk)
        await talk.boris().asks("/status")
    raise AssertionError(await ids(talk))


@pytest.mark.parametrize("kind", LISTING)
async def test_every_session_is_watched_and_its_loss_is_told(tmp_path, kind):
    names = [name for name in NAMES if kind != "gowa" or name == name.strip()]
    async with talking(tmp_path, companies=there(names), kind=kind, settings=AUTO) as talk:
        found = await watched(talk, len(names) + 1)
        assert {name: found[name] for name in names} == {name: NAMES[name] for name in names}
        for name in names:
            await talk.phase(name, "connected")
        lost = [name for name in names if NAMES[name] != "s1"][:4]
        for name in lost:
            await talk.gateway.act(name, "device_removed")
        for name in lost:
            await talk.sees(GROUP_ID, lambda one, name=name: NAMES[name] in one.text)


@pytest.mark.parametrize("kind", sorted(set(LISTING) - {"ai_admin"}))
@pytest.mark.parametrize("name", ["Padaria São José", "a/b %2F?#", "🍕"])
async def test_a_session_of_any_name_is_brought_back(tmp_path, kind, name):
    async with talking(tmp_path, companies=there([name]), kind=kind, settings=AUTO) as talk:
        company = (await watched(talk, 2))[name]
        await talk.phase(name, "connected")
        question = await talk.boris(GROUP_ID).asks(f"/reset {company}")
        await talk.boris(GROUP_ID).presses(question, words("button.yes_reset"))
        photo = await talk.code(GROUP_ID, name)
        await talk.gateway.act(name, "scan", code=talk.gateway.live_code(name))
        await talk.phase(name, "connected")
        await talk.becomes(photo, lambda one: not talk._shows_live_code(one, name))


async def test_both_names_are_shown_and_either_will_do(tmp_path):
    async with talking(tmp_path, companies=there(["Padaria São José"]), settings=AUTO) as talk:
        await watched(talk, 2)
        anna = talk.anna()
        page = await anna.asks("/companies")
        assert words("companies.key", id="padaria-sao-jose", key="Padaria São José") in page.text
        assert button(page, "do:company:padaria-sao-jose")
        card = await anna.asks("/company padaria-sao-jose")
        assert words("company.key", key="Padaria São José") in card.text
        for typed in ("padaria-sao-jose", "PADARIA-SAO-JOSE", "Padaria São José"):
            assert "padaria-sao-jose" in (await anna.asks(f"/status {typed}")).text


async def test_an_id_stays_when_the_session_goes_and_comes_back(tmp_path):
    names = ["Loja Centro", "Loja-Centro"]
    async with talking(tmp_path, companies=there(names), settings=AUTO, kind="waha") as talk:
        before = await watched(talk, 3)
        gone = talk.gateway.companies.pop("Loja Centro")
        await talk.boris().asks("/status")
        talk.gateway.companies["Loja Centro"] = gone
        await talk.boris().asks("/status")
        await talk.stop()
        await talk.start()
        assert await watched(talk, 3) == before
        assert sorted(before.values()) == sorted([ONE, "Loja-Centro", "loja-centro-2"])


async def test_what_cannot_be_watched_is_told_once_and_shown(tmp_path):
    names = ["two\nlines", "..", "Loja Centro"]
    async with talking(tmp_path, companies=there(names), settings=AUTO, kind="waha") as talk:
        await watched(talk, 2)
        notice = await talk.sees(ANNA.id, lambda one: "two lines" in one.text)
        assert "никто не следит" in notice.text
        page = await talk.anna().asks("/gateways")
        assert words("gateways.listed", listed="4", watched="2") in page.text
        assert [one for one in talk.posted(ANNA.id) if "two lines" in one.text] == [notice]


async def test_names_by_hand_are_watched_as_well(tmp_path):
    settings = {"COMPANIES": f"{ONE},Loja Centro=Центр,Padaria São José"}
    companies = there(["Loja Centro", "Padaria São José", "Другая"])
    async with talking(tmp_path, companies=companies, settings=settings) as talk:
        found = await watched(talk, 3)
        assert found["Loja Centro"] == "loja-centro"
        assert found["Padaria São José"] == "padaria-sao-jose"
        rows = {row["id"]: row["name"] for row in await talk.rows("companies")}
        assert rows["loja-centro"] == "Центр"
        assert rows["padaria-sao-jose"] == "Padaria São José"


UNNAMED = [None, "", 962302, ["Salon"]]


@pytest.mark.parametrize("kind", CODED)
async def test_what_has_no_name_or_not_its_own_is_told_once_and_shown(tmp_path, kind):
    names = ["Loja Centro"]
    async with talking(tmp_path, companies=there(names), settings=AUTO, kind=kind) as talk:
        talk.gateway.lists_too(*UNNAMED, "Loja Centro", "..", "y" * 201)
        await watched(talk, 2)
        unusable = await talk.sees(ANNA.id, lambda one: "«..»" in one.text)
        assert "yyy" in unusable.text
        nameless = await talk.sees(ANNA.id, lambda one: "без читаемого имени" in one.text)
        assert "4 сессии" in nameless.text
        alike = await talk.sees(ANNA.id, lambda one: "Различить их нельзя" in one.text)
        assert "«Loja Centro»" in alike.text
        page = await talk.anna().asks("/gateways")
        assert words("gateways.listed", listed="9", watched="2") in page.text
        for notice in (unusable, nameless, alike):
            assert [one for one in talk.posted(ANNA.id) if one.text == notice.text] == [notice]
        figures = await metrics(talk)
        assert f'repair_bot_sessions_listed{{gateway="{kind}"}} 9.0' in figures
        assert f'repair_bot_sessions_watched{{gateway="{kind}"}} 2.0' in figures
