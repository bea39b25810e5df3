"""Judges whether a connected session hears nothing any more, against its own habit. PURE.

Its habit are the hours of the week in which somebody wrote to it in three of the last four weeks.
Silent for four such hours, and for three more than it ever was within these weeks, it is told once,
as a warning, and never as lost. It is not where half of the sessions of a gateway are silent alike,
which is a holiday; nor in hours in which nobody of the gateway heard anything, which is the hook's
trouble, or the bot's. Quiet companies have few usual hours, or none, and are told late, or never.
"""

from dataclasses import dataclass
from typing import Any

from bot.domain.habit import HearingGap, begin_of, hour_of
from bot.domain.incident import Incident
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.rules import Health, Verdict

FEWEST = 4  # usual hours
BEYOND = 3  # more than the longest silence before
_MANY = 3  # silent at once, and half of all: it is no trouble of one


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """What is known of the messages that come in to one company.

    `silence` is None where it heard something just now, or has no habit; `last` is the last hour in
    which it heard. `has_habit`: some hours of its week are usual ones. `connected`: it is, awake,
    and nobody works on it. `silent` of `all_with_habit` are silent for so long at once.
    """

    silence: HearingGap | None
    last: int | None
    has_habit: bool
    connected: bool = False
    silent: int = 0
    all_with_habit: int = 0
    can_restart: bool = False


def is_too_long(silence: HearingGap | None) -> bool:
    """Whether it is against a habit."""
    if silence is None:
        return False
    return silence.hours >= max(FEWEST, silence.longest_before + BEYOND)


def judge_hearing(hearing: Hearing, present: Incident | None) -> Verdict:
    """Whether it has gone deaf, or hears again."""
    if present is not None:
        return _still(hearing, present)
    silence = hearing.silence
    if silence is None or not is_too_long(silence):
        return _verdict(Health.WELL, "as usual")
    if not hearing.connected:
        return _verdict(Health.WAIT, "it is not connected, or somebody works on it")
    if hearing.silent >= _MANY and hearing.silent * 2 >= hearing.all_with_habit:
        return _verdict(Health.WAIT, "many are silent at once")
    facts: dict[str, Any] = {"silent_since": begin_of(silence.since).isoformat()}
    facts |= {"restart": True} if hearing.can_restart else {}
    return _verdict(
        Health.BAD,
        f"silent for {silence.hours} usual hours, {silence.longest_before} at most before",
        symptom=Symptom.HEARS_NOTHING,
        began_at=begin_of(silence.since),
        facts=facts,
    )


def _still(hearing: Hearing, present: Incident) -> Verdict:
    """It is over once it has heard something since, or when nothing is usual any more."""
    if hearing.last is not None and hearing.last >= hour_of(present.opened_at):
        return _verdict(Health.WELL, "it hears again")
    if not hearing.has_habit:
        return _verdict(Health.WELL, "nothing is usual any more", facts={"unsure": True})
    return _verdict(Health.WAIT, "silent still")


def _verdict(health: Health, reason: str, **more: Any) -> Verdict:
    return Verdict(trouble=Trouble.HEARS_NOTHING, health=health, reason=reason, **more)
