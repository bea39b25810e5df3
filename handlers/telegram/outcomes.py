"""Reads what Telegram means by a failure: an error goes in, an outcome comes out.

A refusal is *ours* (markup, buttons, length: Refused), *the chat's* (rights, media, restricted,
slow mode, gone: Gone, kept and tried again slowly), or *passing* (RetryLater).
"""

import structlog
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
    "message_edit_time_expired",
    "message to be replied not found",
    "replied message not found",
    "reply message not found",
)
_TOPIC_GONE = (
    "message thread not found",
    "message_thread_id_invalid",
    "topic_closed",
    "topic_deleted",
    "topic_id_invalid",
    "topic closed",
)
# The content is at fault: in plain words, without buttons and shorter, it passes.
_OURS = (
    "can't parse",
    "can't find end",
    "unsupported start tag",
    "entit",
    "too long",
    "too_long",
    "message text is empty",
    "message must be non-empty",
    "message_empty",
    "text must be",
    "text is empty",
    "button",
    "keyboard",
    "reply_markup",
    "reply markup",
    "copy_text",
    "there is no caption in the message",
    "there is no text in the message",
    "wrong http url",
    "url_invalid",
    "url host is empty",
    "strings must be encoded in utf-8",
    "file is too big",
    "file must be non-empty",
)
# It is over by itself.
_PASSING = ("retry later", "try again", "internal", "timeout", "timed out", "temporar", "overload")
_REASONS = {
    "chat not found": "chat not found",
    "peer_id_invalid": "chat not found",
    "chat_id_invalid": "chat not found",
    "channel_invalid": "chat not found",
    "channel_private": "chat not found",
    "user not found": "chat not found",
    "user is deactivated": "deactivated",
    "user_deactivated": "deactivated",
    "user_is_blocked": "blocked",
    "blocked": "blocked",
    "kicked": "kicked",
    "user_banned_in_channel": "may not write",
    "not a member": "not a member",
    "can't initiate": "can't initiate",
    "bot can't send messages to bots": "forbidden",
    "write_forbidden": "may not write",
    "send_plain_forbidden": "may not write",
    "no rights": "may not write",
    "not enough rights": "may not write",
    "administrator rights": "may not write",
    "admin_required": "may not write",
    "restricted": "may not write",
    "slowmode": "slow mode",
    "slow mode": "slow mode",
    "upgraded": "upgraded",
    "deleted": "chat not found",
    "forbidden": "forbidden",
}
UNKNOWN = "not accepted"

log = structlog.get_logger()


def outcome_of(
    error: AiogramError | TimeoutError, message_id: int | None, *, edits: bool = False
) -> Outcome:
    """What a failure asks for, of a call about this message (None: about a new one).

    `edits` where that message was to be changed: then a chat that says something unknown may still
    take new messages.
    """
    if isinstance(error, TelegramBadRequest):
        return _meaning(error, message_id, edits=edits)
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
            return Gone(_reason(said) or "forbidden")
        case TelegramEntityTooLarge(message=said):
            return Refused(said)
        case TelegramUnauthorizedError() | TelegramConflictError() | TelegramNotFound():
            return RetryLater(after_s=_TOKEN_PAUSE_S, everywhere=True, reason="token refused")
    return RetryLater(after_s=None, everywhere=True, reason=type(error).__name__)


def _meaning(error: TelegramBadRequest, message_id: int | None, *, edits: bool) -> Outcome:
    """What a 400 says about the chat, the card or the content."""
    text = error.message.lower()
    if any(words in text for words in _SAME):
        return Delivered(message_id)
    if message_id is not None and any(words in text for words in _CARD_LOST):
        return CardLost()
    if any(words in text for words in _TOPIC_GONE):
        return TopicGone()
    return _refusal(error, edits=edits and message_id is not None)


def _refusal(error: TelegramBadRequest, *, edits: bool) -> Outcome:
    """Whose fault it is that nothing went out: the chat's, ours, or nobody's for long."""
    text = error.message.lower()
    reason = _reason(text)
    if reason is not None:
        return Gone(reason)
    if any(words in text for words in _OURS):
        return Refused(error.message)
    if any(words in text for words in _PASSING):
        return RetryLater(after_s=None, everywhere=True, reason="refused for the moment")
    # A text nobody knows is the chat's, never ours: what it refused is kept.
    log.warning("unknown_refusal", said=error.message)
    return CardLost() if edits else Gone(UNKNOWN)


def _reason(text: str) -> str | None:
    """Why the chat takes nothing, as it is stored; None for a text nobody knows."""
    text = text.lower()
    return next((reason for words, reason in _REASONS.items() if words in text), None)
