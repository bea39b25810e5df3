"""A test message that is refused in other words, or without any that can be understood."""

import pytest
from reading import ONE, has_button, words
from staging import talking

from bot.cli.demo import COMPANIES
from bot.sandbox.telegram import GROUP_ID

OTHER = next(company for company in COMPANIES if company != ONE)


async def probed(talk, company):
    """A test message of this company has been answered, whatever came of it."""
    before = len(await talk.audited())
    await talk.boris().asks(f"/probe {company}")
    while len(await talk.audited()) == before or None in [row[3] for row in await talk.audited()]:
        await talk.passes()


@pytest.mark.parametrize(
    "said",
    [
        None,
        "Protocol error (Runtime.callFunctionOn): Target closed.",
        "Attempted to use detached Frame '5C3A'.",
        "WebSocket is not open: readyState 3 (CLOSED)",
    ],
    ids=["page closed", "target closed", "detached frame", "socket not open"],
)
async def test_whatever_the_words_it_is_told_that_it_cannot_send(tmp_path, said):
    async with talking(tmp_path, kind="waha") as talk:
        if said is not None:
            talk.gateway.excuse(said)
        await talk.gateway.act(ONE, "zombie")
        answer = await talk.boris().asks(f"/probe {ONE}")
        await talk.becomes(answer, lambda one: has_button(one, f"do:revive:{ONE}"))
        card = await talk.alert()
        assert words("incident.what.zombie") in card.text


async def test_several_without_an_answer_while_others_go_out_are_told_as_far_as_can_be_seen(
    tmp_path,
):
    async with talking(tmp_path, kind="waha") as talk:
        talk.gateway.excuse("Internal server error")
        await talk.gateway.act(ONE, "zombie")
        for _ in range(3):
            await probed(talk, ONE)
            await probed(talk, OTHER)
        card = await talk.sees(GROUP_ID, lambda one: words("incident.what.no_answer") in one.text)
        assert has_button(card, f"do:revive:{ONE}")


async def test_two_without_an_answer_are_not_told(tmp_path):
    async with talking(tmp_path, kind="waha") as talk:
        talk.gateway.excuse("Internal server error")
        await talk.gateway.act(ONE, "zombie")
        for _ in range(2):
            await probed(talk, ONE)
            await probed(talk, OTHER)
        assert not any(words("incident.what.no_answer") in m.text for m in talk.posted(GROUP_ID))
