"""Incidents as one looks back at them: a list, one with its timeline, notes, a document."""

import re
from zoneinfo import ZoneInfo

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.errors import BadRequest
from bot.domain.incident import IncidentId
from bot.domain.incident_timeline import Story
from handlers.answering import answer, replace, send_file
from handlers.callbacks import ALL, IncidentOf, IncidentsOf
from handlers.context import Turn
from handlers.render import incident_card, postmortem
from handlers.render.incident_list import page as render_page

_NOTE = re.compile(r"[#№]?\s*(\d{1,15})\s+(\S.*)", re.DOTALL)


async def listed(message: Message, command: CommandObject, turn: Turn, actions: Actions) -> None:
    """`/incidents`: of all; `/incidents 962302`: of one company. The newest first."""
    company = (
        await actions.looking.find(turn.person, command.args.strip()) if command.args else None
    )
    found = await actions.incidents.page(turn.person, company, 0, only_open=False)
    await answer(message, render_page(turn.texts, found))


async def another(
    query: CallbackQuery, callback_data: IncidentsOf, turn: Turn, actions: Actions
) -> None:
    """Another page of them, or only what is open."""
    who = callback_data.company
    company = None if who == ALL else await actions.looking.find(turn.person, who)
    found = await actions.incidents.page(
        turn.person, company, callback_data.page, only_open=callback_data.only_open
    )
    await replace(query, render_page(turn.texts, found))


async def one(message: Message, command: CommandObject, turn: Turn, actions: Actions) -> None:
    """`/incident 12`: what happened, and what is to be done about it."""
    number = (command.args or "").strip().lstrip("#№").strip()
    if not number.isdecimal() or len(number) > 15:
        raise BadRequest("incident.how")
    story = await _story(turn, actions, int(number))
    await answer(message, incident_card.card(turn.texts, story, await _zone(turn, actions)))


async def pressed(
    query: CallbackQuery, callback_data: IncidentOf, turn: Turn, actions: Actions
) -> None:
    """The same by a button, or as a document."""
    story = await _story(turn, actions, callback_data.n)
    zone = await _zone(turn, actions)
    if callback_data.how != "file":
        await answer(query, incident_card.card(turn.texts, story, zone))
        return
    content = actions.incidents.file(postmortem.document(turn.texts, story, zone))
    await send_file(query, content, postmortem.file_name(story))


async def note(message: Message, command: CommandObject, turn: Turn, actions: Actions) -> None:
    """`/note 12 what we found`: kept in the timeline and in the document."""
    asked = _NOTE.fullmatch((command.args or "").strip())
    if asked is None:
        raise BadRequest("note.how")
    incident_id = IncidentId(int(asked[1]))
    await actions.incidents.note(turn.person, incident_id, asked[2], turn.address.chat_id, turn.key)
    await answer(message, incident_card.noted(turn.texts, incident_id))


async def _story(turn: Turn, actions: Actions, number: int) -> Story:
    zone = await _zone(turn, actions)
    return await actions.incidents.story(turn.person, IncidentId(number), zone)


async def _zone(turn: Turn, actions: Actions) -> ZoneInfo:
    return await actions.zones.of(turn.address.chat_id)


def build() -> Router:
    """The routes of this file."""
    router = Router(name="incidents")
    router.message.register(listed, Command("incidents"))
    router.message.register(one, Command("incident"))
    router.message.register(note, Command("note"), flags={"changes": True})
    router.callback_query.register(another, IncidentsOf.filter(), flags={"changes": False})
    router.callback_query.register(pressed, IncidentOf.filter(), flags={"changes": False})
    return router
