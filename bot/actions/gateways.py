"""`/gateways`: how each of them answers."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.domain.access import Person, Right
from bot.domain.company import GatewayName
from bot.domain.freshness import LastLooks, Unsure
from bot.domain.gateway_view import GatewayView, RefusedPush
from bot.domain.trouble import Symptom
from bot.monitor.pings import Pings
from storage.alerts import incidents
from storage.database import Database
from storage.sessions import gateways, pushes, ranking, twins
from storage.sessions.gateways import GatewayLook

_TWINS = timedelta(minutes=10)  # what was not listed for so long is not shown


class Gateways:
    """Shows the gateways. Changes nothing."""

    def __init__(
        self,
        database: Database,
        pings: Pings,
        last_looks: LastLooks | None = None,
        refused_pushes: Mapping[GatewayName, RefusedPush] = MappingProxyType({}),
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._clock = clock
        self._refused_pushes = refused_pushes
        self._db = database
        self._last_looks = last_looks
        self._pings = pings

    async def every(self, person: Person) -> list[GatewayView]:
        """Each gateway, asked now, with those of its sessions that the person may see.

        Whoever sees some companies alone is shown only the gateways that have one of them.
        """
        async with self._db.reading() as tx:
            counts = await ranking.by_state(tx, person.reach(Right.LOOK))
            if not counts:
                person.must(Right.LOOK)
            looks = {look.name: look for look in await gateways.all_looks(tx)}
            pushed = await pushes.by_gateway(tx)
            twice = await twins.by_gateway(tx, self._clock() - _TWINS)
            open_ones = await incidents.open_ones(tx)
        # Not every kind asks for the key when it is only greeted: the looks know better.
        refusing = {
            incident.gateway for incident in open_ones if incident.symptom is Symptom.REFUSED_KEY
        }
        confused = {
            incident.gateway for incident in open_ones if incident.symptom is Symptom.CONFUSED
        }
        sees_all = person.may(Right.LOOK)
        views = []
        for ping in await self._pings.every():
            if ping.name not in counts and not sees_all:
                continue
            look = looks.get(ping.name)
            silent = look is not None and look.failures > 0
            views.append(
                GatewayView(
                    ping=ping,
                    sessions=counts.get(ping.name, Counter()),
                    silent_since=look.since_at if look is not None and silent else None,
                    last_ok_at=None if look is None else look.last_ok_at,
                    pushed_at=pushed[ping.name].last_at if ping.name in pushed else None,
                    push_refused=self._refused_pushes.get(ping.name),
                    refused=ping.refused or ping.name in refusing,
                    unreadable=ping.name in confused,
                    twins=tuple(
                        company_id
                        for company_id in twice.get(ping.name, ())
                        if person.may(Right.LOOK, company_id)
                    ),
                    left_out=look.left_out if look is not None and sees_all else 0,
                    unfit=look.unfit if look is not None and sees_all else 0,
                    listed=look.listed if look is not None and sees_all else 0,
                    watched=look.watched if look is not None and sees_all else 0,
                    unsure=self._unsure(ping.name, look),
                )
            )
        return views

    def _unsure(self, name: GatewayName, look: GatewayLook | None) -> Unsure | None:
        if self._last_looks is None:
            return None
        return self._last_looks.unsure(name, None if look is None else look.last_look_at)
