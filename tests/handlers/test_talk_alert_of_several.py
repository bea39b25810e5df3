"""From an alert that tells of several companies: each is one press away, and its QR two."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from reading import ONE, TWO, button, has_button, refusal, words
from staging import TEMPO, talking

from bot.cli.demo import COMPANIES
from bot.sandbox.gateway import GatewayCompany
from bot.sandbox.telegram import GROUP_ID

QR, CODE = words("button.yes_reset"), words("button.yes_reset_code")
CROWD = COMPANIES | {
    str(700001 + n): GatewayCompany(name=f"Лавка {n}", phone=f"79000700{n:03}") for n in range(64)
}
GATHERED = replace(TEMPO, group_window_s=2.0)


@asynccontextmanager
async def lost(folder, count, kind="ai_admin"):
    """So many were lost together: the conversation, the alert of all, and who they are."""
    # Half of a gateway's sessions at once would be told as its network.
    crowd = dict(list(CROWD.items())[: 2 * count + 4])
    async with talking(folder, companies=crowd, timing=GATHERED, kind=kind) as talk:
        everybody = list(crowd)[:count]
        await asyncio.gather(
            *(talk.gateway.act(company, "device_removed") for company in everybody)
        )
        alert = await talk.sees(
            GROUP_ID, lambda one: all(company in one.text for company in everybody)
        )
        yield talk, alert, everybody


@pytest.mark.parametrize("count", [2, 3, 8])
async def test_each_company_of_an_alert_has_its_qr_two_presses_away(tmp_path, count):
    async with lost(tmp_path, count) as (talk, alert, everybody):
        boris = talk.boris(GROUP_ID)
        question = await boris.gets(alert, button(alert, f"do:repair:{everybody[-1]}"))
        assert question.labels[:2] == [words("offer.reconnect"), QR]
        await boris.presses(question, QR)
        assert await talk.code(GROUP_ID, everybody[-1])
        assert talk.gateway.phase(everybody[0]) != "awaiting_scan"


async def test_thirty_have_one_button_and_each_of_the_worst_three_presses(tmp_path):
    async with lost(tmp_path, 30) as (talk, alert, _):
        assert not has_button(alert, "do:")
        boris = talk.boris(GROUP_ID)
        overview = await boris.gets(alert, "all")
        assert button(alert, "all")  # the alert is still there, for everybody
        asking = button(overview, "do:repair:")
        question = await boris.gets(overview, asking)
        await boris.presses(question, QR)
        assert await talk.code(GROUP_ID, asking.split(":")[-1])


async def test_what_helps_is_decided_at_the_press_not_when_the_alert_was_written(tmp_path):
    async with lost(tmp_path, 3) as (talk, alert, _):
        pressed, boris = button(alert, f"do:repair:{TWO}"), talk.boris(GROUP_ID)
        await boris.presses(await boris.gets(alert, pressed), QR)
        await talk.code(GROUP_ID, TWO)
        await talk.gateway.act(TWO, "scan")
        await talk.becomes(alert, lambda one: not has_button(one, pressed))
        assert has_button(alert, f"do:repair:{ONE}")
        await boris.forges(alert, pressed)
        card = await talk.sees(GROUP_ID, lambda one: has_button(one, f"do:files:{TWO}"))
        assert not has_button(card, "ans:")
        assert len(await talk.rows("procedures")) == 1


async def test_where_the_link_is_known_to_be_revoked_reconnect_is_not_offered(tmp_path):
    async with lost(tmp_path, 3, kind="gowa") as (talk, alert, _):
        question = await talk.boris(GROUP_ID).gets(alert, button(alert, f"do:reset:{TWO}"))
        assert question.labels[:2] == [QR, CODE]


async def test_a_yes_counts_for_the_company_it_was_asked_about_and_for_the_asker(tmp_path):
    async with lost(tmp_path, 3) as (talk, alert, _):
        boris, anna = talk.boris(GROUP_ID), talk.anna(GROUP_ID)
        of_one = await boris.gets(alert, f"do:repair:{ONE}")
        of_two = await anna.gets(alert, f"do:repair:{TWO}")
        assert await anna.is_told(of_one, QR) == words("error.not_yours")
        await anna.presses(of_two, QR)
        assert await talk.code(GROUP_ID, TWO)
        assert [row["company_id"] for row in await talk.rows("pairings")] == [TWO]


async def test_who_may_only_look_is_told_so_and_nothing_happens(tmp_path):
    async with lost(tmp_path, 2) as (talk, alert, _):
        told = await talk.vera(GROUP_ID).is_told(alert, f"do:repair:{ONE}")
        assert told == refusal("reset")
        assert await talk.rows("confirmations") == []


async def test_a_board_is_still_a_board_when_everybody_was_asked_for(talk):
    board = await talk.anna(GROUP_ID).asks("/board")
    shown = board.text
    overview = await talk.boris(GROUP_ID).gets(board, "all")
    assert overview is not board
    assert shown in board.text  # that it could not be pinned may have been added
    assert has_button(board, "board_off")
