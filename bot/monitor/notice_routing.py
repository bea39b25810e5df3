"""Puts notices on their way: to the outbox, or aside until a chat's quiet hours are over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.incident import Incident
from bot.domain.notice import ChatAddress, NoticeKind
from bot.domain.trouble import Severity
from storage.alerts import deferred, outbox
from storage.alerts.deferred import DeferredNotice
from storage.chats import chats
from storage.database import Transaction


@dataclass(frozen=True)
class NoticeRouting:
    """What one chat is to be told of one incident."""

    address: ChatAddress
    incident: Incident
    kind: NoticeKind


async def tell(tx: Transaction, words: Sequence[NoticeRouting], now: datetime) -> None:
    """Tell what is critical, and what makes no sound; the rest when the chat is not quiet."""
    quiet = await chats.quiet_at(tx, now) if words else frozenset()
    waiting = [word for word in words if _waits(word, quiet)]
    at_once = [word for word in words if not _waits(word, quiet)]
    rows = [(routing.address, routing.incident.id, routing.kind) for routing in at_once]
    await outbox.add(tx, rows, now)
    # A reminder that would come too late says nothing that the morning's card does not.
    aside = [routing for routing in waiting if routing.kind is not NoticeKind.REPEATED]
    await deferred.add(
        tx,
        [DeferredNotice(routing.address, routing.incident.id, routing.kind) for routing in aside],
    )


def _waits(word: NoticeRouting, quiet: frozenset[int]) -> bool:
    critical = word.incident.severity is Severity.CRITICAL
    silent = word.kind is NoticeKind.CHANGED
    return not critical and not silent and word.address.chat_id in quiet
