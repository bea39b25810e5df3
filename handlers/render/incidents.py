"""How one incident is told, wherever it is shown: its mark, what, why, what to do."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from bot.alerts.courier import IncidentEntry
from bot.domain.incident import Incident
from bot.domain.notice import offers_of
from bot.domain.procedure import ProcedureOutcome
from bot.domain.session import CAUSES, Cause, ends_link, outweighs
from bot.domain.trouble import (
    BACK,
    STOPS_MESSAGES,
    TROUBLES,
    Customers,
    Offer,
    Severity,
    Symptom,
    Trouble,
)
from bot.texts import NAME_LIMIT, Markup, Texts
from handlers.render.auto_actions import auto_action, expected

WELL = "🟢"
NOT_KNOWN = "⚪"
ON_ITS_WAY = "🟠"
_MARKS = {Severity.CRITICAL: "🔴", Severity.WARNING: "🟠", Severity.INFO: NOT_KNOWN}


class Nuance(StrEnum):
    """What a cause, or what is on the disk, makes of a symptom: then this is told in its place."""

    STOPPED_THERE = "stopped_there"
    RESTRICTED = "restricted"
    REPLACED = "replaced"
    OUTDATED = "outdated"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"  # nobody knows whether it sends, and the others of its gateway do
    CREDS_LOST = "creds_lost"  # damaged, and there is no good copy


# What a sentence is about: a symptom, or the trouble where the symptom only says "past a limit".
Wording = Symptom | Trouble | Nuance

# These causes say what to do better than the symptom does, unless that is an end of the link.
_BY_CAUSE = {Cause.REPLACED: Nuance.REPLACED, Cause.CLIENT_OUTDATED: Nuance.OUTDATED}
_VAGUE = (Symptom.AWAY, Symptom.STUCK, Symptom.FAILED, Symptom.GONE)
# The sentence about these has named the cause already.
_SAY_WHY_THEMSELVES: tuple[Wording, ...] = (
    Nuance.REPLACED,
    Nuance.OUTDATED,
    Symptom.AWAITING_PASSKEY,
    Nuance.STOPPED_THERE,
)

_ON_THE_WAY_BACK = (Symptom.AWAITING_SCAN, Symptom.AWAITING_PASSKEY)


def wording(incident: Incident) -> Wording:
    """What its sentences are about, as it looks now."""
    cause, symptom = incident.cause, incident.symptom
    if symptom is Symptom.REVOKED and cause is not None and CAUSES[cause].account:
        return Nuance.RESTRICTED
    if symptom is Symptom.REVOKED and not ends_link(cause) and _was_refused(incident):
        return Nuance.REFUSED
    if symptom is Symptom.CREDS_DAMAGED and not incident.facts.get("copy"):
        return Nuance.CREDS_LOST
    if symptom is Symptom.ZOMBIE and incident.facts.get("unclear"):
        return Nuance.NO_ANSWER
    return _by_cause(symptom, cause) or plainly(incident.trouble, symptom)


def plainly(trouble: Trouble, symptom: Symptom) -> Wording:
    """The same where no cause makes more of it."""
    return trouble if symptom is Symptom.ABOVE else symptom


def _by_cause(symptom: Symptom, cause: Cause | None) -> Wording | None:
    """What the cause makes of a symptom that says little; a stop counts while it is stopped."""
    if cause is Cause.STOPPED_THERE:
        return Nuance.STOPPED_THERE if symptom is Symptom.GONE else None
    return _BY_CAUSE.get(cause) if cause is not None and symptom in _VAGUE else None


def _was_refused(incident: Incident) -> bool:
    """Whether the credentials were refused when the bot itself tried them last."""
    auto = incident.facts.get("auto")
    return isinstance(auto, dict) and auto["outcome"] == ProcedureOutcome.LOOKS_REVOKED


def mark(incident: Incident) -> str:
    """A sign beside the words, never instead of them."""
    if not incident.open:
        return NOT_KNOWN if incident.split else WELL
    return ON_ITS_WAY if incident.symptom in _WELL_NOW else _MARKS[incident.severity]


# For whoever may not see how many companies of a gateway it concerns.
_UNCOUNTED = {
    Symptom.MASS_DROP: "incident.uncounted.mass_drop",
    Symptom.FORGOTTEN: "incident.uncounted.forgotten",
}


def who(t: Texts, entry: IncidentEntry, limit: int = NAME_LIMIT) -> Markup:
    """The company, or the gateway, it is about."""
    incident = entry.incident
    if entry.company is not None:
        return t.name(entry.company, limit)
    if incident.company_id is not None:
        return Markup(incident.company_id)
    return t.say("who.gateway", gateway=t.foreign(incident.gateway))


def what(t: Texts, incident: Incident) -> Markup:
    """What is the matter, as a sentence."""
    if incident.symptom in _UNCOUNTED and "count" not in incident.facts:
        return t.say(_UNCOUNTED[incident.symptom])
    if _is_by_hand(incident):  # of several in one message only this is told: it says what to press
        return t.say("incident.what_by_hand.forgotten", **_numbers(t, incident))
    word = incident.facts.get("word")
    if incident.symptom is Symptom.NOT_UNDERSTOOD and isinstance(word, str):
        return t.say("incident.what_word.not_understood", word=t.foreign(word))
    return t.say(f"incident.what.{wording(incident)}", **_numbers(t, incident))


def _is_by_hand(incident: Incident) -> bool:
    """Whether people have to start what a restart of the gateway has ended."""
    on = incident.open and incident.symptom is Symptom.FORGOTTEN
    return on and bool(incident.facts.get("by_hand"))


def what_briefly(t: Texts, incident: Incident) -> Markup:
    """The same in two or three words."""
    return t.say(f"incident.brief.{wording(incident)}")


def before_it_settled(incident: Incident) -> Incident:
    """The incident as it looked before the session came back."""
    was = incident.facts.get("was")
    if incident.symptom not in BACK or not isinstance(was, str):
        return incident
    before = Symptom(was)
    if before in _ON_THE_WAY_BACK and _link_was_gone(incident):
        before = Symptom.REVOKED  # waiting for a scan was the way back, not the trouble
    return replace(incident, symptom=before)


def _link_was_gone(incident: Incident) -> bool:
    revoked = incident.cause is not None and CAUSES[incident.cause].revoked
    return revoked or _was_refused(incident)


def why(t: Texts, incident: Incident) -> Markup | None:
    """The cause as a sentence; None when nobody named one, or `what` has said it."""
    if wording(incident) in _SAY_WHY_THEMSELVES:
        return None
    if _only_the_log_says(incident):
        # What was not confirmed before the end will not be any more.
        key = "incident.log_says" if _is_on(incident) else "incident.log_said"
        return t.say(key, cause=t.say(f"cause.{incident.log_says}"))
    if incident.cause is None:
        return None
    return t.say("incident.cause", cause=t.say(f"cause.{incident.cause}"))


def _only_the_log_says(incident: Incident) -> bool:
    """Whether the log names what the gateway has not; beside its word the log's is no news."""
    log_says, cause = incident.log_says, incident.cause
    return log_says is not None and (
        cause is None or (outweighs(log_says, cause) and incident.open)
    )


_WELL_NOW = (*BACK, Symptom.FLAPPING)


def is_down(incident: Incident) -> bool:
    """Whether it is certain that a company's customers are not served."""
    unsure = (*_WELL_NOW, Symptom.NOT_UNDERSTOOD)
    return incident.trouble in STOPS_MESSAGES and incident.symptom not in unsure


def meaning(t: Texts, incident: Incident) -> Markup | None:
    """What it means for the company's customers; None when it means nothing for them."""
    if incident.trouble is Trouble.GATEWAY_UNREACHABLE:
        companies = incident.facts.get("companies")
        return t.plural("meaning.gateway", companies) if isinstance(companies, int) else None
    if TROUBLES[incident.trouble].customers is Customers.MISLED:
        return t.say("meaning.wrong_number")
    if incident.trouble not in STOPS_MESSAGES or incident.symptom in _WELL_NOW:
        return None
    return t.say("meaning.down" if is_down(incident) else "meaning.unknown")


def what_to_do(t: Texts, incident: Incident) -> Markup:
    """What to press, or where to look. It names no button that the cause has ruled out."""
    if incident.open and incident.rested_by is not None:
        return t.say("incident.todo.at_rest", by=t.foreign(incident.rested_by))
    words, offered = wording(incident), offers_of(incident)
    if incident.open and _is_at_work(incident):
        return t.say("incident.todo.by_itself")
    if _is_by_hand(incident):
        return t.say("incident.todo_by_hand.forgotten")
    if words is Symptom.STUCK and Offer.RESTART in offered:
        return t.say("incident.todo_restart.stuck")
    if words in _VAGUE and Offer.RECONNECT not in offered:
        words = Symptom.REVOKED if Offer.RESET in offered else Symptom.NOT_UNDERSTOOD
    elif words in _VAGUE and _only_the_log_says(incident):
        words = _by_the_log(incident.log_says) or words
    return t.say(f"incident.todo.{words}")


def _by_the_log(log_says: Cause | None) -> Wording | None:
    """What the log's word asks for, where the symptom would ask for a reconnect alone."""
    if log_says is not None and CAUSES[log_says].account:
        return Nuance.RESTRICTED
    # The sentence for a gateway that gave up: reconnect first, and reset if that does not help.
    return Symptom.FAILED if ends_link(log_says) else _BY_CAUSE.get(log_says or Cause.UNKNOWN)


def by_itself(t: Texts, incident: Incident) -> Markup | None:
    """What the bot has done about it by itself, and will do; None when nothing.

    Of what is over only what was done is told: nothing is under way, and nothing is to come.
    """
    auto = incident.facts.get("auto")
    if not isinstance(auto, dict):
        return None
    if not _is_on(incident):
        return auto_action(t, auto) if auto["outcome"] else None
    then = expected(incident, auto)
    return auto_action(t, auto) if then is None else Markup(f"{auto_action(t, auto)} {t.say(then)}")


def _is_on(incident: Incident) -> bool:
    """Whether the trouble is still on: then things may be under way, or to come."""
    return incident.open and incident.symptom not in _WELL_NOW


def _is_at_work(incident: Incident) -> bool:
    """Whether the bot itself is at it right now."""
    auto = incident.facts.get("auto")
    return isinstance(auto, dict) and not auto["outcome"]


def flapping(t: Texts, incident: Incident, now: datetime) -> Markup | None:
    """How often it came back, and since when; None where it did not."""
    facts = incident.facts.get("flapping")
    if not isinstance(facts, dict):
        return None
    since = t.hour(datetime.fromisoformat(facts["since"]), now)
    return t.plural("incident.flapping", facts["rings"], since=since)


def acked(t: Texts, incident: Incident, now: datetime) -> Markup | None:
    """Who has taken it on; None when nobody has."""
    if incident.ack is None:
        return None
    name, moment = t.foreign(incident.ack.by), t.hour(incident.ack.at, now)
    return t.say("incident.acked", who=name, moment=moment)


def can_be_acked(incident: Incident) -> bool:
    """Whether somebody could still take it on."""
    return incident.open and incident.ack is None


def began(t: Texts, incident: Incident, now: datetime) -> Markup:
    """When it began, as a line."""
    return t.say("incident.began", moment=t.moment(incident.began_at, now=now))


def _numbers(t: Texts, incident: Incident) -> dict[str, str]:
    names = ("count", "limit", "grown")
    facts = incident.facts
    numbers = {name: t.number(facts[name]) if name in facts else "?" for name in names}
    numbers |= {name: str(facts.get(name, "?")) for name in ("linked", "expected", "fault")}
    if "pattern" in facts:
        numbers["pattern"] = t.say(f"log_pattern.{facts['pattern']}")
    if "fault" in facts:
        fault = str(facts["fault"])
        silent = "list_fault.silent" if fault == "silent" else "list_fault.nonsense"
        numbers["fault"] = fault if fault.isdecimal() else t.say(silent)
    return numbers
