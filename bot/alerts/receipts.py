"""Writes back what became of messages: those of several chats in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot.alerts.compose import ComposedMessage
from bot.alerts.courier import (
    CardLost,
    Delivered,
    Gone,
    MessageKind,
    Moved,
    Outcome,
    Refused,
    RetryLater,
    TopicGone,
)
from bot.domain.incident import IncidentId
from bot.domain.notice import ChatAddress, NoticeKind
from storage.alerts import cards, incidents, outbox, system_notices
from storage.alerts.cards import SentCard
from storage.alerts.incidents import IncidentEvent
from storage.chats import chats, parking, pauses
from storage.chats.pauses import Pause
from storage.database import Transaction

Receipt = tuple[ComposedMessage, Outcome]


async def write_receipts(
    tx: Transaction, receipts: Sequence[Receipt], owner_ids: Sequence[int], now: datetime
) -> None:
    """Store each outcome; the owners are told of a chat that takes no more messages."""
    delivered = [
        (composed, outcome.message_id)
        for composed, outcome in receipts
        if isinstance(outcome, Delivered)
    ]
    if delivered:
        await _write_delivered(tx, delivered, now)
        chat_ids = [composed.message.address.chat_id for composed, _ in delivered]
        await parking.take_all_back(tx, chat_ids, owner_ids, now)  # one may have been a slow retry
    for composed, outcome in receipts:
        if not isinstance(outcome, Delivered):
            await _write_refused(tx, composed, outcome, owner_ids, now)


async def _write_refused(
    tx: Transaction,
    composed: ComposedMessage,
    outcome: Outcome,
    owner_ids: Sequence[int],
    now: datetime,
) -> None:
    chat_id = composed.message.address.chat_id
    match outcome:
        case Moved(new_chat_id):
            await chats.move(tx, chat_id, new_chat_id, now)
        case TopicGone() if composed.message.address.thread_id is not None:
            await chats.leave_topic(tx, composed.message.address)
        case TopicGone():
            await parking.turn_away(tx, chat_id, "general topic is closed", owner_ids, now)
        case Gone(reason) | Refused(reason):
            # Kept in both cases: what nobody expected of a message must not lose it.
            await parking.turn_away(tx, chat_id, reason, owner_ids, now)
        case CardLost():
            await _card_lost(tx, composed, now)
        case RetryLater():
            await keep_pause(tx, chat_id, outcome, now)
            await outbox.count_attempt(tx, composed.notice_ids)
            await system_notices.count_attempt(tx, composed.send_plan.system_notice_ids)


async def keep_pause(tx: Transaction, chat_id: int, outcome: RetryLater, now: datetime) -> None:
    """Let the next process know of it, where the pause is Telegram's own word about this chat."""
    if outcome.after_s is not None and not outcome.everywhere:
        await pauses.put(tx, Pause(chat_id=chat_id, since=now, after_s=outcome.after_s))


async def set_aside(tx: Transaction, composed: ComposedMessage, now: datetime) -> None:
    """A message without a point is not sent; the cards still learn what it would have told."""
    await outbox.add(tx, _still_to_show([composed]), now)
    await settle(tx, [composed], "pointless", now)


async def settle(
    tx: Transaction, all_composed: Iterable[ComposedMessage], outcome: str, now: datetime
) -> None:
    """The notices are done with; what the messages showed as over need not be shown again."""
    all_composed = tuple(all_composed)
    noticed = [notice_id for composed in all_composed for notice_id in composed.notice_ids]
    await outbox.settle(tx, noticed, outcome[:40], now)
    await system_notices.settle(
        tx,
        [
            system_notice_id
            for composed in all_composed
            for system_notice_id in composed.send_plan.system_notice_ids
        ],
        outcome,
        now,
    )
    edits = [
        (composed.send_plan.card_id, composed)
        for composed in all_composed
        if composed.send_plan.card_id is not None
    ]
    await cards.show_end(
        tx,
        [(card_id, incident_id) for card_id, composed in edits for incident_id in composed.ended],
    )


async def _write_delivered(
    tx: Transaction, delivered: Sequence[tuple[ComposedMessage, int | None]], now: datetime
) -> None:
    for composed, message_id in delivered:
        send_plan = composed.send_plan
        if (
            send_plan.card_id is not None
            and send_plan.kind is MessageKind.NEW
            and message_id is not None
        ):
            await cards.replace(tx, send_plan.card_id, message_id, now)
    await cards.add_all(tx, list(_sent_cards(delivered)), now)
    all_composed = [composed for composed, _ in delivered]
    await outbox.add(tx, _still_to_show(all_composed), now)
    await settle(tx, all_composed, "delivered", now)
    latencies = [
        event
        for composed in all_composed
        if not composed.message.silent
        for event in _told(composed, now)
    ]
    await incidents.add_events(tx, latencies)


def _still_to_show(
    all_composed: Iterable[ComposedMessage],
) -> list[tuple[ChatAddress, IncidentId, NoticeKind]]:
    """Recoveries that are told, and that their cards do not show yet."""
    return [
        (composed.send_plan.address, incident_id, NoticeKind.CHANGED)
        for composed in all_composed
        if composed.send_plan.kind in (MessageKind.BACK, MessageKind.SUMMARY)
        for incident_id in composed.uncarded
    ]


def _sent_cards(delivered: Iterable[tuple[ComposedMessage, int | None]]) -> Iterator[SentCard]:
    """The messages that are to be edited as things change."""
    for composed, message_id in delivered:
        if message_id is not None and composed.send_plan.card_id is None and _is_card(composed):
            upheld = (
                incident_id
                for incident_id in composed.incident_ids
                if incident_id not in composed.elsewhere
            )
            yield SentCard(
                address=composed.message.address,
                message_id=message_id,
                incident_ids=tuple(upheld),
                ended=frozenset(composed.ended),
            )


def _is_card(composed: ComposedMessage) -> bool:
    """A summary with a file is read once: what comes of it is told by new messages."""
    kind = composed.send_plan.kind
    return kind is MessageKind.NEW or (kind is MessageKind.SUMMARY and not composed.message.in_file)


def _told(composed: ComposedMessage, now: datetime) -> list[IncidentEvent]:
    address = composed.message.address
    topic = {} if address.thread_id is None else {"thread_id": address.thread_id}
    facts = {"chat_id": address.chat_id, "message": composed.message.kind, **topic}
    return [
        IncidentEvent(incident_id=incident_id, at=now, event="told", facts=facts)
        for incident_id in composed.incident_ids
    ]


async def _card_lost(tx: Transaction, composed: ComposedMessage, now: datetime) -> None:
    """The same is due again at once: as a new message for an edit, without a reply otherwise."""
    if composed.card_id is None:
        # It replied to nothing of ours: an answer that does not fit is the chat's, never the end.
        await chats.park(tx, composed.message.address.chat_id, "no such message", now)
    else:
        await cards.mark_lost(tx, composed.card_id)
