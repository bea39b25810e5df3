"""Until when an account is restricted, and who told of it."""

from datetime import datetime

from bot.domain.incident import Incident, Trouble
from bot.domain.restriction import RestrictionSign
from bot.texts import Markup, Texts

_BY = {
    RestrictionSign.SEND.value: "incident.restricted_by.send",
    RestrictionSign.LOG.value: "incident.restricted_by.log",
}


def until(t: Texts, incident: Incident, now: datetime) -> Markup | None:
    """It in a line or two; None for anything but a restriction that is on."""
    if not incident.open or incident.trouble is not Trouble.RESTRICTED:
        return None
    end = incident.until
    lasts = (
        t.say("incident.until_unknown")
        if end is None
        else t.say("incident.until", moment=t.hour(end, now))
    )
    by = _BY.get(str(incident.facts.get("sign")))
    return lasts if by is None else Markup(f"{lasts} {t.say(by)}")
