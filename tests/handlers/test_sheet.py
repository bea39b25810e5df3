"""The message of a pairing, taken away wherever it is."""

import pytest
from aiogram.methods import DeleteEphemeralMessage, DeleteMessage
from recording import Recording, recording, refusal

from bot.domain.access import UserId
from bot.domain.notice import ChatAddress
from bot.domain.pairing import MessageLocation
from handlers.live.protected_message import ProtectedMessage

HERE = ChatAddress(-100, 45)


async def removed(*script, reader=None):
    bot, session = recording(*script)
    sheet = ProtectedMessage(bot, MessageLocation(address=HERE, reader=reader), 5)
    return await sheet.remove(), sheet.gone, session.asked


async def test_what_everybody_sees_is_deleted_as_any_message():
    done, gone, (asked,) = await removed()
    assert (done, gone) == (True, False)
    assert isinstance(asked, DeleteMessage)
    assert (asked.chat_id, asked.message_id) == (-100, 5)


async def test_what_one_reader_sees_is_deleted_for_that_reader():
    done, _, (asked,) = await removed(reader=UserId(7))
    assert done
    assert isinstance(asked, DeleteEphemeralMessage)


async def test_what_somebody_deleted_before_is_away_all_the_same():
    done, gone, _ = await removed(refusal(400, "Bad Request: message to delete not found"))
    assert (done, gone) == (True, True)


@pytest.mark.parametrize(
    "trouble",
    [
        Recording.NETWORK,
        refusal(500, "Internal Server Error"),
        refusal(400, "Bad Request: message can't be deleted"),
    ],
)
async def test_what_telegram_would_not_delete_is_not_called_away(trouble):
    done, gone, _ = await removed(trouble)
    assert (done, gone) == (False, False)
