"""Looks once an hour whether sessions hear what they usually hear."""

from collections.abc import Callable, Collection, Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.company import CompanyId, GatewayName
from bot.domain.habit import (
    LOOKED_AT,
    Weeks,
    hour_of,
    last_heard,
    place_of,
    silence_of,
    together,
    usual_hours,
)
from bot.domain.incident import Incident
from bot.domain.observation import CompanyStatus
from bot.domain.session import State
from bot.domain.trouble import Trouble
from bot.monitor.announce import write_steps
from bot.monitor.batches import in_turns
from bot.monitor.incidents import IncidentStep, IncidentSubject, advance
from bot.monitor.journal import log_steps
from bot.monitor.rules.hears_nothing import Hearing, is_too_long, judge_hearing
from bot.monitor.rules.hook_silent import HookHearing, judge_hook
from storage.alerts import incidents
from storage.batches import parts
from storage.database import Database
from storage.sessions import companies, heard, states

_ASKED = 500  # companies of a gateway, to know since when any could have heard something


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What came in at a gateway: to `every` company, and to any. `present`: what is open of it."""

    gateway: GatewayName
    hour: int
    every: Mapping[CompanyId, Weeks]
    all_heard: Weeks
    present: Mapping[CompanyId | None, Incident]

    @property
    def week(self) -> int:
        """The week of the look."""
        return place_of(self.hour)[0]


class HearingChecker:
    """Judges the silences of each gateway. `restartable` are those that a command restarts."""

    def __init__(
        self,
        database: Database,
        gateways: Collection[GatewayName],
        restartable: Container[GatewayName],
        *,
        clock: Callable[[], datetime],
        on_written: Callable[[], None],
    ) -> None:
        self._db = database
        self._gateways = gateways
        self._restartable = restartable
        self._clock = clock
        self._on_written = on_written
        # What came in before it began to listen, nobody knows.
        self._began = hour_of(clock()) + 1
        self._judged: dict[GatewayName, int] = {}

    async def tick(self) -> None:
        """Judge every gateway, once in each hour."""
        hour = hour_of(self._clock())
        for gateway in list(self._gateways):
            if self._judged.get(gateway) != hour:
                self._judged[gateway] = hour
                await self._judge(gateway, hour)

    async def _judge(self, gateway: GatewayName, hour: int) -> None:
        look = await self._look(gateway, hour)
        if not look.every:
            return
        found = await self._found(look)
        ids = [*found, *(company for company in look.present if company is not None)]
        async with self._db.reading() as tx:
            known = {
                status.company.id: status
                for part in parts(ids)
                for status in await states.known_of(tx, gateway, self._clock(), ids=part)
            }
        steps = self._of_companies(look, found, known)
        await self._write(gateway, [*steps, *await self._of_hook(look)])

    async def _look(self, gateway: GatewayName, hour: int) -> _Look:
        week, _ = place_of(hour)
        async with self._db.reading() as tx:
            every = await heard.of_gateway(tx, gateway, week - LOOKED_AT - 1)
            still = await incidents.open_ones(tx, gateway=gateway)
        ours = (Trouble.HEARS_NOTHING, Trouble.HOOK_SILENT)
        return _Look(
            gateway=gateway,
            hour=hour,
            every=every,
            all_heard=together(every.values()),
            present={
                incident.company_id: incident for incident in still if incident.trouble in ours
            },
        )

    async def _found(self, look: _Look) -> dict[CompanyId, Hearing]:
        """Those that are silent for too long, with how many there are of them."""
        silent: dict[CompanyId, Hearing] = {}
        with_habit = 0
        async for part in in_turns(list(look.every.items())):
            for company_id, weeks in part:
                has_habit = usual_hours(weeks, look.week) != 0
                with_habit += has_habit
                silence = silence_of(weeks, look.all_heard, look.hour, not_before=0)
                if is_too_long(silence):
                    last = last_heard(weeks, look.hour + 1)
                    silent[company_id] = Hearing(silence=silence, last=last, has_habit=has_habit)
        return {
            company_id: replace(hearing, silent=len(silent), all_with_habit=with_habit)
            for company_id, hearing in silent.items()
        }

    def _of_companies(
        self,
        look: _Look,
        found: Mapping[CompanyId, Hearing],
        known: Mapping[CompanyId, CompanyStatus],
    ) -> list[IncidentStep]:
        now, steps = self._clock(), []
        present_ids = {company_id for company_id in look.present if company_id is not None}
        for company_id in found.keys() | present_ids:
            present, weeks = look.present.get(company_id), look.every.get(company_id, {})
            status = known.get(company_id)
            since = None if status is None else _listening_since(status)
            hearing = found.get(company_id) or Hearing(
                silence=None,
                last=last_heard(weeks, look.hour + 1),
                has_habit=usual_hours(weeks, look.week) != 0,
            )
            if since is not None and hearing.silence is not None:
                silence = silence_of(weeks, look.all_heard, look.hour, not_before=since)
                hearing = replace(hearing, silence=silence, connected=True)
            hearing = replace(hearing, can_restart=look.gateway in self._restartable)
            subject = IncidentSubject(gateway=look.gateway, company_id=company_id)
            step = advance(present, judge_hearing(hearing, present), subject, now)
            steps += [] if step is None else [step]
        return steps

    async def _of_hook(self, look: _Look) -> list[IncidentStep]:
        """Of all sessions together; while none was connected, that nobody heard is no silence."""
        present = look.present.get(None)
        silence = silence_of(look.all_heard, None, look.hour, not_before=self._began)
        listening: list[int] = []
        if present is None and is_too_long(silence):
            async with self._db.reading() as tx:
                few = list(look.every)[:_ASKED]
                them = await states.known_of(tx, look.gateway, self._clock(), ids=few)
            listening = [
                since for status in them if (since := _listening_since(status)) is not None
            ]
            first = max(self._began, min(listening, default=0))
            silence = silence_of(look.all_heard, None, look.hour, not_before=first)
        hook = HookHearing(
            silence=silence,
            last=last_heard(look.all_heard, look.hour + 1),
            has_habit=usual_hours(look.all_heard, look.week) != 0,
            connected=len(listening),
        )
        step = advance(
            present, judge_hook(hook, present), IncidentSubject(gateway=look.gateway), self._clock()
        )
        return [] if step is None else [step]

    async def _write(self, gateway: GatewayName, steps: list[IncidentStep]) -> None:
        if not steps:
            return
        async with self._db.writing() as tx:
            everyone = [company.id for company in await companies.all_of(tx, gateway)]
            await write_steps(tx, steps, everyone, self._clock())
        log_steps(steps)
        self._on_written()


def _listening_since(known: CompanyStatus) -> int | None:
    """The first whole hour in which it could hear; None where it can't, or rests, or is mended."""
    if known.state is not State.CONNECTED or known.pairing or known.rest is not None:
        return None
    return 0 if known.since is None else hour_of(known.since) + 1
