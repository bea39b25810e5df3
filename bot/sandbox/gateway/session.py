"""One session of the pool: one socket at a time, and where it stands."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum

from bot.sandbox.gateway.creds import Creds, account_of
from bot.sandbox.gateway.directory import AuthDirectory


class Phase(StrEnum):
    """How a session really is, whatever the gateway says of it."""

    STOPPED = "stopped"  # not in the pool at all
    CONNECTING = "connecting"
    SHOWING = "awaiting_scan"
    PAIRING = "pairing"
    OPEN = "connected"
    ZOMBIE = "zombie"  # a dead socket that still counts as connected
    CLOSED = "disconnected"


@dataclass(frozen=True, kw_only=True)
class SessionTimes:
    """How long things take, in seconds, and how many there are: about as with real Baileys.

    `pre_keys` is what a new device makes, None for what its line does.
    """

    latency_s: float = 0.0  # of each answer
    login_s: float = 0.3
    first_code_s: float = 0.3
    pair_s: float = 1.0  # from the scan, over the 515, to an open socket
    away_s: float = 8.0  # a dropped connection comes back
    restart_s: float = 3.0
    auto_init_s: float = 2.0
    act_s: float = 3.0  # a stop, where a gateway waits for its own
    initialize_wait_s: float = 60.0
    create_s: float = 5.0  # a new instance is answered, in kinds that take their time
    write_creds_s: float = 5.0
    first_life_s: float = 60.0
    next_life_s: float = 20.0
    codes: int = 6
    pre_keys: int | None = None


@dataclass(kw_only=True, eq=False)
class Session:
    """A session object of the pool. `code` is the code that is alive now."""

    id: str
    directory: AuthDirectory
    creds: Creds
    began_at: float
    phase: Phase = Phase.CONNECTING
    attempts: int = 0
    scanned: bool = False  # and not open since
    code: str | None = None
    pairing_phone: str | None = None
    pairing_code: str | None = field(default=None, repr=False)  # for that phone, to be typed in
    life: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def comes_back(self) -> bool:
        """Whether it is away and trying by itself."""
        return self.phase is Phase.CLOSED and self.life is not None and not self.life.done()

    @property
    def connected(self) -> bool:
        """What this gateway says: true for a dead socket as well."""
        return self.phase in {Phase.OPEN, Phase.ZOMBIE}

    @property
    def phone(self) -> str | None:
        """The linked number while connected."""
        return account_of(self.creds) if self.connected else None
