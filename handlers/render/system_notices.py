"""System notices: one sentence each, by the key `system_notice.<kind>` with its facts."""

from datetime import datetime, timedelta
from typing import Any

from bot.alerts.courier import OutgoingMessage, SystemEntry
from bot.domain.digest import from_facts
from bot.domain.system_notice import SystemNoticeKind
from bot.domain.trouble import Offer
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.render.digest import digest
from handlers.render.places import called
from handlers.render.refused_answers import facts as unanswered
from handlers.render.screen import Screen, cut

_FRESH = timedelta(minutes=2)
_NAMES = 400  # several names in one text


def system_notices(t: Texts, message: OutgoingMessage, now: datetime) -> Screen:
    """Each sentence once, with its time where it is older than two minutes."""
    sentences = dict.fromkeys(_said(t, entry, now) for entry in message.system_notices)
    lines = [line for text in sentences for line in (text, "")][:-1]
    if len(message.system_notices) == 1:
        (entry,) = message.system_notices
        rows = keyboards.offers(t, entry.system_notice.offers, entry.system_notice.company_id)
        return Screen(cut(t, lines), keyboards.keyboard(rows))
    offered = {offer for entry in message.system_notices for offer in entry.system_notice.offers}
    deaf = {
        entry.system_notice.company_id
        for entry in message.system_notices
        if Offer.HEAR in entry.system_notice.offers
    }
    about = next(iter(deaf)) if len(deaf) == 1 else None
    hear = [keyboards.offer(t, Offer.HEAR, about)] if deaf else []
    status = [keyboards.offer(t, Offer.STATUS, None)] if offered - {Offer.HEAR} else []
    return Screen(cut(t, lines), keyboards.keyboard([hear, status]))


def _said(t: Texts, entry: SystemEntry, now: datetime) -> Markup:
    notice = entry.system_notice
    if notice.kind is SystemNoticeKind.DIGEST:
        return digest(t, from_facts(notice.facts))
    values = _values(t, entry, now)
    count = notice.facts.get("count")
    if isinstance(count, int):
        text = t.plural(f"system_notice.{notice.kind}", count, **values)
    else:
        text = t.say(f"system_notice.{notice.kind}", **values)
    if now - entry.at < _FRESH:
        return text
    return t.say("system_notice_at", moment=t.moment(entry.at, now=now), text=text)


def _values(t: Texts, entry: SystemEntry, now: datetime) -> dict[str, str]:
    notice = entry.system_notice
    if notice.kind is SystemNoticeKind.UNANSWERED:
        return unanswered(t, notice.facts)
    who = notice.company_id or t.foreign(notice.gateway or "")
    if entry.company is not None:
        who = t.name(entry.company)
    return {"who": who} | {
        name: _value(t, name, value, now) for name, value in notice.facts.items() if name != "count"
    }


def _value(t: Texts, name: str, value: Any, now: datetime) -> str:
    if name.endswith("_s"):
        return t.duration(timedelta(seconds=value))
    if name.endswith("_at"):
        return t.hour(datetime.fromisoformat(value), now)
    if name == "chat":
        return called(t, value)
    if name == "names":
        return t.foreign(value, _NAMES)
    return t.foreign(value) if isinstance(value, str) else t.number(value)
