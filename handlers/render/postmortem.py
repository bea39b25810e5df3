"""A post-mortem in words: what the document says of an incident."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.alerts.courier import IncidentEntry
from bot.domain.incident import Incident
from bot.domain.incident_timeline import Document, IncidentTimeline, Section, What
from bot.domain.report import RECOVERY_TARGET, UPTIME_TARGET, Figures, Target, TargetVerdict
from bot.texts import Markup, Texts, plain
from handlers.render import incidents
from handlers.render.incident_card import times
from handlers.render.timeline import clock, line

_ACTION_TEXTS = (What.ACKED, What.ITSELF, What.ACT, What.RUN, What.SHOWN, What.PAIRING)
_MONTH = timedelta(days=30)


def document(t: Texts, timeline: IncidentTimeline, zone: ZoneInfo) -> Document:
    """The document, with empty headings for what people have to think of themselves."""
    cause = incidents.why(t, timeline.incident) or t.say("postmortem.no_cause")
    earlier = (t.say("postmortem.earlier"), _earlier(t, timeline, zone), True)
    parts: list[tuple[str, Iterable[str], bool]] = [
        (t.say("postmortem.summary"), _summary(t, timeline, zone), False),
        (t.say("postmortem.impact"), _impact(t, timeline), True),
        (
            t.say("postmortem.timeline", zone=zone.key),
            _moments(t, timeline, zone, tuple(What)),
            True,
        ),
        (t.say("postmortem.cause"), [cause], False),
        (t.say("postmortem.auto_actions"), _auto_actions(t, timeline, zone), True),
        (t.say("postmortem.targets"), _targets(t, timeline), True),
        *(
            [] if timeline.incident.company_id is None else [earlier]
        ),  # a gateway's are not looked up
        (t.say("postmortem.notes"), _moments(t, timeline, zone, (What.NOTE,)), True),
        (t.say("postmortem.lessons"), (), True),
        (t.say("postmortem.actions"), (), True),
    ]
    sections = tuple(
        Section(title=plain(title), lines=tuple(map(plain, lines)), bullets=bullets)
        for title, lines, bullets in parts
    )
    title = t.say("postmortem.title", n=str(timeline.incident.id), who=_who(t, timeline))
    return Document(title=plain(title), sections=sections)


def file_name(timeline: IncidentTimeline) -> str:
    """What the document is called where it is kept."""
    who = timeline.incident.company_id or timeline.incident.gateway
    day = timeline.incident.began_at.date().isoformat()
    return f"postmortem-{timeline.incident.id}-{who}-{day}.md"


def _who(t: Texts, timeline: IncidentTimeline) -> Markup:
    return incidents.who(t, IncidentEntry(incident=timeline.incident, company=timeline.company))


def _summary(t: Texts, timeline: IncidentTimeline, zone: ZoneInfo) -> Iterator[str]:
    incident = timeline.incident
    yield incidents.what(t, incidents.before_it_settled(incident))
    began = t.dated(timeline.times.lost_at, zone)
    if incident.closed_at is None:
        yield t.say("postmortem.lasts", began=began)
    else:
        yield t.say("postmortem.lasted", began=began, ended=t.dated(incident.closed_at, zone))
    yield t.say(f"postmortem.found.{timeline.sign}")
    yield from times(t, timeline)


def _impact(t: Texts, timeline: IncidentTimeline) -> Iterator[str]:
    incident, took = timeline.incident, timeline.times
    lasted = took.recover or (incident.closed_at or timeline.now) - took.lost_at
    # A document judges by the worst that is possible, and says from where it counts.
    key = "postmortem.lasted_at_most" if took.at_most else "postmortem.lasted_for"
    yield t.say(key, who=_who(t, timeline), took=t.duration(lasted))
    meant = incidents.meaning(t, incidents.before_it_settled(incident))
    if meant is not None:
        yield meant
    if incident.company_id is None and isinstance(incident.facts.get("companies"), int):
        yield t.plural("postmortem.companies", incident.facts["companies"])


def _moments(
    t: Texts, timeline: IncidentTimeline, zone: ZoneInfo, wanted: Iterable[What]
) -> Iterator[str]:
    for moment in timeline.moments:
        if moment.what in wanted:
            at = clock(t, timeline, moment.at, zone)
            yield t.say("postmortem.line", at=at, what=line(t, timeline, moment))


def _auto_actions(t: Texts, timeline: IncidentTimeline, zone: ZoneInfo) -> list[str]:
    return list(_moments(t, timeline, zone, _ACTION_TEXTS)) or [t.say("postmortem.nothing_done")]


def _targets(t: Texts, timeline: IncidentTimeline) -> Iterator[str]:
    """What was promised beside what was kept."""
    took = timeline.times
    lasted = took.recover or timeline.now - took.lost_at
    if took.recover is not None or timeline.incident.open:
        kept = lasted < RECOVERY_TARGET
        key = "postmortem.recovery_met" if kept else "postmortem.recovery_missed"
        yield t.say(key, took=t.duration(lasted), target=t.duration(RECOVERY_TARGET))
        allowed = _MONTH * (1 - UPTIME_TARGET)
        uptime = t.percent(UPTIME_TARGET)
        yield t.say("postmortem.allowed", uptime=uptime, allowed=t.duration(allowed))
    if timeline.month is not None:
        yield from _month(t, timeline.month)


def _month(t: Texts, month: Figures) -> Iterator[str]:
    """The thirty days until its end."""
    uptime = month.share.uptime
    if uptime is not None:
        yield t.say(
            "postmortem.uptime",
            verdict=_verdict(t, month, Target.UPTIME),
            uptime=t.percent(uptime),
            target=t.percent(UPTIME_TARGET),
        )
    if month.reconnects_limit is not None:
        yield t.say(
            "postmortem.reconnects",
            verdict=_verdict(t, month, Target.RECONNECTS),
            worst=t.number(month.reconnects_worst_day),
            limit=t.number(month.reconnects_limit),
        )
    files = month.files
    if files.most is not None and files.limit is not None:
        yield t.say(
            "postmortem.files",
            verdict=_verdict(t, month, Target.FILES),
            most=t.number(files.most),
            limit=t.number(files.limit),
        )


def _verdict(t: Texts, month: Figures, target: Target) -> Markup:
    return t.say(f"verdict.{TargetVerdict(month.judgement(target).verdict)}")


def _earlier(t: Texts, timeline: IncidentTimeline, zone: ZoneInfo) -> Iterator[str]:
    if not timeline.earlier:
        yield t.say("postmortem.no_earlier")
    for incident in timeline.earlier:
        yield _one(t, incident, zone)


def _one(t: Texts, incident: Incident, zone: ZoneInfo) -> Markup:
    values = {
        "n": str(incident.id),
        "what": incidents.what_briefly(t, incidents.before_it_settled(incident)),
        "began": t.dated(incident.began_at, zone),
    }
    if incident.closed_at is None:
        return t.say("postmortem.one_open", **values)
    return t.say("postmortem.one", **values, took=t.duration(incident.lasted(incident.closed_at)))
