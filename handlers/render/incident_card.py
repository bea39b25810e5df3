"""One incident with its timeline, and what can be done about it."""

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.alerts.courier import IncidentEntry
from bot.domain.incident import IncidentId
from bot.domain.incident_timeline import IncidentTimeline
from bot.domain.notice import offers_of
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.callbacks import IncidentOf, Take
from handlers.render import incidents, spans
from handlers.render.screen import Screen, joined, units
from handlers.render.timeline import clock, line

_A_SECOND = timedelta(seconds=1)  # what is shorter is called “less than a second” anyway
_ROOM = 3_800  # of Telegram's 4096, for heads and what is left out


def card(t: Texts, timeline: IncidentTimeline, zone: ZoneInfo) -> Screen:
    """The incident, its length and its timeline, whose middle is left out where it is long."""
    incident = timeline.incident
    who = incidents.who(t, IncidentEntry(incident=incident, company=timeline.company))
    shown = incidents.before_it_settled(incident)
    head = [
        t.say("incident.head", mark=incidents.mark(incident), n=str(incident.id), who=who),
        incidents.what(t, shown),
        spans.span(t, shown, timeline.now),
        incidents.why(t, shown),
        *times(t, timeline),
        "",
        t.say("incident.timeline", zone=zone.key),
    ]
    lines_of = [
        t.say(
            "incident.moment",
            at=clock(t, timeline, moment.at, zone),
            what=line(t, timeline, moment),
        )
        for moment in timeline.moments
    ]
    room = _ROOM - units(joined(*head))
    return Screen(
        joined(*head, *_fitting(t, lines_of, room)), keyboards.keyboard(_buttons(t, timeline))
    )


def times(t: Texts, timeline: IncidentTimeline) -> Iterable[Markup]:
    """How long each part of it took, as lines."""
    incident, took = timeline.incident, timeline.times
    unsure = took.at_most and took.detect >= _A_SECOND
    key = "incident.detect_at_most" if unsure else "incident.detect"
    yield t.say(key, took=t.duration(took.detect))
    if took.acknowledge is not None:
        yield t.say("incident.acknowledge", took=t.duration(took.acknowledge))
    lasted = t.duration(incident.lasted(timeline.now))
    if took.recover is not None:
        yield t.say("incident.recover", took=lasted)
    elif incident.open:
        yield t.say("incident.lasts", took=lasted)
    else:
        return
    yield from _apart(t, timeline)


def _apart(t: Texts, timeline: IncidentTimeline) -> Iterable[Markup]:
    """What that length leaves out, or a report counts in another way."""
    unseen = timeline.incident.began_at - timeline.times.lost_at
    if timeline.times.at_most and unseen >= _A_SECOND:
        yield t.say("incident.unseen", length=t.duration(unseen))
    apart = timeline.apart
    if apart.resting:
        yield t.say("incident.resting", length=t.duration(apart.resting))
    if apart.muted:
        yield t.say("incident.muted", length=t.duration(apart.muted))
    if apart.unwatched:
        yield t.say("incident.unwatched", length=t.duration(apart.unwatched))


def noted(t: Texts, incident_id: IncidentId) -> Screen:
    """The note is kept."""
    card_button = keyboards.button(
        t.say("incident.button.card", n=str(incident_id)), IncidentOf(n=incident_id, how="card")
    )
    return Screen(t.say("note.done", n=str(incident_id)), keyboards.keyboard([[card_button]]))


def _fitting(t: Texts, lines: list[Markup], room: int) -> list[Markup]:
    """All lines, or the first and the last ones with a word for those between."""
    if sum(units(markup) + 1 for markup in lines) <= room:
        return lines
    first: list[Markup] = []
    last: list[Markup] = []
    rest = list(lines)
    while rest:
        side, at = (first, 0) if len(first) <= len(last) else (last, -1)
        room -= units(rest[at]) + 1
        if room < 0:
            break
        side.append(rest.pop(at))
    return [*first, t.plural("incident.left_out", len(rest)), *reversed(last)]


def _buttons(t: Texts, timeline: IncidentTimeline) -> keyboards.Rows:
    incident = timeline.incident
    file = keyboards.button(t.say("incident.button.file"), IncidentOf(n=incident.id, how="file"))
    take = [keyboards.button(t.say("button.ack"), Take(n=incident.id))]
    mending = keyboards.offers(t, offers_of(incident), incident.company_id, incident.linked)
    return [
        *([take] if incidents.can_be_acked(incident) else []),
        *(mending if incident.open else []),
        [file],
    ]
