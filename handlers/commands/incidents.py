"""Incidents as one looks back at them: a list, one with its timeline, notes, a document."""

import re
from zoneinfo import ZoneInfo

from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.errors import BadRequest
from bot.domain.incident import IncidentId
from bot.domain.incident_timeline import IncidentTimeline
from handlers.answer import answer, replace, send_file
from handlers.callbacks import ALL, IncidentOf, IncidentsOf
from handlers.context import RequestContext
from handlers.render import incident_card, postmortem
from handlers.render.incident_list import page as render_page
from handlers.routes import Routes

_NOTE = re.compile(r"[#№]?\s*(\d{1,15})\s+(\S.*)", re.DOTALL)


async def listed(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """`/incidents`: of all; `/incidents 962302`: of one company. The newest first."""
    company = (
        await actions.status.find(context.person, command.args.strip()) if command.args else None
    )
    found = await actions.incidents.page(context.person, company, 0, only_open=False)
    await answer(message, render_page(context.texts, found))


async def another(
    query: CallbackQuery, callback_data: IncidentsOf, context: RequestContext, actions: Actions
) -> None:
    """Another page of them, or only what is open."""
    who = callback_data.company
    company = None if who == ALL else await actions.status.find(context.person, who)
    found = await actions.incidents.page(
        context.person, company, callback_data.page, only_open=callback_data.only_open
    )
    await replace(query, render_page(context.texts, found))


async def one(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """`/incident 12`: what happened, and what is to be done about it."""
    number = (command.args or "").strip().lstrip("#№").strip()
    if not number.isdecimal() or len(number) > 15:
        raise BadRequest("incident.how")
    timeline = await _timeline(context, actions, int(number))
    await answer(
        message, incident_card.card(context.texts, timeline, await _zone(context, actions))
    )


async def pressed(
    query: CallbackQuery, callback_data: IncidentOf, context: RequestContext, actions: Actions
) -> None:
    """The same by a button, or as a document."""
    timeline = await _timeline(context, actions, callback_data.n)
    zone = await _zone(context, actions)
    if callback_data.how != "file":
        await answer(query, incident_card.card(context.texts, timeline, zone))
        return
    content = actions.incidents.file(postmortem.document(context.texts, timeline, zone))
    await send_file(query, content, postmortem.file_name(timeline))


async def note(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """`/note 12 what we found`: kept in the timeline and in the document."""
    asked = _NOTE.fullmatch((command.args or "").strip())
    if asked is None:
        raise BadRequest("note.how")
    incident_id = IncidentId(int(asked[1]))
    await actions.incidents.note(
        context.person, incident_id, asked[2], context.address.chat_id, context.key
    )
    await answer(message, incident_card.noted(context.texts, incident_id))


async def _timeline(context: RequestContext, actions: Actions, number: int) -> IncidentTimeline:
    zone = await _zone(context, actions)
    return await actions.incidents.timeline(context.person, IncidentId(number), zone)


async def _zone(context: RequestContext, actions: Actions) -> ZoneInfo:
    return await actions.timezones.of(context.address.chat_id)


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="incidents")
    router.command(listed, "incidents")
    router.command(one, "incident")
    router.command(note, "note", changes=True)
    router.button(another, IncidentsOf.filter(), changes=False)
    router.button(pressed, IncidentOf.filter(), changes=False)
    return router
