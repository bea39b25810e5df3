"""One look at one session, as everybody takes it."""

from bot.domain.session import State
from bot.gateways.base import GatewayAdapter, SessionInfo, SessionNotFound


async def look_at(gateway: GatewayAdapter, key: str) -> SessionInfo:
    """The session now; one the gateway does not know is stopped. Raises GatewayError."""
    try:
        return await gateway.get_session(key)
    except SessionNotFound:
        return SessionInfo(key=key, state=State.STOPPED, raw_state="")
