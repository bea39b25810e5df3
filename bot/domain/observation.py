"""What one look saw, and what was known before."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.company import Company, CompanyId
from bot.domain.files import CredsState
from bot.domain.incident import Incident
from bot.domain.rest import Rest
from bot.domain.restriction import Restriction
from bot.domain.session import WORST_FIRST, Cause, State
from bot.domain.trouble import Trouble


class DetectedBy(StrEnum):
    """What made the bot look."""

    POLL = "poll"  # nothing but the interval
    PUSH = "push"
    LOG = "log"


@dataclass(frozen=True, kw_only=True)
class Detection:
    """How a trouble was detected. `well_at` is the last look before it, None when unknown."""

    sign: DetectedBy = DetectedBy.POLL
    well_at: datetime | None = None


BY_POLL = Detection()


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """One look at one session.

    `cause` is the gateway's own word, of this look or of a push that told it: `told_by`. `log_says`
    is what a structured line of its log named at `log_at`: told as such, and never proof alone.
    `missing`: the gateway has no such session. `names_numbers`: this kind names the number of a
    connected one. `unbelieved`: it says "connected", and `state` is what is known instead.
    `restriction` is what the account is kept from: None where nothing was said of such things.
    `thrown_out` counts how often it was told lately that somebody else has taken the session,
    `thrown_out_at` is when that was told last; 0 and None where nothing bears it out.
    `strange_word` is what the gateway calls a state that nobody understands, None where it is not
    to be shown.
    """

    company_id: CompanyId
    at: datetime
    state: State
    cause: Cause | None = None
    phone: str | None = None
    told_by: DetectedBy | None = None
    log_says: Cause | None = None
    log_at: datetime | None = None
    missing: bool = False
    names_numbers: bool = True
    unbelieved: bool = False
    restriction: Restriction | None = None
    thrown_out: int = 0
    thrown_out_at: datetime | None = None
    strange_word: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """A company as a look needs it: what to ask for, and the number it had, digits only."""

    id: CompanyId
    session_key: str
    phone: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyStatus:
    """What is remembered of a company when a look at it is judged.

    `since` is the start of the present state, `down_since` the moment it stopped being connected
    (None while connected or never seen). `was_connected` is true when the bot has ever seen it
    connected. `paired_at` is the last pairing the bot proved, `linked_phone` what the gateway told.
    `pairing` is true while a person is pairing or resetting it. `incidents` are the open ones.
    `creds` is how `creds.json` looked last, None where nobody looks at directories. `copied_at` is
    when a good copy of the present device was last found to be up to date, None without one.
    `kept` is true when a reset or a restore has set a directory aside lately. `acted_at` is when an
    act on it ended last, or was under way: a person's, or a reset. `rest` is None while awake.
    """

    company: Company
    state: State | None = None
    cause: Cause | None = None
    since: datetime | None = None
    down_since: datetime | None = None
    was_connected: bool = False
    paired_at: datetime | None = None
    linked_phone: str | None = None
    pairing: bool = False
    reconnects_today: int = 0
    creds: CredsState | None = None
    copied_at: datetime | None = None
    kept: bool = False
    acted_at: datetime | None = None
    rest: Rest | None = None
    incidents: tuple[Incident, ...] = ()

    def incident(self, trouble: Trouble) -> Incident | None:
        """The open incident of this kind."""
        return next((incident for incident in self.incidents if incident.trouble is trouble), None)

    @property
    def worst(self) -> Incident | None:
        """The open incident that matters most."""
        return max(self.incidents, key=lambda incident: incident.severity.rank, default=None)

    @property
    def rank(self) -> tuple[int, int, str]:
        """Sort key: the worst first."""
        severity = -1 if self.worst is None else self.worst.severity.rank
        state = -1 if self.state is None else WORST_FIRST.index(self.state)
        return (-severity, state, self.company.id)
