"""Whatever Telegram answers, no alert is lost: real texts sorted by whose fault they are."""

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.methods import SendMessage
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.courier import CardLost, Delivered, Gone, Refused, RetryLater, TopicGone
from handlers.telegram.outcomes import outcome_of

METHOD = SendMessage(chat_id=1, text="x")

THE_CHATS = [
    "Bad Request: chat not found",
    "Bad Request: PEER_ID_INVALID",
    "Bad Request: CHANNEL_PRIVATE",
    "Bad Request: CHANNEL_INVALID",
    "Bad Request: CHAT_ID_INVALID",
    "Bad Request: user not found",
    "Bad Request: user is deactivated",
    "Bad Request: need administrator rights in the channel chat",
    "Bad Request: not enough rights to send text messages to the chat",
    "Bad Request: not enough rights to send photos to the chat",
    "Bad Request: not enough rights to send documents to the chat",
    "Bad Request: not enough rights",
    "Bad Request: have no rights to send a message",
    "Bad Request: CHAT_WRITE_FORBIDDEN",
    "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN",
    "Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN",
    "Bad Request: CHAT_SEND_MEDIA_FORBIDDEN",
    "Bad Request: CHAT_SEND_DOCS_FORBIDDEN",
    "Bad Request: CHAT_RESTRICTED",
    "Bad Request: CHAT_ADMIN_REQUIRED",
    "Bad Request: CHAT_GUEST_SEND_FORBIDDEN",
    "Bad Request: USER_IS_BLOCKED",
    "Bad Request: USER_BANNED_IN_CHANNEL",
    "Bad Request: USER_RESTRICTED",
    "Bad Request: SLOWMODE_WAIT_30",
    "Bad Request: group chat was upgraded to a supergroup chat",
    "Bad Request: group chat was deactivated",
    "Bad Request: the group has been deleted",
    "Bad Request: ALLOW_PAYMENT_REQUIRED_5",
    "Bad Request: PAYMENT_REQUIRED",
    "Bad Request: BOT_GROUPS_BLOCKED",
    "Bad Request: a sentence that Telegram will think of next year",
]
FORBIDDEN = [
    "Forbidden: bot was blocked by the user",
    "Forbidden: bot was kicked from the group chat",
    "Forbidden: bot was kicked from the supergroup chat",
    "Forbidden: bot was kicked from the channel chat",
    "Forbidden: bot is not a member of the supergroup chat",
    "Forbidden: bot is not a member of the channel chat",
    "Forbidden: bot can't initiate conversation with a user",
    "Forbidden: bot can't send messages to bots",
    "Forbidden: user is deactivated",
    "Forbidden: the group chat was deleted",
    "Forbidden: the group chat was upgraded to a supergroup",
    "Forbidden: CHAT_WRITE_FORBIDDEN",
]
OURS = [
    'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0',
    "Bad Request: can't parse entities: Can't find end tag corresponding to start tag b",
    "Bad Request: can't parse inline keyboard button: Text buttons are unallowed",
    "Bad Request: message is too long",
    "Bad Request: MESSAGE_TOO_LONG",
    "Bad Request: message caption is too long",
    "Bad Request: MEDIA_CAPTION_TOO_LONG",
    "Bad Request: message text is empty",
    "Bad Request: BUTTON_DATA_INVALID",
    "Bad Request: BUTTON_URL_INVALID",
    "Bad Request: BUTTON_TYPE_INVALID",
    "Bad Request: BUTTON_COPY_TEXT_INVALID",
    "Bad Request: ENTITY_BOUNDS_INVALID",
    "Bad Request: ENTITIES_TOO_LONG",
    "Bad Request: REPLY_MARKUP_TOO_LONG",
    "Bad Request: object expected as reply markup",
    "Bad Request: there is no caption in the message to edit",
    "Bad Request: inline keyboard button URL 'x' is invalid: Wrong HTTP URL",
]
PASSING = [
    "Bad Request: internal server error",
    "Bad Request: INTERDC_2_CALL_ERROR: retry later",
    "Bad Request: Timeout",
    "Bad Request: the service is temporarily unavailable",
]
TOPICS = [
    "Bad Request: message thread not found",
    "Bad Request: TOPIC_CLOSED",
    "Bad Request: TOPIC_DELETED",
    "Bad Request: TOPIC_ID_INVALID",
]
CARDS = [
    "Bad Request: message to edit not found",
    "Bad Request: message can't be edited",
    "Bad Request: MESSAGE_ID_INVALID",
    "Bad Request: message to be replied not found",
]


def of(said, message_id=None, **how):
    kind = TelegramForbiddenError if said.startswith("Forbidden") else TelegramBadRequest
    return outcome_of(kind(METHOD, said), message_id, **how)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        *((said, Gone) for said in [*THE_CHATS, *FORBIDDEN]),
        *((said, Refused) for said in OURS),
        *((said, RetryLater) for said in PASSING),
        *((said, TopicGone) for said in TOPICS),
    ],
)
def test_a_refusal_is_sorted_by_whose_fault_it_is(said, kind):
    assert isinstance(of(said), kind)


@pytest.mark.parametrize("said", CARDS)
def test_a_card_that_is_not_there_is_written_anew(said):
    assert of(said, 7, edits=True) == CardLost()


def test_an_edit_that_is_refused_for_unknown_reasons_becomes_a_new_message():
    assert of("Bad Request: what is this", 7, edits=True) == CardLost()


words = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from([*THE_CHATS, *OURS, *CARDS]), max_size=3).map(" ".join),
)


@given(st.sampled_from(["Bad Request: ", "Forbidden: ", ""]), words, st.booleans(), st.booleans())
def test_no_text_drops_an_alert(prefix, said, replies, edits):
    """A letter is delivered, due again, kept for later, or about content that is made plain."""
    outcome = of(prefix + said, 7 if replies else None, edits=edits)
    assert isinstance(outcome, Delivered | RetryLater | TopicGone | CardLost | Gone | Refused)
    if isinstance(outcome, Delivered):
        assert "message is not modified" in said
    if isinstance(outcome, CardLost):
        assert replies


def test_asyncio_timeouts_are_passing():
    assert isinstance(outcome_of(TimeoutError(), None), RetryLater)
