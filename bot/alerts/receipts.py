"""Writes back what became of letters: those of several chats in one transaction."""

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
    """Make each outcome true in the database; owners hear of a chat that takes no more."""
    delivered = [
        (draft, outcome.message_id) for draft, outcome in receipts if isinstance(outcome, Delivered)
    ]
    if delivered:
        await _write_delivered(tx, delivered, now)
        chat_ids = [draft.letter.address.chat_id for draft, _ in delivered]
        await parking.take_all_back(tx, chat_ids, owner_ids, now)  # one may have been a slow retry
    for draft, outcome in receipts:
        if not isinstance(outcome, Delivered):
            await _write_refused(tx, draft, outcome, owner_ids, now)


async def _write_refused(
    tx: Transaction,
    draft: ComposedMessage,
    outcome: Outcome,
    owner_ids: Sequence[int],
    now: datetime,
) -> None:
    chat_id = draft.letter.address.chat_id
    match outcome:
        case Moved(new_chat_id):
            await chats.move(tx, chat_id, new_chat_id, now)
        case TopicGone() if draft.letter.address.thread_id is not None:
            await chats.leave_topic(tx, draft.letter.address)
        case TopicGone():
            await parking.turn_away(tx, chat_id, "general topic is closed", owner_ids, now)
        case Gone(reason) | Refused(reason):
            # Kept in both cases: what nobody expected of a letter must not lose it.
            await parking.turn_away(tx, chat_id, reason, owner_ids, now)
        case CardLost():
            await _card_lost(tx, draft, now)
        case RetryLater():
            await keep_pause(tx, chat_id, outcome, now)
            await outbox.count_attempt(tx, draft.notice_ids)
            await system_notices.count_attempt(tx, draft.job.remark_ids)


async def keep_pause(tx: Transaction, chat_id: int, outcome: RetryLater, now: datetime) -> None:
    """Let the next process know of it, where the pause is Telegram's own word about this chat."""
    if outcome.after_s is not None and not outcome.everywhere:
        await pauses.put(tx, Pause(chat_id=chat_id, since=now, after_s=outcome.after_s))


async def set_aside(tx: Transaction, draft: ComposedMessage, now: datetime) -> None:
    """A letter without a point is not sent; the cards still learn what it would have told."""
    await outbox.add(tx, _still_to_show([draft]), now)
    await settle(tx, [draft], "pointless", now)


async def settle(
    tx: Transaction, drafts: Iterable[ComposedMessage], outcome: str, now: datetime
) -> None:
    """The notices are done with; what the letters showed as over need not be shown again."""
    drafts = tuple(drafts)
    noticed = [notice_id for draft in drafts for notice_id in draft.notice_ids]
    await outbox.settle(tx, noticed, outcome[:40], now)
    await system_notices.settle(
        tx, [remark_id for draft in drafts for remark_id in draft.job.remark_ids], outcome, now
    )
    edits = [(draft.job.card_id, draft) for draft in drafts if draft.job.card_id is not None]
    await cards.show_end(
        tx, [(card_id, incident_id) for card_id, draft in edits for incident_id in draft.ended]
    )


async def _write_delivered(
    tx: Transaction, delivered: Sequence[tuple[ComposedMessage, int | None]], now: datetime
) -> None:
    for draft, message_id in delivered:
        job = draft.job
        if job.card_id is not None and job.kind is MessageKind.NEW and message_id is not None:
            await cards.replace(tx, job.card_id, message_id, now)
    await cards.add_all(tx, list(_sent_cards(delivered)), now)
    drafts = [draft for draft, _ in delivered]
    await outbox.add(tx, _still_to_show(drafts), now)
    await settle(tx, drafts, "delivered", now)
    told = [event for draft in drafts if not draft.letter.silent for event in _told(draft, now)]
    await incidents.add_events(tx, told)


def _still_to_show(
    drafts: Iterable[ComposedMessage],
) -> list[tuple[ChatAddress, IncidentId, NoticeKind]]:
    """Recoveries that are told, and that their cards do not show yet."""
    return [
        (draft.job.address, incident_id, NoticeKind.CHANGED)
        for draft in drafts
        if draft.job.kind in (MessageKind.BACK, MessageKind.SUMMARY)
        for incident_id in draft.uncarded
    ]


def _sent_cards(delivered: Iterable[tuple[ComposedMessage, int | None]]) -> Iterator[SentCard]:
    """The messages that are to be edited as things change."""
    for draft, message_id in delivered:
        if message_id is not None and draft.job.card_id is None and _is_card(draft):
            upheld = (
                incident_id
                for incident_id in draft.incident_ids
                if incident_id not in draft.elsewhere
            )
            yield SentCard(
                address=draft.letter.address,
                message_id=message_id,
                incident_ids=tuple(upheld),
                ended=frozenset(draft.ended),
            )


def _is_card(draft: ComposedMessage) -> bool:
    """A summary with a file is read once: what comes of it is told by new messages."""
    kind = draft.job.kind
    return kind is MessageKind.NEW or (kind is MessageKind.SUMMARY and not draft.letter.in_file)


def _told(draft: ComposedMessage, now: datetime) -> list[IncidentEvent]:
    address = draft.letter.address
    topic = {} if address.thread_id is None else {"thread_id": address.thread_id}
    facts = {"chat_id": address.chat_id, "letter": draft.letter.kind, **topic}
    return [
        IncidentEvent(incident_id=incident_id, at=now, event="told", facts=facts)
        for incident_id in draft.incident_ids
    ]


async def _card_lost(tx: Transaction, draft: ComposedMessage, now: datetime) -> None:
    """The same is due again at once: as a new message for an edit, without a reply otherwise."""
    if draft.card_id is None:
        # It replied to nothing of ours: an answer that does not fit is the chat's, never the end.
        await chats.park(tx, draft.letter.address.chat_id, "no such message", now)
    else:
        await cards.mark_lost(tx, draft.card_id)
