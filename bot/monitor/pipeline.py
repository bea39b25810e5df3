"""The order of a look, on one screen.

    1. look      a gateway is asked, by its list or session by session    look.py
    2. observe   its answers become observations; who is calm and as it   look.py, rules/calm.py
                 was is judged no further
    3. judge     every rule says what an observation means                judge.py, rules/table.py
    4. confirm   what would raise an alarm is looked at a second time     here
    5. advance   verdicts take incidents one step on                      advance.py, incidents.py
    6. write     states, incidents, notices; one transaction with 5       status_repository.py

`Checker` says whom to look at, and when; it takes the first two steps with `Looker`, under the
gateway's lock, and hands on what came of them.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from bot.domain.company import CompanyId, GatewayName
from bot.domain.observation import CompanyStatus
from bot.domain.timing import Timing
from bot.monitor.batches import in_turns
from bot.monitor.changes import Judged
from bot.monitor.gateway_looks import Missed, Reached
from bot.monitor.hints import ConnectionEvent
from bot.monitor.journal import log_steps
from bot.monitor.judge import Judge, noticed
from bot.monitor.look import Looker
from bot.monitor.rules.table import wants_second_look
from bot.monitor.status_repository import StatusRepository

NO_NEWS: Mapping[CompanyId, ConnectionEvent] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class LookScope:
    """Which companies a look concerns.

    `statuses` are the companies to be judged, `known` those of them that were looked at. `calm` are
    all calm ones of the gateway: its own incident concerns them too.
    """

    statuses: Sequence[CompanyStatus]
    known: Sequence[CompanyStatus]
    calm: Iterable[CompanyId]

    @property
    def others(self) -> list[CompanyId]:
        """The calm ones that are not judged."""
        judged_ones = {status.company.id for status in self.statuses}
        return [company_id for company_id in self.calm if company_id not in judged_ones]


class Pipeline:
    """Judges looks and writes down what they mean."""

    def __init__(
        self,
        statuses: StatusRepository,
        lookers: Mapping[GatewayName, Looker],
        judge: Judge,
        *,
        timing: Timing,
        clock: Callable[[], datetime],
        on_written: Callable[[], None],
    ) -> None:
        self._statuses = statuses
        self._lookers = lookers
        self._judge = judge
        self._timing = timing
        self._clock = clock
        self._on_written = on_written

    async def run(
        self,
        gateway: GatewayName,
        look: Reached | Missed,
        scope: LookScope,
        *,
        news: Mapping[CompanyId, ConnectionEvent] = NO_NEWS,
        well_at: datetime | None = None,
        twice: bool = False,
    ) -> None:
        """Steps 3 to 6. `news` made us look; what is lost now was well at `well_at`.

        With `twice` what was seen has been looked at a second time already.
        """
        others = scope.others
        if isinstance(look, Missed):
            everyone = [*(status.company.id for status in scope.statuses), *others]
            steps = await self._statuses.write_missed(
                gateway, look.symptom, look.reason, everyone=everyone, now=self._clock()
            )
        else:
            judged = await self._judge.judged(scope.known, look.seen)
            judged = judged if twice else await self._confirmed(gateway, judged)
            judged = [
                noticed(item, news.get(item.known.company.id), well_at)
                async for part in in_turns(judged)
                for item in part
            ]
            steps = await self._statuses.write_reached(
                gateway,
                judged,
                look=look,
                statuses=scope.statuses,
                calm=others,
                now=self._clock(),
            )
        log_steps(steps)
        if steps:
            self._on_written()

    async def _confirmed(self, gateway: GatewayName, judged: list[Judged]) -> list[Judged]:
        """Look a second time at whatever would raise an alarm; the second look counts.

        Whatever a log or a push has told: a socket that closes for a second is no loss.
        """
        doubtful = {
            item.known.company.id: item.known
            for item in judged
            if any(wants_second_look(item.known, verdict) for verdict in item.verdicts)
        }
        if not doubtful:
            return judged
        await asyncio.sleep(self._pause_after(item.seen.at for item in judged))
        again = await self._lookers[gateway].some([status.company for status in doubtful.values()])
        settled = [item for item in judged if item.known.company.id not in doubtful]
        if isinstance(again, Missed):
            return settled  # the gateway went silent in between: nothing is known of these
        # What is known is read anew: meanwhile a person may have begun to reset or to pair it.
        anew = await self._statuses.known_ones(gateway, list(doubtful), self._clock())
        return settled + await self._judge.judged(anew, again.seen)

    def _pause_after(self, looks: Iterable[datetime]) -> float:
        """Seconds until a second look may confirm these: judging thousands has taken some of it."""
        since_s = (self._clock() - max(looks)).total_seconds()
        return min(max(self._timing.confirm_after_s - since_s, 0.0), self._timing.confirm_after_s)
