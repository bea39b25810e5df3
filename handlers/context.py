"""One update's turn: who asks, where, in which language."""

from dataclasses import dataclass
from datetime import datetime

from bot.actions.repairs import Order
from bot.domain.access import Person
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.procedure import ProcedureKind
from bot.texts import Texts


@dataclass(frozen=True, kw_only=True)
class RequestContext:
    """What every handler needs to know of the update it serves.

    `key` names the update, so that one that is delivered twice acts once. `press` is the id of a
    button's press, None for a message; `shown_at` is when the message with the button was written
    or last edited, by the clock of `now`, None where nobody knows.
    """

    person: Person
    texts: Texts
    address: ChatAddress
    title: str
    private: bool
    key: str
    now: datetime
    press: str | None = None
    shown_at: datetime | None = None

    def order(self, kind: ProcedureKind, company: Company) -> Order:
        """The order that this command or press is."""
        return Order(
            kind=kind,
            person=self.person,
            company=company,
            address=self.address,
            update_key=self.key,
            shown_at=self.shown_at,
        )
