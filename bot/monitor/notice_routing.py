"""Puts notices on their way: to the outbox, or aside until a chat's quiet hours are over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.incident import Incident, Severity
from bot.domain.notice import ChatAddress, NoticeKind
from storage.alerts import deferred, outbox
from storage.alerts.deferred import Held
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
    waiting = [one for one in words if _waits(one, quiet)]
    at_once = [one for one in words if not _waits(one, quiet)]
    rows = [(one.address, one.incident.id, one.kind) for one in at_once]
    await outbox.add(tx, rows, now)
    # A reminder that would come too late says nothing that the morning's card does not.
    aside = [one for one in waiting if one.kind is not NoticeKind.REPEATED]
    await deferred.add(tx, [Held(one.address, one.incident.id, one.kind) for one in aside])


def _waits(word: NoticeRouting, quiet: frozenset[int]) -> bool:
    critical = word.incident.severity is Severity.CRITICAL
    silent = word.kind is NoticeKind.CHANGED
    return not critical and not silent and word.address.chat_id in quiet
