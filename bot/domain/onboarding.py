"""First contact: what the bot has seen of the way from the gateway to this chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.gateway_view import GatewayView
from bot.domain.session import State


@dataclass(frozen=True, kw_only=True)
class Onboarding:
    """The stations as they stand.

    `hears`: alerts about something come to this chat or topic; `elsewhere` counts the others that
    hear. `tested_at` is when a test alert last went out to this chat, None where none did.
    """

    gateways: Sequence[GatewayView]
    hears: bool
    elsewhere: int
    tested_at: datetime | None

    @property
    def reached(self) -> bool:
        """Whether every gateway answers, and takes our key."""
        return bool(self.gateways) and all(map(answers, self.gateways))

    @property
    def companies(self) -> int:
        """How many there are."""
        return sum(sum(gateway.sessions.values()) for gateway in self.gateways)

    @property
    def connected(self) -> int:
        """How many of them were connected at the last look."""
        return sum(gateway.sessions.get(State.CONNECTED, 0) for gateway in self.gateways)

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.reached and self.companies > 0 and self.hears and self.tested_at is not None


def answers(view: GatewayView) -> bool:
    """Whether a gateway answers, takes our key, and could be looked at."""
    well = view.ping.latency is not None and view.silent_since is None
    return well and not view.refused
