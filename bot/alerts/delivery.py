"""The only loop that empties the outbox: a message for each chat whose turn it is, several at once.

Each message is composed when its turn has come, so that what waited leaves together; then sent,
its receipt is written, and only then the chat's next one goes. A process that dies between the two
sends again what was in flight; nothing else can be told twice, and nothing is lost.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.alerts.chat_access import ChatAccess
from bot.alerts.combined_calls import CombinedCalls
from bot.alerts.compose import ComposedMessage
from bot.alerts.courier import (
    Courier,
    Delivered,
    Moved,
    Outcome,
    OutgoingMessage,
    RetryLater,
    Turn,
)
from bot.alerts.grouping import Group, SendPlan
from bot.alerts.message_reader import read_messages
from bot.alerts.outcome_log import log_outcome
from bot.alerts.pending import PendingCache
from bot.alerts.receipts import Receipt, set_aside, write_receipts
from bot.alerts.timetable import Timetable
from bot.alerts.waiting import first_of, in_time
from bot.domain.notice import ChatAddress
from bot.domain.urgency import LineClosed
from storage.alerts import outbox
from storage.chats import pauses
from storage.trouble import hits_all

LAST_MESSAGES_S = 2.0  # at a stop: how long what is in flight may take to arrive

log = structlog.get_logger()


@dataclass(eq=False)
class _Worker:
    """Who sends one message to one chat: first waits for the turn, then composes and sends."""

    turn: Turn
    task: "asyncio.Task[None]" = field(init=False)


class Delivery:
    """Sends what is in the outbox to the chats, as their turns come."""

    def __init__(
        self,
        courier: Courier,
        chats: ChatAccess,
        *,
        owner_ids: Sequence[int],
        wake: asyncio.Event,
    ) -> None:
        self._courier = courier
        self._db, self._line = chats.database, chats.line
        self._clock, self._timing = chats.clock, chats.timing
        self._default_language = chats.default_language
        self._owner_ids = owner_ids
        self._wake = wake
        self._workers: dict[int, _Worker] = {}
        self._progress = asyncio.Event()
        self._groups: dict[ChatAddress, Group] = {}
        self._book = PendingCache(self._db, self._clock, self._timing.outbox_poll_s)
        self._timetable = Timetable(self._timing)
        self._drafting: CombinedCalls[SendPlan, ComposedMessage | None] = CombinedCalls(
            self._read_messages, hits_all
        )
        self._writing: CombinedCalls[Receipt, None] = CombinedCalls(self._write_receipts, hits_all)
        self._unwritten: dict[int, Receipt] = {}
        self._next_at: datetime | None = None
        self._failure = ""
        self._trouble = ""

    async def run(self) -> None:
        """Empty the outbox until cancelled, whatever the database or the courier do."""
        recalled = False
        try:
            while True:
                self._progress.clear()
                pause_s = self._timing.outbox_poll_s
                try:
                    if not recalled:
                        await self.recall()
                        recalled = True
                    await self._begin_due()
                    if self._next_at is not None:
                        left_s = (self._next_at - self._clock()).total_seconds()
                        pause_s = min(pause_s, max(left_s, 0.0))
                    self._failure = ""
                except Exception as error:  # noqa: BLE001 - the loop's edge: it goes on
                    self._book.forget()
                    self._say_failure(error)
                await self._rest(pause_s)
        finally:
            await self._finish()

    async def recall(self) -> None:
        """Keep the pauses that Telegram imposed on the previous process."""
        now = self._clock()
        async with self._db.reading() as tx:
            for pause in await pauses.current(tx, now):
                left_s = pause.after_s - (now - pause.since).total_seconds()
                self._line.obey(pause.chat_id, left_s, everywhere=False)

    async def drain_once(self) -> bool:
        """Send what may be sent now. True when there may be more, False when nothing is due."""
        began = await self._begin_due()
        await asyncio.sleep(0)  # who got a turn at once has begun by now
        sent = False
        while serving := [worker.task for worker in self._workers.values() if worker.turn.has_come]:
            sent = True
            await asyncio.wait(serving, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(0)
        return sent or began

    async def _begin_due(self) -> bool:
        """Queue every chat to which something is due. True: look again at once."""
        if self._wake.is_set():
            self._wake.clear()
            self._book.forget()
        await self._write_all()
        (book, reading), now = await self._book.read(), self._clock()
        agenda = self._timetable.due(book, reading, self._groups, now)
        if agenda.cardless:
            async with self._db.writing() as tx:
                await outbox.settle(tx, agenda.cardless, "no card", now)
            self._book.forget()
            self._progress.set()
            return True
        for send_plan in agenda.send_plans:  # the most urgent first
            self._stand_in_line(send_plan)
        self._next_at = agenda.next_at
        return False

    def _stand_in_line(self, send_plan: SendPlan) -> None:
        chat_id = send_plan.address.chat_id
        worker = self._workers.get(chat_id)
        if worker is not None:
            if not worker.turn.has_come and send_plan.urgency < worker.turn.urgency:
                worker.turn.raise_to(send_plan.urgency)
            return
        worker = _Worker(self._line.join(chat_id, send_plan.urgency))
        self._workers[chat_id] = worker
        worker.task = asyncio.create_task(self._serve(chat_id, worker.turn))

    async def _serve(self, chat_id: int, turn: Turn) -> None:
        """Send one message to a chat, the most urgent when its turn has come."""
        try:
            await turn.wait()
            with turn.within():
                await self._send_next(chat_id, turn)
            self._timetable.change(chat_id)
            self._progress.set()
        except LineClosed:
            return
        except Exception as error:  # noqa: BLE001 - a task's edge: the outbox keeps the message
            if hits_all(error):
                self._book.forget()
            self._say_failure(error)  # its chat is planned again in the next reading
        finally:
            turn.leave()
            self._workers.pop(chat_id, None)

    async def _send_next(self, chat_id: int, turn: Turn) -> None:
        await self._write_all()  # while nothing can be written down, nothing more is sent
        await self._write(chat_id)
        (book, _), now = await self._book.read(), self._clock()
        send_plans = self._timetable.of_chat(book, chat_id, self._groups, now).send_plans
        if not send_plans:
            return
        composed = await self._drafting.ask(send_plans[0])
        if composed is None:
            self._book.forget()
        elif composed.pointless:
            async with self._db.writing() as tx:
                await set_aside(tx, composed, self._clock())
            self._book.forget()
        else:
            await self._send(composed, turn)

    async def _read_messages(
        self, send_plans: Sequence[SendPlan]
    ) -> Sequence[ComposedMessage | None]:
        async with self._db.reading() as tx:
            return await read_messages(tx, send_plans, self._default_language, self._clock())

    async def _send(self, composed: ComposedMessage, turn: Turn) -> None:
        outcome = await self._ask(composed.message)
        self._heed(composed, outcome, turn)
        chat_id = composed.message.address.chat_id
        self._unwritten[chat_id] = (composed, outcome)
        writing = asyncio.ensure_future(self._write(chat_id))
        try:
            await asyncio.shield(writing)
        finally:  # it was sent: who stops us waits until that is written down
            await asyncio.gather(writing, return_exceptions=True)

    async def _ask(self, message: OutgoingMessage) -> Outcome:
        try:
            return await in_time(self._courier.deliver(message), self._timing.courier_timeout_s)
        except Exception as error:
            reason = f"courier failed: {type(error).__name__}"
            if reason != self._trouble:
                log.exception("courier failed", message=message.kind, chat=message.address.chat_id)
            return RetryLater(after_s=None, everywhere=True, reason=reason)

    async def _write_all(self) -> None:
        """Write the receipts that could not be written, before anything else.

        One that cannot be written for reasons of its own holds up its own chat only.
        """
        late = [chat_id for chat_id in self._unwritten if chat_id not in self._workers]
        written = await asyncio.gather(*map(self._write, late), return_exceptions=True)
        for failure in filter(None, written):
            if not isinstance(failure, Exception) or hits_all(failure):
                raise failure
            self._say_failure(failure)

    async def _write(self, chat_id: int) -> None:
        """Write the receipt of a chat's last message; kept until that has worked."""
        receipt = self._unwritten.get(chat_id)
        if receipt is None:
            return
        await self._writing.ask(receipt)
        del self._unwritten[chat_id]
        composed, outcome = receipt
        if isinstance(outcome, Delivered):
            self._book.settle(composed)
        else:
            self._book.forget()

    async def _write_receipts(self, receipts: Sequence[Receipt]) -> Sequence[None]:
        async with self._db.writing() as tx:
            await write_receipts(tx, receipts, self._owner_ids, self._clock())
        return [None] * len(receipts)

    def _heed(self, composed: ComposedMessage, outcome: Outcome, turn: Turn) -> None:
        """Remember what an outcome means for the next calls."""
        address, trouble = composed.message.address, ""
        if isinstance(outcome, RetryLater):
            trouble = outcome.reason
            if outcome.after_s is None:
                turn.back_off()
            else:
                self._line.obey(address.chat_id, outcome.after_s, everywhere=outcome.everywhere)
        elif outcome == Moved(address.chat_id):
            turn.back_off()  # moved to where it was: asking at once would ask for ever
        else:
            self._line.recover()
        if isinstance(outcome, Delivered) and composed.send_plan.starts is not None:
            self._groups[address] = composed.send_plan.starts
        if not isinstance(outcome, RetryLater) or trouble != self._trouble:
            log_outcome(composed, outcome)
        self._trouble = trouble

    def _say_failure(self, error: Exception) -> None:
        name = type(error).__name__
        if name != self._failure:
            log.error("outbox_unavailable", error=name, exc_info=error)
        self._failure = name

    async def _rest(self, pause_s: float) -> None:
        """Wait for something new to tell, a message that has gone, or a timeout."""
        await first_of(self._wake, self._progress, timeout_s=pause_s)

    async def _finish(self) -> None:
        """Let messages in flight arrive, so that they are not sent again."""
        workers = list(self._workers.values())
        for worker in workers:
            if not worker.turn.has_come:
                worker.task.cancel()
        tasks = [worker.task for worker in workers]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=LAST_MESSAGES_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for worker in workers:
            worker.turn.leave()
        self._workers.clear()
        await self._drafting.finish()
        await self._writing.finish()
