"""Where every call to a chat waits for its turn: the queue's decisions, made true as time goes by.

One line for the whole program. The sender makes each call of the bot pass here.
"""

import asyncio
import contextlib
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

import structlog

from bot.domain.urgency import LineClosed, LineState, Urgency
from handlers.telegram.queue import Edit, Queue, Ticket

# At a stop: how long answers may still go out. Codes are cleared away before them.
LAST_WORDS_S = 2.0

# The turn within which a call is made.
current_turn: ContextVar["Turn | None"] = ContextVar("current_turn", default=None)

log = structlog.get_logger()


class Superseded(Exception):
    """A newer edit of the same message has taken the place of this one."""


class Time:
    """Seconds that only grow, and a call when some of them are over."""

    def now(self) -> float:
        """Of a clock that nobody sets."""
        return time.monotonic()

    def later(self, delay_s: float, act: Callable[[], None]) -> asyncio.Handle:
        """Call `act` then."""
        return asyncio.get_running_loop().call_later(delay_s, act)


@dataclass(eq=False)
class Turn:
    """A place in the line, and later the right to call one chat."""

    line: "CallLine"
    ticket: Ticket
    granted: asyncio.Future[None]
    began: float = 0.0
    used: bool = False

    @property
    def has_come(self) -> bool:
        """Whether it is its turn."""
        done = self.granted.done() and not self.granted.cancelled()
        return done and self.granted.exception() is None

    @property
    def urgency(self) -> Urgency:
        """Its class."""
        return self.ticket.urgency

    def raise_to(self, urgency: Urgency) -> None:
        """It has become more urgent."""
        self.line.raise_to(self, urgency)

    @contextlib.contextmanager
    def within(self) -> Iterator[None]:
        """Calls to the chat in this block are made in this turn."""
        token = current_turn.set(self)
        try:
            yield
        finally:
            current_turn.reset(token)

    def back_off(self) -> None:
        """Server or network have failed its call: what can wait waits longer each time."""
        self.line.back_off(self.began)

    async def wait(self) -> None:
        """Return when it is its turn. Raises Superseded and LineClosed."""
        await self.granted

    def answer(self) -> None:
        """Telegram has answered its call: others need not reckon with that any more."""
        self.line.answer(self)

    def leave(self) -> None:
        """Let the next one go. Harmless when it was left before."""
        self.line.leave(self)


@dataclass(eq=False)
class CallLine:
    """`on_typing` is asked to show a person who waits that an answer comes.

    `on_refused` learns of each pause that Telegram asks for.
    """

    time: Time = field(default_factory=Time)
    on_typing: Callable[[int | str, int | None], None] | None = None
    on_refused: Callable[[int | str, float], None] | None = None
    _queue: Queue = field(default_factory=Queue)
    _turns: dict[Ticket, Turn] = field(default_factory=dict)
    _numbers: int = 0
    _timer: asyncio.Handle | None = None
    _closing: bool = False
    _sent: Counter[Urgency] = field(default_factory=Counter)
    _refused: Counter[Urgency] = field(default_factory=Counter)
    _superseded: Counter[Urgency] = field(default_factory=Counter)

    def join(
        self,
        chat_id: int | str,
        urgency: Urgency,
        *,
        edit: Edit | None = None,
        within: Turn | None = None,
        thread_id: int | None = None,
    ) -> Turn:
        """A place at the end of its class."""
        self._numbers += 1
        return self._enter(
            Ticket(
                chat_id=chat_id,
                urgency=urgency,
                number=self._numbers,
                place=self._numbers,
                since=self.time.now(),
                edit=edit,
                within=None if within is None else within.ticket,
                thread_id=thread_id,
            )
        )

    def join_again(self, turn: Turn, after_s: float = 0.0) -> Turn:
        """The place it had before, for a call that failed; not before `after_s` are over."""
        turn.leave()
        return self._enter(replace(turn.ticket, after=self.time.now() + after_s))

    def raise_to(self, turn: Turn, urgency: Urgency) -> None:
        """A turn that waits has become more urgent."""
        self._queue.raise_to(turn.ticket, urgency)
        self.advance()

    def answer(self, turn: Turn) -> None:
        """The call of a turn was answered; the turn itself goes on."""
        self._queue.answer(turn.ticket, self.time.now())
        self.advance()

    def leave(self, turn: Turn) -> None:
        """A turn is over, or nobody waits for it any more."""
        ticket = turn.ticket
        if self._turns.pop(ticket, None) is None:
            return
        if turn.has_come:
            self._sent[ticket.urgency] += turn.used
            self._queue.end(ticket, self.time.now(), made=turn.used)
        else:
            self._queue.leave(ticket)
        self.advance()

    def refused(self, chat_id: int | str, after_s: float, urgency: Urgency) -> None:
        """Telegram has answered that it was called too often."""
        self._refused[urgency] += 1
        log.warning("rate_limited", chat=chat_id, retry_after_s=after_s, urgency=urgency.name)
        self.obey(chat_id, after_s, everywhere=False)
        if self.on_refused is not None:
            self.on_refused(chat_id, after_s)

    def obey(self, chat_id: int | str, after_s: float, *, everywhere: bool) -> None:
        """No call to this chat, or to any, for so long."""
        self._queue.pace.obey(chat_id, after_s, self.time.now(), everywhere=everywhere)
        self.advance()

    def back_off(self, began: float) -> None:
        """Server or network have failed a call that began then."""
        self._queue.pace.back_off(began, self.time.now())
        self.advance()

    def recover(self) -> None:
        """The server answers: the next trouble begins with a short pause again."""
        self._queue.pace.recover()

    def close(self) -> None:
        """The program stops: codes are cleared away, then answers have a moment to go out."""
        self._closing = True
        self.time.later(LAST_WORDS_S, self._dismiss)

    def open(self) -> None:
        """It goes on after all: another replica has given the work back."""
        self._closing = False

    def state(self) -> LineState:
        """What the figures tell."""
        now, waiting, oldest = self.time.now(), Counter[Urgency](), dict.fromkeys(Urgency, 0.0)
        for ticket in self._queue.waiting:
            waiting[ticket.urgency] += 1
            oldest[ticket.urgency] = max(oldest[ticket.urgency], now - ticket.since)
        return LineState(
            waiting={urgency: waiting[urgency] for urgency in Urgency},
            oldest_s=oldest,
            sent=Counter(self._sent),
            refused=Counter(self._refused),
            superseded=Counter(self._superseded),
        )

    def advance(self) -> None:
        """Let go whose turn it is, and come back when the next one's may be."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = self.time.now()
        while True:
            following = self._queue.next(now)
            for ticket in following.typing:
                ticket.typed_at = now
                if self.on_typing is not None:
                    self.on_typing(ticket.chat_id, ticket.thread_id)
            if following.ticket is None:
                break
            turn = self._turns[following.ticket]
            if turn.granted.done():  # who waited was cancelled, and has not left yet
                del self._turns[following.ticket]
                self._queue.leave(following.ticket)
                continue
            self._queue.begin(following.ticket, now)
            turn.began = now
            turn.granted.set_result(None)
        if math.isfinite(following.at):
            self._timer = self.time.later(max(0.0, following.at - now), self.advance)

    def _enter(self, ticket: Ticket) -> Turn:
        turn = Turn(self, ticket, asyncio.get_running_loop().create_future())
        if self._closing and ticket.urgency > Urgency.ANSWER:
            turn.granted.set_exception(LineClosed())
            return turn
        self._turns[ticket] = turn
        for old in self._queue.put(ticket):
            self._superseded[old.urgency] += 1
            _end(self._turns.pop(old), Superseded())
        self.advance()
        return turn

    def _dismiss(self) -> None:
        """Nobody waits any more but those who clear a code away."""
        if not self._closing:
            return
        for ticket in [ticket for ticket in self._queue.waiting if ticket.urgency > Urgency.NOW]:
            self._queue.leave(ticket)
            _end(self._turns.pop(ticket), LineClosed())


def _end(turn: Turn, reason: Exception) -> None:
    if not turn.granted.done():
        turn.granted.set_exception(reason)
