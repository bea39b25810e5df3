"""Tells from memory that nobody can rely on the bot now, where its database cannot be asked.

Enters: what the looks and the database say of themselves. Leaves: one message for each episode to
whoever heard of something when all was well, by chats and by backup channels alike, and one when
it is over, which says how long it took. No outbox: that is what cannot be written.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.alerts.channels import Channels
from bot.alerts.courier import (
    Delivered,
    Moved,
    Outcome,
    RetryLater,
    TopicGone,
    Unwatched,
    UnwatchedCourier,
)
from bot.domain.absence import Absence
from bot.domain.company import CompanyId, GatewayName
from bot.domain.database_trouble import DatabaseTrouble
from bot.domain.freshness import LastLooks
from bot.domain.notice import ChatAddress
from bot.domain.observation import Observation
from bot.domain.session import State
from bot.domain.system_notice import SystemNotice, SystemNoticeKind
from bot.domain.timing import Timing
from bot.supervisor import for_ever
from storage.alerts import system_notices
from storage.chats import chats, subscriptions
from storage.database import Database
from storage.sessions import absences, gateways
from storage.trouble import trouble_of

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class ListeningChat:
    """A chat as it was when all was well. `companies` are its subscriptions, None for all."""

    address: ChatAddress
    language: str
    companies: frozenset[CompanyId] | None


@dataclass(kw_only=True)
class _Episode:
    """Who is still to be told of it."""

    said: Unwatched
    left: list[ListeningChat]
    channels_left: bool


@dataclass(frozen=True, kw_only=True)
class Seeing:
    """What this replica sees.

    `names` are the gateways watched here, `holds_chat_role` says whether it talks to Telegram. One
    that lost the database has lost that role too, so the last time when all was well counts.
    """

    last_looks: LastLooks
    names: Collection[GatewayName]
    holds_chat_role: Callable[[], bool]


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Recipients, channels and wording; `channels` is None where there are none."""

    courier: UnwatchedCourier
    channels: Channels | None
    wording: Callable[[Unwatched, datetime], tuple[str, str]]
    owners: Sequence[ChatAddress]
    default_language: str


class UnwatchedAlarm:
    """Looks every few seconds whether the bot can still see and write; tells when it cannot."""

    def __init__(
        self,
        db: Database,
        seeing: Seeing,
        telling: Telling,
        *,
        clock: Callable[[], datetime],
        timing: Timing,
        on_written: Callable[[], None],
    ) -> None:
        self._db = db
        self._last_looks = seeing.last_looks
        self._names = seeing.names
        self._holds_chat_role = seeing.holds_chat_role
        self._courier = telling.courier
        self._channels = telling.channels
        self._wording = telling.wording
        self._owners = tuple(telling.owners)
        self._default_language = telling.default_language
        self._clock = clock
        self._timing = timing
        self._on_written = on_written
        self._listeners: list[ListeningChat] = []
        self._held_chat_role = False
        self._kept_in = ""
        self._episode: _Episode | None = None
        self._probe: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> Sequence[ListeningChat]:
        """Who would be told."""
        return tuple(self._listeners)

    @property
    def lost(self) -> Sequence[CompanyId]:
        """What was seen not to be connected, and could not be written down."""
        return sorted(_lost(self._last_looks.every_unwritten))

    async def run(self) -> None:
        """Look again and again until cancelled, whatever the database does."""
        await for_ever(
            self.tick,
            failed="unwatched_check_failed",
            pause_s=self._timing.unwatched_poll_s,
        )

    async def stop(self) -> None:
        """Wait for the write under way, if there is one."""
        if self._probe is not None:
            await asyncio.wait([self._probe])

    async def tick(self) -> None:
        """Ask the database how it is, and tell what follows from that."""
        self._last_looks.watch(self._names)
        trouble = await self._trouble()
        self._last_looks.database(trouble)
        doubted_s = self._last_looks.doubted_since_s()
        if doubted_s is None:
            await self._all_is_well()
        elif self._is_to_be_told(trouble, doubted_s):
            await self._tell()

    async def _trouble(self) -> DatabaseTrouble | None:
        """What keeps us from writing; a file that was taken away is still written to."""
        moved = await self._db.moved()
        if moved is not None:
            return moved
        # A write that is cut off may leave its lock behind: it is waited for, not cancelled.
        if self._probe is None:
            self._probe = asyncio.create_task(self._write())
        done, _ = await asyncio.wait([self._probe], timeout=self._timing.unwatched_probe_s)
        if not done:
            return DatabaseTrouble.LOCKED
        probe, self._probe = self._probe, None
        error = probe.exception()
        if error is None:
            return None
        return trouble_of(error) or DatabaseTrouble.AWAY

    async def _write(self) -> None:
        async with self._db.writing() as tx:
            await gateways.touch(tx)

    def _is_to_be_told(self, trouble: DatabaseTrouble | None, doubted_s: float) -> bool:
        if self._episode is not None:
            return bool(self._episode.left) or self._episode.channels_left
        gone = trouble is not None and trouble.of_the_file  # this does not pass by itself
        return self._held_chat_role and (gone or doubted_s >= self._timing.unwatched_after_s)

    async def _tell(self) -> None:
        """To everybody who is left; whoever could not be reached is tried again."""
        episode = self._episode or await self._begun()
        self._episode = episode
        episode.left = [
            listener for listener in episode.left if not await self._told(listener, episode.said)
        ]
        if episode.channels_left and self._channels is not None:
            took = await self._channels.send(*self._wording(episode.said, self._clock()))
            episode.channels_left = took == 0

    async def _begun(self) -> _Episode:
        why, now = self._last_looks.trouble, self._clock()
        if why is not None and why.of_the_file:
            await self._rescue(now)
        lost = tuple(self.lost)
        since = self._last_looks.last_good_at or now
        unwatched = Unwatched(since=since, why=why, lost=lost, kept_in=self._kept_in)
        log.error("unwatched", since=since, why=why, lost=len(lost))
        return _Episode(
            said=unwatched, left=self._listeners, channels_left=self._channels is not None
        )

    async def _rescue(self, now: datetime) -> None:
        """What only the open file holds is copied: nothing else outlives this process."""
        try:
            self._kept_in = (await self._db.rescue(now)).name
        except Exception as error:  # there is still the message
            self._kept_in = ""
            log.exception("database_not_copied", error=type(error).__name__)

    async def _told(self, listener: ListeningChat, unwatched: Unwatched) -> bool:
        """False when it is to be tried again."""
        address = listener.address
        outcome = await self._carried(address, listener, unwatched)
        if isinstance(outcome, TopicGone) and address.thread_id is not None:
            outcome = await self._carried(ChatAddress(address.chat_id), listener, unwatched)
        if isinstance(outcome, Moved):
            outcome = await self._carried(ChatAddress(outcome.new_chat_id), listener, unwatched)
        if isinstance(outcome, RetryLater):
            return False
        if not isinstance(outcome, Delivered):
            log.warning("unwatched_not_told", chat=str(address), outcome=type(outcome).__name__)
        return True

    async def _carried(
        self, address: ChatAddress, listener: ListeningChat, unwatched: Unwatched
    ) -> Outcome:
        heard = _as_heard_by(listener, unwatched)
        try:
            async with asyncio.timeout(self._timing.courier_timeout_s):
                return await self._courier.tell(address, listener.language, heard)
        except TimeoutError:
            return RetryLater(after_s=None, everywhere=True, reason="no answer in time")

    async def _all_is_well(self) -> None:
        """Remember who listens; tell that it is over, in the transaction that stores the gap."""
        self._held_chat_role = self._holds_chat_role()
        if self._episode is not None:
            await self._over(self._episode)
            self._episode = None
        if self._held_chat_role:
            self._listeners = await self._read_listeners()

    async def _over(self, episode: _Episode) -> None:
        now = self._clock()
        gap = Absence(from_at=episode.said.since, to_at=now)
        facts = {"away_s": gap.length.total_seconds(), "since_at": gap.from_at.isoformat()}
        system_notice = SystemNotice(kind=SystemNoticeKind.WATCHED_AGAIN, facts=facts)
        unheard = {listener.address for listener in episode.left}
        addresses = [
            listener.address for listener in self._listeners if listener.address not in unheard
        ]
        async with self._db.writing() as tx:
            if episode.said.why is not None:
                await absences.add(tx, gap)
            await system_notices.add(tx, addresses, system_notice, now)
        log.warning("watched_again", seconds=round(gap.length.total_seconds()))
        self._on_written()

    async def _read_listeners(self) -> list[ListeningChat]:
        """Every chat with a subscription that can be reached, and the owners."""
        async with self._db.reading() as tx:
            all_subscriptions = await subscriptions.all_ones(tx)
            languages = await chats.languages(tx)
        heard: dict[ChatAddress, set[CompanyId | None]] = {
            address: {None} for address in self._owners
        }
        for subscription in all_subscriptions:
            if not subscription.parked:
                heard.setdefault(subscription.address, set()).add(subscription.company_id)
        return [
            ListeningChat(
                address=address,
                language=languages.get(address.chat_id) or self._default_language,
                companies=None if None in companies else frozenset(filter(None, companies)),
            )
            for address, companies in heard.items()
        ]


def _lost(unwritten: Mapping[CompanyId, Observation]) -> list[CompanyId]:
    return [
        company_id for company_id, seen in unwritten.items() if seen.state is not State.CONNECTED
    ]


def _as_heard_by(listener: ListeningChat, unwatched: Unwatched) -> Unwatched:
    """The same, without companies that the chat is not subscribed to."""
    heard = listener.companies
    if heard is None:
        return unwatched
    return replace(unwatched, lost=tuple(company for company in unwatched.lost if company in heard))
