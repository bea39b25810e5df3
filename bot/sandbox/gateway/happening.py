"""What has just become of a session, for those who are told without asking."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox.gateway.session import Phase


@dataclass(frozen=True, kw_only=True)
class Happening:
    """A session has moved. `closed_with` is the code WhatsApp last closed it with, ever."""

    company: str
    at: datetime
    phase: Phase
    closed_with: int | None
    qr: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
