"""What is pending, as it was read: by chat, so that what one chat is told concerns no other."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.alerts.compose import ComposedMessage
from bot.alerts.courier import MessageKind
from bot.alerts.grouping import CardRef, CardRefs
from bot.domain.notice import Notice
from bot.domain.system_notice import PendingSystemNotice
from storage.alerts import cards, outbox, system_notices
from storage.alerts.cards import CardPlace
from storage.database import Database, Transaction


@dataclass(frozen=True, kw_only=True)
class PendingOfChat:
    """What one chat, its topics included, has still to be told; in the order of the ids."""

    notices: tuple[Notice, ...] = ()
    system_notices: tuple[PendingSystemNotice, ...] = ()


_BLANK = PendingOfChat()
_Extent = tuple[
    tuple[int, int], tuple[int, int]
]  # how many notices, the last; and of system notices


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A page for each chat to which something is due, and the cards that concerns."""

    pages: Mapping[int, PendingOfChat] = field(default_factory=dict)
    cards: CardRefs = field(default_factory=dict)

    def page(self, chat_id: int) -> PendingOfChat:
        """What one chat has still to be told."""
        return self.pages.get(chat_id, _BLANK)

    @property
    def extent(self) -> _Extent:
        """By this it is seen whether anything has come or gone."""
        noticed = [page.notices for page in self.pages.values() if page.notices]
        with_system_notices = [
            page.system_notices for page in self.pages.values() if page.system_notices
        ]
        return (
            (sum(map(len, noticed)), max((own[-1].id for own in noticed), default=0)),
            (
                sum(map(len, with_system_notices)),
                max((own[-1].id for own in with_system_notices), default=0),
            ),
        )

    def without(self, composed: ComposedMessage) -> "Pending":
        """The same after what a delivered message told was settled."""
        chat_id, send_plan = composed.send_plan.address.chat_id, composed.send_plan
        page, settled = self.page(chat_id), frozenset(composed.notice_ids)
        settled_system = frozenset(send_plan.system_notice_ids)
        left = replace(
            page,
            notices=tuple(notice for notice in page.notices if notice.id not in settled),
            system_notices=tuple(
                system_notice
                for system_notice in page.system_notices
                if system_notice.id not in settled_system
            ),
        )
        pages = {**self.pages, chat_id: left}
        if left == _BLANK:
            del pages[chat_id]
        return replace(self, pages=pages, cards=self._cards_after(composed))

    def _cards_after(self, composed: ComposedMessage) -> CardRefs:
        """An edit has shown what is over: that need not be shown again."""
        card_id = composed.send_plan.card_id
        if card_id is None or not composed.ended:
            return self.cards
        keys = [(composed.send_plan.address, incident_id) for incident_id in composed.ended]
        shown = {key: replace(self.cards[key], shows_end=True) for key in keys if key in self.cards}
        return {**self.cards, **shown}


async def read_pending(tx: Transaction, now: datetime) -> Pending:
    """Everything pending, but of parked chats only what is due to be tried again."""
    notices: dict[int, list[Notice]] = {}
    for notice in await outbox.pending(tx, now):
        notices.setdefault(notice.address.chat_id, []).append(notice)
    system: dict[int, list[PendingSystemNotice]] = {}
    for system_notice in await system_notices.pending(tx, now):
        system.setdefault(system_notice.address.chat_id, []).append(system_notice)
    refs = {
        (place.address, place.incident_id): CardRef(
            place.card_id, lost=place.lost, shows_end=place.shows_end
        )
        for place in newest_last(await cards.places_pending(tx))
    }
    pages = {
        chat_id: PendingOfChat(
            notices=tuple(notices.get(chat_id, ())), system_notices=tuple(system.get(chat_id, ()))
        )
        for chat_id in {**notices, **system}
    }
    return Pending(pages=pages, cards=refs)


def newest_last(places: Iterable[CardPlace]) -> list[CardPlace]:
    """Where an incident stands on several cards, the last of these counts: a living one."""
    return sorted(places, key=lambda place: (not place.lost, place.card_id))


async def _extent(tx: Transaction, now: datetime) -> _Extent:
    return await outbox.extent(tx, now), await system_notices.extent(tx, now)


class PendingCache:
    """Keeps the book as it is now: at least as new as the last ring, or as one poll."""

    def __init__(self, db: Database, clock: Callable[[], datetime], poll_s: float) -> None:
        self._db = db
        self._clock = clock
        self._poll_s = poll_s
        self._known: tuple[Pending, datetime] | None = None
        self._reading = asyncio.Lock()
        self._edition = 0
        self._readings = 0
        self._settled: list[ComposedMessage] = []  # while it was being read

    async def read(self) -> tuple[Pending, int]:
        """The book, and how often it has been read or looked over by now."""
        async with self._reading:
            now = self._clock()
            known, read_at = self._known or (None, now)
            age_s = (now - read_at).total_seconds()
            if known is not None and 0 <= age_s < self._poll_s:
                return known, self._readings
            self._settled.clear()
            edition = self._edition
            async with self._db.reading() as tx:
                same = known is not None and known.extent == await _extent(tx, now)
                book = known if known is not None and same else await read_pending(tx, now)
            for composed in self._settled:  # by another message meanwhile
                book = book.without(composed)
            self._known = (book, now) if edition == self._edition else None
            self._readings += 1
            return book, self._readings

    def forget(self) -> None:
        """It is read anew, and a reading that is under way does not count."""
        self._known = None
        self._edition += 1

    def settle(self, composed: ComposedMessage) -> None:
        """A message was delivered, and its receipt is written."""
        replaced = composed.send_plan.kind is MessageKind.NEW and not composed.send_plan.alert
        if replaced:  # a lost card has a new message now: rare enough to be read anew
            self.forget()
            return
        self._settled.append(composed)
        if self._known is not None:
            book, read_at = self._known
            self._known = (book.without(composed), read_at)
