"""The checklist of the post-mortem: facts go in, nine lines come out. PURE.

A step is ticked by what was seen since the trouble began, never by what was ordered.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.checklist import ChecklistLine, ListStep, Mark
from bot.domain.files import CredsState
from bot.domain.incident import Incident
from bot.domain.notice import offers_of
from bot.domain.observation import CompanyStatus
from bot.domain.session import State
from bot.domain.trouble import TROUBLES, Customers, Offer, Trouble

_STARTS = (Offer.RECONNECT, Offer.MEND, Offer.RESTORE, Offer.RESET)
# A lost session is the first of all troubles and the last here: what looks well hides the others.
_OUTAGES = tuple(
    trouble
    for trouble in reversed([*TROUBLES])
    if TROUBLES[trouble].customers is not Customers.SERVED
)


@dataclass(frozen=True, kw_only=True)
class ChecklistFacts:
    """What is known when the list is drawn up.

    `files` is None where the directory could not be counted, and `has_directory` is false where the
    bot is not told where it lies; `log_lines` counts the last hour, None without a log to follow.
    What `was_…` and `procedure_…` say holds for the time since the trouble began. `probed_at` is
    when a test message went out last. `listeners` are the chats that hear of this company.
    """

    known: CompanyStatus
    since: datetime
    gateway_silent: bool = False
    has_directory: bool = True
    files: int | None = None
    log_lines: int | None = None
    was_set_aside: bool = False
    was_restarted: bool = False
    restart_possible: bool = False
    procedure_running: bool = False
    procedure_done: bool = False
    was_reset: bool = False
    code_shown: bool = False
    was_paired: bool = False
    probed_at: datetime | None = None
    listeners: int = 0

    @property
    def outage(self) -> Incident | None:
        """What keeps messages from getting through."""
        found = (self.known.incident(trouble) for trouble in _OUTAGES)
        return next((incident for incident in found if incident is not None), None)

    @property
    def dead(self) -> bool:
        """Whether it is connected in name only."""
        return self.known.incident(Trouble.ZOMBIE) is not None

    @property
    def connected(self) -> bool:
        """Whether it is connected as far as one can see."""
        return self.known.state is State.CONNECTED and not self.gateway_silent and not self.dead

    @property
    def starts(self) -> tuple[Offer, ...]:
        """What would bring the session back, as the incident has it."""
        if self.outage is None:
            return () if self.known.state is State.CONNECTED else (Offer.RECONNECT,)
        return tuple(offer for offer in offers_of(self.outage) if offer in _STARTS)

    @property
    def awaits_scan(self) -> bool:
        """Whether there is a new session, and no phone has been linked to it yet."""
        fresh = self.was_reset and not self.was_paired
        return fresh or self.known.state is State.AWAITING_SCAN

    @property
    def needs_reset(self) -> bool:
        """Whether nothing gentler than a reset is left."""
        return self.starts == (Offer.RESET,)


def draw_up(facts: ChecklistFacts) -> tuple[ChecklistLine, ...]:
    """The nine lines."""
    return (
        _status(facts),
        _files(facts),
        _logs(facts),
        _set_aside(facts),
        _restart(facts),
        _new_session(facts),
        _scan(facts),
        _answers(facts),
        _watched(facts),
    )


def is_green(lines: tuple[ChecklistLine, ...]) -> bool:
    """Whether nothing is left to do or to wait for."""
    return all(line.mark in (Mark.DONE, Mark.SKIPPED) for line in lines)


def _status(facts: ChecklistFacts) -> ChecklistLine:
    step, known = ListStep.STATUS, facts.known
    if facts.gateway_silent:
        return _waiting(step, "checklist.status.silent")
    if facts.outage is not None:
        return _done(step, "checklist.status.trouble", what=facts.outage)
    if known.state is None:
        return _waiting(step, "checklist.status.not_seen")
    return _done(step, "checklist.status.state", state=known.state)


def _files(facts: ChecklistFacts) -> ChecklistLine:
    step = ListStep.FILES
    if not facts.has_directory:
        return _skipped(step, "checklist.files.not_configured")
    if facts.files is None:
        return _skipped(step, "checklist.files.uncounted")
    if facts.known.creds is CredsState.DAMAGED and not facts.connected:
        return _todo(step, "checklist.files.damaged", Offer.FILES, count=facts.files)
    return _done(step, "checklist.files.counted", count=facts.files)


def _logs(facts: ChecklistFacts) -> ChecklistLine:
    step = ListStep.LOGS
    if facts.log_lines is None:
        return _skipped(step, "checklist.logs.not_configured")
    if facts.log_lines == 0:
        return _done(step, "checklist.logs.quiet")
    return _done(step, "checklist.logs.counted", count=facts.log_lines)


def _set_aside(facts: ChecklistFacts) -> ChecklistLine:
    step = ListStep.SET_ASIDE
    if facts.was_set_aside:
        return _done(step, "checklist.aside.done")
    if not facts.has_directory:
        return _skipped(step, "checklist.aside.impossible")
    if facts.needs_reset:
        return _waiting(step, "checklist.aside.by_reset")
    return _skipped(step, "checklist.aside.not_needed")


def _restart(facts: ChecklistFacts) -> ChecklistLine:
    step = ListStep.RESTART
    if facts.was_restarted:
        return _done(step, "checklist.restart.done")
    if not (facts.gateway_silent or facts.dead):
        return _skipped(step, "checklist.restart.not_needed")
    if not facts.restart_possible:
        return _skipped(step, "checklist.restart.not_configured")
    if facts.gateway_silent:
        return _todo(step, "checklist.restart.silent", Offer.RESTART)
    return _skipped(step, "checklist.restart.revive_first")


def _new_session(facts: ChecklistFacts) -> ChecklistLine:
    step = ListStep.NEW_SESSION
    if facts.gateway_silent:
        return _waiting(step, "checklist.session.silent")
    if facts.procedure_running:
        return _waiting(step, "checklist.session.running")
    if facts.dead:
        return _todo(step, "checklist.session.dead", Offer.REVIVE)
    if facts.awaits_scan or (facts.connected and facts.procedure_done):
        return _done(step, "checklist.session.started")
    if facts.connected:
        return _skipped(step, "checklist.session.not_needed")
    return _todo(step, "checklist.session.wanted", *(facts.starts or (Offer.CHECK,)))


def _scan(facts: ChecklistFacts) -> ChecklistLine:
    step = ListStep.SCAN
    if facts.was_paired and not facts.awaits_scan:
        return _done(step, "checklist.scan.done")
    if facts.code_shown:
        return _waiting(step, "checklist.scan.shown")
    if facts.connected or facts.dead:
        return _skipped(step, "checklist.scan.not_needed")
    if facts.awaits_scan and not facts.gateway_silent and not facts.procedure_running:
        return _todo(step, "checklist.scan.wanted", Offer.QR)
    return _waiting(step, "checklist.scan.later")


def _answers(facts: ChecklistFacts) -> ChecklistLine:
    step, known = ListStep.ANSWERS, facts.known
    if facts.dead:
        return _todo(step, "checklist.answers.dead", Offer.PROBE)
    if not facts.connected:
        return _waiting(step, "checklist.answers.later")
    fresh = max(facts.since, known.since or facts.since)
    if facts.probed_at is not None and facts.probed_at >= fresh:
        return _done(step, "checklist.answers.sent")
    return _todo(step, "checklist.answers.wanted", Offer.PROBE)


def _watched(facts: ChecklistFacts) -> ChecklistLine:
    step = ListStep.WATCHED
    if facts.listeners == 0:
        return _todo(step, "checklist.watched.nobody")
    if not facts.connected or facts.outage is not None:
        return _waiting(step, "checklist.watched.later")
    return _done(step, "checklist.watched.done", count=facts.listeners)


def _done(step: ListStep, reason: str, **params: object) -> ChecklistLine:
    return ChecklistLine(step=step, mark=Mark.DONE, said=reason, params=params)


def _waiting(step: ListStep, reason: str) -> ChecklistLine:
    return ChecklistLine(step=step, mark=Mark.WAITING, said=reason)


def _skipped(step: ListStep, reason: str) -> ChecklistLine:
    return ChecklistLine(step=step, mark=Mark.SKIPPED, said=reason)


def _todo(step: ListStep, reason: str, *offers: Offer, **params: object) -> ChecklistLine:
    return ChecklistLine(step=step, mark=Mark.TODO, said=reason, params=params, offers=offers)
