"""Two gateways on one store: whoever logs in last has the device, and the other is thrown out."""

from functools import partial
from typing import TYPE_CHECKING

from bot.sandbox.gateway import creds as keys
from bot.sandbox.gateway.session import Phase, Session

if TYPE_CHECKING:
    from bot.sandbox.gateway.pool import Pool


def take_over(pool: "Pool", session: Session) -> None:
    """The session has logged in here: its socket at another gateway is closed."""
    identity = keys.identity_of(session.creds)
    pool.whatsapp.opened(identity, pool, partial(_thrown_out, pool, session))


def _thrown_out(pool: "Pool", session: Session) -> None:
    if pool.sessions.get(session.id) is session and session.phase is Phase.OPEN:
        pool.closed(session.id, 440)
        pool.move(session, Phase.CLOSED)
