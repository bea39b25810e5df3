"""Reads what Telegram means by a failure: an error goes in, an outcome comes out."""

from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)

from bot.alerts.courier import (
    CardLost,
    Delivered,
    Gone,
    Moved,
    Outcome,
    Refused,
    RetryLater,
    TopicGone,
)

# A refused token is mended by a person: asking every second helps nobody.
_TOKEN_PAUSE_S = 60.0
# What Telegram says in a 400, in lower case, and what that means. It has no codes for these.
_SAME = ("message is not modified",)
_CARD_LOST = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message to be replied not found",
    "replied message not found",
)
_TOPIC_GONE = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
_GONE = {
    "chat not found": "chat not found",
    "peer_id_invalid": "chat not found",
    "user is deactivated": "deactivated",
    "chat_write_forbidden": "may not write",
    "have no rights to send": "may not write",
    "not enough rights": "may not write",
    "chat_restricted": "may not write",
}
# What a 403 is about.
_FORBIDDEN = ("blocked", "kicked", "deactivated", "not a member", "can't initiate")


def outcome_of(error: AiogramError | TimeoutError, message_id: int | None) -> Outcome:
    """What a failure asks for, of a call about this message (None: about a new one)."""
    if isinstance(error, TelegramBadRequest):
        return _meaning(error, message_id)
    if isinstance(error, TimeoutError):
        return RetryLater(after_s=None, everywhere=True, reason="no answer in time")
    return _failure(error)


def _failure(error: AiogramError) -> Outcome:
    """What all else asks for. Whatever is not known is tried again, never dropped."""
    match error:
        case TelegramRetryAfter(retry_after=after_s):
            return RetryLater(after_s=after_s, everywhere=False, reason="too many messages")
        case TelegramMigrateToChat(migrate_to_chat_id=new_chat_id):
            return Moved(new_chat_id)
        case TelegramForbiddenError(message=said):
            return Gone(next((word for word in _FORBIDDEN if word in said.lower()), "forbidden"))
        case TelegramEntityTooLarge(message=said):
            return Refused(said)
        case TelegramUnauthorizedError() | TelegramConflictError() | TelegramNotFound():
            return RetryLater(after_s=_TOKEN_PAUSE_S, everywhere=True, reason="token refused")
    return RetryLater(after_s=None, everywhere=True, reason=type(error).__name__)


def _meaning(error: TelegramBadRequest, message_id: int | None) -> Outcome:
    """What a 400 says about the chat, the card or the content."""
    said = error.message.lower()
    if any(words in said for words in _SAME):
        return Delivered(message_id)
    if any(words in said for words in _CARD_LOST):
        return CardLost()
    if any(words in said for words in _TOPIC_GONE):
        return TopicGone()
    for words, reason in _GONE.items():
        if words in said:
            return Gone(reason)
    return Refused(error.message)
