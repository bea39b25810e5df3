"""Pairing codes that were asked for, by number: WhatsApp wants few of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import code_requests

_KEEP = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class CodeRequests:
    """What is known of one number. `stopped_until` is the end of a pause that was asked of us."""

    at: tuple[datetime, ...]
    stopped_until: datetime | None


async def of_phone(tx: AsyncConnection, phone: str) -> CodeRequests:
    """The requests for a number that are remembered, oldest first."""
    query = (
        select(code_requests.c.at, code_requests.c.stopped_until)
        .where(code_requests.c.phone == phone)
        .order_by(code_requests.c.at)
    )
    rows = (await tx.execute(query)).all()
    stops = [row.stopped_until for row in rows if row.stopped_until is not None]
    return CodeRequests(at=tuple(row.at for row in rows), stopped_until=max(stops, default=None))


async def add(tx: AsyncConnection, phone: str, now: datetime) -> int:
    """Count a request, before it is made. What no limit looks at any more is swept out."""
    await tx.execute(delete(code_requests).where(code_requests.c.at < now - _KEEP))
    statement = insert(code_requests).values(phone=phone, at=now)
    return int((await tx.execute(statement.returning(code_requests.c.id))).scalar_one())


async def remove(tx: AsyncConnection, request_id: int) -> None:
    """It was not made after all."""
    await tx.execute(delete(code_requests).where(code_requests.c.id == request_id))


async def stop(tx: AsyncConnection, request_id: int, until: datetime) -> None:
    """It was refused: no more for this number until then."""
    await tx.execute(
        update(code_requests).where(code_requests.c.id == request_id).values(stopped_until=until)
    )
