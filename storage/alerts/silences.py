"""What is told of nobody aloud at this moment: what is muted, and who is at rest."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.mute import Silence
from storage.alerts import mutes, rests


async def active(tx: AsyncConnection, now: datetime) -> list[Silence]:
    """Every mute and every rest that holds now."""
    return [*await mutes.active(tx, now), *await rests.active(tx)]
