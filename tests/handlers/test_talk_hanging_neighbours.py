"""Five companies whose answers hang, and another that is lost: its alert waits for none of them."""

import pytest
from reading import words
from staging import talking

from bot.gateways.kinds import KINDS
from bot.sandbox.gateway import GatewayCompany
from bot.sandbox.telegram import GROUP_ID

MANY = {
    f"9623{number:02}": GatewayCompany(f"Salon {number}", f"790009623{number:02}", linked=True)
    for number in range(16)
}
FIVE, LOST = list(MANY)[:5], list(MANY)[15]


OLDER = "wuzapi of an older build"  # whose list tells no states
WITHIN_S = 2.3  # an interval of 0.3 s, and two seconds
# There a removed device looks like one that is away: it is told when the grace is over.
LIKE_AWAY = ("wuzapi", "openwa", "z_api")
GRACE_S = 1


@pytest.mark.parametrize("kind", [*KINDS, OLDER])
async def test_the_alert_of_another_comes_while_they_hang(tmp_path, kind):
    grace_s = GRACE_S if kind.startswith(LIKE_AWAY) else 0
    settings = {"GRACE": str(grace_s)} if grace_s else {}
    kind_of = kind.split()[0]
    async with talking(tmp_path, companies=MANY, kind=kind_of, settings=settings) as talk:
        if kind == OLDER:
            talk.gateway.is_of_an_older_build()
        for company in MANY:
            assert words("state.connected") in (await talk.anna().asks(f"/check {company}")).text
        talk.gateway.hang_for(*FIVE)
        for company in FIVE:
            await talk.gateway.act(company, "drop")
        await talk.gateway.act(LOST, "device_removed")
        lost_at = talk.clock.steady_s()
        await talk.sees(GROUP_ID, lambda one: MANY[LOST].name in one.text)
        assert talk.clock.steady_s() - lost_at <= WITHIN_S + grace_s
        talk.gateway.hang_for()


async def test_commands_about_others_are_answered_while_they_hang(tmp_path):
    async with talking(tmp_path, companies=MANY) as talk:
        for company in MANY:
            assert words("state.connected") in (await talk.anna().asks(f"/check {company}")).text
        talk.gateway.hang_for(*FIVE)
        for company in FIVE:
            await talk.gateway.act(company, "drop")
        assert words("state.connected") in (await talk.anna().asks(f"/check {LOST}")).text
        talk.gateway.hang_for()
