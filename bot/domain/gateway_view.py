"""What is told of a gateway itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.company import CompanyId, GatewayName
from bot.domain.freshness import Unsure
from bot.domain.session import State


class Lack(StrEnum):
    """What a kind of gateway cannot do, as far as people notice."""

    QR = "qr"
    PAIRING_CODE = "pairing_code"
    REASONS = "reasons"
    OWNER = "owner"
    BULK_LIST = "bulk_list"
    PUSH = "push"
    SIGNED_PUSH = "signed_push"


@dataclass(frozen=True, kw_only=True)
class Ping:
    """What a gateway answered just now. `latency` is None where no usable answer came in time.

    `refused`: it answered that our key is wrong.
    """

    name: GatewayName
    kind: str
    lacks: tuple[Lack, ...]
    version: str | None = None
    latency: timedelta | None = None
    refused: bool = False


@dataclass(frozen=True, kw_only=True)
class RefusedPush:
    """The last push that was not taken; `forged` where it bears no signature by HOOK_KEY."""

    at: datetime
    forged: bool


@dataclass(frozen=True, kw_only=True)
class GatewayView:
    """A gateway as it stands.

    `sessions` counts those that the reader may see by their state, None for never looked at.
    `silent_since` is None while its looks succeed, `last_ok_at` when the last one did.
    `pushed_at` is when it last told something by itself, None where it never did; `push_refused` is
    what came of that since, where it was not taken. `refused`: it
    does not take our key, now or at its last look. `unreadable`: its list makes no sense.
    `left_out` counts the sessions that it lists and nobody watches, for there are too many.
    Of `listed` sessions so many are `watched`, and so many have an `unfit` name; 0 where the reader
    may not know. `twins` are companies that it lists as well, and that are watched on another
    gateway. `unsure`: its looks are late, or are not written down, however well it answers.
    """

    ping: Ping
    sessions: Mapping[State | None, int] = field(default_factory=dict)
    silent_since: datetime | None = None
    last_ok_at: datetime | None = None
    pushed_at: datetime | None = None
    push_refused: RefusedPush | None = None
    refused: bool = False
    unreadable: bool = False
    left_out: int = 0
    unfit: int = 0
    listed: int = 0
    watched: int = 0
    twins: tuple[CompanyId, ...] = ()
    unsure: Unsure | None = None
