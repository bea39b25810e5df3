"""A mute: alerts of a company, or of all, stay away for a while. They are recorded all the same."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.company import CompanyId
from bot.domain.incident import Incident

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(days=7)
OFFERED = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(days=1),
    timedelta(days=7),
)
LENGTH = re.compile(r"(\d{1,5})\s*([mhdмчд])")
_UNITS = {
    "m": timedelta(minutes=1),
    "м": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "ч": timedelta(hours=1),
    "d": timedelta(days=1),
    "д": timedelta(days=1),
}


@dataclass(frozen=True, kw_only=True)
class Mute:
    """Until `until_at` nothing is said of the company; of nobody when `company_id` is None."""

    company_id: CompanyId | None
    until_at: datetime
    by: str
    muted_at: datetime

    def covers(self, incident: Incident) -> bool:
        """Whether it hides this incident. A gateway's own is hidden by a mute of all alone."""
        return self.company_id is None or self.company_id == incident.company_id


class Silence(Protocol):
    """What keeps incidents from being told aloud: a mute, or a rest."""

    def covers(self, incident: Incident) -> bool:
        """Whether it hides this incident."""


def hidden(silences: Iterable[Silence], incident: Incident) -> bool:
    """Whether any of these mutes and rests hides the incident."""
    return any(silence.covers(incident) for silence in silences)


def parse_length(text: str) -> timedelta | None:
    """`15m`, `2h`, `7d`, in Russian letters too; None for what is no such length."""
    found = LENGTH.fullmatch(text.strip().lower())
    if found is None:
        return None
    length = int(found[1]) * _UNITS[found[2]]
    return length if SHORTEST <= length <= LONGEST else None
