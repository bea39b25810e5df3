"""Judges whether the hook of a gateway pushes no messages any more. PURE.

Where no session of a gateway hears anything, against the habit of all of them together, it is the
hook, or the gateway, or a holiday of its only company: that is told once, of the gateway.
"""

from dataclasses import dataclass
from typing import Any

from bot.domain.habit import HearingGap, begin_of, hour_of
from bot.domain.incident import Incident
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.rules import Health, Verdict
from bot.monitor.rules.hears_nothing import is_too_long


@dataclass(frozen=True, kw_only=True)
class HookHearing:
    """The messages of all sessions of a gateway together, as `Hearing` has them of one.

    `connected` counts those that could have heard something all the while.
    """

    silence: HearingGap | None
    last: int | None
    has_habit: bool
    connected: int


def judge_hook(hook: HookHearing, present: Incident | None) -> Verdict:
    """Whether nothing comes in any more, or something does again."""
    if present is not None:
        if hook.last is not None and hook.last >= hour_of(present.opened_at):
            return _verdict(Health.WELL, "messages come in again")
        if not hook.has_habit:
            return _verdict(Health.WELL, "nothing is usual any more", facts={"unsure": True})
        return _verdict(Health.WAIT, "silent still")
    if hook.silence is None or not is_too_long(hook.silence):
        return _verdict(Health.WELL, "as usual")
    if not hook.connected:
        return _verdict(Health.WAIT, "nobody was connected all the while")
    since = begin_of(hook.silence.since)
    return _verdict(
        Health.BAD,
        f"nobody heard anything for {hook.silence.hours} usual hours",
        symptom=Symptom.HOOK_SILENT,
        began_at=since,
        facts={"silent_since": since.isoformat()},
    )


def _verdict(health: Health, reason: str, **more: Any) -> Verdict:
    return Verdict(trouble=Trouble.HOOK_SILENT, health=health, reason=reason, **more)
