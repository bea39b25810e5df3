"""How far each log file was read: where to go on after a restart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import GatewayName
from storage.sql import upsert
from storage.tables import log_positions

_KEPT = timedelta(days=14)
_CHANGING = (
    "inode", "position", "head", "head_bytes", "read_at",
    "gateway", "counted_since", "lines", "understood",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class LogPosition:
    """A file that is followed since `followed_at`.

    `position` is where the next line begins. `head` is the sha256 of the first `head_bytes` bytes:
    where it differs, the file is another one, or was emptied and has grown anew. Of the `lines`
    read since `counted_since` so many were `understood`; rows of earlier versions counted none.
    """

    path: str
    inode: int
    position: int
    head: str
    head_bytes: int
    followed_at: datetime
    read_at: datetime
    gateway: GatewayName | None = None
    counted_since: datetime | None = None
    lines: int = 0
    understood: int = 0


async def put(tx: AsyncConnection, positions: Sequence[LogPosition]) -> None:
    """Overwrite how far these were read."""
    if positions:
        rows = [vars(position) for position in positions]
        await tx.execute(upsert(tx, log_positions, ("path",), _CHANGING), rows)


async def all_of(tx: AsyncConnection) -> list[LogPosition]:
    """Every file that was ever followed and is not forgotten yet."""
    rows = await tx.execute(select(log_positions).order_by(log_positions.c.path))
    return [LogPosition(**row) for row in rows.mappings()]


async def followed_since(tx: AsyncConnection) -> datetime | None:
    """Since when any file is followed; None when none was found yet."""
    earliest = func.min(log_positions.c.followed_at)
    since: datetime | None = await tx.scalar(select(earliest))
    return since


async def forget(tx: AsyncConnection, now: datetime) -> None:
    """Drop files in which nothing was read for long."""
    await tx.execute(delete(log_positions).where(log_positions.c.read_at < now - _KEPT))
