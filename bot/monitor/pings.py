"""Pings every gateway at once: version, latency, what its kind cannot do. Only reads."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from bot.domain.company import GatewayName
from bot.domain.gateway_view import Lack, Ping
from bot.domain.timing import Timing
from bot.gateways.base import Caps, GatewayAdapter, GatewayAuthError, GatewayError


class Pings:
    """Asks all of them; those that hang are waited for together, and not for long."""

    def __init__(self, adapters: Mapping[GatewayName, GatewayAdapter], timing: Timing) -> None:
        self._adapters = adapters
        self._timing = timing

    async def every(self) -> list[Ping]:
        """One for each gateway, in the order of the settings."""
        asked = (self._one(name, adapter) for name, adapter in self._adapters.items())
        return list(await asyncio.gather(*asked))

    async def _one(self, name: GatewayName, adapter: GatewayAdapter) -> Ping:
        lacks = lacks_of(adapter.caps)
        try:
            async with asyncio.timeout(self._timing.ping_s):
                info = await adapter.ping()
        except GatewayAuthError:
            return Ping(name=name, kind=adapter.kind, lacks=lacks, refused=True)
        except (GatewayError, TimeoutError):
            return Ping(name=name, kind=adapter.kind, lacks=lacks)
        return Ping(
            name=name,
            kind=adapter.kind,
            lacks=lacks,
            version=info.version,
            latency=timedelta(seconds=info.latency_s),
        )


def lacks_of(caps: Caps) -> tuple[Lack, ...]:
    """What such a gateway cannot do. Where nothing is pushed, nothing can be signed."""
    has = {
        Lack.QR: caps.qr_raw or caps.qr_png,
        Lack.PAIRING_CODE: caps.pairing_code,
        Lack.REASONS: caps.reason_codes,
        Lack.OWNER: caps.owner,
        Lack.BULK_LIST: caps.bulk_list,
        Lack.PUSH: caps.push_events,
        Lack.SIGNED_PUSH: caps.push_signed or not caps.push_events,
    }
    return tuple(lack for lack, there in has.items() if not there)
