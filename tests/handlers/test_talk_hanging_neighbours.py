"""Five companies whose answers hang, and another that is lost: its alert waits for none of them."""

import pytest
from reading import words
from staging import talking

from bot.sandbox.gateway import GatewayCompany
from bot.sandbox.telegram import GROUP_ID

EIGHT = {
    f"9623{number:02}": GatewayCompany(f"Salon {number}", f"790009623{number:02}", linked=True)
    for number in range(8)
}
FIVE, LOST = list(EIGHT)[:5], list(EIGHT)[7]


@pytest.mark.parametrize("kind", ["ai_admin", "evolution", "waha", "gowa"])
async def test_the_alert_of_another_comes_while_they_hang(tmp_path, kind):
    async with talking(tmp_path, companies=EIGHT, kind=kind) as talk:
        for company in EIGHT:
            assert words("state.connected") in (await talk.anna().asks(f"/check {company}")).text
        talk.gateway.hang_for(*FIVE)
        for company in FIVE:
            await talk.gateway.act(company, "drop")
        await talk.gateway.act(LOST, "device_removed")
        await talk.sees(GROUP_ID, lambda one: EIGHT[LOST].name in one.text)
        talk.gateway.hang_for()


async def test_commands_about_others_are_answered_while_they_hang(tmp_path):
    async with talking(tmp_path, companies=EIGHT) as talk:
        for company in EIGHT:
            assert words("state.connected") in (await talk.anna().asks(f"/check {company}")).text
        talk.gateway.hang_for(*FIVE)
        for company in FIVE:
            await talk.gateway.act(company, "drop")
        assert words("state.connected") in (await talk.anna().asks(f"/check {LOST}")).text
        talk.gateway.hang_for()
