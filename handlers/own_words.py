"""Whether a message is what its sender typed here. PURE.

Decided by what may act: a message all of whose fields are known to be harmless. Any other field
that the Bot API knows refuses it; one that it does not know yet lets questions pass, no changes.
"""

from collections.abc import Set as AbstractSet
from enum import StrEnum

from aiogram.types import Message


class NotOwn(StrEnum):
    """Why words are not taken as the sender's own."""

    FORWARDED = "forwarded"
    VIA_BOT = "via_bot"
    QUOTE = "quote"
    EDITED = "edited"
    CAPTION = "caption"
    OTHER = "other"


# Fields of a text that its sender typed into this chat, by Telegram's names.
OWN = frozenset(
    {
        "message_id", "ephemeral_message_id", "date", "chat", "from", "message_thread_id",
        "is_topic_message", "text", "entities", "reply_to_message", "link_preview_options",
        "effect_id", "has_protected_content", "sender_boost_count", "sender_tag", "receiver_user",
    }
)  # fmt: skip

_TELLING: dict[NotOwn, frozenset[str]] = {
    NotOwn.FORWARDED: frozenset({"forward_origin", "is_automatic_forward"}),
    NotOwn.VIA_BOT: frozenset({"via_bot", "sender_business_bot", "guest_bot_caller_user"}),
    NotOwn.QUOTE: frozenset({"quote", "external_reply", "reply_to_story"}),
    NotOwn.EDITED: frozenset({"edit_date"}),
    NotOwn.CAPTION: frozenset({"caption", "caption_entities"}),
}
# What people send instead of a text; all else that has no text is Telegram's own report.
_MEDIA = frozenset(
    {
        "animation", "audio", "checklist", "contact", "dice", "document", "game", "live_photo",
        "location", "paid_media", "photo", "poll", "rich_message", "sticker", "story", "venue",
        "video", "video_note", "voice",
    }
)  # fmt: skip
_KNOWN = frozenset(field.alias or name for name, field in Message.model_fields.items())


def not_own(fields: AbstractSet[str]) -> NotOwn | None:
    """Why a message with these fields is not its sender's own words; None when it is."""
    if any(field.startswith("forward") for field in fields):
        return NotOwn.FORWARDED
    for reason, telling in _TELLING.items():
        if fields & telling:
            return reason
    return NotOwn.OTHER if (fields & _KNOWN) - OWN or "text" not in fields else None


def is_sure(fields: AbstractSet[str]) -> bool:
    """Whether every field is known: one of a newer Bot API may mean somebody else's words."""
    return fields <= _KNOWN


def was_meant(fields: AbstractSet[str]) -> bool:
    """Whether a person sent something; else Telegram reports, and nobody waits for an answer."""
    return bool(fields & (_MEDIA | {"text", "caption"}))
