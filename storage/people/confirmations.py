"""Questions that destroy something when answered with yes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import UserId
from bot.domain.company import CompanyId, GatewayName
from storage.tables import confirmations


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """Asked once, of one person, for one act on one company or gateway, until `expires_at`.

    `company_id` is empty for an act on a gateway; `gateway` is None for one on a company. `stood`
    is how things stood then, as `bot.domain.standing` writes it; None where that was not kept.
    `which` names the keys that a restore would bring back.
    """

    nonce: str
    user_id: UserId
    action: str
    company_id: CompanyId
    asked_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    gateway: GatewayName | None = None
    stood: dict[str, Any] | None = None
    which: str | None = None


async def add(tx: AsyncConnection, confirmation: Confirmation) -> None:
    """Ask. Questions that nobody can answer any more are swept out on the way."""
    await tx.execute(
        delete(confirmations).where(confirmations.c.expires_at < confirmation.asked_at)
    )
    await tx.execute(insert(confirmations).values(vars(confirmation)))


async def get(tx: AsyncConnection, nonce: str) -> Confirmation | None:
    """The question behind a button."""
    row = (await tx.execute(select(confirmations).where(confirmations.c.nonce == nonce))).first()
    if row is None:
        return None
    return Confirmation(
        nonce=row.nonce,
        user_id=UserId(row.user_id),
        action=row.action,
        company_id=CompanyId(row.company_id),
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        gateway=None if row.gateway is None else GatewayName(row.gateway),
        stood=row.stood,
        which=row.which,
    )


async def forget_of(tx: AsyncConnection, user_id: UserId) -> int:
    """Nobody is to answer what this person was asked; how many questions that were."""
    where = (confirmations.c.user_id == user_id, confirmations.c.used_at.is_(None))
    return (await tx.execute(delete(confirmations).where(*where))).rowcount


async def use(tx: AsyncConnection, nonce: str, now: datetime) -> bool:
    """Take the answer; False when it was taken before."""
    statement = (
        update(confirmations)
        .where(confirmations.c.nonce == nonce, confirmations.c.used_at.is_(None))
        .values(used_at=now)
    )
    return (await tx.execute(statement)).rowcount == 1
