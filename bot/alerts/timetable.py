"""Which chat is due for a message, and when. `now` is an argument."""

from datetime import datetime

from bot.alerts.grouping import Agenda, Groups, SendPlan, order, plan
from bot.alerts.pending import Pending
from bot.domain.timing import Timing


class Timetable:
    """Plans a chat anew only when something about it has changed, or it is due."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._next_at: dict[int, datetime] = {}
        self._changed: set[int] = set()
        self._reading = 0

    def change(self, chat_id: int) -> None:
        """A message to this chat was sent, or tried."""
        self._changed.add(chat_id)

    def due(self, book: Pending, reading: int, groups: Groups, now: datetime) -> Agenda:
        """What is due in the chats with news; in all chats after a further reading."""
        chats = {*self._changed, *(chat for chat, at in self._next_at.items() if at <= now)}
        if reading != self._reading:
            self._next_at.clear()
            chats |= book.pages.keys()
        self._reading = reading
        self._changed.clear()
        send_plans: list[SendPlan] = []
        cardless: list[int] = []
        for chat_id in chats:
            agenda = self.of_chat(book, chat_id, groups, now)
            send_plans += agenda.send_plans
            cardless += agenda.cardless
            self._next_at.pop(chat_id, None)
            if agenda.next_at is not None:
                self._next_at[chat_id] = agenda.next_at
        return Agenda(
            send_plans=tuple(sorted(send_plans, key=order)),
            cardless=tuple(cardless),
            next_at=min(self._next_at.values(), default=None),
        )

    def of_chat(self, book: Pending, chat_id: int, groups: Groups, now: datetime) -> Agenda:
        """All that is due in one chat."""
        page = book.page(chat_id)
        return plan(page.notices, page.system_notices, book.cards, groups, now, self._timing)
