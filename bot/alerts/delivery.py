"""The only loop that empties the outbox: one letter at a time, each settled before the next.

A letter is sent, then its receipt is written. A process that dies between the two sends that one
letter again; nothing else can be told twice, and nothing is lost.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from bot.alerts.courier import (
    CardLost,
    Courier,
    Delivered,
    Gone,
    Letter,
    Moved,
    Outcome,
    Refused,
    RetryLater,
    TopicGone,
)
from bot.alerts.grouping import Group, Job, choose, plan
from bot.alerts.letters import Book, Draft, read_book, read_draft
from bot.alerts.pace import Pace
from bot.alerts.receipts import settle, write_receipt
from bot.domain.notice import ChatAddress
from bot.domain.tempo import Tempo
from storage import outbox, pauses
from storage.database import Database

log = structlog.get_logger()


class Delivery:
    """Brings what is in the outbox to the chats, at a pace Telegram allows."""

    def __init__(
        self,
        db: Database,
        courier: Courier,
        *,
        pace: Pace,
        clock: Callable[[], datetime],
        tempo: Tempo,
        default_language: str,
        owner_ids: Sequence[int],
        wake: asyncio.Event,
    ) -> None:
        self._db = db
        self._courier = courier
        self._clock = clock
        self._tempo = tempo
        self._default_language = default_language
        self._owner_ids = owner_ids
        self._wake = wake
        self._pace = pace
        self._groups: dict[ChatAddress, Group] = {}
        self._book: tuple[Book, datetime] | None = None
        self._unwritten: tuple[Draft, Outcome] | None = None
        self._next_at: datetime | None = None
        self._failure = ""
        self._trouble = ""

    async def run(self) -> None:
        """Empty the outbox until cancelled, whatever the database or the courier do."""
        recalled = False
        while True:
            pause_s = self._tempo.outbox_poll_s
            try:
                if not recalled:
                    await self.recall()
                    recalled = True
                if await self.drain_once():
                    continue
                pause_s = self._pause_s()
                self._failure = ""
            except Exception as error:  # noqa: BLE001 - the loop's edge: the next breath is planned
                self._book = None
                self._say_failure(error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._wake.wait()

    async def recall(self) -> None:
        """Keep what Telegram told whoever did this before to wait for."""
        now = self._clock()
        async with self._db.reading() as tx:
            for one in await pauses.current(tx, now):
                self._pace.obey(one.chat_id, one.after_s, one.since, everywhere=False)

    async def drain_once(self) -> bool:
        """Send the most urgent letter. True when there may be more, False when nothing is due."""
        if self._wake.is_set():
            self._wake.clear()
            self._book = None
        await self._write()
        book, now = await self._read_book(), self._clock()
        agenda = plan(book.notices, book.remarks, book.cards, self._groups, now, self._tempo)
        if agenda.cardless:
            async with self._db.writing() as tx:
                await outbox.settle(tx, agenda.cardless, "no card", now)
            self._book = None
            return True
        job = choose(agenda, self._pace, now)
        if isinstance(job, Job):
            await self._do(job)
            return True
        self._next_at = job
        return False

    async def _read_book(self) -> Book:
        """What is pending: at least as new as the last ring, or as one poll."""
        now = self._clock()
        known, read_at = self._book or (None, now)
        if known is not None and 0 <= (now - read_at).total_seconds() < self._tempo.outbox_poll_s:
            return known
        async with self._db.reading() as tx:
            # In a storm reading it all costs a quarter of a second; seeing that nothing came, none.
            same = known is not None and await known.is_current(tx)
            book = known if known is not None and same else await read_book(tx)
        self._book = (book, now)
        return book

    async def _do(self, job: Job) -> None:
        async with self._db.reading() as tx:
            draft = await read_draft(tx, job, self._default_language)
        if draft is None:
            self._book = None
        elif draft.pointless:
            async with self._db.writing() as tx:
                await settle(tx, draft, "pointless", self._clock())
            self._book = None
        else:
            await self._send(draft)

    async def _send(self, draft: Draft) -> None:
        self._pace.spend(draft.letter.address.chat_id, self._clock())
        outcome = await self._ask(draft.letter)
        self._heed(draft, outcome)
        self._unwritten = (draft, outcome)
        writing = asyncio.ensure_future(self._write())
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            # It was sent: who stops us waits until that is written down.
            await asyncio.gather(writing, return_exceptions=True)
            raise

    async def _ask(self, letter: Letter) -> Outcome:
        try:
            async with asyncio.timeout(self._tempo.courier_timeout_s):
                return await self._courier.deliver(letter)
        except TimeoutError:
            return RetryLater(after_s=None, everywhere=True, reason="no answer in time")
        except Exception as error:
            reason = f"courier failed: {type(error).__name__}"
            if reason != self._trouble:
                log.exception("courier failed", letter=letter.kind, chat=letter.address.chat_id)
            return RetryLater(after_s=None, everywhere=True, reason=reason)

    async def _write(self) -> None:
        """Write the receipt of the last letter; kept until that has worked, and before all else."""
        if self._unwritten is None:
            return
        draft, outcome = self._unwritten
        async with self._db.writing() as tx:
            await write_receipt(tx, draft, outcome, self._owner_ids, self._clock())
        self._unwritten = None
        if isinstance(outcome, Delivered) and draft.job.alert and self._book is not None:
            book, read_at = self._book
            self._book = (book.without(draft), read_at)
        else:
            self._book = None

    def _heed(self, draft: Draft, outcome: Outcome) -> None:
        """Remember what an outcome means for the next calls."""
        now, address = self._clock(), draft.letter.address
        trouble = ""
        if isinstance(outcome, RetryLater):
            trouble = outcome.reason
            self._pace.wait(address.chat_id, outcome.after_s, now, everywhere=outcome.everywhere)
        elif outcome == Moved(address.chat_id):
            self._pace.back_off(now)  # moved to where it was: asking at once would ask for ever
        else:
            self._pace.recover()
        if isinstance(outcome, Delivered) and draft.job.starts is not None:
            self._groups[address] = draft.job.starts
        if not isinstance(outcome, RetryLater) or trouble != self._trouble:
            _log_outcome(draft, outcome)
        self._trouble = trouble

    def _say_failure(self, error: Exception) -> None:
        name = type(error).__name__
        if name != self._failure:
            log.error("outbox cannot be worked on", error=name, exc_info=error)
        self._failure = name

    def _pause_s(self) -> float:
        """Until something is due, and never longer than a poll."""
        if self._next_at is None:
            return self._tempo.outbox_poll_s
        left_s = (self._next_at - self._clock()).total_seconds()
        return min(max(left_s, 0.0), self._tempo.outbox_poll_s)


def _log_outcome(draft: Draft, outcome: Outcome) -> None:
    said = log.bind(
        letter=draft.letter.kind,
        chat=str(draft.letter.address),
        incidents=len(draft.letter.entries),
        first_incident=min(draft.incident_ids, default=None),
        remarks=[aside.remark.kind for aside in draft.letter.asides] or None,
    )
    match outcome:
        case Delivered():
            said.info("letter delivered")
        case RetryLater(reason=reason, after_s=after_s):
            said.warning("letter has to wait", reason=reason, after_s=after_s)
        case Moved(new_chat_id):
            said.info("chat has moved", new_chat=new_chat_id)
        case TopicGone():
            said.warning("topic is gone, the group itself is told")
        case Gone(reason):
            said.error("chat takes no messages, its alerts wait", reason=reason)
        case CardLost():
            said.info("card cannot be edited any more")
        case Refused(reason):
            said.error("letter was refused for good", reason=reason, all=draft.incident_ids)
