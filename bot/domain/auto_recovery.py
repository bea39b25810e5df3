"""How far the bot may go by itself to bring a session back."""

from enum import StrEnum


class AutoRecovery(StrEnum):
    """From least to most. Whatever stands here, only FULL lets the machine touch credentials."""

    OFF = "off"
    RECONNECT = "reconnect"
    FULL = "full"
