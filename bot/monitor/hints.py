"""What a log or a push says of a session, beside what a look saw of it. PURE.

A push is the gateway's own word, sent under a secret: where a look agrees that the session is not
connected, it names the cause. A line of the log may have been written by anybody whose texts the
gateway prints: it makes the bot look, and what it names is kept apart, as the log's word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.company import CompanyId
from bot.domain.observation import CompanyStatus, DetectedBy, Observation
from bot.domain.session import CAUSES, Cause, State, ends_link, outweighs
from bot.gateways.events import GatewayEvent, PushNews
from bot.monitor.rules.which_answer import AnswerSource, Says, said_by, which_wins

# A gateway tells of a closed socket at once; this is for looks that were late or failed.
_LOOKED_WITHIN = timedelta(seconds=5)
HINT_LIFE = timedelta(minutes=2)

_WAITING = (State.AWAITING_SCAN, State.AWAITING_PASSKEY)


@dataclass(frozen=True, kw_only=True)
class ConnectionEvent:
    """What a push, or lines of a log, say of a connection: it opened, closed, or both in turn.

    `cause` is None where nothing says why it closed: then it only makes the bot look. `code`: a
    code to scan or to type in is there, or was used. `refused` counts messages
    that were refused with WhatsApp's number for a restricted account. `taken`: of several in one,
    an earlier one said that somebody else took the session.
    """

    opened: bool = False
    cause: Cause | None = None
    by: DetectedBy = DetectedBy.LOG
    code: bool = False
    refused: int = 0
    taken: bool = False

    @property
    def replaced(self) -> bool:
        """Whether somebody else took the session, whatever came after it."""
        return self.taken or self.cause is Cause.REPLACED


@dataclass(frozen=True, kw_only=True)
class Hint:
    """A cause that the log or a push named at `at`."""

    cause: Cause
    at: datetime
    by: DetectedBy = DetectedBy.LOG

    def fresh(self, now: datetime) -> bool:
        """Whether it may still belong to what is seen now."""
        return now - self.at < HINT_LIFE


def news_in(event: GatewayEvent, now: datetime) -> ConnectionEvent:
    """What a push says. A cause that comes late may belong to an outage that is long over."""
    code = event.what is not PushNews.STATE or event.state in _WAITING
    if event.state is State.CONNECTED:
        return ConnectionEvent(opened=True, by=DetectedBy.PUSH, code=code)
    late = event.at is not None and abs(now - event.at) > HINT_LIFE
    cause = None if late or event.cause is Cause.UNKNOWN else event.cause
    return ConnectionEvent(cause=cause, by=DetectedBy.PUSH, code=code)


def merged(before: ConnectionEvent | None, new: ConnectionEvent) -> ConnectionEvent:
    """What two lines say, one after the other: an opening makes what was before it the past."""
    if before is None:
        return new
    code, refused = before.code or new.code, before.refused + new.refused
    taken = before.replaced or new.replaced
    return replace(_later(before, new), code=code, refused=refused, taken=taken)


def _later(before: ConnectionEvent, new: ConnectionEvent) -> ConnectionEvent:
    if new.opened:
        return new
    if before.cause is None or (new.cause is not None and outweighs(new.cause, before.cause)):
        return replace(new, opened=before.opened)
    return before


def better(before: Hint | None, new: Hint) -> Hint:
    """The first cause of an outage stays, unless the new one says more."""
    if before is None or not before.fresh(new.at):
        return new
    return new if outweighs(new.cause, before.cause) else before


def explained(
    known: CompanyStatus, seen: Observation, push: Hint | None, log: Hint | None = None
) -> Observation:
    """The observation with the cause that the look itself did not name, and with the log's word.

    A hint from before the present state began belongs to an earlier one. Without any, the cause
    stays for as long as the state does, and one that no reconnect cures for as long as the outage
    does: gateways name it once and forget it.
    """
    if _contradicts(seen, AnswerSource.PUSH) and _contradicts(seen, AnswerSource.LOG):
        return seen
    hint = _told(log, known, seen)
    if hint is not None:
        seen = replace(seen, log_says=hint.cause, log_at=hint.at)
    return _with_cause(known, seen, _told(push, known, seen))


def _contradicts(seen: Observation, source: AnswerSource) -> bool:
    """Whether a loss that this source tells of is not what the look, which wins, has seen."""
    look = (AnswerSource.SINGLE, said_by(seen.state))
    ruling = which_wins(look, (source, Says.LOST))
    return ruling.winner is not source and look[1] is Says.WORKS


def _with_cause(known: CompanyStatus, seen: Observation, hint: Hint | None) -> Observation:
    if seen.cause not in (None, Cause.UNKNOWN):
        if _blurs(seen.cause, known, seen):
            return replace(seen, cause=known.cause)
        return replace(seen, told_by=hint.by if hint and ends_link(hint.cause) else None)
    if hint is not None:
        return replace(seen, cause=hint.cause, told_by=hint.by)
    stays = seen.state is known.state or outlasts(known, seen)
    return replace(seen, cause=known.cause or seen.cause) if stays else seen


def _told(hint: Hint | None, known: CompanyStatus, seen: Observation) -> Hint | None:
    """What was told of this very state, if anything was."""
    if hint is None or not hint.fresh(seen.at) or not _belongs(hint, known, seen):
        return None
    return hint


def _blurs(cause: Cause, known: CompanyStatus, seen: Observation) -> bool:
    """Whether a passing cause comes after one that no reconnect cures."""
    return CAUSES[cause].may_reconnect and outlasts(known, seen)


def outlasts(known: CompanyStatus, seen: Observation) -> bool:
    """Whether the cause of the state before still holds: nobody has connected or paired since."""
    between = (State.CONNECTED, *_WAITING)
    if known.cause is None or known.state in between or seen.state in between:
        return False
    return not CAUSES[known.cause].may_reconnect


def _belongs(hint: Hint, known: CompanyStatus, seen: Observation) -> bool:
    # The look that a line has called for sees the new state a moment after the line was read.
    if known.since is not None and hint.at < known.since - _LOOKED_WITHIN:
        return False
    # A code that can be scanned says all there is to say, unless the session was lost to it.
    return seen.state not in _WAITING or known.state is State.CONNECTED


def meant_by_nameless(
    news: ConnectionEvent,
    known: Sequence[CompanyStatus],
    seen: Mapping[CompanyId, Observation],
    *,
    only: CompanyId | None,
) -> CompanyId | None:
    """Whom a line without a name is about: the only company, or the only one that is lost.

    Of several that are not connected it is the one that was connected before. `known` are those of
    which the look says something new; `only` is the one company of a gateway that has no other.
    """
    if only is not None:
        return only
    if news.opened or news.refused:
        return None
    away = [key for key, look in seen.items() if look.state is not State.CONNECTED]
    before = {status.company.id for status in known if status.state is State.CONNECTED}
    lost = [key for key in away if key in before]
    for found in (lost, away):
        if len(found) == 1:
            return found[0]
    return None
