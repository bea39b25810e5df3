"""An incident: one trouble from its first sign to its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from bot.domain.company import CompanyId, GatewayName
from bot.domain.session import Cause

IncidentId = NewType("IncidentId", int)


class Trouble(StrEnum):
    """What kind of incident. A company, or a gateway, has at most one open of each."""

    SESSION_DOWN = "session_down"
    GATEWAY_UNREACHABLE = "gateway_unreachable"
    MASS_DROP = "mass_drop"  # half of a gateway's sessions within a minute: the network
    FILES_ABOVE_LIMIT = "files_above_limit"
    FILES_JUMPED = "files_jumped"
    RECONNECTS_ABOVE_TARGET = "reconnects_above_target"
    LOG_BURST = "log_burst"
    CREDS_AT_RISK = "creds_at_risk"  # connected, with a damaged creds.json on the disk
    WRONG_NUMBER = "wrong_number"
    ZOMBIE = "zombie"  # connected, says the gateway, and nothing can be sent


class Symptom(StrEnum):
    """How the trouble looks now; it changes while the incident stays the same."""

    GONE = "gone"  # was connected, and the gateway no longer has it; nothing proven yet
    REVOKED = "revoked"  # WhatsApp revoked the device: proven
    AWAY = "away"  # disconnected for longer than the grace
    STUCK = "stuck"  # connecting for too long
    AWAITING_SCAN = "awaiting_scan"
    AWAITING_PASSKEY = "awaiting_passkey"
    FAILED = "failed"
    NOT_UNDERSTOOD = "not_understood"
    BOUNCING = "bouncing"  # paired three times, and lost again within a minute each time
    FLAPPING = "flapping"  # well again after it came and went; over when that lasts
    SETTLING = "settling"  # connected again, not yet long enough to be called working
    ELSEWHERE = "elsewhere"  # connected, with another number: another incident tells of that
    UNREACHABLE = "unreachable"
    RESTARTING = "restarting"  # unreachable, for a person has just had it restarted
    MASS_DROP = "mass_drop"
    CONFUSED = "confused"
    REFUSED_KEY = "refused_key"
    ABOVE = "above"
    CREDS_DAMAGED = "creds_damaged"  # not connected for want of a whole creds.json; not revoked
    CREDS_AT_RISK = "creds_at_risk"
    WRONG_NUMBER = "wrong_number"
    ZOMBIE = "zombie"


# The session is connected again; what is left of the outage is said by these.
BACK = (Symptom.SETTLING, Symptom.ELSEWHERE)


class Severity(StrEnum):
    """How loud an incident is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Larger is worse."""
        return list(Severity).index(self)


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

    @property
    def log_says(self) -> Cause | None:
        """What a structured line of the gateway's log named: its word, proven by nothing yet."""
        said = self.facts.get("log_says")
        return Cause(said) if said in set(Cause) else None

    @property
    def linked(self) -> str | None:
        """The number, masked, that is linked and not the expected one."""
        linked = self.facts.get("linked")
        return linked if isinstance(linked, str) else None

    @property
    def log_said_at(self) -> datetime | None:
        """When that line was read; None once a code was shown, for it may be another link now."""
        at = self.facts.get("log_said_at")
        return datetime.fromisoformat(at) if isinstance(at, str) else None

    @property
    def calls(self) -> bool:
        """Whether it still asks for somebody: it is on, nobody has it, it is not well now."""
        well_now = self.symptom in (*BACK, Symptom.FLAPPING)
        return self.open and self.ack is None and not well_now

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
        if self.trouble not in (Trouble.MASS_DROP, Trouble.GATEWAY_UNREACHABLE):
            return self
        kept = {key: fact for key, fact in self.facts.items() if key not in _OF_COMPANIES}
        return replace(self, facts=kept)


_OF_COMPANIES = ("companies", "count", "limit")


def without_log_word(facts: Mapping[str, Any], *, remembered: bool = False) -> dict[str, Any]:
    """The facts without the log's word; `remembered` keeps what it was, and it counts no more."""
    gone = ("log_said_at",) if remembered else ("log_says", "log_said_at")
    return {name: fact for name, fact in facts.items() if name not in gone}
