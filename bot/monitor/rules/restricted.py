"""Judges whether WhatsApp keeps a connected account from writing. PURE.

A warning, and no outage: who writes to it is answered. No link is made anew for it, for that lifts
nothing. What told of it says what ends it: the gateway's word is over by its word, a refused text
of ours by one that goes out, and each of them when its time is over.
"""

from datetime import datetime, timedelta
from typing import Any

from bot.domain.incident import Incident
from bot.domain.observation import Watched
from bot.domain.probe import Probe, ProbeOutcome
from bot.domain.restriction import Restriction, RestrictionKind, RestrictionSign
from bot.domain.session import State
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.rules import Health, SessionLook, Verdict
from bot.monitor.rules.facts import Fact

UNHEARD_FOR = timedelta(days=1)  # of no known end, and told by no gateway: then nobody knows
_TOLD_ANEW = timedelta(hours=1)  # so often it is noted that it was told again

# What is taken may be refused afterwards, and then only the log says so.
_DISPROVE = {
    RestrictionSign.SEND.value: (ProbeOutcome.SENT, ProbeOutcome.ACKNOWLEDGED),
    RestrictionSign.LOG.value: (ProbeOutcome.ACKNOWLEDGED,),
}
_SYMPTOMS = {
    RestrictionKind.NOT_FIRST: Symptom.NOT_FIRST,
    RestrictionKind.USED_UP: Symptom.USED_UP,
}


def _is_restricted(calm: Watched, told: Restriction | None) -> bool:
    del calm
    return told is not None and told.kind is not RestrictionKind.NONE


RESTRICTION = Fact(name="restriction", answer="restriction", is_news=_is_restricted)


def judge_restriction(look: SessionLook) -> Verdict:
    """What a look says of it, and whether an earlier one is over."""
    told, present = look.seen.restriction, look.known.incident(Trouble.RESTRICTED)
    if told is not None and told.holds(look.seen.at):
        return _restricted(told, present, look.seen.at)
    if present is None:
        return _verdict(Health.WELL, "nothing is kept from it")
    connected = look.seen.state is State.CONNECTED
    return _ended(present, look.seen.at, is_free=told is not None and connected)


def judge_refusal(probe: Probe, present: Incident | None = None) -> Verdict:
    """What a probe says of it: refused for it, or gone out although a text was refused before."""
    if probe.outcome is ProbeOutcome.RESTRICTED:
        told = probe.restriction or Restriction(
            kind=RestrictionKind.NOT_FIRST, sign=RestrictionSign.SEND
        )
        return _restricted(told, present, probe.at)
    sign = None if present is None else present.facts.get("sign")
    if probe.outcome in _DISPROVE.get(str(sign), ()):
        return _verdict(Health.WELL, "a probe went out")
    return _verdict(Health.WAIT, f"the probe: {probe.outcome}")


def _restricted(told: Restriction, present: Incident | None, at: datetime) -> Verdict:
    facts: dict[str, Any] = {"sign": told.sign.value, "told_at": _told_at(present, at)}
    if told.until is not None:
        facts["until"] = told.until.isoformat()
    if told.kind is RestrictionKind.USED_UP and told.quota is not None:
        facts["limit"] = told.quota
    if present is not None and _says_more(present, told):
        facts["sign"] = present.facts["sign"]
    until = "an end nobody names" if told.until is None else told.until.isoformat()
    return _verdict(
        Health.BAD,
        f"{told.kind} until {until}, by {told.sign}",
        symptom=_SYMPTOMS[told.kind],
        facts=facts,
    )


def _says_more(present: Incident, told: Restriction) -> bool:
    """Whether what told of it first counts more: the gateway's word ends it, a log's line not."""
    signs = list(RestrictionSign)
    before = present.facts.get("sign")
    return before in signs and signs.index(RestrictionSign(before)) < signs.index(told.sign)


def _told_at(present: Incident | None, at: datetime) -> str:
    """When it was told last, to the hour: what is told at each look is not written at each."""
    before = None if present is None else present.facts.get("told_at")
    if isinstance(before, str) and at - datetime.fromisoformat(before) < _TOLD_ANEW:
        return before
    return at.isoformat()


def _ended(present: Incident, now: datetime, *, is_free: bool) -> Verdict:
    if present.until is not None and present.until <= now:
        return _verdict(Health.WELL, "its time is over")
    if is_free and present.facts.get("sign") == RestrictionSign.GATEWAY:
        return _verdict(Health.WELL, "nothing is kept from it any more, by the gateway's word")
    last = datetime.fromisoformat(present.facts.get("told_at", present.opened_at.isoformat()))
    by_gateway = present.facts.get("sign") == RestrictionSign.GATEWAY
    if present.until is None and not by_gateway and now - last >= UNHEARD_FOR:
        return _verdict(Health.WELL, "not heard of for a day", facts={"unsure": True})
    return _verdict(Health.WAIT, "it was told, and nothing says that it is over")


def _verdict(health: Health, reason: str, **more: Any) -> Verdict:
    return Verdict(trouble=Trouble.RESTRICTED, health=health, reason=reason, **more)
