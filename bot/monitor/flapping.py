"""A trouble that comes and goes is one trouble. PURE.

The third opening within half an hour says so; from then on the same incident stays: each return of
the trouble is an edit, and it is over only after half an hour without one.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.incident import Incident, without_log_word
from bot.domain.trouble import Symptom
from bot.monitor.rules import Health, Verdict

WINDOW = timedelta(minutes=30)
OPENINGS = 3
CALM = timedelta(minutes=30)


def marked(incident: Incident, before: Sequence[datetime]) -> Incident:
    """An incident that opens, with its mark where it is the third within half an hour.

    `before` are the earlier openings of the same trouble in that time. Only a company's troubles
    flap: a gateway's silence hides what its companies do meanwhile.
    """
    many = len(before) >= OPENINGS - 1
    if not many or incident.company_id is None or incident.facts.get("bouncing"):
        return incident
    flapping = {"rings": len(before) + 1, "since": min(before).isoformat()}
    return replace(incident, facts=incident.facts | {"flapping": flapping})


def calm_or_again(present: Incident, verdict: Verdict, now: datetime) -> Incident | None:
    """What a verdict makes of an incident that flaps; None where it is advanced like any other."""
    flapping = present.facts.get("flapping")
    if flapping is None:
        return None
    calm = "calm_since" in flapping
    if verdict.health is Health.WELL and not calm:
        return _changed(present, verdict, flapping | {"calm_since": now.isoformat()})
    if verdict.health is Health.BAD and calm:
        again = {"rings": flapping["rings"] + 1, "since": flapping["since"]}
        return _changed(present, verdict, again)
    return None


def still_restless(present: Incident, now: datetime) -> bool:
    """Whether it is too early to call a flapping incident over."""
    flapping = present.facts.get("flapping")
    if flapping is None:
        return False
    calm_since = flapping.get("calm_since")
    return calm_since is None or now - datetime.fromisoformat(calm_since) < CALM


def _changed(present: Incident, verdict: Verdict, flapping: dict[str, Any]) -> Incident:
    back = verdict.health is Health.WELL
    before = without_log_word(present.facts) if back else present.facts
    return replace(
        present,
        symptom=Symptom.FLAPPING if back else verdict.symptom,
        cause=verdict.cause or present.cause,
        facts=before | verdict.facts | {"flapping": flapping},
        version=present.version + 1,
    )
