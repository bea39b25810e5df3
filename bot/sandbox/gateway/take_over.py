"""Two users of one session: whoever logs in last has the device, and the other is thrown out."""

import asyncio
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


def is_fought_over(pool: "Pool", session: Session) -> bool:
    """Whether somebody else logs in with it: a socket too many, or another program."""
    return pool.extra_sockets[session.id] > 0 or session.id in pool.rivals


async def fight(pool: "Pool", session: Session) -> None:
    """Life of a session with two users: each throws the other out, and logs in at once."""
    half_s = pool.pace.login_s / 2
    while is_fought_over(pool, session):
        pool.closed(session.id, 440)
        pool.move(session, Phase.CLOSED)
        await asyncio.sleep(half_s)
        pool.move(session, Phase.CONNECTING)
        await asyncio.sleep(half_s)
        pool.logins[session.id] += 1
        pool.move(session, Phase.OPEN)
        await asyncio.sleep(pool.pace.login_s)
