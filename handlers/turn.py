"""One update's turn: who asks, where, in which language."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.access import Person
from bot.domain.notice import ChatAddress
from bot.texts import Texts


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What every handler needs to know of the update it serves.

    `key` names the update, so that one that is delivered twice acts once. `press` is the id of a
    button's press, None for a message.
    """

    person: Person
    texts: Texts
    address: ChatAddress
    title: str
    private: bool
    key: str
    now: datetime
    press: str | None = None
