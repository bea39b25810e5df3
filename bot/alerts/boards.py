"""Keeps every board as things are: an edit for each change, none for a look that changed nothing.

It wakes when something was written, and looks now and then whether another process has written.
What a board shows is read from the database alone, when the board's turn in the line has come:
boards give way to all others who speak to Telegram. Where nothing can be read, what a board claimed
is taken back from memory.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import structlog

from bot.alerts.board_memory import BoardMemory
from bot.alerts.board_snapshot import doubts, read_board_snapshot
from bot.alerts.chat_access import ChatAccess
from bot.alerts.courier import (
    BoardCourier,
    BoardView,
    CardLost,
    Delivered,
    Gone,
    Moved,
    Outcome,
    Refused,
    RetryLater,
    TopicGone,
    Turn,
)
from bot.alerts.receipts import keep_pause
from bot.alerts.waiting import in_time
from bot.domain.freshness import LastLooks
from bot.domain.notice import ChatAddress
from bot.domain.system_notice import SystemNotice, SystemNoticeKind
from bot.domain.urgency import LineClosed, Urgency
from bot.supervisor import for_ever
from storage.alerts import system_notices
from storage.chats import boards, chats
from storage.chats.boards import BoardRow
from storage.database import Transaction
from storage.sessions import gateways

_READ_WITHIN_S = 20  # a database that hangs must not keep a board from taking back its claim

log = structlog.get_logger()


class Boards:
    """The boards of all chats."""

    def __init__(
        self,
        courier: BoardCourier,
        chats: ChatAccess,
        *,
        wake: asyncio.Event,
        last_looks: LastLooks | None = None,
    ) -> None:
        self._courier = courier
        self._db, self._line = chats.database, chats.line
        self._clock, self._timing = chats.clock, chats.timing
        self._default_language = chats.default_language
        self._wake = wake
        self._last_looks = last_looks
        self._memory = BoardMemory(self._timing)
        self._waiting: dict[int, tuple[Turn, asyncio.Task[None]]] = {}

    async def run(self) -> None:
        """Keep the boards until cancelled, whatever the database or the courier do."""
        try:
            await for_ever(
                self.tick,
                failed="boards were not kept",
                pause_s=self._timing.board_spacing_s,
                wake=self._wake,
                on_failure=self._take_back,
            )
        finally:
            await self._end_all()

    async def _end_all(self) -> None:
        waiting = [task for _, task in self._waiting.values()]
        for turn, task in list(self._waiting.values()):
            task.cancel()
            turn.leave()
        await asyncio.gather(*waiting, return_exceptions=True)
        self._waiting.clear()

    async def tick(self) -> None:
        """Bring every board up to date that is behind, and whose turn in the line has come."""
        tried: set[ChatAddress] = set()
        while await self._begin_due(tried):
            await self._keep_begun()
        await self._keep_begun()

    async def _keep_begun(self) -> None:
        """Return when every board is kept whose turn in the line has come."""
        await asyncio.sleep(0)  # whose turn has come has begun by now
        while keeping := [task for turn, task in self._waiting.values() if turn.has_come]:
            await asyncio.wait(keeping, return_when=asyncio.FIRST_COMPLETED)

    async def _take_back(self) -> None:
        """Nothing can be read: no board may go on claiming what it did."""
        if self._last_looks is None or (doubt := self._last_looks.doubt()) is None:
            return
        for view in self._memory.claims_too_much(doubt, self._clock()):
            if view.address.chat_id not in self._waiting:
                self._begin(view.address, partial(self._show_from_memory, view))
        await self._keep_begun()

    async def _show_from_memory(self, view: BoardView, turn: Turn) -> None:
        outcome = await self._ask(view)
        if isinstance(outcome, Delivered) and outcome.message_id is not None:
            self._memory.show(view, outcome.message_id, (), self._clock())
        elif isinstance(outcome, RetryLater):
            self._wait_for(view.address.chat_id, outcome, turn)

    async def _begin_due(self, tried: set[ChatAddress]) -> bool:
        """Have a board of each chat stand in the line; True when any does now.

        A chat that may not be called keeps no other waiting.
        """
        now = self._clock()
        async with asyncio.timeout(_READ_WITHIN_S), self._db.reading() as tx:
            stored = await boards.shown(tx)
            signature = await self._signature(tx) if stored else ()
        rows = [replace(row, message_id=self._memory.message_of(row)) for row in stored]
        self._memory.keep_only(row.address for row in rows)
        begun = False
        for address, message_id in list(self._memory.orphans(stored)):
            if address.chat_id not in self._waiting and address not in tried:
                begun = True
                tried.add(address)
                self._begin(address, partial(self._take_down, address, message_id))
        for row in rows:
            free = row.address.chat_id not in self._waiting and row.address not in tried
            if free and self._memory.is_behind(row, signature, now):
                begun = True
                tried.add(row.address)
                self._begin(row.address, partial(self._keep, row))
        return begun

    async def _take_down(self, address: ChatAddress, message_id: int, _turn: Turn) -> None:
        if await self._courier.take_down(address, message_id):
            self._memory.stored(address)

    def _begin(self, address: ChatAddress, keep: Callable[[Turn], Awaitable[None]]) -> None:
        turn = self._line.join(address.chat_id, Urgency.BOARD)
        keeping = self._keep_chat(address, keep, turn)
        self._waiting[address.chat_id] = turn, asyncio.create_task(keeping)

    async def _keep_chat(
        self, address: ChatAddress, keep: Callable[[Turn], Awaitable[None]], turn: Turn
    ) -> None:
        """One board of a chat, when its turn has come."""
        try:
            await turn.wait()
            with turn.within():
                await keep(turn)
        except LineClosed:
            return
        except Exception:  # a task's edge: the next look tries again
            log.exception("board_not_kept", chat=str(address))
        finally:
            turn.leave()
            self._waiting.pop(address.chat_id, None)

    async def _signature(self, tx: Transaction) -> tuple[object, ...]:
        """What a board depends on; where nothing can be written the doubt is what changes."""
        unsure = doubts(await gateways.all_looks(tx), self._last_looks)
        reasons = ((name, doubt.why) for name, doubt in unsure.items())
        return (*await boards.signature(tx), *reasons)

    async def _keep(self, row: BoardRow, turn: Turn) -> None:
        """Show a board as things are now."""
        now = self._clock()
        async with asyncio.timeout(_READ_WITHIN_S), self._db.reading() as tx:
            signature = await self._signature(tx)
            snapshot = await read_board_snapshot(tx, {row.address}, now, self._last_looks)
        board = snapshot.board_of(row.address)
        if self._memory.is_the_same(row, board, now):
            self._memory.confirm(row.address, signature)
            if self._memory.is_unstored(row.address) and row.message_id is not None:
                await self._post(row, row.message_id)
            return
        view = BoardView(
            address=row.address,
            language=snapshot.language(row.address.chat_id) or self._default_language,
            board=board,
            message_id=row.message_id,
            pin_refused=row.pin_refused,
        )
        outcome = await self._ask(view)
        if isinstance(outcome, Delivered) and outcome.message_id is not None:
            self._memory.show(view, outcome.message_id, signature, now)
        await self._settle(row, outcome, turn)

    async def _ask(self, view: BoardView) -> Outcome:
        return await in_time(self._courier.show(view), self._timing.courier_timeout_s)

    async def _settle(self, row: BoardRow, outcome: Outcome, turn: Turn) -> None:
        """Make true in the database what came of it."""
        chat_id, now = row.address.chat_id, self._clock()
        match outcome:
            case Delivered(message_id) if message_id is not None:
                if row.message_id is None or self._memory.is_unstored(row.address):
                    await self._post(row, message_id)
            case CardLost():
                self._memory.stored(row.address)
                async with self._db.writing() as tx:
                    await boards.set_message(tx, row.address, None, was=row.message_id)
                self._wake.set()
            case RetryLater():
                self._wait_for(chat_id, outcome, turn)
                async with self._db.writing() as tx:
                    await keep_pause(tx, chat_id, outcome, now)
            case Moved(new_chat_id):
                async with self._db.writing() as tx:
                    await chats.move(tx, chat_id, new_chat_id, now)
            case TopicGone() if row.address.thread_id is not None:
                async with self._db.writing() as tx:
                    await chats.leave_topic(tx, row.address)
            case Gone() | TopicGone() | Refused():
                await self._put_off(row, outcome)

    async def _put_off(self, row: BoardRow, outcome: Outcome) -> None:
        """What a chat refuses may pass: the board is kept, and tried again ever more seldom.

        The alerts find out by themselves whether the chat takes nothing at all.
        """
        now = self._clock()
        refusal = self._memory.refuse(row, now)
        log.warning(
            "board_refused", chat=str(row.address), outcome=outcome, again_in_s=refusal.pause_s
        )
        if refusal.tries == 1 and row.message_id is None and row.opened_by is not None:
            async with self._db.writing() as tx:
                chat = await chats.get(tx, row.address.chat_id)
                name = (chat and chat.title) or str(row.address.chat_id)
                system_notice = SystemNotice(
                    kind=SystemNoticeKind.BOARD_REFUSED, facts={"chat": name}
                )
                await system_notices.add(tx, [ChatAddress(row.opened_by)], system_notice, now)

    def _wait_for(self, chat_id: int, outcome: RetryLater, turn: Turn) -> None:
        log.warning("board_not_shown", chat=chat_id, reason=outcome.reason)
        if outcome.after_s is None:
            turn.back_off()
        else:
            self._line.obey(chat_id, outcome.after_s, everywhere=outcome.everywhere)

    async def _post(self, row: BoardRow, message_id: int) -> None:
        """It was sent for the first time: remember where, and pin it."""
        self._memory.sent(row.address, message_id)
        async with self._db.writing() as tx:
            wanted = await boards.set_message(tx, row.address, message_id, was=None)
        if not wanted:  # it was given up while it was on its way: see the next turn
            self._memory.forget(row.address)
            self._wake.set()
            return
        self._memory.stored(row.address)
        if row.pin_refused or await self._courier.pin(row.address, message_id):
            return
        log.warning("board_not_pinned", chat=str(row.address))
        async with self._db.writing() as tx:
            await boards.refuse_pin(tx, row.address)
        self._memory.forget(row.address)  # so that the board itself says so
        self._wake.set()
