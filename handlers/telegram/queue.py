"""What goes to Telegram next, and when. PURE: `now` is an argument, nothing is sent here."""

import bisect
import math
from collections.abc import Hashable
from dataclasses import dataclass, field

from bot.domain.urgency import Urgency
from handlers.telegram.pace import Pace

TYPING_AFTER_S = 5.0  # whoever waits longer sees "typing", which lasts as long
# What a person looks at the chat for.
_AWAITED = frozenset({Urgency.CODE, Urgency.ANSWER})
# Of these each ticket counts, even while none may go: "typing" is due, or it is within a turn.
_LOOKED_THROUGH = _AWAITED | {Urgency.NOW}


@dataclass(frozen=True)
class Edit:
    """Which message an edit changes, and which of its `parts` it replaces."""

    message: Hashable
    parts: frozenset[str]


@dataclass(eq=False, kw_only=True)
class Ticket:
    """One call that waits, or is under way; `number` grows with each, `place` is that in the queue.

    `after` is the moment before which it may not go, `within` the ticket in whose turn it is a
    further call; `thread_id` is for "typing"; `answered` when Telegram has counted its last call.
    """

    chat_id: int | str
    urgency: Urgency
    number: int
    place: int
    since: float
    edit: Edit | None = None
    after: float = -math.inf
    within: "Ticket | None" = None
    thread_id: int | None = None
    typed_at: float = -math.inf
    answered: bool = False

    @property
    def order(self) -> tuple[int, int]:
        """Its place in the queue."""
        return (self.urgency, self.place)


@dataclass(frozen=True, kw_only=True)
class Next:
    """What to do now: let `ticket` go, or come back at `at` (infinite: when a call has ended)."""

    ticket: Ticket | None
    at: float
    typing: tuple[Ticket, ...] = ()


@dataclass
class Queue:
    """Who waits for a turn, who has one. One call is under way in each chat."""

    pace: Pace = field(default_factory=Pace)
    waiting: list[Ticket] = field(default_factory=list)
    turns: dict[int | str, Ticket] = field(default_factory=dict)

    def put(self, ticket: Ticket) -> list[Ticket]:
        """Let it wait; the edits that will never go: those whose place it takes, or it itself."""
        edits = () if ticket.edit is None else tuple(self.waiting)
        if any(_supersedes(other, ticket) for other in edits):
            return [ticket]
        old = [other for other in edits if _supersedes(ticket, other)]
        for other in old:
            self.waiting.remove(other)
            # It takes over their place as well: an edit that is renewed for ever still goes out.
            ticket.urgency = min(ticket.urgency, other.urgency)
            ticket.place = min(ticket.place, other.place)
            ticket.since = min(ticket.since, other.since)
        bisect.insort(self.waiting, ticket, key=lambda waiting: waiting.order)
        return old

    def raise_to(self, ticket: Ticket, urgency: Urgency) -> None:
        """It has become more urgent while it waited."""
        if ticket in self.waiting and urgency < ticket.urgency:
            self.waiting.remove(ticket)
            ticket.urgency = urgency
            bisect.insort(self.waiting, ticket, key=lambda waiting: waiting.order)

    def next(self, now: float) -> Next:
        """The most urgent ticket that may go now, else when to look again."""
        soonest, known, overall = math.inf, {}, {}
        late: list[Ticket] = []
        place = 0
        while place < len(self.waiting):
            ticket = self.waiting[place]
            urgency = ticket.urgency
            if urgency not in overall:
                overall[urgency] = self.pace.overall(urgency, now)
                if urgency not in _LOOKED_THROUGH and overall[urgency] > now:
                    # None of its class may go yet: a thousand that wait cost what one costs.
                    soonest = min(soonest, overall[urgency])
                    place = self._end_of(urgency)
                    continue
            place += 1
            turn = self.turns.get(ticket.chat_id)
            if turn is not ticket.within:
                continue  # the end of that call brings us back
            key = (ticket.chat_id, urgency)
            if key not in known:
                known[key] = self.pace.earliest(*key, now)
            # A further call in a turn is within what is under way.
            all_at = now if ticket.within is not None else overall[urgency]
            at = max(known[key], all_at, ticket.after)
            if at <= now:
                return Next(ticket=ticket, at=now, typing=tuple(late))
            soonest = min(soonest, at)
            if urgency in _AWAITED and not self.pace.is_held(ticket.chat_id, now):
                typing_at = max(ticket.since, ticket.typed_at) + TYPING_AFTER_S
                late += [ticket] if typing_at <= now else []
                soonest = min(soonest, typing_at) if typing_at > now else soonest
        return Next(ticket=None, at=soonest, typing=tuple(late))

    def _end_of(self, urgency: Urgency) -> int:
        """Where the next class begins among those who wait."""
        after = (urgency + 1, 0)
        return bisect.bisect_left(self.waiting, after, key=lambda waiting: waiting.order)

    def begin(self, ticket: Ticket, now: float) -> None:
        """It has its turn; a further call within one follows on the call that was made there."""
        self.waiting.remove(ticket)
        if ticket.within is None:
            self.turns[ticket.chat_id] = ticket
        else:
            self.pace.end(ticket.chat_id, now, made=True, answered=ticket.within.answered)
            ticket.within.answered = False
        self.pace.begin()

    def answer(self, ticket: Ticket, now: float) -> None:
        """Telegram has answered its call; its turn goes on until what came of it is written."""
        if self.turns.get(ticket.chat_id) is ticket and not ticket.answered:
            ticket.answered = True
            self.pace.answered(ticket.chat_id, now)

    def end(self, ticket: Ticket, now: float, *, made: bool) -> None:
        """Its turn is over; `made` unless no call was made in it."""
        if ticket.within is not None:
            return
        if self.turns.get(ticket.chat_id) is ticket:
            del self.turns[ticket.chat_id]
            self.pace.end(ticket.chat_id, now, made=made, answered=ticket.answered)

    def leave(self, ticket: Ticket) -> None:
        """It does not want to go any more."""
        if ticket in self.waiting:
            self.waiting.remove(ticket)


def _supersedes(new: Ticket, old: Ticket) -> bool:
    if new.edit is None or old.edit is None or new.edit.message != old.edit.message:
        return False
    return old.number < new.number and old.edit.parts <= new.edit.parts
