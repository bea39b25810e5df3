"""Reaches the sessions of companies: their gateways, and where their directories lie."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from bot.authdir import AuthDirError, SessionsTemplate, count
from bot.domain.company import Company, GatewayName
from bot.domain.files import CredsState
from bot.domain.session import State
from bot.domain.timing import Timing
from bot.gateways.base import GatewayAdapter, GatewayError, GatewayUnreachable, SessionInfo
from bot.gateways.look import look_at
from bot.recovery.copy_records import CopyRecords
from bot.recovery.precedence import Precedence
from bot.recovery.quiet_directory import until_quiet
from storage.database import Database
from storage.sessions import twins

_TWINS = timedelta(days=1)  # what a gateway has not listed for so long it has no more


class SessionControl:
    """Looks at sessions and starts them, for as long as this replica may.

    A gateway without a template keeps its directories out of reach: nothing can be set aside.
    Both maps are the program's own: they change when the settings are read anew.
    """

    def __init__(
        self,
        database: Database,
        gateways: Mapping[GatewayName, GatewayAdapter],
        templates: Mapping[GatewayName, SessionsTemplate],
        *,
        timing: Timing,
        clock: Callable[[], datetime],
        is_alive: Callable[[], bool] = lambda: True,
        disk_clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._is_alive = is_alive
        self.database = database
        self.gateways = gateways
        self.templates = templates
        self.timing = timing
        self.clock = clock
        self._disk_clock = disk_clock or clock  # the times of files are by this one
        self.copies = CopyRecords(database, self.template)
        self.turns = Precedence(database, timing=timing, clock=clock)

    def gateway(self, company: Company) -> GatewayAdapter:
        """The company's gateway; GatewayUnreachable when it was taken out of the settings.

        CancelledError when this replica was frozen for so long that another has its roles.
        """
        if not self._is_alive():
            raise asyncio.CancelledError
        if company.gateway not in self.gateways:
            raise GatewayUnreachable("this gateway is not in the settings any more")
        return self.gateways[company.gateway]

    def template(self, company: Company) -> SessionsTemplate | None:
        """Where its gateway's directories lie; None where none is in reach."""
        template = self.templates.get(company.gateway)
        if template is None or not template.reaches(company):
            return None
        return template.knowing([company])

    async def look(self, company: Company) -> SessionInfo:
        """The session now; one the gateway does not know is stopped. Raises GatewayError."""
        return await look_at(self.gateway(company), company.session_key)

    async def works_elsewhere(self, company: Company) -> GatewayName | None:
        """Another gateway that lists this very session, and has it working now; None: nowhere.

        One that does not answer counts as it was listed last.
        """
        since = self.clock() - _TWINS
        async with self.database.reading() as tx:
            found = await twins.of_company(tx, company.id, company.gateway, since)
        for twin in found:
            gateway, state = self.gateways.get(twin.gateway), twin.state
            if gateway is None:
                continue
            with suppress(GatewayError):
                state = (await look_at(gateway, twin.session_key)).state
            if state is State.CONNECTED:
                return twin.gateway
        return None

    async def start(self, company: Company) -> None:
        """Start it with what lies there; one that runs is left alone. Raises GatewayError."""
        if (await self.look(company)).state is State.STOPPED:
            await self.gateway(company).start(company.session_key)

    async def has_keys(self, company: Company) -> bool:
        """Whether keys lie in its directory, as far as anybody can look there."""
        template = self.template(company)
        if template is None:
            return True
        try:
            found = await asyncio.to_thread(count, template, company.id, self.clock())
        except AuthDirError:
            return True
        return found is not None and found.creds in (CredsState.LINKED, CredsState.UNREADABLE)

    async def quiet(self, company: Company) -> None:
        """Wait until nothing writes into the directory. StillWriting when that does not come.

        Raises AuthDirError.
        """
        template = self.template(company)
        if template is None:
            return
        await until_quiet(template, company.id, self.timing, self._disk_clock)
