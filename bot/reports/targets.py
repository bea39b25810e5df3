"""Judges figures by the targets of the first post-mortem. PURE."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.domain.report import (
    RECOVERY_TARGET,
    UPTIME_TARGET,
    FilesFigures,
    Judgement,
    Reason,
    Target,
    TargetVerdict,
    TimeShare,
)

# Below this part of the time nobody can say that all was well.
LEAST_WATCHED = 0.5


def judged(
    share: TimeShare,
    reconnects_worst_day: int,
    reconnects_limit: int,
    longest: timedelta | None,
    files: FilesFigures,
) -> tuple[Judgement, ...]:
    """One judgement for each target."""
    return (
        judge_uptime(share),
        judge_reconnects(share, reconnects_worst_day, reconnects_limit),
        judge_recovery(share, longest),
        judge_files(files),
    )


def judged_together(
    share: TimeShare, parts: Sequence[Iterable[Judgement]]
) -> tuple[Judgement, ...]:
    """Of all companies: uptime by all their time together, the rest by whether each met it."""
    by_target: dict[Target, list[Judgement]] = {target: [] for target in Target}
    for judgements in parts:
        for judgement in judgements:
            by_target[judgement.target].append(judgement)
    rest = (by_target[target] for target in Target if target is not Target.UPTIME)
    return (judge_uptime(share), *(_worst(judgements) for judgements in rest if judgements))


def _worst(judgements: Sequence[Judgement]) -> Judgement:
    """Missed by one is missed; met by one is met where none missed it; else it stays open."""
    order = (TargetVerdict.MISSED, TargetVerdict.MET, TargetVerdict.OPEN)
    return min(
        judgements,
        key=lambda judgement: (
            order.index(judgement.verdict),
            judgement.reason is Reason.NO_OUTAGE,
        ),
    )


def judge_uptime(share: TimeShare) -> Judgement:
    """At least 99.9 % of the time that was watched."""
    uptime = share.uptime
    if uptime is None:
        return _open(Target.UPTIME, Reason.NEVER_JUDGED)
    return _within(Target.UPTIME, share, well=uptime >= UPTIME_TARGET)


def judge_reconnects(share: TimeShare, worst_day: int, limit: int) -> Judgement:
    """No day with more than the limit."""
    if worst_day <= limit and share.uptime is None:
        return _open(Target.RECONNECTS, Reason.NEVER_JUDGED)
    return _within(Target.RECONNECTS, share, well=worst_day <= limit)


def judge_recovery(share: TimeShare, longest: timedelta | None) -> Judgement:
    """Each outage over in less than five minutes."""
    target = Target.RECOVERY
    if longest is not None:
        return _within(target, share, well=longest < RECOVERY_TARGET)
    if share.uptime is None:
        return _open(target, Reason.NEVER_JUDGED)
    if _hardly_watched(share):
        return _open(target, Reason.HARDLY_WATCHED)
    return Judgement(target=target, verdict=TargetVerdict.MET, reason=Reason.NO_OUTAGE)


def judge_files(files: FilesFigures) -> Judgement:
    """Never more than the limit."""
    if files.most is None:
        return _open(Target.FILES, Reason.NOT_COUNTED)
    if files.limit is None:
        return _open(Target.FILES, Reason.LEARNING)
    well = files.most <= files.limit
    verdict, reason = (
        (TargetVerdict.MET, Reason.WITHIN) if well else (TargetVerdict.MISSED, Reason.BEYOND)
    )
    return Judgement(target=Target.FILES, verdict=verdict, reason=reason)


def _within(target: Target, share: TimeShare, *, well: bool) -> Judgement:
    """What was missed was missed; what was met is said only where enough was watched."""
    if not well:
        return Judgement(target=target, verdict=TargetVerdict.MISSED, reason=Reason.BEYOND)
    if _hardly_watched(share):
        return _open(target, Reason.HARDLY_WATCHED)
    return Judgement(target=target, verdict=TargetVerdict.MET, reason=Reason.WITHIN)


def _hardly_watched(share: TimeShare) -> bool:
    known = share.up + share.down
    whole = known + share.unwatched
    return bool(whole) and known / whole < LEAST_WATCHED


def _open(target: Target, reason: Reason) -> Judgement:
    return Judgement(target=target, verdict=TargetVerdict.OPEN, reason=reason)
