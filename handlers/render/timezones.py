"""The time zones to choose from, each with the time it is there."""

from datetime import datetime
from zoneinfo import ZoneInfo

from aiogram.types import InlineKeyboardButton

from bot.domain.timezone import OFFERED
from bot.texts import Texts
from handlers import keyboards
from handlers.callbacks import Zone
from handlers.render.screen import Screen, joined


def which(t: Texts, zone: ZoneInfo, now: datetime) -> Screen:
    """The present zone, and others to choose from."""
    text = joined(_present(t, zone, now).text, "", t.say("timezone.how"))
    buttons = [_button(t, ZoneInfo(name), now) for name in OFFERED if name != zone.key]
    return Screen(text, keyboards.keyboard(keyboards.in_rows(buttons)))


def chosen(t: Texts, zone: ZoneInfo, now: datetime) -> Screen:
    """The answer to `/timezone`: the chat's time zone from now on."""
    return _present(t, zone, now)


def _present(t: Texts, zone: ZoneInfo, now: datetime) -> Screen:
    return Screen(t.say("timezone.now", zone=zone.key, time=t.clock(now, zone)))


def _button(t: Texts, zone: ZoneInfo, now: datetime) -> InlineKeyboardButton:
    words = t.say("timezone.button", zone=t.city(zone), time=t.clock(now, zone))
    return keyboards.button(words, Zone(name=zone.key))
