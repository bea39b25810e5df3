"""Judges what was seen. PURE: a look and what is known go in, a verdict comes out.

Every verdict carries its reason; the reason is stored, logged and shown. Each trouble has its rule
in the file of its name, and its row in `table.py`. How one is added: docs/adding-a-rule.md.
"""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.company import GatewayName
from bot.domain.files import CredsState
from bot.domain.observation import CompanyStatus, Observation
from bot.domain.session import Cause
from bot.domain.timing import Timing
from bot.domain.trouble import TROUBLES, Severity, Symptom, Trouble


class Health(StrEnum):
    """What a verdict asks for: WELL closes, BAD opens, SETTLING is told, WAIT changes nothing."""

    WELL = "well"
    SETTLING = "settling"
    BAD = "bad"
    WAIT = "wait"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a rule makes of a look. `began_at` is when the trouble began, as far as is known.

    `own_severity` is None where it is that of the trouble.
    """

    trouble: Trouble
    health: Health
    reason: str
    symptom: Symptom = Symptom.GONE
    own_severity: Severity | None = None
    cause: Cause | None = None
    began_at: datetime | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """How loud an incident is that it opens."""
        return self.own_severity or TROUBLES[self.trouble].severity


@dataclass(frozen=True, kw_only=True)
class RuleSettings:
    """The settings that rules read. `restartable` are gateways that a command restarts."""

    grace_s: float
    max_files: int | None  # None: follows the baseline
    max_reconnects_per_day: int
    restartable: Container[GatewayName] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionLook:
    """A look at one session: what was seen, what is known of the company, what the settings say."""

    known: CompanyStatus
    seen: Observation
    limits: RuleSettings
    timing: Timing


@dataclass(frozen=True, kw_only=True, slots=True)
class DirectoryLook:
    """A look at the key files of one company.

    `creds` is None where nothing was ever seen of them, `total` where they could not be counted.
    `limit` and `hour_ago` are None where nothing has been learnt yet; while `settling`, the files
    of a fresh pairing still come.
    """

    known: CompanyStatus
    creds: CredsState | None
    total: int | None = None
    hour_ago: int | None = None
    limit: int | None = None
    settling: bool = False


def judge_limit(trouble: Trouble, count: int, limit: int, facts: dict[str, Any]) -> Verdict:
    """Bad above a limit, well at it and below."""
    if count <= limit:
        return Verdict(trouble=trouble, health=Health.WELL, reason=f"{count} of {limit}")
    return Verdict(
        trouble=trouble,
        health=Health.BAD,
        reason=f"{count}, above {limit}",
        symptom=Symptom.ABOVE,
        facts=facts,
    )
