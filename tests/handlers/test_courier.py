"""What Telegram answers, and what that means for a letter."""

import pytest
from aiogram.methods import EditMessageCaption, EditMessageText, SendDocument, SendMessage
from recording import Recording, recording, refusal
from shown import CATALOGS, HOSTILE, NOW, entries, entry, message

from bot.alerts.courier import CardLost, Delivered, Gone, MessageKind, Moved, RetryLater, TopicGone
from bot.domain.notice import ChatAddress
from handlers.telegram.courier import TelegramCourier

NEW, EDIT, BACK = MessageKind.NEW, MessageKind.EDIT, MessageKind.BACK


async def deliver(*script, kind=NEW, name="Салон", **more):
    """The outcome of a letter, and the calls that were made for it."""
    bot, session = recording(*script)
    courier = TelegramCourier(bot, CATALOGS, lambda: NOW)
    closed_at = NOW if kind is BACK else None
    outcome = await courier.deliver(
        message(entry(name=name, closed_at=closed_at), kind=kind, **more)
    )
    return outcome, session.asked


async def test_a_new_letter_is_a_message_with_buttons_and_without_previews():
    outcome, (sent,) = await deliver()
    assert outcome == Delivered(101)
    assert isinstance(sent, SendMessage)
    assert sent.text.startswith("🔴 <b>962302 Салон</b>")
    assert sent.link_preview_options.is_disabled
    assert sent.reply_markup.inline_keyboard[0][0].callback_data == "do:reset:962302"
    assert not sent.disable_notification


async def test_a_letter_to_a_topic_goes_into_the_topic():
    bot, session = recording()
    courier = TelegramCourier(bot, CATALOGS, lambda: NOW)
    one = message(entry())
    await courier.deliver(type(one)(**(vars(one) | {"address": ChatAddress(-100, 45)})))
    assert session.asked[0].message_thread_id == 45


async def test_a_silent_letter_makes_no_sound():
    _, (sent,) = await deliver(silent=True)
    assert sent.disable_notification


async def test_an_edit_changes_the_card_it_names():
    outcome, (edited,) = await deliver(kind=EDIT, message_id=7)
    assert outcome == Delivered(7)
    assert isinstance(edited, EditMessageText)
    assert edited.message_id == 7


async def test_an_edit_without_a_card_asks_for_a_new_one():
    outcome, asked = await deliver(kind=EDIT)
    assert (outcome, asked) == (CardLost(), [])


async def test_a_recovery_replies_to_its_card_even_if_that_is_gone():
    _, (sent,) = await deliver(kind=BACK, message_id=7)
    assert sent.reply_parameters.message_id == 7
    assert sent.reply_parameters.allow_sending_without_reply


async def test_a_letter_speaks_the_language_of_its_chat():
    bot, session = recording()
    one = message(entry())
    english = type(one)(**(vars(one) | {"language": "en"}))
    await TelegramCourier(bot, CATALOGS, lambda: NOW).deliver(english)
    assert "The link was revoked" in session.asked[0].text


async def test_an_edit_that_changes_nothing_is_done():
    same = refusal(400, "Bad Request: message is not modified: specified new message content")
    outcome, _ = await deliver(same, kind=EDIT, message_id=7)
    assert outcome == Delivered(7)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (EDIT, "message to edit not found"),
        (EDIT, "message can't be edited"),
        (EDIT, "MESSAGE_ID_INVALID"),
        (BACK, "message to be replied not found"),
    ],
)
async def test_a_card_that_is_not_there_is_lost(kind, said):
    outcome, asked = await deliver(refusal(400, f"Bad Request: {said}"), kind=kind, message_id=7)
    assert outcome == CardLost()
    assert len(asked) == 1


@pytest.mark.parametrize("said", ["message thread not found", "TOPIC_CLOSED", "TOPIC_DELETED"])
async def test_a_topic_that_takes_nothing_is_gone(said):
    outcome, _ = await deliver(refusal(400, f"Bad Request: {said}"))
    assert outcome == TopicGone()


@pytest.mark.parametrize(
    ("code", "said", "reason"),
    [
        (403, "Forbidden: bot was blocked by the user", "blocked"),
        (403, "Forbidden: bot was kicked from the supergroup chat", "kicked"),
        (403, "Forbidden: user is deactivated", "deactivated"),
        (403, "Forbidden: bot can't initiate conversation with a user", "can't initiate"),
        (403, "Forbidden: something new", "forbidden"),
        (400, "Bad Request: chat not found", "chat not found"),
        (400, "Bad Request: have no rights to send a message", "may not write"),
        (400, "Bad Request: not enough rights to send text messages to the chat", "may not write"),
    ],
)
async def test_a_chat_that_takes_nothing_is_gone(code, said, reason):
    outcome, _ = await deliver(refusal(code, said))
    assert outcome == Gone(reason)


async def test_a_group_that_moved_names_its_new_id():
    moved = refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1001)
    outcome, _ = await deliver(moved)
    assert outcome == Moved(-1001)


async def test_too_many_messages_are_told_with_telegrams_own_pause():
    outcome, _ = await deliver(refusal(429, "Too Many Requests: retry after 17", retry_after=17))
    assert (outcome.after_s, outcome.everywhere) == (17, False)


@pytest.mark.parametrize(
    "trouble",
    [
        refusal(500, "Internal Server Error"),
        refusal(502, "Bad Gateway"),
        refusal(500, "restart"),
        refusal(418, "I am a teapot"),
        (502, "<html>Bad Gateway</html>"),
        (200, {"ok": True, "result": "no message"}),
        Recording.NETWORK,
        TimeoutError(),
    ],
)
async def test_trouble_on_the_way_is_tried_again(trouble):
    outcome, asked = await deliver(trouble)
    assert isinstance(outcome, RetryLater)
    assert (outcome.after_s, outcome.everywhere) == (None, True)
    assert len(asked) == 1


@pytest.mark.parametrize("code", [401, 404, 409])
async def test_a_refused_token_is_left_alone_for_long(code):
    outcome, _ = await deliver(refusal(code, "Unauthorized"))
    assert isinstance(outcome, RetryLater)
    assert outcome.everywhere
    assert outcome.after_s >= 60


@pytest.mark.parametrize(
    "said", ["can't parse entities: oh", "message is too long", "BUTTON_DATA_INVALID"]
)
@pytest.mark.parametrize("kind", [NEW, EDIT])
async def test_rejected_content_goes_out_as_plain_words(said, kind):
    rejected = refusal(400, f"Bad Request: {said}")
    outcome, (_, again) = await deliver(rejected, kind=kind, message_id=7, name="<b>")
    assert isinstance(outcome, Delivered)
    assert again.text.startswith("🔴 962302 <b>\n")
    assert again.parse_mode is None
    assert again.reply_markup is None


async def test_content_rejected_twice_is_kept_for_a_slow_retry():
    rejected = refusal(400, "Bad Request: can't parse entities: oh")
    outcome, asked = await deliver(rejected, rejected)
    assert isinstance(outcome, Gone)
    assert len(asked) == 2


async def test_a_pause_asked_for_at_the_second_try_is_kept():
    rejected = refusal(400, "Bad Request: can't parse entities: oh")
    outcome, _ = await deliver(rejected, refusal(429, "Too Many Requests", retry_after=3))
    assert outcome.after_s == 3


async def test_every_call_has_an_end():
    bot, session = recording()
    await TelegramCourier(bot, CATALOGS, lambda: NOW).deliver(message(entry(name=HOSTILE)))
    assert 0 < session.timeouts[0] < 30


async def test_the_token_is_in_no_outcome():
    outcome, _ = await deliver(refusal(401, "Unauthorized"))
    assert "TEST-TOKEN" not in repr(outcome)


async def crowd(*script, kind=NEW, **more):
    """The outcome of a letter about more companies than a phone can read, and its calls."""
    bot, session = recording(*script)
    courier = TelegramCourier(bot, CATALOGS, lambda: NOW)
    outcome = await courier.deliver(message(*entries(1100), kind=kind, **more))
    return outcome, session.asked


async def test_a_crowd_is_a_file_with_its_counts_as_caption():
    outcome, (sent,) = await crowd()
    assert outcome == Delivered(101)
    assert isinstance(sent, SendDocument)
    assert sent.document.data.decode().count("Салон") == 1100
    assert "1\u00a0100" in sent.caption


async def test_the_card_of_a_crowd_changes_its_caption():
    outcome, (edited,) = await crowd(kind=EDIT, message_id=7)
    assert outcome == Delivered(7)
    assert isinstance(edited, EditMessageCaption)


async def test_a_chat_that_takes_no_files_gets_the_counts():
    said = "Bad Request: not enough rights to send documents to the chat"
    outcome, (_, sent) = await crowd(refusal(400, said))
    assert isinstance(outcome, Delivered)
    assert isinstance(sent, SendMessage)
    assert "не принимает файлы" in sent.text


async def test_the_card_of_such_a_chat_changes_its_text():
    said = "Bad Request: there is no caption in the message to edit"
    outcome, (_, edited) = await crowd(refusal(400, said), kind=EDIT, message_id=7)
    assert outcome == Delivered(7)
    assert isinstance(edited, EditMessageText)


async def test_what_is_too_large_twice_is_kept_for_a_slow_retry():
    large = refusal(413, "Request Entity Too Large")
    outcome, (_, again) = await deliver(large, large)
    assert isinstance(outcome, Gone)
    assert again.parse_mode is None
