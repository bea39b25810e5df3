"""How things stood when a question was asked, and what has become better since. PURE.

Better means: the act that was confirmed may be needed no more, or would harm what is new.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.access import UserId
from bot.domain.procedure import ProcedureKind, ProcedureOutcome


class Better(StrEnum):
    """What has become better, or that nobody can see whether it has."""

    DONE = "done"  # somebody has carried something out
    PAIRED = "paired"
    ON_SHOW = "on_show"  # somebody shows a code
    SCANNED = "scanned"  # a code was taken, and the session is opening
    CONNECTED = "connected"
    OTHER_KEYS = "other_keys"  # whole credentials lie there that did not before
    OTHER_KEPT = "other_kept"  # another directory would be brought back
    MOVED = "moved"  # the company is on another gateway
    UNSEEN = "unseen"  # the gateway does not answer, and did before


@dataclass(frozen=True, kw_only=True)
class Improvement:
    """One thing that is better now. `by` is None where nobody is behind it, `name` may be empty.

    `kind` is what was carried out, `phone` the number that was linked, masked.
    """

    what: Better
    at: datetime | None = None
    by: UserId | None = None
    name: str = ""
    kind: ProcedureKind | None = None
    phone: str | None = None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a company stands. Numbers are those of rows: 0 where there is none.

    `connected` is None where the gateway does not say. `ended` is the last procedure that has
    ended, `paired` the last pairing that ended well, `live` the one under way, `scanned` once its
    code was taken. `keys` tells whole credentials from all others; None where none lie there, or
    nobody looks. `kept` is the directory that would be brought back, `phone` the linked number.
    """

    gateway: str
    connected: bool | None
    ended: int = 0
    paired: int = 0
    live: int = 0
    scanned: bool = False
    keys: str | None = None
    kept: str | None = None
    phone: str | None = None

    def written(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Standing":
        """From what was stored."""
        return cls(**stored)


@dataclass(frozen=True, kw_only=True)
class Doing:
    """A procedure as it concerns a question. `name` is that of `by`, empty where not known."""

    kind: ProcedureKind
    by: UserId
    name: str
    at: datetime
    outcome: str = ""


@dataclass(frozen=True, kw_only=True)
class StandingSight:
    """A fresh look: how the company stands, and who did what meanwhile.

    `since` is when the session began to be connected, None where nobody saw that.
    """

    standing: Standing
    since: datetime | None = None
    done: tuple[Doing, ...] = ()
    paired: Improvement | None = None
    live: Improvement | None = None


_CHANGED = (ProcedureOutcome.DONE, ProcedureOutcome.HALF_DONE, ProcedureOutcome.UNCLEAR)
# What leaves other credentials, or none, behind; others only matter where the session works now.
_SWAPS = (ProcedureKind.RESET, ProcedureKind.RESTORE, ProcedureKind.MEND)
# What makes the offer of an act that stops a session a thing of the past.
_OUTDATES = {
    ProcedureKind.MEND: _SWAPS,
    ProcedureKind.REVIVE: (*_SWAPS, ProcedureKind.REVIVE, ProcedureKind.RECONNECT),
}


def improvements(then: Standing, sight: StandingSight, asked: UserId) -> tuple[Improvement, ...]:
    """What is better than `then`, in the eyes of the one who was `asked`. Empty: act."""
    found = tuple(_improvements(then, sight, asked))
    # Other keys are what all the others leave behind: worth a word where nothing else explains it.
    return (
        tuple(improvement for improvement in found if improvement.what is not Better.OTHER_KEYS)
        or found
    )


def objections(kind: ProcedureKind, sight: StandingSight, asked: UserId) -> tuple[Improvement, ...]:
    """What speaks against an act that takes one press, and was offered before. Empty: act.

    `sight` holds what was done and paired since the button was shown. What others pair just now is
    left alone by every act; what stops a session does so only where nothing has replaced it since.
    """
    outdates = _OUTDATES.get(kind, ())
    changed = (doing for doing in sight.done if doing.outcome in _CHANGED)
    found = [_of(doing) for doing in changed if doing.kind in outdates]
    if sight.paired is not None and kind in _OUTDATES:
        found.append(sight.paired)
    if sight.live is not None and sight.standing.live:
        scanned = sight.standing.scanned
        if scanned or sight.live.by != asked:
            what = Better.SCANNED if scanned else Better.ON_SHOW
            found.append(replace(sight.live, what=what))
    return tuple(found)


def _of(doing: Doing) -> Improvement:
    return Improvement(what=Better.DONE, at=doing.at, by=doing.by, name=doing.name, kind=doing.kind)


def _improvements(then: Standing, sight: StandingSight, asked: UserId) -> Iterable[Improvement]:
    now = sight.standing
    if now.gateway != then.gateway:
        yield Improvement(what=Better.MOVED)
    for doing in sight.done:
        if doing.kind in _SWAPS and doing.outcome in _CHANGED:
            yield _of(doing)
    if now.paired != then.paired and sight.paired is not None:
        yield sight.paired
    yield from _pairing(then, sight, asked)
    if now.connected and not then.connected:
        yield Improvement(what=Better.CONNECTED, at=sight.since)
    elif now.connected is None and then.connected is not None:
        yield Improvement(what=Better.UNSEEN)
    other_phone = None not in (then.phone, now.phone) and now.phone != then.phone
    if (now.keys is not None and now.keys != then.keys) or other_phone:
        yield Improvement(what=Better.OTHER_KEYS)
    if now.kept != then.kept and then.kept is not None:
        yield Improvement(what=Better.OTHER_KEPT)


def _pairing(then: Standing, sight: StandingSight, asked: UserId) -> Iterable[Improvement]:
    """A code of somebody else's, or one that was taken: a reset would end it."""
    now, live = sight.standing, sight.live
    if live is None or not now.live:
        return
    if now.scanned and not (then.scanned and then.live == now.live):
        yield Improvement(what=Better.SCANNED, at=live.at, by=live.by, name=live.name)
    elif now.live != then.live and live.by != asked:
        yield live
