"""File counts of auth directories: one row for an hour in which something changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import CompanyId
from bot.domain.files import CredsState, FileKind, FilesLook
from storage.sql import upsert
from storage.tables import companies, file_counts

_CHANGING = ("looked_at", "total", "size_bytes", "by_kind", "oldest_at", "newest_at", "creds")


def _from_row(row: Any) -> FilesLook:
    return FilesLook(
        company_id=CompanyId(row.company_id),
        at=row.looked_at,
        total=row.total,
        size_bytes=row.size_bytes,
        by_kind={FileKind(kind): count for kind, count in row.by_kind.items()},
        oldest_at=row.oldest_at,
        newest_at=row.newest_at,
        creds=CredsState(row.creds),
    )


async def put(tx: AsyncConnection, looks: list[FilesLook]) -> None:
    """Write each look over the row of its hour."""
    if not looks:
        return
    rows = [
        {
            "company_id": look.company_id,
            "hour": look.at.replace(minute=0, second=0, microsecond=0),
            "looked_at": look.at,
            "total": look.total,
            "size_bytes": look.size_bytes,
            "by_kind": {str(kind): count for kind, count in look.by_kind.items()},
            "oldest_at": look.oldest_at,
            "newest_at": look.newest_at,
            "creds": look.creds,
        }
        for look in looks
    ]
    await tx.execute(upsert(tx, file_counts, ("company_id", "hour"), _CHANGING), rows)


async def last(tx: AsyncConnection, company_id: CompanyId) -> FilesLook | None:
    """The newest look at a company's directory."""
    return (await _newest(tx, file_counts.c.company_id == company_id)).get(company_id)


async def last_ones(tx: AsyncConnection) -> dict[CompanyId, FilesLook]:
    """The newest look at each directory."""
    return await _newest(tx)


async def _newest(tx: AsyncConnection, *where: Any) -> dict[CompanyId, FilesLook]:
    newest = select(file_counts.c.company_id, func.max(file_counts.c.hour).label("hour"))
    chosen = newest.where(*where).group_by(file_counts.c.company_id).subquery()
    query = select(file_counts).join(
        chosen,
        (file_counts.c.company_id == chosen.c.company_id) & (file_counts.c.hour == chosen.c.hour),
    )
    return {CompanyId(row.company_id): _from_row(row) for row in await tx.execute(query)}


async def as_of(tx: AsyncConnection, moment: datetime) -> dict[CompanyId, FilesLook]:
    """For each company the newest row of an hour that had begun at `moment`."""
    return await _newest(tx, file_counts.c.hour <= moment)


async def history(tx: AsyncConnection, company_id: CompanyId, since: datetime) -> list[FilesLook]:
    """A company's hourly rows, oldest first."""
    query = (
        select(file_counts)
        .where(file_counts.c.company_id == company_id, file_counts.c.hour >= since)
        .order_by(file_counts.c.hour)
    )
    return [_from_row(row) for row in await tx.execute(query)]


async def baselines(tx: AsyncConnection) -> dict[CompanyId, int]:
    """The learnt number of files of each company that has one."""
    query = select(companies.c.id, companies.c.baseline_files)
    rows = await tx.execute(query.where(companies.c.baseline_files.is_not(None)))
    return {CompanyId(row.id): row.baseline_files for row in rows}


async def thin_out(tx: AsyncConnection, ids: Sequence[CompanyId], before: datetime) -> None:
    """Of each day before a moment keep two rows: that of the highest count, and the last."""
    of = file_counts.c
    day = (of.company_id, func.date(of.hour))
    highest, last = (of.total.desc(), of.hour.desc()), of.hour.desc()
    ranked = (
        select(
            of.company_id,
            of.hour,
            func.row_number().over(partition_by=day, order_by=highest).label("high"),
            func.row_number().over(partition_by=day, order_by=last).label("late"),
        )
        .where(of.company_id.in_(ids), of.hour < before)
        .subquery()
    )
    surplus = select(ranked.c.company_id, ranked.c.hour).where(ranked.c.high > 1, ranked.c.late > 1)
    await tx.execute(delete(file_counts).where(tuple_(of.company_id, of.hour).in_(surplus)))


async def forget(tx: AsyncConnection, ids: Sequence[CompanyId], before: datetime) -> None:
    """Delete the rows before a moment, but for each company's last, which still holds."""
    of, later = file_counts.c, file_counts.alias()
    newer = exists().where(
        later.c.company_id == of.company_id, later.c.hour > of.hour, later.c.hour < before
    )
    where = (of.company_id.in_(ids), of.hour < before, newer)
    await tx.execute(delete(file_counts).where(*where))
