"""Writes back what became of a letter: one transaction for each outcome."""

from collections.abc import Sequence
from datetime import datetime

from bot.alerts.courier import (
    CardLost,
    Delivered,
    Gone,
    LetterKind,
    Moved,
    Outcome,
    Refused,
    RetryLater,
    TopicGone,
)
from bot.alerts.letters import Draft
from bot.domain.notice import NoticeKind
from storage import cards, chats, incidents, outbox, parking, pauses, remarks
from storage.database import Transaction
from storage.incidents import IncidentEvent
from storage.pauses import Pause


async def write_receipt(
    tx: Transaction, draft: Draft, outcome: Outcome, owner_ids: Sequence[int], now: datetime
) -> None:
    """Make `outcome` true in the database; owners hear of a chat that takes no more."""
    chat_id = draft.letter.address.chat_id
    match outcome:
        case Delivered(message_id):
            await _delivered(tx, draft, message_id, now)
            await parking.take_back(tx, chat_id, owner_ids, now)  # it may have been a slow retry
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
            await remarks.count_attempt(tx, draft.job.remark_ids)


async def keep_pause(tx: Transaction, chat_id: int, outcome: RetryLater, now: datetime) -> None:
    """Let the next process know of it, where the pause is Telegram's own word about this chat."""
    if outcome.after_s is not None and not outcome.everywhere:
        await pauses.put(tx, Pause(chat_id=chat_id, since=now, after_s=outcome.after_s))


async def settle(tx: Transaction, draft: Draft, outcome: str, now: datetime) -> None:
    """The notices are done with; what the letter showed as over need not be shown again."""
    await outbox.settle(tx, draft.notice_ids, outcome[:40], now)
    await remarks.settle(tx, draft.job.remark_ids, outcome, now)
    if draft.job.card_id is not None:
        await cards.show_end(tx, draft.job.card_id, draft.ended)


async def _delivered(tx: Transaction, draft: Draft, message_id: int | None, now: datetime) -> None:
    job, address = draft.job, draft.letter.address
    if job.card_id is not None and job.kind is LetterKind.NEW and message_id is not None:
        await cards.replace(tx, job.card_id, message_id, now)
    elif _is_card(draft) and message_id is not None:
        upheld = [one for one in draft.incident_ids if one not in draft.elsewhere]
        await cards.add(tx, address, message_id, upheld, now, frozenset(draft.ended))
    if job.kind in (LetterKind.BACK, LetterKind.SUMMARY):
        changes = [(address, one, NoticeKind.CHANGED) for one in draft.uncarded]
        await outbox.add(tx, changes, now)
    await settle(tx, draft, "delivered", now)
    if not draft.letter.silent:
        await incidents.add_events(tx, _told(draft, now))


def _is_card(draft: Draft) -> bool:
    """A summary with a file is read once: what comes of it is told by new messages."""
    kind = draft.job.kind
    return kind is LetterKind.NEW or (kind is LetterKind.SUMMARY and not draft.letter.in_file)


def _told(draft: Draft, now: datetime) -> list[IncidentEvent]:
    address = draft.letter.address
    topic = {} if address.thread_id is None else {"thread_id": address.thread_id}
    facts = {"chat_id": address.chat_id, "letter": draft.letter.kind, **topic}
    return [
        IncidentEvent(incident_id=one, at=now, event="told", facts=facts)
        for one in draft.incident_ids
    ]


async def _card_lost(tx: Transaction, draft: Draft, now: datetime) -> None:
    """The same is due again at once: as a new message for an edit, without a reply otherwise."""
    if draft.card_id is None:
        # It replied to nothing of ours: an answer that does not fit is the chat's, never the end.
        await chats.park(tx, draft.letter.address.chat_id, "no such message", now)
    else:
        await cards.mark_lost(tx, draft.card_id)
