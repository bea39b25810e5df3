"""Keeps every board as things are: an edit for each change, none for a look that changed nothing.

It wakes when something was written, and looks now and then whether another process has written.
What a board shows is read from the database alone, when the board's turn in the line has come:
boards give way to all others who speak to Telegram.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.alerts.courier import (
    BoardCourier,
    BoardSheet,
    CardLost,
    Delivered,
    Gone,
    Moved,
    Outcome,
    Refused,
    RetryLater,
    TopicGone,
    Turn,
    Turns,
)
from bot.alerts.panorama import doubts, read_panorama
from bot.alerts.receipts import keep_pause
from bot.domain.freshness import LastLooks
from bot.domain.notice import ChatAddress
from bot.domain.remark import Remark, RemarkKind
from bot.domain.tempo import Tempo
from bot.domain.urgency import LineClosed, Urgency
from storage import boards, chats, gateways, remarks
from storage.boards import BoardRow
from storage.database import Database, Transaction

# Pauses after which a board that was refused is tried again: as alerts are.
RETRIES_S = (60, 300, 900, 3600)

log = structlog.get_logger()


@dataclass(frozen=True)
class _Shown:
    """What a message showed, as of when."""

    message_id: int
    face: tuple[object, ...]
    signature: tuple[object, ...]
    at: datetime


@dataclass(frozen=True)
class _Refused:
    """How often in a row a chat has refused its board, and until when it is let alone."""

    opened_at: datetime | None
    tries: int
    until: datetime


class Boards:
    """The boards of all chats. What it remembers saves edits; a restart costs one for each."""

    def __init__(
        self,
        db: Database,
        courier: BoardCourier,
        *,
        line: Turns,
        clock: Callable[[], datetime],
        tempo: Tempo,
        default_language: str,
        wake: asyncio.Event,
        last_looks: LastLooks | None = None,
    ) -> None:
        self._db = db
        self._courier = courier
        self._line = line
        self._clock = clock
        self._tempo = tempo
        self._default_language = default_language
        self._wake = wake
        self._last_looks = last_looks
        self._shown: dict[ChatAddress, _Shown] = {}
        self._refused: dict[ChatAddress, _Refused] = {}
        self._waiting: dict[int, tuple[Turn, asyncio.Task[None]]] = {}
        self._failure = ""

    async def run(self) -> None:
        """Keep the boards until cancelled, whatever the database or the courier do."""
        try:
            while True:
                self._wake.clear()
                try:
                    await self.turn()
                    self._failure = ""
                except Exception as error:  # a loop's edge: the next turn comes at its time
                    if str(error) != self._failure:
                        log.exception("boards were not kept")
                    self._failure = str(error)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._tempo.board_spacing_s):
                        await self._wake.wait()
        finally:
            await self._end_all()

    async def _end_all(self) -> None:
        waiting = list(self._waiting.values())
        for turn, task in waiting:
            task.cancel()
            turn.leave()
        await asyncio.gather(*(task for _, task in waiting), return_exceptions=True)
        self._waiting.clear()

    async def turn(self) -> None:
        """Bring every board up to date that is behind, and whose turn in the line has come."""
        tried: set[ChatAddress] = set()
        begun = True
        while begun:
            begun = await self._begin_due(tried)
            await asyncio.sleep(0)  # whose turn has come has begun by now
            while keeping := [task for turn, task in self._waiting.values() if turn.has_come]:
                await asyncio.wait(keeping, return_when=asyncio.FIRST_COMPLETED)

    async def _begin_due(self, tried: set[ChatAddress]) -> bool:
        """Have a board of each chat stand in the line; True when any does now.

        A chat that may not be called keeps no other waiting.
        """
        now = self._clock()
        async with self._db.reading() as tx:
            rows = await boards.shown(tx)
            signature = await self._signature(tx) if rows else ()
        begun = False
        for row in rows:
            chat_id = row.address.chat_id
            free = chat_id not in self._waiting and row.address not in tried
            if free and self._is_behind(row, signature, now):
                begun = True
                tried.add(row.address)
                turn = self._line.join(chat_id, Urgency.BOARD)
                keeping = self._keep_chat(chat_id, row, turn)
                self._waiting[chat_id] = turn, asyncio.create_task(keeping)
        return begun

    async def _keep_chat(self, chat_id: int, row: BoardRow, turn: Turn) -> None:
        """One board of a chat, when its turn has come."""
        try:
            await turn.wait()
            with turn.within():
                await self._keep(row, turn)
        except LineClosed:
            return
        except Exception:  # a task's edge: the next look tries again
            log.exception("board_not_kept", chat=str(row.address))
        finally:
            turn.leave()
            self._waiting.pop(chat_id, None)

    async def _signature(self, tx: Transaction) -> tuple[object, ...]:
        """What a board depends on; where nothing can be written the doubt is what changes."""
        unsure = doubts(await gateways.all_looks(tx), self._last_looks)
        told = ((name, doubt.why) for name, doubt in unsure.items())
        return (*await boards.signature(tx), *told)

    def _is_behind(self, row: BoardRow, signature: tuple[object, ...], now: datetime) -> bool:
        refused = self._refused.get(row.address)
        known = refused is not None and refused.opened_at == row.opened_at
        if known and refused is not None and now < refused.until:
            return False
        shown = self._shown.get(row.address)
        if shown is None or shown.message_id != row.message_id:
            return True
        age = now - shown.at
        if timedelta() <= age < timedelta(seconds=self._tempo.board_spacing_s):
            return False
        old = age >= timedelta(seconds=self._tempo.board_refresh_s)
        return old or shown.signature != signature

    async def _keep(self, row: BoardRow, turn: Turn) -> None:
        """Show a board as things are now."""
        now = self._clock()
        async with self._db.reading() as tx:
            signature = await self._signature(tx)
            panorama = await read_panorama(tx, {row.address}, now, self._last_looks)
        board = panorama.board_of(row.address)
        shown = self._shown.get(row.address)
        same = shown is not None and (shown.message_id, shown.face) == (row.message_id, board.face)
        fresh = shown is not None and now - shown.at < timedelta(
            seconds=self._tempo.board_refresh_s
        )
        if shown is not None and same and fresh:
            self._shown[row.address] = _Shown(shown.message_id, shown.face, signature, shown.at)
            return
        sheet = BoardSheet(
            address=row.address,
            language=panorama.language(row.address.chat_id) or self._default_language,
            board=board,
            message_id=row.message_id,
            pin_refused=row.pin_refused,
        )
        outcome = await self._ask(sheet)
        if isinstance(outcome, Delivered) and outcome.message_id is not None:
            self._shown[row.address] = _Shown(outcome.message_id, board.face, signature, now)
            self._refused.pop(row.address, None)
        await self._settle(row, outcome, turn)

    async def _ask(self, sheet: BoardSheet) -> Outcome:
        try:
            async with asyncio.timeout(self._tempo.courier_timeout_s):
                return await self._courier.show(sheet)
        except TimeoutError:
            return RetryLater(after_s=None, everywhere=True, reason="no answer in time")

    async def _settle(self, row: BoardRow, outcome: Outcome, turn: Turn) -> None:
        """Make true in the database what came of it."""
        chat_id, now = row.address.chat_id, self._clock()
        match outcome:
            case Delivered(message_id) if message_id is not None and row.message_id is None:
                await self._post(row, message_id)
            case CardLost():
                async with self._db.writing() as tx:
                    await boards.set_message(tx, row.address, None, was=row.message_id)
                self._wake.set()
            case RetryLater():
                reason = outcome.reason
                log.warning("a board was not shown", chat=str(row.address), reason=reason)
                if outcome.after_s is None:
                    turn.back_off()
                else:
                    self._line.obey(chat_id, outcome.after_s, everywhere=outcome.everywhere)
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
        before, now = self._refused.get(row.address), self._clock()
        tries = before.tries if before is not None and before.opened_at == row.opened_at else 0
        pause_s = RETRIES_S[min(tries, len(RETRIES_S) - 1)]
        until = now + timedelta(seconds=pause_s)
        self._refused[row.address] = _Refused(row.opened_at, tries + 1, until)
        log.warning("board_refused", chat=str(row.address), outcome=outcome, again_in_s=pause_s)
        if tries == 0 and row.message_id is None and row.opened_by is not None:
            async with self._db.writing() as tx:
                chat = await chats.get(tx, row.address.chat_id)
                name = (chat and chat.title) or str(row.address.chat_id)
                remark = Remark(kind=RemarkKind.BOARD_REFUSED, facts={"chat": name})
                await remarks.add(tx, [ChatAddress(row.opened_by)], remark, now)

    async def _post(self, row: BoardRow, message_id: int) -> None:
        """It was sent for the first time: remember where, and pin it."""
        async with self._db.writing() as tx:
            await boards.set_message(tx, row.address, message_id, was=None)
        if row.pin_refused or await self._courier.pin(row.address, message_id):
            return
        log.warning("a board could not be pinned", chat=str(row.address))
        async with self._db.writing() as tx:
            await boards.refuse_pin(tx, row.address)
        self._shown.pop(row.address, None)  # so that the board itself says so
        self._wake.set()
