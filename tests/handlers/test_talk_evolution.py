"""What only Evolution API does, as people meet it: codes that change, windows of its own."""

import pytest
from reading import ONE, WHO, decoded, words
from staging import UNLINKED, talking

from bot.sandbox.telegram import GROUP_ID


@pytest.fixture
async def new(tmp_path):
    """A company that was never linked."""
    async with talking(tmp_path, kind="evolution", companies=UNLINKED) as talk:
        yield talk


@pytest.fixture
async def working(tmp_path):
    async with talking(tmp_path, kind="evolution") as talk:
        yield talk


async def scanned(talk):
    """The photo that shows the live code; scanned, until the bot says that it is paired."""
    photo = await talk.code(GROUP_ID)
    await talk.gateway.act(ONE, "scan", code=decoded(photo.photo))
    return await talk.becomes(photo, lambda one: words("qr.paired", who=WHO) in one.text)


async def test_a_code_to_type_in_is_replaced_in_its_message_when_it_changes(new):
    boris = new.boris()
    boris.says(f"/code {ONE} 79000962302")

    def live():
        return new.gateway.live_pairing_code(ONE)

    message = await new.sees(boris.chat_id, lambda one: live() is not None and live() in one.text)
    first = live()
    changed = await new.becomes(
        message, lambda one: live() not in (None, first, "") and live() in one.text
    )
    assert first not in changed.text
    await new.gateway.act(ONE, "enter_code", code=live())
    await new.becomes(message, lambda one: words("qr.paired", who=WHO) in one.text)


async def code_within(talk, seconds):
    """The code, asked for now."""
    asked_at = talk.clock.steady_s()
    talk.boris(GROUP_ID).says(f"/qr {ONE}")
    await talk.code(GROUP_ID)
    assert talk.clock.steady_s() - asked_at <= seconds


async def test_a_qr_can_be_had_after_the_gateway_was_restarted(working):
    """A logged-out instance shows codes by itself then, beside the number of before in its row."""
    await working.gateway.act(ONE, "device_removed")
    await working.gateway.act(None, "gateway_restart")
    await working.phase(ONE, "awaiting_scan")
    await code_within(working, 10)
    await scanned(working)


async def test_a_qr_can_be_had_after_the_bot_was_restarted(working):
    await working.gateway.act(ONE, "device_removed")
    await working.gateway.act(None, "gateway_restart")
    await working.phase(ONE, "awaiting_scan")
    await working.boris(GROUP_ID).asks("/status")
    await working.stop()
    await working.start()
    await code_within(working, 10)
    await scanned(working)
