"""A chat that takes no alert, whatever it says, has it when it takes alerts again; owners know."""

import pytest
from reading import ONE, WHO
from staging import talking

from bot.sandbox.telegram import ANNA, GROUP_ID

CHANNEL_ID = -1001000000009
SAYINGS = [
    "Bad Request: not enough rights to send text messages to the chat",
    "Bad Request: CHAT_WRITE_FORBIDDEN",
    "Bad Request: TOPIC_CLOSED",
    "Bad Request: SOMETHING_OF_NEXT_YEAR",
    "Forbidden: bot is not a member of the channel chat",
]


async def lost_and_told_to_owners(talk, chat_id):
    """The loss, of which the chat gets no word, and an owner that the chat takes none."""
    await talk.gateway.act(ONE, "device_removed")
    notice = await talk.sees(ANNA.id, lambda one: "🔴" in one.text or "🟠" in one.text)
    assert not [one for one in talk.posted(chat_id) if ONE in one.text]
    return notice


async def comes_when_it_may(talk, chat_id):
    talk.clock.push(seconds=61)  # it is tried again after a minute
    alert = await talk.sees(chat_id, lambda one: WHO in one.text)
    await talk.settle()
    assert [one for one in talk.posted(chat_id) if ONE in one.text] == [alert]


async def test_a_channel_that_took_the_right_to_post_away(tmp_path):
    async with talking(tmp_path, settings={"TELEGRAM_CHAT_ID": str(CHANNEL_ID)}) as talk:
        talk.telegram.add_channel(CHANNEL_ID, "Новости", ANNA.id)
        talk.telegram.set_posting(CHANNEL_ID, may=False)
        await lost_and_told_to_owners(talk, CHANNEL_ID)
        talk.telegram.set_posting(CHANNEL_ID, may=True)
        await comes_when_it_may(talk, CHANNEL_ID)


async def test_a_group_that_took_the_right_to_write_away(talk):
    talk.telegram.set_permissions(GROUP_ID, ["can_send_messages"])
    await lost_and_told_to_owners(talk, GROUP_ID)
    talk.telegram.set_permissions(GROUP_ID, [])
    await comes_when_it_may(talk, GROUP_ID)


@pytest.mark.parametrize("said", SAYINGS)
async def test_a_chat_that_refuses_in_any_words(talk, said):
    talk.telegram.fault("refused", said=said, chat_id=GROUP_ID)
    await lost_and_told_to_owners(talk, GROUP_ID)
    talk.telegram.clear_faults()
    await comes_when_it_may(talk, GROUP_ID)
