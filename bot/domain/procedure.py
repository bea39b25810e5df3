"""The steps of a reset, a restore, a reconnect, as people are told of them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.access import UserId
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.session import State


class ProcedureKind(StrEnum):
    """What can be done to a session by a person's order."""

    RESET = "reset"
    RESTORE = "restore"
    RECONNECT = "reconnect"
    MEND = "mend"
    REVIVE = "revive"
    CLEAR = "clear"  # of what an unused pairing code has left; part of the pairing, not an order


class ProcedureStep(StrEnum):
    """In the order in which they come. A stored step is one that has begun."""

    BEGUN = "begun"
    OUTWAITING = "outwaiting"  # what the bot does by itself ends first; never stored
    STOPPING = "stopping"
    QUIETING = "quieting"  # waiting until the gateway no longer writes
    SETTING_ASIDE = "setting_aside"
    SWAPPING = "swapping"  # restore: the present directory aside, the kept one back
    PUTTING_BACK = "putting_back"  # mend: the damaged file aside, the good copy in its place
    STARTING = "starting"
    WATCHING = "watching"  # whether it connects


class ProcedureOutcome(StrEnum):
    """How it ended. Whatever does not say DONE says what stands where."""

    DONE = "done"
    UNTOUCHED = "untouched"  # it failed before anything was changed
    UNCLEAR = "unclear"  # the gateway was told, and did not answer: it may have obeyed
    HALF_DONE = "half_done"  # credentials are set aside, and the new session did not start
    BUSY = "busy"  # another procedure of this company is running
    ALREADY_CONNECTED = "already_connected"
    NOT_BACK = "not_back"  # started, and not connected in time
    LOOKS_REVOKED = "looks_revoked"  # started with its credentials, and vanished again
    AWAITS_SCAN = "awaits_scan"  # it shows a code: it has no credentials to connect with
    NOTHING_KEPT = "nothing_kept"
    NO_DIRECTORY = "no_directory"  # SESSIONS_DIR is not set, so nothing was ever kept
    INTERRUPTED = "interrupted"
    GAVE_WAY = "gave_way"  # the bot's own act, when a person wanted the session


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A step has begun."""

    step: ProcedureStep


@dataclass(frozen=True, kw_only=True)
class Finished:
    """The end. `facts` holds counts and times for the sentence; `state` where it was seen.

    `opens_pairing` where a new session waits for a phone: who asked for it is shown its code next.
    """

    outcome: ProcedureOutcome
    reason: str = ""
    state: State | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    opens_pairing: bool = field(default=False, compare=False)  # what follows, not how it ended


@dataclass(frozen=True, kw_only=True)
class ProcedureOrder:
    """What shall be done to a company's session, by whose order, and where its steps are told.

    `which` names the keys that a restore brings back, the best ones where it is None. With `after`
    it is done only if that procedure was the company's last: what was asked still holds.
    """

    kind: ProcedureKind
    company: Company
    asked_by: UserId
    address: ChatAddress
    which: str | None = None
    after: int | None = None


@dataclass(frozen=True, kw_only=True)
class UnderWay:
    """Another one is being done to the session, by order of a person or by the bot itself.

    `name` is that of `by`, empty where it is not known.
    """

    kind: ProcedureKind
    by: UserId
    name: str
    since: datetime
