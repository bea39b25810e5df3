"""What WhatsApp may do to an account that stays connected, and what its customers do."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from bot.sandbox.gateway import creds as keys
from bot.sandbox.gateway.limits import Limit
from bot.sandbox.gateway.pool import Pool
from bot.sandbox.gateway.session import Session
from bot.sandbox.gateway.traffic import Traffic

_LOCKED_FOR = timedelta(days=1)
_CYCLE = timedelta(days=12)


class LimitActs:
    """Lets it happen: each act takes a session that is connected."""

    def __init__(self, pool: Pool, traffic: Traffic) -> None:
        self._pool = pool
        self._traffic = traffic

    def by_name(self) -> Mapping[str, Callable[[Session], None]]:
        """The acts, by the names that the panel has for them."""
        return {
            "may_not_write_first": lambda session: self._limit(session, Limit(until=_in(1))),
            "sends_refused": lambda session: self._limit(
                session, Limit(until=_in(1), refuses_all=True)
            ),
            "quota_used_up": lambda session: self._limit(
                session, Limit(until=_in(_CYCLE / _LOCKED_FOR), used_up=True)
            ),
            "restriction_lifted": lambda session: self._limit(session, None),
            "goes_deaf": lambda session: self._traffic.deaf.add(session.id),
            "customer_writes": lambda session: self._traffic.arrives(session.id),
        }

    def is_limited(self, company: str) -> bool:
        """Whether WhatsApp keeps its account from anything."""
        session = self._pool.sessions.get(company)
        identity = None if session is None else keys.identity_of(session.creds)
        return identity is not None and self._pool.whatsapp.limit(identity) is not None

    def _limit(self, session: Session, limit: Limit | None) -> None:
        whatsapp = self._pool.whatsapp
        account = whatsapp.linked[keys.identity_of(session.creds)]
        if limit is None:
            whatsapp.limits.pop(account, None)
        else:
            whatsapp.limits[account] = limit
        self._pool.announce(session.id)


def _in(days: float) -> datetime:
    return (datetime.now(UTC) + days * _LOCKED_FOR).replace(microsecond=0)
