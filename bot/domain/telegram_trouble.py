"""Why Telegram gives this bot no updates, where its answer tells."""

from enum import StrEnum


class TelegramTrouble(StrEnum):
    """The values are what `/healthz` says."""

    ANOTHER_PROGRAM = "another_program"  # it fetches the updates of this bot, with its token
    WEBHOOK = "webhook"  # it has had them sent to an address of its own
    TOKEN = "token"  # noqa: S105 - it was revoked, or is wrong
