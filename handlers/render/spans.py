"""Until when a trouble lasts, or since when it is silent, as far as that was told."""

from datetime import datetime

from bot.domain.incident import Incident
from bot.domain.restriction import RestrictionSign
from bot.domain.trouble import Trouble
from bot.texts import Markup, Texts

_BY = {
    RestrictionSign.SEND.value: "incident.restricted_by.send",
    RestrictionSign.LOG.value: "incident.restricted_by.log",
}


def span(t: Texts, incident: Incident, now: datetime) -> Markup | None:
    """It in a line; None for a trouble that has none, and for what is over."""
    silent_since = incident.facts.get("silent_since")
    if incident.open and isinstance(silent_since, str):
        moment = datetime.fromisoformat(silent_since)
        return t.say("incident.silent_since", moment=t.hour(moment, now))
    restricted = incident.open and incident.trouble is Trouble.RESTRICTED
    return _until(t, incident, now) if restricted else None


def _until(t: Texts, incident: Incident, now: datetime) -> Markup:
    """Until when an account is restricted, and who told of it."""
    end = incident.until
    lasts = (
        t.say("incident.until_unknown")
        if end is None
        else t.say("incident.until", moment=t.hour(end, now))
    )
    by = _BY.get(str(incident.facts.get("sign")))
    return lasts if by is None else Markup(f"{lasts} {t.say(by)}")
