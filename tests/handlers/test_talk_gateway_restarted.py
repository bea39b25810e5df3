"""The gateway was restarted and has forgotten its sessions, as the group sees it."""

import shutil

import pytest
from reading import ONE, has_button, words
from test_talk_by_itself import by_itself, caring

from bot.cli.demo import COMPANIES
from bot.sandbox.gateway import GatewayCompany
from bot.sandbox.telegram import GROUP_ID

ALL_BACK = "снова работают после перезапуска"
MANY = {
    f"9623{number:02}": GatewayCompany(f"Salon {number}", f"790009623{number:02}", linked=True)
    for number in range(8)
}


async def files_seen(talk):
    """The bot has looked at every directory."""
    while any(row["creds"] != "linked" for row in await talk.rows("companies")):
        await talk.passes()


def told_as_restarted(count):
    of = str(count)
    return words("incident.what.forgotten", count=of, limit=of)


@pytest.mark.parametrize(
    "companies", [COMPANIES, MANY, dict(list(MANY.items())[:5])], ids=["three", "eight", "five"]
)
@pytest.mark.parametrize("setting", ["reconnect", "full"])
async def test_it_is_told_once_and_all_work_again(tmp_path, companies, setting):
    async with caring(tmp_path, setting, companies=companies) as talk:
        await files_seen(talk)
        await talk.gateway.act(None, "gateway_restart")
        card = await talk.sees(GROUP_ID, lambda one: told_as_restarted(len(companies)) in one.text)
        assert words("incident.todo.forgotten") in card.text
        over = await talk.becomes(card, lambda one: ALL_BACK in one.text)
        assert not has_button(over, "do:")
        for company in companies:
            assert talk.gateway.phase(company) == "connected"
            assert talk.set_aside(company) == []
        while None in [end for _, end in await by_itself(talk)]:
            await talk.passes()
        assert await by_itself(talk) == [("auto reconnect", "done")] * len(companies)
        assert not any(words("incident.what.gone") in one.text for one in talk.posted(GROUP_ID))
        assert not any(one.photo for one in talk.posted(GROUP_ID))


async def test_switched_off_it_says_what_to_press_and_starts_nothing(tmp_path):
    async with caring(tmp_path, "off", companies=COMPANIES) as talk:
        await files_seen(talk)
        await talk.gateway.act(None, "gateway_restart")
        said = words("incident.what_by_hand.forgotten", count="3", limit="3")
        await talk.sees(GROUP_ID, lambda one: said in one.text)
        await talk.sees(GROUP_ID, lambda one: has_button(one, f"do:repair:{ONE}"))
        assert await by_itself(talk) == []
        assert {talk.gateway.phase(company) for company in COMPANIES} == {"stopped"}


async def test_an_emptied_store_is_not_taken_for_a_mere_restart(tmp_path):
    async with caring(tmp_path, companies=COMPANIES) as talk:
        await files_seen(talk)
        await talk.gateway.act(None, "gateway_restart")
        for company in COMPANIES:
            shutil.rmtree(tmp_path / "baileys_sessions" / f"company_{company}")
        while any(row["creds"] != "missing" for row in await talk.rows("companies")):
            await talk.passes()
        for _ in range(3):
            await talk.anna().asks(f"/check {ONE}")
        assert await by_itself(talk) == []
        assert {talk.gateway.phase(company) for company in COMPANIES} == {"stopped"}
        assert not any(
            told_as_restarted(len(COMPANIES)) in one.text for one in talk.posted(GROUP_ID)
        )
