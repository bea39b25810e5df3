"""A gateway that has lost all of its sessions at once. PURE."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.company import CompanyId
from bot.domain.incident import Incident
from bot.domain.observation import CompanyStatus, Observation
from bot.domain.session import State
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.rules import Health, Verdict
from bot.monitor.rules.mass_drop import FEWEST, was_there


def judge_emptied(
    statuses: Sequence[CompanyStatus],
    seen: Mapping[CompanyId, Observation],
    present: Incident | None,
    now: datetime,
    *,
    calm: int,
) -> Verdict | None:
    """Whether all sessions of a gateway are gone; None where this rule has nothing to say.

    It asks for the same as `judge_mass`, and comes before it. `present` is the open incident of a
    mass drop, `calm` how many companies beside `statuses` are connected as they were.
    """
    announced = present is not None and present.symptom is Symptom.EMPTIED
    gone = calm == 0 and all(_is_gone(status, seen) for status in statuses if not status.pairing)
    if announced:
        return _verdict(Health.BAD) if gone else _verdict(Health.WELL)
    moment = now if present is None else present.opened_at
    there = [status for status in statuses if was_there(status, moment)]
    missing = (seen.get(status.company.id) for status in there)
    if not gone or len(there) < FEWEST or not all(look and look.missing for look in missing):
        return None
    return _verdict(Health.BAD)


def _is_gone(status: CompanyStatus, seen: Mapping[CompanyId, Observation]) -> bool:
    """Whether the gateway has no session of it, and never had."""
    look = seen.get(status.company.id)
    return (status.state if look is None else look.state) in (State.STOPPED, None)


def _verdict(health: Health) -> Verdict:
    """While it lasts no session has an alert of its own; afterwards each has."""
    well = health is Health.WELL
    return Verdict(
        trouble=Trouble.MASS_DROP,
        health=health,
        reason="sessions are there again" if well else "the gateway has none of its sessions",
        symptom=Symptom.EMPTIED,
        facts={"lasting": True} if well else {},
    )
