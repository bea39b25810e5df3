"""Incidents, the newest first, each behind a button."""

from aiogram.types import InlineKeyboardButton

from bot.alerts.courier import IncidentEntry
from bot.domain.incident import Incident
from bot.domain.incident_timeline import IncidentPage
from bot.texts import Markup, Texts, plain
from handlers import keyboards
from handlers.callbacks import ALL, IncidentOf, IncidentsOf
from handlers.render import incidents
from handlers.render.screen import Screen, cut


def page(t: Texts, found: IncidentPage) -> Screen:
    """A page of incidents, with buttons for other pages and for open ones alone."""
    who = t.say("incidents.everyone") if found.company is None else t.name(found.company)
    if not found.total:
        key = "incidents.none_open" if found.only_open else "incidents.none"
        return Screen(t.say(key, who=who), keyboards.keyboard(_buttons(t, found)))
    head = t.plural("incidents.open" if found.only_open else "incidents.all", found.total, who=who)
    lines = [_line(t, found, incident) for incident in found.incidents]
    return Screen(cut(t, [head, "", *lines]), keyboards.keyboard(_buttons(t, found)))


def _line(t: Texts, found: IncidentPage, incident: Incident) -> Markup:
    values = {
        "mark": incidents.mark(incident),
        "n": str(incident.id),
        "who": incidents.who(t, _entry(found, incident), 20),
        "what": incidents.what_briefly(t, incidents.before_it_settled(incident)),
    }
    if incident.closed_at is None:
        return t.say("incidents.line_open", **values, moment=t.hour(incident.began_at, found.now))
    moment = t.moment(incident.began_at, now=found.now)
    took = t.duration(incident.lasted(found.now))
    return t.say("incidents.line", **values, moment=moment, took=took)


def _entry(found: IncidentPage, incident: Incident) -> IncidentEntry:
    named = None if incident.company_id is None else found.companies.get(incident.company_id)
    return IncidentEntry(incident=incident, company=named)


def _buttons(t: Texts, found: IncidentPage) -> keyboards.Rows:
    who = ALL if found.company is None else found.company.id

    def at(page: int, *, only_open: bool) -> IncidentsOf:
        return IncidentsOf(company=who, only_open=only_open, page=page)

    numbers = [_number(t, incident) for incident in found.incidents]
    neighbours = [at(found.page + by, only_open=found.only_open) for by in (-1, 1)]
    other = "incidents.button.all" if found.only_open else "incidents.button.open"
    switch = keyboards.button(t.say(other), at(0, only_open=not found.only_open))
    paging = keyboards.paging(t, found.page, found.pages, neighbours)
    more = [switch] if found.total or found.only_open else []
    return [*keyboards.in_rows(numbers, 4), paging, more]


def _number(t: Texts, incident: Incident) -> InlineKeyboardButton:
    words = plain(t.say("incidents.button.one", mark=incidents.mark(incident), n=str(incident.id)))
    return keyboards.button(words, IncidentOf(n=incident.id, how="card"))
