"""What goes through a session beside its own state: customers' messages, and acknowledgements.

A session can be deaf: connected, sending, and handing on nothing that comes in. A new socket cures
it. WhatsApp acknowledges what a gateway has sent; that can be held back, or be a refusal.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


class Receipt(StrEnum):
    """What WhatsApp says of a message that was sent."""

    SERVER = "server"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class Passing:
    """A message that came in, or what became of one that was sent: then `receipt` says it.

    `code` is the number of a refusal.
    """

    company: str
    at: datetime
    id: str
    receipt: Receipt | None = None
    code: int | None = None


@dataclass
class Traffic:
    """Tells of what passes. `acknowledges`: WhatsApp answers for what was sent."""

    tell: Callable[[Passing], None] = lambda _: None
    acknowledges: bool = True
    deaf: set[str] = field(default_factory=set)

    def arrives(self, company: str) -> None:
        """A customer has written to it."""
        if company not in self.deaf:
            self.tell(Passing(company=company, at=datetime.now(UTC), id="3EB0FAKEINCOMING0001"))

    def sent(self, company: str, message_id: str, refusal: int | None = None) -> None:
        """A message has gone out; WhatsApp acknowledges it, or refuses it."""
        if self.acknowledges:
            receipt = Receipt.SERVER if refusal is None else Receipt.ERROR
            now = datetime.now(UTC)
            self.tell(
                Passing(company=company, at=now, id=message_id, receipt=receipt, code=refusal)
            )
