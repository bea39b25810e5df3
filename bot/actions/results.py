"""What actions give back: values, to be rendered in any language by anybody."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.actions.followed_logs import FollowedLog
from bot.actions.rest_results import RestRow
from bot.domain.access import Grant, UserId
from bot.domain.audit import AuditRow
from bot.domain.company import Company, CompanyId
from bot.domain.digest import DigestWish
from bot.domain.files import FilesLook, Kept
from bot.domain.freshness import Unsure
from bot.domain.incident import Incident
from bot.domain.log_pattern import LogPattern
from bot.domain.mute import Mute
from bot.domain.notice import ChatAddress
from bot.domain.observation import CompanyStatus, Observation
from bot.domain.quiet_hours import QuietHours
from bot.domain.standing import Improvement, Standing
from bot.domain.trouble import Severity
from storage.people.lost_rights import Left
from storage.recovery.procedures import Procedure


@dataclass(frozen=True, kw_only=True)
class GatewayCard:
    """A gateway: `silent_since` is None while it answers; `last_ok_at` None if it never did.

    `unsure` is None while it is looked at in time, and the looks are written down.
    """

    name: str
    silent_since: datetime | None
    last_ok_at: datetime | None
    unsure: Unsure | None = None

    @property
    def known(self) -> bool:
        """Whether what is stored of its sessions may be claimed to be so now."""
        return self.silent_since is None and self.unsure is None


@dataclass(frozen=True, kw_only=True)
class CompanyCard:
    """A company as it stands. `known.state` is as of `looked_at`, the last look that succeeded.

    `unwritten` is what was seen after it and could not be written down.
    """

    known: CompanyStatus
    gateway: GatewayCard
    looked_at: datetime | None
    worst: Incident | None
    mute: Mute | None = None
    unwritten: Observation | None = None


@dataclass(frozen=True, kw_only=True)
class MuteRow:
    """A mute; `company` is None for one of all."""

    mute: Mute
    company: Company | None


@dataclass(frozen=True, kw_only=True)
class Overview:
    """A page of companies, the worst first. `page` counts from 0.

    `unseen` were never looked at. `lost` are those that were seen not to be connected, which could
    not be written down. `unheard` are those without a subscriber, for those who can
    change that. `resting` counts those at rest that are not well: nobody is called for them.
    """

    cards: tuple[CompanyCard, ...]
    gateways: tuple[GatewayCard, ...]
    total: int
    well: int
    unseen: int
    page: int
    pages: int
    now: datetime
    lost: tuple[CompanyId, ...] = ()
    mutes: tuple[MuteRow, ...] = ()
    rests: tuple[RestRow, ...] = ()
    resting: int = 0
    unheard: tuple[Company, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FilesCard:
    """A directory. `day_ago` is its count 24 hours before, None when nothing was counted then.

    `limit` is None while the baseline is being learnt. `copied_at` is when a good copy of the
    credentials was last up to date, None without one.
    """

    company: Company
    look: FilesLook
    day_ago: int | None
    hour_ago: int | None
    baseline: int | None
    limit: int | None
    history: tuple[FilesLook, ...]
    copied_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class NoFiles:
    """No count: `configured` is false when SESSIONS_DIR is not set; `reason` when unreadable."""

    company: Company
    configured: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Asked before anything is destroyed. The answer is taken from `asked` alone, once.

    `files` is how many would be set aside, None when not known. `kept_at` is when the directory
    that a restore brings back was set aside; `kept` says more of it, `others` how many more there
    are. `news` is what is better since it was asked before, or speaks against it from the
    beginning.
    """

    nonce: str
    action: str
    company: Company
    asked: UserId
    expires_in: timedelta
    connected: bool
    can_be_undone: bool
    files: int | None = None
    kept_at: datetime | None = None
    news: tuple[Improvement, ...] = ()
    kept: Kept | None = None
    others: int = 0
    restricted: bool = False  # WhatsApp restricts the account: a new link makes it no better


@dataclass(frozen=True, kw_only=True)
class NothingKept:
    """There is nothing to restore. `gone` where what was chosen is not there any more."""

    company: Company
    configured: bool
    gone: bool = False


@dataclass(frozen=True, kw_only=True)
class KeptCard:
    """All keys of a company that could be brought back, the best first."""

    company: Company
    kept: tuple[Kept, ...]


def label_of(kept: Kept) -> str:
    """Tells kept keys from the others of their company, as short as a button can carry."""
    return hashlib.sha256(kept.name.encode()).hexdigest()[:8]


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A question was answered with yes by the one it was put to."""

    action: str
    company: Company
    audit_id: int
    stood: Standing
    which: str | None = None


@dataclass(frozen=True, kw_only=True)
class Overtaken:
    """What was confirmed is not done: it is better now, and has to be asked anew."""

    action: str
    company: Company
    news: tuple[Improvement, ...]


@dataclass(frozen=True, kw_only=True)
class CutOff:
    """A procedure that a crash has cut off, and that can be taken up."""

    row_id: int
    kind: str
    company: Company
    asked_by: UserId
    address: ChatAddress
    row: Procedure


@dataclass(frozen=True, kw_only=True)
class AdminRow:
    """Somebody who was let in. `name` is empty when the bot has never seen them."""

    user_id: UserId
    name: str
    grants: tuple[Grant, ...]
    by_settings: bool


@dataclass(frozen=True, kw_only=True)
class AuditPage:
    """A page of what was done, the newest first. `page` counts from 0."""

    acts: tuple[AuditRow, ...]
    names: Mapping[UserId, str]
    chats: Mapping[int, str]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, kw_only=True)
class SubscriptionRow:
    """A subscription of a chat; `company` is None for all."""

    address: ChatAddress
    company: Company | None
    severity: Severity
    parked: bool


@dataclass(frozen=True, kw_only=True)
class QuietCard:
    """A chat's quiet hours, None where it has none, and the zone whose clock they go by."""

    hours: QuietHours | None
    zone: ZoneInfo


@dataclass(frozen=True, kw_only=True)
class DigestCard:
    """A place's wish for a digest, None where it wants none, and the zone its hour goes by."""

    wish: DigestWish | None
    zone: ZoneInfo


@dataclass(frozen=True, kw_only=True)
class OpenIncident:
    """An incident that is on; `company` is None for a gateway's own."""

    incident: Incident
    company: Company | None


@dataclass(frozen=True, kw_only=True)
class PatternCount:
    """How often one kind of line stood in the gateway's log, and when last."""

    pattern: LogPattern
    hour: int
    day: int
    last_at: datetime


@dataclass(frozen=True, kw_only=True)
class LogsCard:
    """What the log says of a company, or of all together where `company` is None.

    `since` is when the bot began to follow it, None while it has found no file, `files` those read
    within a day. `nameless` counts the day's lines that name no company; of the `worst` it says
    most that worries.
    """

    company: Company | None
    configured: bool
    since: datetime | None
    counts: tuple[PatternCount, ...]
    nameless: int
    worst: tuple[Company, ...]
    now: datetime
    files: tuple[FollowedLog, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """What ended with somebody's rights, and the companies left without a subscriber."""

    left: Left
    lost: tuple[CompanyId, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Granted:
    """What somebody may do after a grant; `leaving` where that is less than it was."""

    grants: tuple[Grant, ...]
    leaving: Leaving | None = None
