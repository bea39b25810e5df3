"""The event that a session has moved to another phase, for pushes and listeners."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox.gateway.session import Phase


@dataclass(frozen=True, kw_only=True)
class Happening:
    """A session has moved to `phase`.

    `closed_with` is the last code WhatsApp ever closed it with, also of long ago; None: never.
    """

    company: str
    at: datetime
    phase: Phase
    closed_with: int | None
    qr: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
