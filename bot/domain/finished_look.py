"""A look that has ended: what the timer tells of it."""

from dataclasses import dataclass

from bot.domain.company import GatewayName
from bot.domain.database_trouble import DatabaseTrouble

TICK = "tick"  # the look at every company of a gateway
AGAIN = "again"  # the look at those that are not well, between two ticks


@dataclass(frozen=True, kw_only=True)
class Looked:
    """One look, of the kind `what`. `failed` when it broke off: then nothing was written.

    `why` where the database was to blame.
    """

    gateway: GatewayName
    what: str
    took_s: float
    failed: bool = False
    why: DatabaseTrouble | None = None
