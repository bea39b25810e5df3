"""Shares the bot's roles among its replicas: one replica plays a role at a time.

Enters: the roles there are. Leaves: roles started and stopped. A replica that cannot say in
time that it is alive stops by itself before another takes over; one that was frozen, and wakes
up too late, learns from `holds` that it may do nothing any more.
"""

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

import structlog

from bot.domain.timing import Timing
from bot.supervisor import for_ever
from storage import leases
from storage.database import Database, Transaction
from storage.leases import PRESENT

log = structlog.get_logger()


class ReplicaRole(Protocol):
    """A part of the work that one replica does alone."""

    name: str

    async def start(self) -> None:
        """Begin. Called once before each `stop`."""
        ...

    async def stop(self) -> None:
        """End, and wait until nothing of it is under way."""
        ...


ReplicaRoles = Callable[[], Sequence[ReplicaRole]]


class HeldRoles:
    """The roles this replica plays now, and whether it may do anything at all.

    Built before the roles, whose parts ask here. With `shared` roles this replica may
    do nothing until it has said that it is alive, nor after `sure_until_s` of its own clock.
    """

    def __init__(
        self, *, shared: bool = False, monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        self.monotonic_s = monotonic_s
        self.sure_until_s = -math.inf if shared else math.inf
        self._held: dict[str, ReplicaRole] = {}

    def is_alive(self) -> bool:
        """Whether nobody can have taken over what is ours."""
        return self.monotonic_s() < self.sure_until_s

    def holds(self, name: str) -> bool:
        """Whether it may be done here now."""
        return name in self._held and self.is_alive()

    def __contains__(self, name: str) -> bool:
        return name in self._held

    @property
    def names(self) -> list[str]:
        """In the order in which they were started."""
        return list(self._held)

    async def start(self, role: ReplicaRole) -> None:
        """Start a role; one that fails to start is logged and not held."""
        self._held[role.name] = role
        try:
            await role.start()
        except Exception:  # the edge of a part: the others go on, and this one is tried again
            log.exception("role_not_started", role=role.name)
            await self.stop([role.name])

    async def stop(self, names: Iterable[str]) -> None:
        """End these, the latest first."""
        for name in [held for held in reversed(self.names) if held in set(names)]:
            role = self._held.pop(name)
            try:
                await role.stop()
            except Exception:  # as above: it is not held any more, whatever it says
                log.exception("role_not_stopped", role=name)


class Alone:
    """The only replica: it plays every role."""

    def __init__(self, roles: ReplicaRoles, held: HeldRoles) -> None:
        self._roles = roles
        self._held = held

    async def start(self) -> None:
        """Start every role."""
        await self.refresh()

    async def refresh(self) -> None:
        """Go by the roles there are now."""
        wanted = {role.name: role for role in self._roles()}
        await self._held.stop([name for name in self._held.names if name not in wanted])
        for name, role in wanted.items():
            if name not in self._held:
                await self._held.start(role)

    async def stop(self) -> None:
        """Stop every role."""
        await self._held.stop(self._held.names)


class Leases:
    """One replica of several. Roles are spread evenly over those that are alive.

    Two clocks are read, in seconds: the database's, which all replicas share, and this machine's
    own, which goes on while the process is frozen.
    """

    def __init__(
        self,
        database: Database,
        roles: ReplicaRoles,
        held: HeldRoles,
        replica: str,
        *,
        timing: Timing,
        database_s: Callable[[Transaction], Awaitable[float]] = leases.now_s,
    ) -> None:
        self._db = database
        self._roles = roles
        self._replica = replica
        self._timing = timing
        self._database_s = database_s
        self._held = held
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start roles that are free, and go on doing so."""
        self._task = asyncio.create_task(self._run())

    async def refresh(self) -> None:
        """Go by the roles there are now."""
        await self.tick()

    async def stop(self) -> None:
        """Stop every role and let the others have them at once."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        names = self._held.names
        await self._held.stop(names)
        async with self._db.writing() as tx:
            await leases.give_back(tx, [*names, PRESENT + self._replica], self._replica)

    async def tick(self) -> None:
        """Say that we are alive, start our share of the roles, stop what is not ours."""
        roles = {role.name: role for role in self._roles()}
        began_s = self._held.monotonic_s()
        async with self._db.writing() as tx:
            ours, surplus = await self._shared_out(tx, list(roles))
        self._held.sure_until_s = began_s + self._timing.lease_s - self._timing.lease_margin_s
        lost = [name for name in self._held.names if name not in ours]
        await self._held.stop(lost)
        if surplus:
            async with self._db.writing() as tx:
                await leases.give_back(tx, surplus, self._replica)
        for name in ours:
            if name not in self._held:
                log.info("role_started", role=name, replica=self._replica)
                await self._held.start(roles[name])

    async def _run(self) -> None:
        await for_ever(
            self._turn_in_time,
            failed="duties cannot be shared out",
            pause_s=self._timing.lease_renewal_s,
            on_failure=self._stop_unless_alive,
        )

    async def _turn_in_time(self) -> None:
        async with asyncio.timeout(self._timing.lease_margin_s):
            await self.tick()
        await self._stop_unless_alive()

    async def _stop_unless_alive(self) -> None:
        if self._held.names and not self._held.is_alive():
            log.error("lease_lost")
            await self._held.stop(self._held.names)

    async def _shared_out(self, tx: Transaction, names: list[str]) -> tuple[list[str], list[str]]:
        """What is ours after this turn, and what we hold beyond our share or no longer want."""
        now_s = await self._database_s(tx)
        until_s = now_s + self._timing.lease_s

        async def taken(name: str) -> bool:
            return await leases.take(tx, name, self._replica, now_s=now_s, until_s=until_s)

        await taken(PRESENT + self._replica)
        all_leases = await leases.all_ones(tx)
        share = math.ceil(len(names) / max(1, leases.hands(all_leases, now_s)))
        present = [lease.role for lease in all_leases if lease.holder == self._replica]
        kept = [name for name in names if name in present and await taken(name)]
        surplus = [*kept[share:], *(name for name in self._held.names if name not in names)]
        ours = kept[:share]
        for name in names:
            if len(ours) < share and name not in kept and await taken(name):
                ours.append(name)
        return ours, surplus
