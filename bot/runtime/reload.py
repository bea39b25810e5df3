"""Reads the configuration file anew, and makes the running program go by it.

All of it or nothing: the file is read and everything new is made before anything is changed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import structlog

from bot import logs
from bot.domain.company import GatewayName
from bot.domain.config_file import Changes, ReloadRefused
from bot.domain.roster import Roster
from bot.domain.system_notice import owners
from bot.gateways.base import GatewayAdapter
from bot.monitor.company_sync import CompanySync, sync_companies
from bot.recovery.control import SessionControl
from bot.runtime.builder import RuntimeBuilder
from bot.runtime.registry import GatewayRegistry, GatewayRuntime
from bot.settings import ConfigProblems, GatewaySetup, Settings, Setup, read_setup
from bot.texts import Catalogs, plain
from bot.texts.config_problems import problems_in_words

log = structlog.get_logger()


class Reload:
    """Holds the setup in force. Called, it reads the next one."""

    def __init__(
        self,
        settings: Settings,
        setup: Setup,
        registry: GatewayRegistry,
        builder: RuntimeBuilder,
        on_changed: Callable[[], Awaitable[None]],
        control: SessionControl,
    ) -> None:
        """`on_changed` is called once the gateways are as the settings say."""
        self.setup = setup
        self._settings = settings
        self._registry = registry
        self._builder = builder
        self._on_changed = on_changed
        self._control = control
        self._one_at_a_time = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()
        for gateway in setup.gateways:
            registry.put(gateway.name, builder.runtime(gateway, setup))
        registry.variables.update(setup.variables)

    def rosters(self) -> tuple[Roster, ...]:
        """Which companies the setup in force names, gateway by gateway."""
        return self.setup.rosters

    async def __call__(self) -> Changes | ReloadRefused:
        """Go by the file as it stands now; with a problem in it, by what was read before."""
        async with self._one_at_a_time:
            try:
                setup = await asyncio.to_thread(read_setup, self._settings)
            except ConfigProblems as wrong:
                _log_refusal(wrong)
                return ReloadRefused(file=wrong.path.name, problems=wrong.problems)
            logs.hide(setup.secrets)
            changes = await self._go_by(setup)
            log.info("configuration_reloaded", changes=changes)
            return changes

    async def sync_companies(self) -> CompanySync:
        """Put into the store what the setup in force says of companies."""
        return await self._sync_companies(self.setup)

    async def aclose(self) -> None:
        """Close at once what still had time to end."""
        for task in self._closing:
            task.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)

    async def _go_by(self, setup: Setup) -> Changes:
        before, after = _by_name(self.setup), _by_name(setup)
        fitted = {
            name: self._builder.runtime(setup_of, setup)
            for name, setup_of in after.items()
            if name not in before or _is_another(before[name], setup_of)
        }
        company_sync = await self._sync_companies(setup)
        for name in before.keys() - after.keys():
            await self._take_out(name)
        for name, setup_of in after.items():
            if name in fitted:
                await self._put_in(name, fitted[name])
            else:
                adapter = self._registry.adapters[name]
                self._registry.lookers[name] = self._builder.looker(setup_of, setup, adapter)
        self._registry.variables.update(setup.variables)
        await self._on_changed()
        self.setup = setup
        return Changes(
            joined=tuple(sorted(after.keys() - before.keys())),
            left=tuple(sorted(before.keys() - after.keys())),
            altered=tuple(gateway for gateway in after if gateway in fitted and gateway in before),
            added=company_sync.added,
            moved=company_sync.moved,
            retold=company_sync.retold,
            unnamed=company_sync.unnamed,
            unwatched=company_sync.unwatched,
        )

    async def _sync_companies(self, setup: Setup) -> CompanySync:
        async with self._control.database.writing() as tx:
            tell = owners(self._settings.owner_ids)
            return await sync_companies(tx, setup.rosters, self._control.clock(), tell)

    async def _put_in(self, name: GatewayName, runtime: GatewayRuntime) -> None:
        watched = name in self._registry.followed
        await self._take_out(name)
        self._registry.put(name, runtime)
        if watched:
            self._registry.follow(name)

    async def _take_out(self, name: GatewayName) -> None:
        adapter = self._registry.adapters.get(name)
        self._registry.remove(name)
        await self._registry.unfollow(name)
        if adapter is not None:
            task = asyncio.create_task(self._close(adapter))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def _close(self, adapter: GatewayAdapter) -> None:
        """Close its connections once whatever uses them must have ended."""
        try:
            await asyncio.sleep(self._control.timing.gateway_leaves_s)
        finally:
            try:
                await adapter.aclose()
            except Exception:  # a task's edge: nobody waits for it
                log.exception("gateway_connections_not_closed")


def _by_name(setup: Setup) -> Mapping[GatewayName, GatewaySetup]:
    return {gateway.name: gateway for gateway in setup.gateways}


def _is_another(before: GatewaySetup, after: GatewaySetup) -> bool:
    """Whether more than its companies has changed: only then its connections are made anew."""
    companies, key = before.companies, before.session_key
    return replace(after, companies=companies, session_key=key) != before


def _log_refusal(wrong: ConfigProblems) -> None:
    english = Catalogs().speaking("en")
    words = problems_in_words(english, str(wrong.path), wrong.problems)
    log.warning("configuration_refused", problems=[plain(markup) for markup in words[1:]])
