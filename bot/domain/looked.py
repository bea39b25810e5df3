"""A look that has ended: what the timer tells of it."""

from dataclasses import dataclass

from bot.domain.company import GatewayName

TICK = "tick"  # the look at every company of a gateway


@dataclass(frozen=True, kw_only=True)
class Looked:
    """One look, of the kind `what`. `failed` when it broke off: then nothing was written."""

    gateway: GatewayName
    what: str
    took_s: float
    failed: bool = False
