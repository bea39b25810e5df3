"""The lines of a timeline, wherever it is shown."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.incident_timeline import IncidentTimeline, TimelineEntry, What, places_of
from bot.domain.trouble import Symptom
from bot.texts import Markup, Texts
from handlers.render import incidents
from handlers.render.acts import act, came_to
from handlers.render.auto_actions import auto_action
from handlers.render.places import place

Facts = Mapping[str, Any]

_NOTE_LIMIT = 1_000


class PlainMoment(StrEnum):
    """Moments whose sentence needs nothing but who did it."""

    WELL = "well"
    BEGAN = "began"
    REPEATED = "repeated"
    ACKED = "acked"


def line(t: Texts, timeline: IncidentTimeline, moment: TimelineEntry) -> Markup:
    """What happened, as a sentence."""
    who = _who(t, timeline, moment)
    say = _SAID.get(moment.what)
    if say is None:
        return t.say(f"timeline.moment.{PlainMoment(moment.what)}", who=who)
    return say(t, timeline, moment.facts, who)


def clock(t: Texts, timeline: IncidentTimeline, at: datetime, zone: ZoneInfo) -> str:
    """When it was by the chat's clock, with the day where the incident took several."""
    begin, end = timeline.times.lost_at, timeline.incident.closed_at or timeline.now
    days = {moment.astimezone(zone).date() for moment in (begin, at, end)}
    return f"{at.astimezone(zone):%H:%M:%S}" if len(days) == 1 else t.dated(at, zone)


def _opened(t: Texts, timeline: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del who
    return t.say(f"timeline.opened.{timeline.sign}", what=_brief(t, timeline, facts))


def _changed(t: Texts, timeline: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del who
    return t.say("timeline.changed", what=_brief(t, timeline, facts))


def _closed(t: Texts, timeline: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del facts, who
    return t.say("timeline.split" if timeline.incident.split else "timeline.closed")


def _told(t: Texts, timeline: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del who
    where = places_of(facts)
    named = dict.fromkeys(place(t, address, timeline.chats, timeline.topics) for address in where)
    return t.say("timeline.told", chats=Markup(", ".join(named)))


def _backup(t: Texts, timeline: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del timeline, who
    return t.plural("timeline.backup", facts["channels"])


def _itself(t: Texts, timeline: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del timeline, who
    return t.say("timeline.itself", action=auto_action(t, facts))


def _act(t: Texts, timeline: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del timeline
    what, outcome = act(t, facts["action"]), facts["outcome"]
    if outcome is None:
        return t.say("timeline.act", who=who, what=what)
    return t.say("timeline.act_done", who=who, what=what, result=came_to(t, outcome))


def _run(t: Texts, timeline: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del timeline, who
    what, result = act(t, facts["action"]), came_to(t, facts["outcome"])
    return t.say("timeline.run", what=what, result=result)


def _shown(t: Texts, timeline: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del timeline
    return t.say(f"timeline.shown.{facts['means']}", who=who)


def _taken(t: Texts, timeline: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del timeline, who
    return t.say(f"timeline.taken.{facts['means']}")


def _pairing(t: Texts, timeline: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del timeline, who
    return t.say("timeline.pairing", result=came_to(t, facts["outcome"]))


def _state(t: Texts, timeline: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del timeline, who
    return t.say("timeline.state", state=t.say(f"state_briefly.{facts['state']}"))


def _note(t: Texts, timeline: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del timeline
    return t.say("timeline.note", who=who, text=t.foreign(facts["text"], _NOTE_LIMIT))


_SAID: dict[What, Callable[[Texts, IncidentTimeline, Facts, str], Markup]] = {
    What.OPENED: _opened,
    What.CHANGED: _changed,
    What.CLOSED: _closed,
    What.TOLD: _told,
    What.BACKUP: _backup,
    What.ITSELF: _itself,
    What.ACT: _act,
    What.RUN: _run,
    What.SHOWN: _shown,
    What.TAKEN: _taken,
    What.PAIRING: _pairing,
    What.STATE: _state,
    What.NOTE: _note,
}


def _brief(t: Texts, timeline: IncidentTimeline, facts: Facts) -> Markup:
    """How the trouble looked then."""
    looked = replace(timeline.incident, symptom=Symptom(facts["symptom"]))
    return incidents.what_briefly(t, looked)


def _who(t: Texts, timeline: IncidentTimeline, moment: TimelineEntry) -> str:
    """Somebody's name, the one they signed with where no newer is known; else their id."""
    if moment.who is None:
        return ""
    signed = moment.facts.get("by", "")
    known = t.foreign(timeline.names.get(moment.who, ""))
    return known or t.foreign(signed if isinstance(signed, str) else "") or str(moment.who)
