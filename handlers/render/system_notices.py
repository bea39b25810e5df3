"""Remarks: one sentence each, from `remark.<kind>` and the facts that fill it."""

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


def remarks(t: Texts, letter: OutgoingMessage, now: datetime) -> Screen:
    """Everything said once, with its time where it is not of just now."""
    said = dict.fromkeys(_said(t, aside, now) for aside in letter.asides)
    lines = [line for text in said for line in (text, "")][:-1]
    if len(letter.asides) == 1:
        (aside,) = letter.asides
        rows = keyboards.offers(t, aside.remark.offers, aside.remark.company_id)
        return Screen(cut(t, lines), keyboards.keyboard(rows))
    offered = {offer for aside in letter.asides for offer in aside.remark.offers}
    deaf = {aside.remark.company_id for aside in letter.asides if Offer.HEAR in aside.remark.offers}
    about = next(iter(deaf)) if len(deaf) == 1 else None
    hear = [keyboards.offer(t, Offer.HEAR, about)] if deaf else []
    status = [keyboards.offer(t, Offer.STATUS, None)] if offered - {Offer.HEAR} else []
    return Screen(cut(t, lines), keyboards.keyboard([hear, status]))


def _said(t: Texts, aside: SystemEntry, now: datetime) -> Markup:
    remark = aside.remark
    if remark.kind is SystemNoticeKind.DIGEST:
        return digest(t, from_facts(remark.facts))
    values = _values(t, aside, now)
    count = remark.facts.get("count")
    if isinstance(count, int):
        text = t.plural(f"remark.{remark.kind}", count, **values)
    else:
        text = t.say(f"remark.{remark.kind}", **values)
    if now - aside.at < _FRESH:
        return text
    return t.say("remark_at", moment=t.moment(aside.at, now=now), text=text)


def _values(t: Texts, aside: SystemEntry, now: datetime) -> dict[str, str]:
    remark = aside.remark
    if remark.kind is SystemNoticeKind.UNANSWERED:
        return unanswered(t, remark.facts)
    who = remark.company_id or t.foreign(remark.gateway or "")
    if aside.company is not None:
        who = t.name(aside.company)
    return {"who": who} | {
        name: _value(t, name, value, now) for name, value in remark.facts.items() if name != "count"
    }


def _value(t: Texts, name: str, value: Any, now: datetime) -> str:
    if name.endswith("_s"):
        return t.duration(timedelta(seconds=value))
    if name.endswith("_at"):
        return t.hour(datetime.fromisoformat(value), now)
    if name == "chat":
        return called(t, value)
    return t.foreign(value) if isinstance(value, str) else t.number(value)
