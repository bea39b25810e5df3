"""How it is told that an incident is over."""

from bot.alerts.courier import IncidentEntry
from bot.domain.trouble import Symptom, Trouble
from bot.texts import NAME_LIMIT, Markup, Texts
from handlers.render.incidents import who

_BY_SYMPTOM = {Symptom.EMPTIED: "over.emptied", Symptom.LIST_FAILED: "over.list_failed"}
# Where nobody said that it is over, and nothing says any more that it is on.
_UNSURE = {
    Trouble.RESTRICTED: "over.restricted_unsure",
    Trouble.HEARS_NOTHING: "over.hears_nothing_unsure",
    Trouble.HOOK_SILENT: "over.hook_silent_unsure",
}


def over(t: Texts, entry: IncidentEntry, limit: int = NAME_LIMIT) -> Markup:
    """That it is over, with the time it took."""
    incident = entry.incident
    took = incident.lasted(incident.began_at)
    params = {"who": who(t, entry, limit), "took": t.duration(took)}
    if isinstance(incident.facts.get("flapping"), dict):
        return t.plural("over.flapping", incident.facts["flapping"]["rings"], who=params["who"])
    if incident.unwatched:
        return t.say("over.unwatched", **params)
    if incident.symptom in _BY_SYMPTOM:
        return t.say(_BY_SYMPTOM[incident.symptom], **params)
    if incident.symptom is Symptom.FORGOTTEN and not incident.split:
        return t.say("over_restart", **params)
    if incident.split or not incident.facts.get("unsure"):
        return t.say("over.split" if incident.split else f"over.{incident.trouble}", **params)
    return t.say(_UNSURE[incident.trouble], **params)
