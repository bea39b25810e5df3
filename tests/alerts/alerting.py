"""A small world for alerts: a chat service that behaves, a clock that is pushed, a real outbox."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from doubles import PushedTime

from bot.alerts.chat_access import ChatAccess
from bot.alerts.courier import (
    CardLost,
    Courier,
    Delivered,
    Gone,
    MessageKind,
    Moved,
    Outcome,
    OutgoingMessage,
    RetryLater,
    TopicGone,
)
from bot.alerts.delivery import Delivery
from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.incident import Incident, IncidentId
from bot.domain.notice import ChatAddress, NoticeKind
from bot.domain.timing import Timing
from bot.domain.trouble import Severity, Symptom, Trouble
from handlers.telegram.line import CallLine, current_turn
from storage.alerts import incidents, outbox
from storage.chats import chats, subscriptions
from storage.chats.subscriptions import Subscription
from storage.database import Database
from storage.sessions import companies

START = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)
GROUP = ChatAddress(-1001)
OWNER = ChatAddress(1001)
OTHER = ChatAddress(-1002)
TOPIC = ChatAddress(-1001, 45)
GATEWAY = GatewayName("ai_admin")

ANSWER_LOST = "answer lost"  # it arrives, and nobody learns of it
_REPLIES = (MessageKind.BACK, MessageKind.REPEAT)
HANGS = "hangs"
CRASHES = "crashes"


CARDS = (MessageKind.NEW, MessageKind.SUMMARY)


class Clock:
    """Shows what it is set to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def push(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Message:
    """A message in a chat: what it shows of each incident, after each edit."""

    id: int
    address: ChatAddress
    shows: dict[IncidentId, tuple[Symptom, bool]]
    reply_to: int | None = None
    silent: bool = False
    edits: int = 0
    kind: MessageKind = MessageKind.NEW


@dataclass
class Call:
    at: datetime
    message: OutgoingMessage
    outcome: Outcome | str


@dataclass
class ChatService:
    """Keeps messages, and refuses as Telegram does. `faults` befall the next calls, in order."""

    clock: Clock
    messages: list[Message] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    faults: deque[Outcome | str | None] = field(default_factory=deque)
    gone: set[int] = field(default_factory=set)
    moved: dict[int, int] = field(default_factory=dict)
    closed_topics: set[ChatAddress] = field(default_factory=set)
    busy_until: datetime | None = None
    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def deliver(self, message: OutgoingMessage) -> Outcome:
        fault = self.faults.popleft() if self.faults else None
        outcome: Outcome | str = self._refusal(message) if fault is None else fault
        if outcome == ANSWER_LOST:
            self._put(message)
        if isinstance(outcome, Delivered):
            outcome = self._put(message)
        self.calls.append(Call(self.clock(), message, outcome))
        self.called.set()
        if outcome == HANGS:
            await asyncio.Event().wait()
        if outcome == CRASHES:
            raise ValueError("the letter cannot be drawn")
        if outcome == ANSWER_LOST:
            return RetryLater(after_s=None, everywhere=True, reason="network")
        assert not isinstance(outcome, str)
        return outcome

    def _refusal(self, message: OutgoingMessage) -> Outcome:
        chat_id = message.address.chat_id
        if self.busy_until is not None and self.clock() < self.busy_until:
            left = (self.busy_until - self.clock()).total_seconds()
            return RetryLater(after_s=left, everywhere=False, reason="429")
        if chat_id in self.moved:
            return Moved(self.moved[chat_id])
        if chat_id in self.gone:
            return Gone("kicked")
        if message.address in self.closed_topics and message.kind is not MessageKind.EDIT:
            return TopicGone()
        return Delivered()

    def _put(self, message: OutgoingMessage) -> Outcome:
        shows = {e.incident.id: (e.incident.symptom, e.incident.open) for e in message.entries}
        if message.kind is MessageKind.EDIT:
            return self._edit(message, shows)
        shown = Message(
            id=len(self.messages) + 100,
            address=message.address,
            shows=shows,
            reply_to=message.message_id if message.kind in _REPLIES else None,
            silent=message.silent,
            kind=message.kind,
        )
        self.messages.append(shown)
        return Delivered(shown.id)

    def _edit(
        self, message: OutgoingMessage, shows: dict[IncidentId, tuple[Symptom, bool]]
    ) -> Outcome:
        for shown in self.messages:
            same_chat = shown.address.chat_id == message.address.chat_id
            if shown.id == message.message_id and same_chat:
                shown.shows = shows
                shown.edits += 1
                return Delivered(shown.id)
        return CardLost()

    def forget(self, shown: Message) -> None:
        """Somebody deletes a message."""
        self.messages.remove(shown)

    def cards(self, address: ChatAddress = GROUP) -> list[Message]:
        """The alert messages of a chat."""
        return [m for m in self.messages if m.address == address and m.kind in CARDS]

    def tape(self, address: ChatAddress | None = None) -> list[str]:
        """What was delivered, as `new 1 2`, in order."""
        return [
            f"{call.message.kind} " + " ".join(str(e.incident.id) for e in call.message.entries)
            for call in self.calls
            if isinstance(call.outcome, Delivered)
            and (address is None or call.message.address == address)
        ]


class Counted:
    """A courier whose letters count as calls, as the sender counts them."""

    def __init__(self, courier: Courier) -> None:
        self.within = courier

    async def deliver(self, message: OutgoingMessage) -> Outcome:
        turn = current_turn.get()
        assert turn is not None
        turn.used = True
        return await self.within.deliver(message)


class Office:
    """Opens, changes and closes incidents as the monitor does, and lets the delivery work."""

    def __init__(
        self,
        db: Database,
        timing: Timing | None = None,
        courier: Courier | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.db = db
        self.clock = clock or Clock()
        self.service = ChatService(self.clock)
        self.courier = Counted(courier or self.service)
        self.wake = asyncio.Event()
        self.timing = timing or Timing()
        self.restart()

    def restart(self) -> None:
        """The process died: everything that was only remembered is forgotten."""
        self.line = CallLine(PushedTime(self.clock))
        self.chats = ChatAccess(
            database=self.db,
            line=self.line,
            clock=self.clock,
            timing=self.timing,
            default_language="ru",
        )
        self.delivery = Delivery(
            self.courier, self.chats, owner_ids=(OWNER.chat_id,), wake=self.wake
        )

    async def subscribe(self, *addresses: ChatAddress) -> None:
        async with self.db.writing() as tx:
            for address in addresses:
                await chats.add(tx, address.chat_id, "", self.clock())
                wanted = Subscription(
                    address=address, company_id=None, severity=Severity.INFO, parked=False
                )
                await subscriptions.put(tx, wanted, None, self.clock())

    async def open(
        self, count: int = 1, to: Sequence[ChatAddress] = (GROUP,), width: int = 6
    ) -> list[IncidentId]:
        """So many companies, with ids of this width, go down, and these chats must hear of it."""
        now = self.clock()
        async with self.db.writing() as tx:
            known = len(await companies.all_of(tx))
            fresh = [_company(known + n, width) for n in range(1, count + 1)]
            await companies.add_new(tx, fresh, now)
            ids = await incidents.add(tx, [_incident(company.id, now) for company in fresh])
            rows = [(one, i, NoticeKind.OPENED) for i in ids for one in to]
            await outbox.add(tx, rows, now)
        self.wake.set()
        return ids

    async def lose_again(
        self, *ids: IncidentId, to: Sequence[ChatAddress] = (GROUP,)
    ) -> list[IncidentId]:
        """The companies (or gateways) of these incidents have the same trouble anew."""
        now = self.clock()
        async with self.db.writing() as tx:
            before = (await incidents.get_many(tx, ids)).values()
            again = [
                replace(incident, opened_at=now, began_at=now, closed_at=None, version=1)
                for incident in before
            ]
            fresh = await incidents.add(tx, again)
            rows = [(address, i, NoticeKind.OPENED) for i in fresh for address in to]
            await outbox.add(tx, rows, now)
        self.wake.set()
        return fresh

    async def change(
        self, *ids: IncidentId, to: Sequence[ChatAddress] = (GROUP,), revoked: bool = True
    ) -> None:
        await self._step(ids, to, (NoticeKind.CHANGED,), revoked=revoked)

    async def recover(
        self, *ids: IncidentId, to: Sequence[ChatAddress] = (GROUP,), changed: bool = True
    ) -> None:
        kinds = (NoticeKind.CHANGED, NoticeKind.RECOVERED) if changed else (NoticeKind.RECOVERED,)
        await self._step(ids, to, kinds, closed_at=self.clock())

    async def _step(
        self,
        ids: Sequence[IncidentId],
        to: Sequence[ChatAddress],
        kinds: Sequence[NoticeKind],
        *,
        revoked: bool = True,
        closed_at: datetime | None = None,
    ) -> None:
        async with self.db.writing() as tx:
            for one in (await incidents.get_many(tx, ids)).values():
                symptom = Symptom.REVOKED if revoked else Symptom.AWAY
                new = replace(one, symptom=symptom, closed_at=closed_at, version=one.version + 1)
                await incidents.put(tx, new, was=one.version)
            rows = [(address, i, kind) for i in ids for kind in kinds for address in to]
            await outbox.add(tx, rows, self.clock())
        self.wake.set()

    async def drain(self) -> None:
        """Everything that is due at this very moment."""
        self.line.advance()
        while await self.delivery.drain_once():
            pass

    async def after(self, seconds: float, step_s: float = 0.25) -> None:
        """Time goes by, and the delivery works."""
        end = self.clock() + timedelta(seconds=seconds)
        await self.drain()
        while self.clock() < end:
            self.clock.push(step_s)
            await self.drain()

    async def pending(self) -> int:
        async with self.db.reading() as tx:
            return len(await outbox.pending(tx))


def _company(number: int, width: int) -> Company:
    key = f"{900000 + number}".zfill(width)
    return Company(id=CompanyId(key), gateway=GATEWAY, session_key=key, name=f"Salon {number}")


def _incident(company_id: CompanyId | None, now: datetime) -> Incident:
    return Incident(
        id=IncidentId(0),
        trouble=Trouble.SESSION_DOWN,
        symptom=Symptom.GONE,
        severity=Severity.CRITICAL,
        gateway=GATEWAY,
        company_id=company_id,
        opened_at=now,
        began_at=now,
    )
