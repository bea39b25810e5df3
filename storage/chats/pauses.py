"""How long Telegram wants no message to a chat: its word outlives the process that was told."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.sql import upsert
from storage.tables import pauses


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A chat must not be written to for `after_s`, as was told at `since`."""

    chat_id: int
    since: datetime
    after_s: float


async def put(tx: AsyncConnection, pause: Pause) -> None:
    """Remember it, in the place of what the chat was told before."""
    until = pause.since + timedelta(seconds=pause.after_s)
    values = {"chat_id": pause.chat_id, "since_at": pause.since, "until_at": until}
    change = ("since_at", "until_at")
    await tx.execute(upsert(tx, pauses, ("chat_id",), change).values(values))


async def current(tx: AsyncConnection, now: datetime) -> list[Pause]:
    """Those that are not over, in the order in which they were told."""
    query = select(pauses).where(pauses.c.until_at > now).order_by(pauses.c.since_at)
    return [
        Pause(
            chat_id=row.chat_id,
            since=row.since_at,
            after_s=(row.until_at - row.since_at).total_seconds(),
        )
        for row in await tx.execute(query)
    ]


async def forget(tx: AsyncConnection, before: datetime) -> None:
    """Delete those that were over before a moment."""
    await tx.execute(delete(pauses).where(pauses.c.until_at < before))
