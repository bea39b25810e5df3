"""System notices: one sentence each, of the key `remark.<kind>` and the facts that fill it."""

from datetime import datetime, timedelta
from typing import Any

from bot.alerts.courier import OutgoingMessage, SystemEntry
from bot.domain.digest import from_facts
from bot.domain.notice import Offer
from bot.domain.system_notice import SystemNoticeKind
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.render.digest import digest
from handlers.render.places import called
from handlers.render.screen import Screen, cut
from handlers.render.unanswered import facts as unanswered

_FRESH = timedelta(minutes=2)
_NAMES = 400  # several names in one text


def system_notices(t: Texts, message: OutgoingMessage, now: datetime) -> Screen:
    """Each sentence once, with its time where it is older than two minutes."""
    said = dict.fromkeys(_said(t, entry, now) for entry in message.asides)
    lines = [line for text in said for line in (text, "")][:-1]
    if len(message.asides) == 1:
        (entry,) = message.asides
        rows = keyboards.offers(t, entry.remark.offers, entry.remark.company_id)
        return Screen(cut(t, lines), keyboards.keyboard(rows))
    offered = {offer for entry in message.asides for offer in entry.remark.offers}
    deaf = {
        entry.remark.company_id for entry in message.asides if Offer.HEAR in entry.remark.offers
    }
    about = next(iter(deaf)) if len(deaf) == 1 else None
    hear = [keyboards.offer(t, Offer.HEAR, about)] if deaf else []
    status = [keyboards.offer(t, Offer.STATUS, None)] if offered - {Offer.HEAR} else []
    return Screen(cut(t, lines), keyboards.keyboard([hear, status]))


def _said(t: Texts, entry: SystemEntry, now: datetime) -> Markup:
    notice = entry.remark
    if notice.kind is SystemNoticeKind.DIGEST:
        return digest(t, from_facts(notice.facts))
    values = _values(t, entry, now)
    count = notice.facts.get("count")
    if isinstance(count, int):
        text = t.plural(f"remark.{notice.kind}", count, **values)
    else:
        text = t.say(f"remark.{notice.kind}", **values)
    if now - entry.at < _FRESH:
        return text
    return t.say("remark_at", moment=t.moment(entry.at, now=now), text=text)


def _values(t: Texts, entry: SystemEntry, now: datetime) -> dict[str, str]:
    notice = entry.remark
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
