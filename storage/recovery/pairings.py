"""Live pairings: at most one for each company, none forgotten by a crash."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import UserId
from bot.domain.company import CompanyId
from bot.domain.notice import ChatAddress
from bot.domain.pairing import Means, MessageLocation
from storage.alerts.outbox import address_from_row
from storage.tables import pairings


@dataclass(frozen=True, kw_only=True)
class PairingRow:
    """A live QR or code. `message_id` is None until it is sent, and again when it shows no code.

    Where `location` has a reader, `message_id` counts messages to this reader alone: the same
    number means another message elsewhere. `half_linked` while the directory may hold what a code
    left behind that nobody typed in.
    """

    id: int
    company_id: CompanyId
    asked_by: UserId
    means: Means
    location: MessageLocation
    message_id: int | None
    half_linked: bool


def _from_row(row: Any) -> PairingRow:
    return PairingRow(
        id=row.id,
        company_id=CompanyId(row.company_id),
        asked_by=UserId(row.asked_by),
        means=Means(row.means),
        location=MessageLocation(
            address=address_from_row(row),
            reader=None if row.reader_id is None else UserId(row.reader_id),
        ),
        message_id=row.message_id,
        half_linked=row.half_linked,
    )


async def begin(
    tx: AsyncConnection,
    company_id: CompanyId,
    asked_by: UserId,
    address: ChatAddress,
    now: datetime,
    phone: str | None = None,
) -> int:
    """Begin one, by a code for `phone` or by QR; a live one of the company ends as "moved"."""
    await tx.execute(
        update(pairings)
        .where(pairings.c.company_id == company_id, pairings.c.ended_at.is_(None))
        .values(ended_at=now, outcome="moved")
    )
    statement = insert(pairings).values(
        company_id=company_id,
        asked_by=asked_by,
        chat_id=address.chat_id,
        thread_id=address.thread_id or 0,
        means=Means.QR if phone is None else Means.CODE,
        phone=phone,
        started_at=now,
    )
    return int((await tx.execute(statement.returning(pairings.c.id))).scalar_one())


async def get(tx: AsyncConnection, pairing_id: int) -> PairingRow:
    """One that was begun."""
    return _from_row((await tx.execute(select(pairings).where(pairings.c.id == pairing_id))).one())


async def last_phone(tx: AsyncConnection, company_id: CompanyId, since: datetime) -> str | None:
    """The number that the company's last code since then was for; None without one."""
    query = (
        select(pairings.c.phone)
        .where(
            pairings.c.company_id == company_id,
            pairings.c.phone.is_not(None),
            pairings.c.started_at >= since,
        )
        .order_by(pairings.c.id.desc())
        .limit(1)
    )
    return (await tx.execute(query)).scalar_one_or_none()


async def outcome_of(tx: AsyncConnection, pairing_id: int) -> str | None:
    """How it has ended; None while it still is the one of its company."""
    query = select(pairings.c.outcome).where(pairings.c.id == pairing_id)
    return (await tx.execute(query)).scalar_one_or_none()


async def live_of(tx: AsyncConnection, user_id: UserId) -> list[PairingRow]:
    """Those that somebody asked for and that have not ended."""
    query = select(pairings).where(pairings.c.asked_by == user_id, pairings.c.ended_at.is_(None))
    return [_from_row(row) for row in await tx.execute(query.order_by(pairings.c.id))]


async def set_message(
    tx: AsyncConnection,
    pairing_id: int,
    message_id: int | None,
    location: MessageLocation | None = None,
) -> None:
    """Name the message that may show its code, and where it is; None when none does any more."""
    values: dict[str, Any] = {"message_id": message_id}
    if location is not None:
        values |= {
            "chat_id": location.address.chat_id,
            "thread_id": location.address.thread_id or 0,
            "reader_id": location.reader,
        }
    await tx.execute(update(pairings).where(pairings.c.id == pairing_id).values(values))


async def set_half_linked(tx: AsyncConnection, pairing_id: int) -> None:
    """A code is about to be asked for: unless it is used, the directory will need tidying."""
    await tx.execute(update(pairings).where(pairings.c.id == pairing_id).values(half_linked=True))


async def set_tidy(tx: AsyncConnection, company_id: CompanyId) -> None:
    """Nothing is left of the company's unused codes."""
    await tx.execute(
        update(pairings)
        .where(pairings.c.company_id == company_id, pairings.c.half_linked)
        .values(half_linked=False)
    )


async def end(tx: AsyncConnection, pairing_id: int, outcome: str, now: datetime) -> None:
    """It has ended; one that had ended before keeps its outcome."""
    await tx.execute(
        update(pairings)
        .where(pairings.c.id == pairing_id, pairings.c.ended_at.is_(None))
        .values(ended_at=now, outcome=outcome)
    )


async def on_show(tx: AsyncConnection, company_id: CompanyId, but: int) -> bool:
    """Whether a message of another pairing of the company may still show a code."""
    query = select(pairings.c.id).where(
        pairings.c.company_id == company_id,
        pairings.c.id != but,
        pairings.c.message_id.is_not(None),
    )
    return (await tx.execute(query)).first() is not None


async def left_over(tx: AsyncConnection) -> list[PairingRow]:
    """Those that a crash has left in some way undone.

    Not ended, or with a message that may still show a code, or with files to be tidied.
    """
    undone = pairings.c.ended_at.is_(None) | pairings.c.message_id.is_not(None)
    query = select(pairings).where(undone | pairings.c.half_linked).order_by(pairings.c.id)
    return [_from_row(row) for row in await tx.execute(query)]


@dataclass(frozen=True, kw_only=True)
class PairingEnd:
    """How a pairing went; `ended_at` is None while it is live.

    `used_at` is when its code was seen to be taken, None where nobody saw that.
    """

    started_at: datetime
    asked_by: UserId
    means: Means
    ended_at: datetime | None
    outcome: str | None
    used_at: datetime | None = None


async def set_used(tx: AsyncConnection, pairing_id: int, now: datetime) -> None:
    """Its code was seen to be taken; the first time counts."""
    where = (pairings.c.id == pairing_id, pairings.c.used_at.is_(None))
    await tx.execute(update(pairings).where(*where).values(used_at=now))


async def within(
    tx: AsyncConnection, company_id: CompanyId, begin: datetime, end: datetime
) -> list[PairingEnd]:
    """The pairings of a company that were begun between two moments, oldest first."""
    of = pairings.c
    where = (of.company_id == company_id, of.started_at >= begin, of.started_at <= end)
    rows = await tx.execute(select(pairings).where(*where).order_by(of.id))
    return [
        PairingEnd(
            started_at=row.started_at,
            asked_by=UserId(row.asked_by),
            means=Means(row.means),
            ended_at=row.ended_at,
            used_at=row.used_at,
            outcome=row.outcome,
        )
        for row in rows
    ]


@dataclass(frozen=True, kw_only=True)
class PairingSight:
    """Who is pairing a company, or has paired it; `used` once the code was seen to be taken."""

    id: int
    asked_by: UserId
    started_at: datetime
    ended_at: datetime | None
    used: bool


async def live(tx: AsyncConnection, company_id: CompanyId) -> PairingSight | None:
    """The one that is under way."""
    query = select(pairings).where(
        pairings.c.company_id == company_id, pairings.c.ended_at.is_(None)
    )
    return _sight((await tx.execute(query)).first())


async def under_way(tx: AsyncConnection) -> set[CompanyId]:
    """The companies that somebody is pairing."""
    query = select(pairings.c.company_id).where(pairings.c.ended_at.is_(None))
    return {CompanyId(company_id) for company_id in await tx.scalars(query)}


async def last_paired(tx: AsyncConnection, company_id: CompanyId) -> PairingSight | None:
    """The last one that ended well."""
    query = select(pairings).where(
        pairings.c.company_id == company_id, pairings.c.outcome == "paired"
    )
    return _sight((await tx.execute(query.order_by(pairings.c.id.desc()).limit(1))).first())


def _sight(row: Any) -> PairingSight | None:
    if row is None:
        return None
    return PairingSight(
        id=row.id,
        asked_by=UserId(row.asked_by),
        started_at=row.started_at,
        ended_at=row.ended_at,
        used=row.used_at is not None,
    )
