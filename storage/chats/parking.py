"""Parks a chat that takes nothing from us, takes it up again, and lets the owners know."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.system_notice import SystemNotice, SystemNoticeKind, owners
from storage.alerts import system_notices
from storage.chats import chats, place_names, subscriptions
from storage.chats.listeners import coverage, tell_of_loss
from storage.database import Transaction

_KINDS = {
    "kicked": SystemNoticeKind.CHAT_REMOVED,
    "left": SystemNoticeKind.CHAT_REMOVED,
    "not a member": SystemNoticeKind.CHAT_REMOVED,
    "blocked": SystemNoticeKind.CHAT_BLOCKED,
    "deactivated": SystemNoticeKind.CHAT_BLOCKED,
    "can't initiate": SystemNoticeKind.CHAT_BLOCKED,
}


async def turn_away(
    tx: Transaction, chat_id: int, reason: str, owner_ids: Iterable[int], now: datetime
) -> None:
    """Keep everything of the chat, send nothing; owners are told where something waits."""
    before = await coverage(tx)
    if await chats.park(tx, chat_id, reason, now):
        await tell_of_loss(tx, before, owner_ids, now)
        is_person = chat_id > 0  # leaving a private chat is called being kicked from it
        kind = _KINDS.get(reason, SystemNoticeKind.CHAT_SILENCED)
        if is_person and kind is SystemNoticeKind.CHAT_REMOVED:
            kind = SystemNoticeKind.CHAT_BLOCKED
        await _tell_owners(tx, chat_id, kind, owner_ids, now)


async def take_back(tx: Transaction, chat_id: int, owner_ids: Iterable[int], now: datetime) -> bool:
    """Send there again, first what waited; True when it was parked."""
    return bool(await take_all_back(tx, [chat_id], owner_ids, now))


async def take_all_back(
    tx: Transaction, chat_ids: Sequence[int], owner_ids: Iterable[int], now: datetime
) -> list[int]:
    """Send to all of these again; those among them that were parked."""
    parked = await chats.unpark_all(tx, chat_ids)
    for chat_id in parked:
        await _tell_owners(tx, chat_id, SystemNoticeKind.CHAT_BACK, owner_ids, now)
    return parked


async def _tell_owners(
    tx: Transaction, chat_id: int, kind: SystemNoticeKind, owner_ids: Iterable[int], now: datetime
) -> None:
    if not await subscriptions.of_chat(tx, chat_id):
        return
    name = await place_names.name_of(tx, chat_id)
    others = [address for address in owners(owner_ids) if address.chat_id != chat_id]
    await system_notices.add(tx, others, SystemNotice(kind=kind, facts={"chat": name}), now)
