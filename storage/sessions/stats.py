"""How many of everything: counted by the database, never row by row here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import GatewayName
from bot.domain.trouble import Trouble
from storage.alerts import outbox
from storage.sessions import gateways
from storage.sessions.states import WITH_STATE
from storage.tables import companies, incidents, session_states


@dataclass(frozen=True, kw_only=True)
class Stats:
    """`sessions` by gateway and state (None: never seen), `gateways` by whether they answer.

    `left_out` counts what gateways list and nobody watches, as there are too many;
    `listed` all that they list, `watched` those of them that are.
    `waiting` and `oldest_at` are of the notices in the outbox, parked chats left out.
    """

    sessions: Mapping[tuple[GatewayName, str | None], int]
    gateways: Mapping[GatewayName, bool]
    incidents: Mapping[Trouble, int]
    waiting: int
    oldest_at: datetime | None
    left_out: Mapping[GatewayName, int] = field(default_factory=dict)
    listed: Mapping[GatewayName, int] = field(default_factory=dict)
    watched: Mapping[GatewayName, int] = field(default_factory=dict)


async def take(tx: AsyncConnection) -> Stats:
    """Count."""
    looks = await gateways.all_looks(tx)
    waiting, oldest_at = await outbox.backlog(tx)
    return Stats(
        sessions=await _sessions(tx),
        gateways={look.name: look.failures == 0 for look in looks},
        incidents=await _incidents(tx),
        waiting=waiting,
        oldest_at=oldest_at,
        left_out={look.name: look.left_out for look in looks},
        listed={look.name: look.listed for look in looks},
        watched={look.name: look.watched for look in looks},
    )


async def _sessions(tx: AsyncConnection) -> dict[tuple[GatewayName, str | None], int]:
    query = (
        select(companies.c.gateway, session_states.c.state, func.count().label("n"))
        .select_from(WITH_STATE)
        .group_by(companies.c.gateway, session_states.c.state)
    )
    return {(GatewayName(row.gateway), row.state): row.n for row in await tx.execute(query)}


async def _incidents(tx: AsyncConnection) -> dict[Trouble, int]:
    query = (
        select(incidents.c.trouble, func.count().label("n"))
        .where(incidents.c.closed_at.is_(None))
        .group_by(incidents.c.trouble)
    )
    return {Trouble(row.trouble): row.n for row in await tx.execute(query)}
