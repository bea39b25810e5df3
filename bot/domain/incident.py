"""An incident: one trouble from its first sign to its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NewType

from bot.domain.company import CompanyId, GatewayName
from bot.domain.session import CAUSES, Cause
from bot.domain.trouble import BACK, OF_GATEWAY, Severity, Symptom, Trouble

IncidentId = NewType("IncidentId", int)


@dataclass(frozen=True)
class Ack:
    """Somebody has taken an incident on: from then on it is not repeated."""

    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Incident:
    """One incident as it stands.

    `company_id` is None for a gateway's incident. `cause` is the first one named, kept when later
    logins blur it. `facts` are numbers and names for the card (counts, limits), never secrets.
    `version` grows with every change that people should see.
    """

    id: IncidentId
    trouble: Trouble
    symptom: Symptom
    severity: Severity
    gateway: GatewayName
    company_id: CompanyId | None
    opened_at: datetime
    began_at: datetime
    closed_at: datetime | None = None
    cause: Cause | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    version: int = 1
    ack: Ack | None = None

    @property
    def open(self) -> bool:
        """Whether the trouble is still on."""
        return self.closed_at is None

    def lasted(self, now: datetime) -> timedelta:
        """From its first sign to its end, or to now: the one length of it, wherever it is shown.

        A clock set back in between makes nothing shorter than no time.
        """
        return max((self.closed_at or now) - self.began_at, timedelta())

    @property
    def rested_by(self) -> str | None:
        """Who has put the company to rest while this was on; None where it is awake."""
        by = self.facts.get("rest")
        return by if isinstance(by, str) else None

    @property
    def log_says(self) -> Cause | None:
        """What a structured line of the gateway's log named: its word, proven by nothing yet."""
        cause = self.facts.get("log_says")
        return Cause(cause) if cause in set(Cause) else None

    @property
    def linked(self) -> str | None:
        """The number, masked, that is linked and not the expected one."""
        linked = self.facts.get("linked")
        return linked if isinstance(linked, str) else None

    @property
    def until(self) -> datetime | None:
        """When it ends by itself, as far as that was told."""
        until = self.facts.get("until")
        return datetime.fromisoformat(until) if isinstance(until, str) else None

    @property
    def log_said_at(self) -> datetime | None:
        """When that line was read; None once a code was shown, for it may be another link now."""
        at = self.facts.get("log_said_at")
        return datetime.fromisoformat(at) if isinstance(at, str) else None

    @property
    def calls(self) -> bool:
        """Whether it still asks for somebody: it is on, nobody has it, it is not well now.

        What somebody has stopped on purpose is told once.
        """
        well_now = self.symptom in (*BACK, Symptom.FLAPPING)
        return self.open and self.ack is None and not well_now and not self.deliberate

    @property
    def deliberate(self) -> bool:
        """Whether somebody has stopped the session at the gateway, and it is stopped still."""
        gone = self.trouble is Trouble.SESSION_DOWN and self.symptom is Symptom.GONE
        return gone and self.cause is not None and CAUSES[self.cause].deliberate

    @property
    def split(self) -> bool:
        """Whether it ended without getting better: each part of it is an incident of its own."""
        return bool(self.facts.get("lasting")) or self.unwatched

    @property
    def unwatched(self) -> bool:
        """Whether it ended because nobody watches the company any more."""
        return bool(self.facts.get("unwatched"))

    def uncounted(self) -> "Incident":
        """The same without how many companies it concerns: for whoever may not see them all."""
        if self.trouble not in OF_GATEWAY:
            return self
        kept = {key: fact for key, fact in self.facts.items() if key not in _OF_COMPANIES}
        return replace(self, facts=kept)


_OF_COMPANIES = ("companies", "count", "limit")


def without_log_word(facts: Mapping[str, Any], *, remembered: bool = False) -> dict[str, Any]:
    """The facts without the log's word; `remembered` keeps what it was, and it counts no more."""
    gone = ("log_said_at",) if remembered else ("log_says", "log_said_at")
    return {name: fact for name, fact in facts.items() if name not in gone}
