"""What the bot may not do in a chat, as far as a person can change it."""

from enum import StrEnum


class Hindrance(StrEnum):
    """Each has a sentence `hindrance.<value>` that says what to switch on."""

    PHOTOS = "photos"
    FILES = "files"
    WRITING = "writing"
    POSTING = "posting"  # in a channel
    TOPIC = "topic"  # closed, or gone
    SLOW = "slow"  # slow mode
    OUT = "out"  # not a member any more
    UNREACHABLE = "unreachable"  # a private chat that was never begun, or is blocked
    REFUSED = "refused"  # in words that nobody knows
