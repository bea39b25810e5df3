"""What a person may know of the gateways."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from bot.domain.access import Person, Right
from bot.domain.company import GatewayName
from bot.domain.gateway_sheet import GatewaySheet
from bot.domain.incident import Symptom
from bot.domain.session import State
from bot.monitor.ledger import Ledger
from bot.monitor.pulse import Pulses
from storage import gateways, incidents, pushes
from storage.database import Database


class Gateways:
    """Shows them. Changes nothing."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        pulses: Pulses,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._db = database
        self._ledger = ledger
        self._pulses = pulses
        self._clock = clock

    async def every(self, person: Person) -> list[GatewaySheet]:
        """Each gateway, asked now; of its sessions those that the person may see.

        Whoever sees some companies alone is shown only the gateways that have one of them.
        """
        known = await self._ledger.known(None, self._clock())
        counts: dict[GatewayName, Counter[State | None]] = {}
        for one in known:
            if person.may(Right.LOOK, one.company.id):
                counts.setdefault(one.company.gateway, Counter())[one.state] += 1
        if not counts:
            person.must(Right.LOOK)
        async with self._db.reading() as tx:
            looks = {look.name: look for look in await gateways.all_looks(tx)}
            told = await pushes.by_gateway(tx)
            open_ones = await incidents.open_ones(tx)
        # Not every kind asks for the key when it is only greeted: the looks know better.
        refusing = {one.gateway for one in open_ones if one.symptom is Symptom.REFUSED_KEY}
        confused = {one.gateway for one in open_ones if one.symptom is Symptom.CONFUSED}
        sheets = []
        for pulse in await self._pulses.every():
            if pulse.name not in counts and not person.may(Right.LOOK):
                continue
            look = looks.get(pulse.name)
            silent = look is not None and look.failures > 0
            sheets.append(
                GatewaySheet(
                    pulse=pulse,
                    sessions=counts.get(pulse.name, Counter()),
                    silent_since=look.since_at if look is not None and silent else None,
                    last_ok_at=None if look is None else look.last_ok_at,
                    pushed_at=told[pulse.name].last_at if pulse.name in told else None,
                    refused=pulse.refused or pulse.name in refusing,
                    unreadable=pulse.name in confused,
                )
            )
        return sheets
