"""What a person may know of the gateways."""

from collections import Counter

from bot.domain.access import Person, Right
from bot.domain.gateway_sheet import GatewaySheet
from bot.domain.incident import Symptom
from bot.monitor.pulse import Pulses
from storage import gateways, incidents, pushes, ranking
from storage.database import Database


class Gateways:
    """Shows them. Changes nothing."""

    def __init__(self, database: Database, pulses: Pulses) -> None:
        self._db = database
        self._pulses = pulses

    async def every(self, person: Person) -> list[GatewaySheet]:
        """Each gateway, asked now; of its sessions those that the person may see.

        Whoever sees some companies alone is shown only the gateways that have one of them.
        """
        async with self._db.reading() as tx:
            counts = await ranking.by_state(tx, person.reach(Right.LOOK))
            if not counts:
                person.must(Right.LOOK)
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
