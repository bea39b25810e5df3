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


def document(t: Texts, story: IncidentTimeline, zone: ZoneInfo) -> Document:
    """The document, with empty headings for what people have to think of themselves."""
    cause = incidents.why(t, story.incident) or t.say("postmortem.no_cause")
    earlier = (t.say("postmortem.earlier"), _earlier(t, story, zone), True)
    parts: list[tuple[str, Iterable[str], bool]] = [
        (t.say("postmortem.summary"), _summary(t, story, zone), False),
        (t.say("postmortem.impact"), _impact(t, story), True),
        (t.say("postmortem.timeline", zone=zone.key), _moments(t, story, zone, tuple(What)), True),
        (t.say("postmortem.cause"), [cause], False),
        (t.say("postmortem.deeds"), _auto_actions(t, story, zone), True),
        (t.say("postmortem.targets"), _targets(t, story), True),
        *([] if story.incident.company_id is None else [earlier]),  # a gateway's are not looked up
        (t.say("postmortem.notes"), _moments(t, story, zone, (What.NOTE,)), True),
        (t.say("postmortem.lessons"), (), True),
        (t.say("postmortem.actions"), (), True),
    ]
    sections = tuple(
        Section(title=plain(title), lines=tuple(map(plain, lines)), bullets=bullets)
        for title, lines, bullets in parts
    )
    title = t.say("postmortem.title", n=str(story.incident.id), who=_who(t, story))
    return Document(title=plain(title), sections=sections)


def file_name(story: IncidentTimeline) -> str:
    """What the document is called where it is kept."""
    who = story.incident.company_id or story.incident.gateway
    day = story.incident.began_at.date().isoformat()
    return f"postmortem-{story.incident.id}-{who}-{day}.md"


def _who(t: Texts, story: IncidentTimeline) -> Markup:
    return incidents.who(t, IncidentEntry(incident=story.incident, company=story.company))


def _summary(t: Texts, story: IncidentTimeline, zone: ZoneInfo) -> Iterator[str]:
    incident = story.incident
    yield incidents.what(t, incidents.before_it_settled(incident))
    began = t.dated(story.times.lost_at, zone)
    if incident.closed_at is None:
        yield t.say("postmortem.lasts", began=began)
    else:
        yield t.say("postmortem.lasted", began=began, ended=t.dated(incident.closed_at, zone))
    yield t.say(f"postmortem.found.{story.sign}")
    yield from times(t, story)


def _impact(t: Texts, story: IncidentTimeline) -> Iterator[str]:
    incident, took = story.incident, story.times
    lasted = took.recover or (incident.closed_at or story.now) - took.lost_at
    # A document judges by the worst that is possible, and says from where it counts.
    key = "postmortem.lasted_at_most" if took.at_most else "postmortem.lasted_for"
    yield t.say(key, who=_who(t, story), took=t.duration(lasted))
    meant = incidents.meaning(t, incidents.before_it_settled(incident))
    if meant is not None:
        yield meant
    if incident.company_id is None and isinstance(incident.facts.get("companies"), int):
        yield t.plural("postmortem.companies", incident.facts["companies"])


def _moments(
    t: Texts, story: IncidentTimeline, zone: ZoneInfo, wanted: Iterable[What]
) -> Iterator[str]:
    for moment in story.moments:
        if moment.what in wanted:
            at = clock(t, story, moment.at, zone)
            yield t.say("postmortem.line", at=at, what=line(t, story, moment))


def _auto_actions(t: Texts, story: IncidentTimeline, zone: ZoneInfo) -> list[str]:
    return list(_moments(t, story, zone, _ACTION_TEXTS)) or [t.say("postmortem.nothing_done")]


def _targets(t: Texts, story: IncidentTimeline) -> Iterator[str]:
    """What was promised beside what was kept."""
    took = story.times
    lasted = took.recover or story.now - took.lost_at
    if took.recover is not None or story.incident.open:
        kept = lasted < RECOVERY_TARGET
        key = "postmortem.recovery_met" if kept else "postmortem.recovery_missed"
        yield t.say(key, took=t.duration(lasted), target=t.duration(RECOVERY_TARGET))
        allowed = _MONTH * (1 - UPTIME_TARGET)
        uptime = t.percent(UPTIME_TARGET)
        yield t.say("postmortem.allowed", uptime=uptime, allowed=t.duration(allowed))
    if story.month is not None:
        yield from _month(t, story.month)


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


def _earlier(t: Texts, story: IncidentTimeline, zone: ZoneInfo) -> Iterator[str]:
    if not story.earlier:
        yield t.say("postmortem.no_earlier")
    for incident in story.earlier:
        yield _one(t, incident, zone)


def _one(t: Texts, one: Incident, zone: ZoneInfo) -> Markup:
    values = {
        "n": str(one.id),
        "what": incidents.what_briefly(t, incidents.before_it_settled(one)),
        "began": t.dated(one.began_at, zone),
    }
    if one.closed_at is None:
        return t.say("postmortem.one_open", **values)
    return t.say("postmortem.one", **values, took=t.duration(one.lasted(one.closed_at)))
