"""What a look means, rule by rule, with what logs and pushes said lately."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.company import CompanyId
from bot.domain.observation import CompanyStatus, DetectedBy, Detection, Observation
from bot.domain.session import State
from bot.domain.timing import Timing
from bot.monitor.batches import in_turns
from bot.monitor.changes import Judged
from bot.monitor.hints import ConnectionEvent, Hint, better, explained
from bot.monitor.refusals import Refusals
from bot.monitor.rules import RuleSettings, SessionLook, Verdict
from bot.monitor.rules.good_news import CODE_LIVES, believed
from bot.monitor.rules.table import SESSION_RULES
from bot.monitor.throwings import Throwings


class Judge:
    """Asks every rule. Remembers the causes that were told, for they blur with later looks."""

    def __init__(self, limits: RuleSettings, timing: Timing, clock: Callable[[], datetime]) -> None:
        self._limits = limits
        self._timing = timing
        self._clock = clock
        # Not stored: who restarts within the two minutes of a hint looks anyway.
        self._hints: dict[tuple[CompanyId, DetectedBy], Hint] = {}
        self._codes: dict[CompanyId, datetime] = {}  # when a push told of one
        self._refusals = Refusals()
        self._throwings = Throwings(clock)

    @property
    def hinted(self) -> list[CompanyId]:
        """The companies with a recent hint."""
        now = self._clock()
        return [company_id for (company_id, _), hint in self._hints.items() if hint.fresh(now)]

    def note(self, company_id: CompanyId | None, news: ConnectionEvent) -> None:
        """Keep a hint of a log or a push. None stands for one that named no company."""
        now = self._clock()
        self._hints = {key: hint for key, hint in self._hints.items() if hint.fresh(now)}
        if company_id is None:
            return
        if news.refused:
            self._refusals.note(company_id, news.refused, now)
        self._throwings.note(company_id, news)
        if news.code and news.by is DetectedBy.PUSH:
            self._codes = {key: at for key, at in self._codes.items() if now - at < CODE_LIVES} | {
                company_id: now
            }
        if news.opened:
            # The log's word undoes no push: whoever can write a line could silence the gateway.
            for sign in {news.by, DetectedBy.LOG}:
                self._hints.pop((company_id, sign), None)
        if news.cause is not None:
            hint, key = Hint(cause=news.cause, at=now, by=news.by), (company_id, news.by)
            self._hints[key] = better(self._hints.get(key), hint)

    async def judged(
        self, known: Sequence[CompanyStatus], seen: Mapping[CompanyId, Observation]
    ) -> list[Judged]:
        """What each of `known` means that was seen."""
        return [
            self._judged(status, look)
            async for part in in_turns(known)
            for status in part
            if (look := seen.get(status.company.id)) is not None
        ]

    def _judged(self, known: CompanyStatus, seen: Observation) -> Judged:
        seen = self._throwings.borne_out(seen)
        if seen.state is not State.CONNECTED:
            push, log = (
                self._hints.get((known.company.id, by)) for by in (DetectedBy.PUSH, DetectedBy.LOG)
            )
            seen = explained(known, seen, push, log)
        elif not believed(known, seen, self._codes.get(known.company.id)):
            state = known.state or State.LOGGED_OUT
            seen = replace(seen, state=state, cause=known.cause, unbelieved=True)
        elif seen.restriction is None:
            seen = replace(seen, restriction=self._refusals.mean(known.company.id, seen.at))
        return Judged(known=known, seen=seen, verdicts=self._verdicts(known, seen))

    def _verdicts(self, known: CompanyStatus, seen: Observation) -> tuple[Verdict, ...]:
        look = SessionLook(known=known, seen=seen, limits=self._limits, timing=self._timing)
        return tuple([rule.judge(look) for rule in SESSION_RULES])


def noticed(judged: Judged, event: ConnectionEvent | None, well_at: datetime | None) -> Judged:
    """`judged` with how it was noticed; `well_at` is when everybody was seen before."""
    by_log = None if judged.seen.log_says is None else DetectedBy.LOG
    sign = judged.seen.told_by or by_log or (DetectedBy.POLL if event is None else event.by)
    was_well = judged.known.state is State.CONNECTED
    return replace(judged, noticed=Detection(sign=sign, well_at=well_at if was_well else None))
