"""What each board showed last, and whether it is behind. Decides; reads and sends nothing.

It saves edits. A restart forgets it, which costs one edit for each board.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from bot.alerts.courier import BoardView
from bot.domain.board import Board, taken_back
from bot.domain.freshness import Unsure
from bot.domain.notice import ChatAddress
from bot.domain.timing import Timing
from storage.chats.boards import BoardRow

# Pauses after which a board that was refused is tried again: as alerts are.
RETRIES_S = (60, 300, 900, 3600)


@dataclass(frozen=True)
class ShownBoard:
    """What a message showed, as of when."""

    message_id: int
    view: BoardView
    signature: tuple[object, ...]
    at: datetime

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """What its reader sees."""
        return self.view.board.fingerprint


@dataclass(frozen=True)
class BoardRefusal:
    """How often in a row a chat has refused its board, and until when it is let alone."""

    opened_at: datetime | None
    tries: int
    pause_s: int
    until: datetime

    @classmethod
    def after(cls, before: Self | None, row: BoardRow, now: datetime) -> Self:
        """One more; the first of a board that was opened anew."""
        again = before is not None and before.opened_at == row.opened_at
        tries = before.tries if before is not None and again else 0
        pause_s = RETRIES_S[min(tries, len(RETRIES_S) - 1)]
        return cls(row.opened_at, tries + 1, pause_s, now + timedelta(seconds=pause_s))


class BoardMemory:
    """The boards as their readers see them. `unstored`: sent, and the number not written down."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._shown: dict[ChatAddress, ShownBoard] = {}
        self._refused: dict[ChatAddress, BoardRefusal] = {}
        self._unstored: dict[ChatAddress, int] = {}

    def keep_only(self, addresses: Iterable[ChatAddress]) -> None:
        """Forget what those showed that have no board any more."""
        for address in self._shown.keys() - set(addresses):
            del self._shown[address]

    def message_of(self, row: BoardRow) -> int | None:
        """The message that it is, be that written down or not."""
        if row.message_id is not None:
            self._unstored.pop(row.address, None)
            return row.message_id
        return self._unstored.get(row.address)

    def is_behind(self, row: BoardRow, signature: tuple[object, ...], now: datetime) -> bool:
        """Whether it has to be looked at; not while its chat refuses it, or right after an edit."""
        refused = self._refused.get(row.address)
        if refused is not None and refused.opened_at == row.opened_at and now < refused.until:
            return False
        shown = self._shown.get(row.address)
        if shown is None or shown.message_id != row.message_id:
            return True
        if self._is_fresh(shown, now):
            return False
        changed = shown.signature != signature or self.is_unstored(row.address)
        return changed or self._is_old(shown, now)

    def is_the_same(self, row: BoardRow, board: Board, now: datetime) -> bool:
        """Whether an edit would change nothing that is seen."""
        shown = self._shown.get(row.address)
        same = shown is not None and (shown.message_id, shown.fingerprint) == (
            row.message_id,
            board.fingerprint,
        )
        return shown is not None and same and not self._is_old(shown, now)

    def confirm(self, address: ChatAddress, signature: tuple[object, ...]) -> None:
        """It shows what there is now, without an edit."""
        self._shown[address] = replace(self._shown[address], signature=signature)

    def show(
        self, view: BoardView, message_id: int, signature: tuple[object, ...], now: datetime
    ) -> None:
        """It was sent or edited: what stood in its way is over."""
        self._shown[view.address] = ShownBoard(message_id, view, signature, now)
        self._refused.pop(view.address, None)

    def forget(self, address: ChatAddress) -> None:
        """Whatever it showed, it has to be shown anew."""
        self._shown.pop(address, None)

    def refuse(self, row: BoardRow, now: datetime) -> BoardRefusal:
        """Its chat refused it: let it alone for a while, longer each time."""
        refusal = BoardRefusal.after(self._refused.get(row.address), row, now)
        self._refused[row.address] = refusal
        return refusal

    def is_unstored(self, address: ChatAddress) -> bool:
        """Whether its message is not written down yet."""
        return address in self._unstored

    def sent(self, address: ChatAddress, message_id: int) -> None:
        """A message was sent whose number has still to be written down."""
        self._unstored[address] = message_id

    def stored(self, address: ChatAddress) -> None:
        """It was written down, or is gone."""
        self._unstored.pop(address, None)

    def orphans(self, rows: Iterable[BoardRow]) -> Iterator[tuple[ChatAddress, int]]:
        """What was sent and given up before it was written down: it hangs, and nobody keeps it."""
        wanted = {row.address for row in rows}
        for address, message_id in self._unstored.items():
            if address not in wanted:
                yield address, message_id

    def claims_too_much(self, doubt: Unsure, now: datetime) -> Iterator[BoardView]:
        """What has to take back what it shows, as long as nothing can be looked up."""
        for shown in self._shown.values():
            board = taken_back(shown.view.board, doubt)
            if board.fingerprint != shown.fingerprint and not self._is_fresh(shown, now):
                yield replace(shown.view, board=board, message_id=shown.message_id)

    def _is_old(self, shown: ShownBoard, now: datetime) -> bool:
        return not timedelta() <= now - shown.at < timedelta(seconds=self._timing.board_refresh_s)

    def _is_fresh(self, shown: ShownBoard, now: datetime) -> bool:
        """Whether it was edited a moment ago."""
        return timedelta() <= now - shown.at < timedelta(seconds=self._timing.board_spacing_s)
