import struct
import zlib

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import (
    BufferedInputFile,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyParameters,
)

from bot.sandbox.telegram import ANNA, GLEB, GROUP_ID


def png(width=8, height=8):
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (width + 1) * height)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def photo(**size):
    return BufferedInputFile(png(**size), "qr.png")


def keyboard(**button):
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", **button)]])


async def test_a_message_arrives_with_its_entities(bot, telegram):
    sent = await bot.send_message(GROUP_ID, "<b>Салон 🙂</b> &lt;вниз&gt; /qr")
    (message,) = telegram.world.messages(GROUP_ID)
    assert message.text == sent.text == "Салон 🙂 <вниз> /qr"
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [
        ("bold", 0, 8),
        ("bot_command", 16, 3),
    ]


async def test_a_photo_keeps_its_bytes_and_spoiler_and_protection(bot, telegram):
    sent = await bot.send_photo(
        ANNA.id, photo(), caption="<i>QR</i>", has_spoiler=True, protect_content=True
    )
    (message,) = telegram.world.messages(ANNA.id)
    assert message.photo == png()
    assert (sent.photo[-1].width, sent.caption) == (8, "QR")
    assert sent.has_media_spoiler
    assert sent.has_protected_content


async def test_a_sent_file_can_be_downloaded_again(bot):
    sent = await bot.send_document(ANNA.id, BufferedInputFile(b"# Post-mortem", "1.md"))
    file = await bot.download(sent.document.file_id)
    assert file.read() == b"# Post-mortem"
    assert sent.document.file_name == "1.md"


async def test_text_becomes_a_photo_in_the_same_message(bot, telegram):
    sent = await bot.send_message(GROUP_ID, "waiting")
    media = InputMediaPhoto(media=photo(), caption="scan", has_spoiler=True)
    edited = await bot.edit_message_media(media, chat_id=GROUP_ID, message_id=sent.message_id)
    (message,) = telegram.world.messages(GROUP_ID)
    assert (edited.message_id, edited.caption) == (sent.message_id, "scan")
    assert [earlier.text.plain for earlier in message.earlier] == ["waiting"]
    assert message.photo == png()


async def test_editing_a_text_without_buttons_takes_the_buttons_away(bot, telegram):
    sent = await bot.send_message(GROUP_ID, "lost", reply_markup=keyboard(callback_data="x"))
    await sent.edit_text("back")
    (message,) = telegram.world.messages(GROUP_ID)
    assert message.labels == []
    assert message.edit_date is not None


async def test_the_same_content_is_not_modified(bot):
    sent = await bot.send_message(GROUP_ID, "<b>one</b>")
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await sent.edit_text("<b>one</b>")


async def test_only_the_markup_may_change_alone(bot, telegram):
    sent = await bot.send_photo(GROUP_ID, photo(), caption="scan")
    await sent.edit_reply_markup(reply_markup=keyboard(copy_text=CopyTextButton(text="ABCD-EFGH")))
    (message,) = telegram.world.messages(GROUP_ID)
    assert (message.labels, message.text, message.photo) == (["Go"], "scan", png())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "message text is empty"),
        ("  \n ", "message text is empty"),
        ("я" * 4097, "message is too long"),
        ("🙂" * 2049, "message is too long"),
        ("<b>open", "Can't find end tag corresponding to start tag"),
        ("<b><i>x</b></i>", "Unmatched end tag at byte offset 7"),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<div>x</div>", 'Unsupported start tag "div"'),
        ("<span>x</span>", "must have class"),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<a href='x", "Unclosed start tag"),
        ("<tg-time unix='soon'>x</tg-time>", "Invalid Unix time"),
    ],
)
async def test_telegram_refuses_this_text(bot, telegram, text, reason):
    with pytest.raises(TelegramBadRequest, match=reason):
        await bot.send_message(GROUP_ID, text)
    assert telegram.world.messages(GROUP_ID) == []


async def test_the_limit_counts_what_is_left_after_parsing(bot):
    sent = await bot.send_message(GROUP_ID, "<b>" + "&amp;" * 4096 + "</b>")
    assert sent.text == "&" * 4096


async def test_a_caption_is_shorter_than_a_text(bot):
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_photo(GROUP_ID, photo(), caption="x" * 1025)


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"callback_data": "я" * 33}, "BUTTON_DATA_INVALID"),
        ({"callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({}, "Text buttons are unallowed"),
        ({"url": "file:///etc/passwd"}, "BUTTON_URL_INVALID"),
    ],
)
async def test_telegram_refuses_this_button(bot, button, reason):
    with pytest.raises(TelegramBadRequest, match=reason):
        await bot.send_message(GROUP_ID, "x", reply_markup=keyboard(**button))


async def test_what_is_no_picture_is_no_photo(bot):
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await bot.send_photo(GROUP_ID, BufferedInputFile(b"<html>", "qr.png"))
    with pytest.raises(TelegramBadRequest, match="PHOTO_INVALID_DIMENSIONS"):
        await bot.send_photo(GROUP_ID, photo(width=2100, height=100))


async def test_a_reply_needs_its_message(bot):
    first = await bot.send_message(GROUP_ID, "one")
    answer = await first.reply("two")
    assert answer.reply_to_message.message_id == first.message_id
    await first.delete()
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await first.reply("three")
    wish = ReplyParameters(message_id=first.message_id, allow_sending_without_reply=True)
    assert (await bot.send_message(GROUP_ID, "four", reply_parameters=wish)).message_id


async def test_what_is_gone_can_be_neither_edited_nor_deleted(bot, telegram):
    sent = await bot.send_message(GROUP_ID, "one")
    await sent.delete()
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await sent.edit_text("two")
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await sent.delete()
    assert [m.text for m in telegram.world.messages(GROUP_ID, deleted=True)] == ["one"]


async def test_after_two_days_a_message_stays(bot, clock):
    sent = await bot.send_message(ANNA.id, "one")
    clock.push(48 * 3600 + 1)
    with pytest.raises(TelegramBadRequest, match="can't be deleted for everyone"):
        await sent.delete()


async def test_others_messages_are_not_the_bots_to_change(bot, telegram):
    said = telegram.say(ANNA.id, GROUP_ID, "/status")
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("mine", chat_id=GROUP_ID, message_id=said.id)
    with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
        await bot.delete_message(GROUP_ID, said.id)


async def test_deleting_many_skips_what_is_not_there(bot, telegram):
    sent = [await bot.send_message(GROUP_ID, text) for text in ("one", "two")]
    await bot.delete_messages(GROUP_ID, [sent[0].message_id, 999])
    assert [m.text for m in telegram.world.messages(GROUP_ID)] == ["two"]


async def test_a_stranger_has_to_press_start_first(bot, telegram):
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(GLEB.id, "hello")
    telegram.join(GLEB.id, GROUP_ID)
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await bot.send_message(GLEB.id, "hello")
    telegram.say(GLEB.id, GLEB.id, "/start")
    assert (await bot.send_message(GLEB.id, "hello")).text == "hello"


async def test_a_file_known_by_its_id_is_sent_again(bot, telegram):
    first = await bot.send_photo(GROUP_ID, photo())
    await bot.send_photo(ANNA.id, first.photo[-1].file_id)
    assert telegram.world.messages(ANNA.id)[0].photo == png()
