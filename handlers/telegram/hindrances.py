"""Reads out of a refusal what stands in the way. PURE: texts in, a Hindrance out."""

from bot.domain.hindrance import Hindrance

# What Telegram says, in lower case; it has no codes for these. The first that fits counts.
_TEXTS: tuple[tuple[Hindrance, tuple[str, ...]], ...] = (
    (
        Hindrance.PHOTOS,
        ("send photos", "send_photos_forbidden", "send_media_forbidden", "send media"),
    ),
    (Hindrance.FILES, ("send documents", "send_docs_forbidden")),
    (Hindrance.TOPIC, ("thread", "topic")),
    (Hindrance.SLOW, ("slowmode", "slow mode")),
    (
        Hindrance.UNREACHABLE,
        (
            "blocked",
            "deactivated",
            "can't initiate",
            "user not found",
            "peer_id_invalid",
            "to bots",
        ),
    ),
    (
        Hindrance.OUT,
        (
            "kicked",
            "not a member",
            "chat not found",
            "channel_private",
            "channel_invalid",
            "chat_id_invalid",
            "deleted",
        ),
    ),
    (Hindrance.POSTING, ("in the channel", "admin_required", "administrator rights")),
    (
        Hindrance.WRITING,
        (
            "write",
            "rights",
            "send_plain_forbidden",
            "restricted",
            "user_banned",
            "send_forbidden",
            "payment_required",
        ),
    ),
)


def hindrance_of(reason: str, *, private: bool = False) -> Hindrance:
    """What to switch on, by what Telegram said about a chat."""
    reason = reason.lower()
    found = next(
        (hindrance for hindrance, texts in _TEXTS if any(text in reason for text in texts)),
        Hindrance.REFUSED,
    )
    return Hindrance.UNREACHABLE if private and found is Hindrance.OUT else found
