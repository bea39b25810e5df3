"""Which rules there are: one row each. PURE.

Four kinds of looks are judged, and each takes the rows of its own paragraph: at sessions, at their
directories, at a gateway as a whole, and at what else tells of a session. What a trouble means to
people stands in `bot.domain.trouble`: rooms that do not know this one read it as well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, ParamSpec

from bot.domain.observation import CompanyStatus
from bot.domain.trouble import Trouble
from bot.monitor.rules import DirectoryLook, Health, SessionLook, Verdict
from bot.monitor.rules.creds_at_risk import judge_creds
from bot.monitor.rules.facts import PHONE, STATE, Fact
from bot.monitor.rules.files_above_limit import judge_files
from bot.monitor.rules.files_jumped import judge_growth
from bot.monitor.rules.gateway_unreachable import judge_gateway
from bot.monitor.rules.hears_nothing import judge_hearing
from bot.monitor.rules.hook_silent import judge_hook
from bot.monitor.rules.log_burst import judge_bursts
from bot.monitor.rules.mass_drop import judge_mass
from bot.monitor.rules.reconnects_above_target import judge_reconnects
from bot.monitor.rules.restricted import RESTRICTION, judge_refusal, judge_restriction
from bot.monitor.rules.session_down import judge_with_reasons
from bot.monitor.rules.shared import judge_shared
from bot.monitor.rules.wrong_number import judge_number
from bot.monitor.rules.zombie import judge_probe, judge_zombie

P = ParamSpec("P")


@dataclass(frozen=True, kw_only=True)
class SessionRule:
    """A rule that every look at a session asks.

    A calm company is judged only when a look says something new: `woken_by` are the facts that
    bring it before this rule. `compares` are pairs of columns that the rule expects to agree: a
    company of which they do not is never calm. `confirmed` rules look twice before they alarm.
    """

    trouble: Trouble
    judge: Callable[[SessionLook], Verdict]
    woken_by: tuple[Fact, ...]
    compares: tuple[tuple[str, str], ...] = ()
    confirmed: bool = False


@dataclass(frozen=True, kw_only=True)
class Rule(Generic[P]):
    """A rule that another look asks: of every company, so that nothing has to wake it."""

    trouble: Trouble
    judge: Callable[P, Verdict]


SESSION_RULES = (
    SessionRule(
        trouble=Trouble.SESSION_DOWN, judge=judge_with_reasons, woken_by=(STATE,), confirmed=True
    ),
    SessionRule(trouble=Trouble.RECONNECTS_ABOVE_TARGET, judge=judge_reconnects, woken_by=(STATE,)),
    SessionRule(trouble=Trouble.ZOMBIE, judge=judge_zombie, woken_by=(STATE,)),
    # Whoever a push or a log tells of is looked at and judged, however calm.
    SessionRule(trouble=Trouble.SHARED, judge=judge_shared, woken_by=(STATE,)),
    SessionRule(
        trouble=Trouble.WRONG_NUMBER,
        judge=judge_number,
        woken_by=(STATE, PHONE),
        compares=(("expected_phone", "linked_phone"),),
    ),
    SessionRule(trouble=Trouble.RESTRICTED, judge=judge_restriction, woken_by=(RESTRICTION,)),
)

DIRECTORY_RULES: tuple[Rule[[DirectoryLook]], ...] = (
    Rule(trouble=Trouble.FILES_ABOVE_LIMIT, judge=judge_files),
    Rule(trouble=Trouble.FILES_JUMPED, judge=judge_growth),
    Rule(trouble=Trouble.CREDS_AT_RISK, judge=judge_creds),
)

GATEWAY_RULES = (
    Rule(trouble=Trouble.GATEWAY_UNREACHABLE, judge=judge_gateway),
    Rule(trouble=Trouble.MASS_DROP, judge=judge_mass),
)

OTHER_RULES = (
    Rule(trouble=Trouble.LOG_BURST, judge=judge_bursts),
    Rule(trouble=Trouble.ZOMBIE, judge=judge_probe),  # a look can only see that it is over
    Rule(trouble=Trouble.RESTRICTED, judge=judge_refusal),
    Rule(trouble=Trouble.HEARS_NOTHING, judge=judge_hearing),
    Rule(trouble=Trouble.HOOK_SILENT, judge=judge_hook),
)

RULES = (*SESSION_RULES, *DIRECTORY_RULES, *GATEWAY_RULES, *OTHER_RULES)

_CONFIRMED = frozenset(rule.trouble for rule in SESSION_RULES if rule.confirmed)


def wants_second_look(known: CompanyStatus, verdict: Verdict) -> bool:
    """Whether this verdict would open an incident that must be confirmed first."""
    if verdict.health is not Health.BAD or verdict.trouble not in _CONFIRMED:
        return False
    return known.incident(verdict.trouble) is None
