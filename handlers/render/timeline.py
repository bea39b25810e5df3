"""The lines of a timeline, wherever it is shown."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.incident import Symptom
from bot.domain.incident_timeline import IncidentTimeline, TimelineEntry, What, places_of
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


def line(t: Texts, story: IncidentTimeline, moment: TimelineEntry) -> Markup:
    """What happened, as a sentence."""
    who = _who(t, story, moment)
    say = _SAID.get(moment.what)
    if say is None:
        return t.say(f"story.moment.{PlainMoment(moment.what)}", who=who)
    return say(t, story, moment.facts, who)


def clock(t: Texts, story: IncidentTimeline, at: datetime, zone: ZoneInfo) -> str:
    """When it was by the chat's clock, with the day where the incident took several."""
    begin, end = story.times.lost_at, story.incident.closed_at or story.now
    days = {moment.astimezone(zone).date() for moment in (begin, at, end)}
    return f"{at.astimezone(zone):%H:%M:%S}" if len(days) == 1 else t.dated(at, zone)


def _opened(t: Texts, story: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del who
    return t.say(f"story.opened.{story.sign}", what=_brief(t, story, facts))


def _changed(t: Texts, story: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del who
    return t.say("story.changed", what=_brief(t, story, facts))


def _closed(t: Texts, story: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del facts, who
    return t.say("story.split" if story.incident.split else "story.closed")


def _told(t: Texts, story: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del who
    where = places_of(facts)
    named = dict.fromkeys(place(t, address, story.chats, story.topics) for address in where)
    return t.say("story.told", chats=Markup(", ".join(named)))


def _backup(t: Texts, story: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del story, who
    return t.plural("story.backup", facts["channels"])


def _itself(t: Texts, story: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del story, who
    return t.say("story.itself", deed=auto_action(t, facts))


def _act(t: Texts, story: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del story
    what, outcome = act(t, facts["action"]), facts["outcome"]
    if outcome is None:
        return t.say("story.act", who=who, what=what)
    return t.say("story.act_done", who=who, what=what, result=came_to(t, outcome))


def _run(t: Texts, story: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del story, who
    what, result = act(t, facts["action"]), came_to(t, facts["outcome"])
    return t.say("story.run", what=what, result=result)


def _shown(t: Texts, story: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del story
    return t.say(f"story.shown.{facts['means']}", who=who)


def _taken(t: Texts, story: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del story, who
    return t.say(f"story.taken.{facts['means']}")


def _pairing(t: Texts, story: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del story, who
    return t.say("story.pairing", result=came_to(t, facts["outcome"]))


def _state(t: Texts, story: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del story, who
    return t.say("story.state", state=t.say(f"state_briefly.{facts['state']}"))


def _note(t: Texts, story: IncidentTimeline, facts: Facts, who: str) -> Markup:
    del story
    return t.say("story.note", who=who, text=t.foreign(facts["text"], _NOTE_LIMIT))


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


def _brief(t: Texts, story: IncidentTimeline, facts: Facts) -> Markup:
    """How the trouble looked then."""
    looked = replace(story.incident, symptom=Symptom(facts["symptom"]))
    return incidents.what_briefly(t, looked)


def _who(t: Texts, story: IncidentTimeline, moment: TimelineEntry) -> str:
    """Somebody's name, the one they signed with where no newer is known; else their id."""
    if moment.who is None:
        return ""
    signed = moment.facts.get("by", "")
    known = t.foreign(story.names.get(moment.who, ""))
    return known or t.foreign(signed if isinstance(signed, str) else "") or str(moment.who)
