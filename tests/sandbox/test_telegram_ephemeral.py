import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    EphemeralMessageParameters,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyParameters,
)
from test_telegram_sending import png

from bot.sandbox.telegram import ANNA, BORIS, GLEB, GROUP_ID, VERA

ASK = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="QR", callback_data="qr:1")]]
)


@pytest.fixture
async def pressed(bot, telegram):
    """A button Boris has pressed just now."""
    sent = await bot.send_message(GROUP_ID, "lost", reply_markup=ASK)
    return telegram.press(BORIS.id, GROUP_ID, sent.message_id, "QR")


def only(person, **more):
    return EphemeralMessageParameters(receiver_user_id=person.id, **more)


async def test_an_answer_to_a_press_is_seen_by_the_presser_alone(bot, telegram, pressed):
    sent = await bot.send_message(
        GROUP_ID, "wait", ephemeral_message_parameters=only(BORIS, callback_query_id=pressed.id)
    )
    assert (sent.message_id, sent.receiver_user.id) == (0, BORIS.id)
    message = telegram.world.messages(GROUP_ID)[-1]
    assert (message.receiver, message.ephemeral_id) == (BORIS, sent.ephemeral_message_id)


async def test_the_placeholder_becomes_the_qr_and_goes(bot, telegram, pressed):
    sent = await bot.send_message(
        GROUP_ID, "wait", ephemeral_message_parameters=only(BORIS, callback_query_id=pressed.id)
    )
    which = {"chat_id": GROUP_ID, "receiver_user_id": BORIS.id}
    which["ephemeral_message_id"] = sent.ephemeral_message_id
    media = InputMediaPhoto(media=BufferedInputFile(png(), "qr.png"), caption="scan")
    assert await bot.edit_ephemeral_message_media(media=media, **which) is True
    assert telegram.world.messages(GROUP_ID)[-1].photo == png()
    await bot.delete_ephemeral_message(**which)
    assert [m.text for m in telegram.world.messages(GROUP_ID)] == ["lost"]
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_ephemeral_message_text(text="again", **which)


async def test_after_fifteen_seconds_it_is_too_late(bot, clock, pressed):
    clock.push(16)
    with pytest.raises(TelegramBadRequest, match="EPHEMERAL"):
        await bot.send_message(
            GROUP_ID, "x", ephemeral_message_parameters=only(BORIS, callback_query_id=pressed.id)
        )


async def test_a_press_of_one_gives_no_word_to_another(bot, pressed):
    with pytest.raises(TelegramBadRequest, match="EPHEMERAL"):
        await bot.send_message(
            GROUP_ID, "x", ephemeral_message_parameters=only(VERA, callback_query_id=pressed.id)
        )


async def test_an_administrator_may_at_any_time_but_in_groups_only(bot, telegram):
    telegram.set_bot_admin(GROUP_ID)
    sent = await bot.send_message(GROUP_ID, "x", ephemeral_message_parameters=only(VERA))
    assert sent.ephemeral_message_id
    with pytest.raises(TelegramBadRequest, match="groups and supergroups only"):
        await bot.send_message(ANNA.id, "x", ephemeral_message_parameters=only(ANNA))
    with pytest.raises(TelegramBadRequest, match="USER_NOT_PARTICIPANT"):
        await bot.send_message(GROUP_ID, "x", ephemeral_message_parameters=only(GLEB))


async def test_an_ephemeral_command_leaves_no_trace_for_others(bot, telegram):
    await bot.set_my_commands([BotCommand(command="qr", description="QR", is_ephemeral=True)])
    telegram.say(BORIS.id, GROUP_ID, "/qr 962302")
    (update,) = await bot.get_updates(timeout=0)
    asked = update.message
    assert (asked.message_id, asked.from_user.id) == (0, BORIS.id)
    sent = await bot.send_message(
        GROUP_ID,
        "wait",
        ephemeral_message_parameters=only(BORIS),
        reply_parameters=ReplyParameters(ephemeral_message_id=asked.ephemeral_message_id),
    )
    assert sent.receiver_user.id == BORIS.id


async def test_what_aiogram_replies_to_it_is_ephemeral_too(bot, telegram):
    await bot.set_my_commands([BotCommand(command="qr", description="QR", is_ephemeral=True)])
    telegram.say(BORIS.id, GROUP_ID, "/qr")
    (update,) = await bot.get_updates(timeout=0)
    await update.message.reply("wait")
    assert telegram.world.messages(GROUP_ID)[-1].receiver == BORIS


async def test_it_may_be_shown_in_place_of_the_pressed_message(bot, telegram, pressed):
    instead = only(BORIS, callback_query_id=pressed.id, replace_callback_query_message=True)
    await bot.send_message(GROUP_ID, "just for you", ephemeral_message_parameters=instead)
    assert telegram.world.messages(GROUP_ID)[-1].replaces is pressed.message


async def test_only_what_everyone_sees_can_be_replaced_for_one(bot, telegram, pressed):
    asked = only(BORIS, callback_query_id=pressed.id)
    await bot.send_message(GROUP_ID, "wait", ephemeral_message_parameters=asked, reply_markup=ASK)
    before = telegram.world.messages(GROUP_ID)
    again = telegram.press(BORIS.id, GROUP_ID, before[-1], "QR")
    for query_id in (again.id, "999"):
        telegram.set_bot_admin(GROUP_ID)
        instead = only(BORIS, callback_query_id=query_id, replace_callback_query_message=True)
        with pytest.raises(TelegramBadRequest, match="can't be replaced this way"):
            await bot.send_message(GROUP_ID, "x", ephemeral_message_parameters=instead)
    assert telegram.world.messages(GROUP_ID) == before
