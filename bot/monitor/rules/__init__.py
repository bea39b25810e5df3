"""Judges what was seen. PURE: an observation and what is known go in, a verdict comes out.

Every verdict carries its reason; the reason is stored, logged and shown. Each trouble has its rule
in the file of its name.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.incident import Severity, Symptom, Trouble
from bot.domain.session import Cause
from bot.domain.trouble import TROUBLES


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
class Limits:
    """The settings that rules read."""

    grace_s: float
    max_files: int | None  # None: follows the baseline
    max_reconnects_per_day: int


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
