"""The overview of all companies, then one company in full."""

from collections.abc import Iterable
from datetime import datetime

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.actions.rest_results import RestRow
from bot.actions.results import CompanyCard, GatewayCard, MuteRow, Overview
from bot.domain.access import RIGHT_FOR, Person
from bot.domain.company import CompanyId
from bot.domain.incident import Incident
from bot.domain.notice import offers_of, the_one_of
from bot.domain.observation import CompanyStatus, Observation
from bot.domain.phone import masked, masked_apart, same_number
from bot.domain.session import CAUSES, State
from bot.domain.trouble import Offer, Trouble
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.callbacks import Do, OverviewPage
from handlers.render import chats, incidents, mutes, rests, unsure
from handlers.render.screen import Screen, cut

_LOST = 10  # ids of what was seen lost and could not be written down

# What mends a state for which no incident is open.
_BY_STATE = {
    State.AWAITING_SCAN: (Offer.QR,),
    State.LOGGED_OUT: (Offer.RESET,),
    State.STOPPED: (Offer.RECONNECT,),
    State.FAILED: (Offer.RECONNECT,),
    State.DISCONNECTED: (Offer.RECONNECT,),
}
_ON_ITS_WAY = (State.CONNECTING, State.DISCONNECTED, State.UNKNOWN)


def overview(t: Texts, found: Overview) -> Screen:
    """Every company at a glance; a single line when all of them are well."""
    if not found.total:
        return Screen(t.say("overview.none"))
    if found.well == found.total:
        text: str = t.plural("overview.all_well", found.total, mark=incidents.WELL)
    else:
        text = _troubled(t, found)
    if found.rests:
        text = cut(t, [text, "", *(rests.line(t, row, found.now) for row in found.rests)])
    if found.unheard:
        text = cut(t, [text, "", chats.unheard(t, found.unheard)])
    if found.mutes:
        text = cut(t, [text, "", *(mutes.line(t, mute, found.now) for mute in found.mutes)])
    return Screen(text, keyboards.keyboard([*_companies(t, found), _pages(t, found)]))


def _troubled(t: Texts, found: Overview) -> Markup:
    lines: list[str] = [
        line for gateway in found.gateways for line in _doubts(t, gateway, found.now)
    ]
    if found.lost:
        lines.append(t.say("overview.lost", n=t.number(len(found.lost)), named=_named(t, found)))
    total = t.number(found.total)
    if not all(gateway.known for gateway in found.gateways):
        lines += ["", t.say("overview.certain", n=t.number(found.well), total=total)]
    else:
        lines += _counts(t, found)
    lines.append("")
    lines += [_line(t, card, found.now) for card in found.cards]
    if found.pages > 1:
        page, pages = t.number(found.page + 1), t.number(found.pages)
        lines += ["", t.say("overview.page", page=page, pages=pages)]
    return cut(t, lines)


def _counts(t: Texts, found: Overview) -> Iterable[Markup]:
    """How many need somebody, and of how many nothing is known yet."""
    bad, total = found.total - found.well - found.unseen - found.resting, t.number(found.total)
    if bad:
        yield t.say("overview.troubled", n=t.number(bad), total=total)
    if found.unseen:
        yield t.say("overview.unseen", n=t.number(found.unseen), total=total)


def _doubts(t: Texts, gateway: GatewayCard, now: datetime) -> Iterable[str]:
    """Why nothing is known of its sessions."""
    if gateway.unsure is not None:
        yield unsure.of_gateway(t, gateway.name, gateway.unsure, now)
    if gateway.silent_since is not None:
        yield f"{incidents.NOT_KNOWN} {_silence(t, gateway, now)}"


def _named(t: Texts, found: Overview) -> str:
    return ", ".join(t.foreign(company_id) for company_id in found.lost[:_LOST])


def _silence(t: Texts, gateway: GatewayCard, now: datetime) -> Markup:
    name = t.foreign(gateway.name)
    if gateway.last_ok_at is None:
        return t.say("gateway.never_answered", gateway=name)
    return t.say("gateway.silent", gateway=name, moment=t.moment(gateway.last_ok_at, now=now))


def _line(t: Texts, card: CompanyCard, now: datetime) -> Markup:
    known = card.known
    name, since = t.name(known.company), known.since
    worst = card.worst
    if known.rest is not None and card.gateway.known:
        return _short_line(t, rests.MARK, name, rests.briefly(t, known), None, now)
    if card.gateway.silent_since is not None:
        return _short_line(t, incidents.NOT_KNOWN, name, t.say("overview.not_known"), None, now)
    if card.gateway.unsure is not None:
        return _short_line(t, incidents.NOT_KNOWN, name, t.say("overview.not_looked"), None, now)
    if worst is not None:
        brief = incidents.what_briefly(t, worst)
        return _short_line(t, incidents.mark(worst), name, brief, worst.began_at, now)
    if known.state in (None, State.CONNECTED):
        since = None
    return _short_line(t, mark_of(known), name, state_briefly(t, known), since, now)


def _short_line(
    t: Texts, mark: str, name: Markup, what: Markup, since: datetime | None, now: datetime
) -> Markup:
    if since is None:
        return t.say("overview.line", mark=mark, who=name, what=what)
    moment = t.moment(since, now=now)
    return t.say("alert.line", mark=mark, who=name, what=what, moment=moment)


def _companies(t: Texts, found: Overview) -> keyboards.Rows:
    """The worst ones beside what mends them; where all are well, each leads to its card."""
    worst = [card for card in found.cards if mends(card)]
    if not worst:
        return keyboards.in_rows([_to_card(t, card) for card in found.cards])
    return [
        [_to_card(t, card), keyboards.offer(t, the_one_of(mends(card)), card.known.company.id)]
        for card in worst
    ]


def _to_card(t: Texts, card: CompanyCard) -> InlineKeyboardButton:
    company = card.known.company
    return keyboards.button(t.label(company, 20), Do(what=Offer.STATUS, company=company.id))


def _pages(t: Texts, found: Overview) -> list[InlineKeyboardButton]:
    neighbours = (OverviewPage(n=found.page - 1), OverviewPage(n=found.page + 1))
    return list(keyboards.paging(t, found.page, found.pages, neighbours))


def company(t: Texts, person: Person, card: CompanyCard, now: datetime) -> Screen:
    """One company: how it is and why, since when, what mends it, as far as the person may."""
    known = card.known
    mark = _card_mark(card) if card.gateway.known else incidents.NOT_KNOWN
    lines = [t.say("alert.head", mark=mark, who=t.name(known.company))]
    if card.gateway.unsure is not None:
        lines.append(unsure.line(t, card.gateway.unsure, now))
    if card.unwritten is not None:
        lines.append(_unwritten(t, card.unwritten, now))
    if card.gateway.silent_since is not None:
        lines.append(_silence(t, card.gateway, now))
    if not card.gateway.known:
        lines.append(t.say("card.as_of_last_look"))
    lines += [*_condition(t, card), Markup(""), *_particulars(t, card, now)]
    if known.rest is not None:
        lines.append(rests.line(t, RestRow(rest=known.rest, company=known.company), now))
    if card.mute is not None:
        owner = None if card.mute.company_id is None else known.company
        lines.append(mutes.line(t, MuteRow(mute=card.mute, company=owner), now))
    others = [incident for incident in known.incidents if incident is not _told(card)]
    if others:
        lines += [Markup(""), *(_also(t, incident, now) for incident in others)]
    return Screen(cut(t, lines), _card_buttons(t, person, card))


def _unwritten(t: Texts, seen: Observation, now: datetime) -> Markup:
    what = t.say(f"state_briefly.{seen.state}")
    return t.say("card.unwritten", what=what, moment=t.hour(seen.at, now))


def _condition(t: Texts, card: CompanyCard) -> Iterable[Markup]:
    """State and cause in words; the open incident knows both best."""
    words, known = _told(card), card.known
    if words is not None:
        yield incidents.what(t, words)
        yield from filter(None, [incidents.why(t, words), incidents.meaning(t, words)])
        return
    yield t.say("state.never_seen") if known.state is None else t.say(f"state.{known.state}")
    if known.cause is not None and known.state is not State.CONNECTED:
        yield t.say("incident.cause", cause=t.say(f"cause.{known.cause}"))


def _particulars(t: Texts, card: CompanyCard, now: datetime) -> Iterable[Markup]:
    known, words = card.known, _told(card)
    if words is not None:
        yield incidents.began(t, words, now)
    elif known.since is not None and known.state is not None:
        yield t.say("card.since", moment=t.moment(known.since, now=now))
    yield from filter(None, [_phone(t, known)])
    if card.looked_at is None:
        yield t.say("card.never_looked")
    else:
        yield t.say("card.looked", moment=t.moment(card.looked_at, now=now))
    if known.reconnects_today:
        yield t.say("card.reconnects", n=t.number(known.reconnects_today))
    if words is not None:
        yield t.say("card.incident", id=words.id)


def _phone(t: Texts, known: CompanyStatus) -> Markup | None:
    linked, expected = known.linked_phone, known.company.expected_phone
    if linked and expected and not same_number(linked, expected):
        masks = masked_apart([linked, expected])
        return t.say("card.phone_differs", phone=masks[0], expected=masks[1])
    if linked:
        return t.say("card.phone", phone=masked(linked))
    return t.say("card.phone_expected", phone=masked(expected)) if expected else None


def _also(t: Texts, incident: Incident, now: datetime) -> Markup:
    return t.say(
        "card.also",
        mark=incidents.mark(incident),
        what=incidents.what(t, incident),
        moment=t.moment(incident.began_at, now=now),
    )


def _told(card: CompanyCard) -> Incident | None:
    """The incident that says how the session is."""
    return card.known.incident(Trouble.SESSION_DOWN)


def _card_mark(card: CompanyCard) -> str:
    if card.known.rest is not None:
        return rests.MARK
    return mark_of(card.known) if card.worst is None else incidents.mark(card.worst)


def mark_of(known: CompanyStatus) -> str:
    """The sign of a state for which no incident is open."""
    if known.state is State.CONNECTED:
        return incidents.WELL
    calm = known.state in (None, *_ON_ITS_WAY)
    return incidents.NOT_KNOWN if calm else incidents.ON_ITS_WAY


def state_briefly(t: Texts, known: CompanyStatus) -> Markup:
    """Such a state in two or three words."""
    if known.state is None:
        return t.say("state_briefly.never_seen")
    return t.say(f"state_briefly.{known.state}")


def mends(card: CompanyCard) -> tuple[Offer, ...]:
    """What mends it; nothing while its gateway is silent or unwatched, for then nobody knows."""
    if not card.gateway.known:
        return ()
    if card.known.rest is not None:
        return (Offer.WAKE,)
    if card.worst is not None:
        return offers_of(card.worst)
    return _by_state(card.known)


def _by_state(known: CompanyStatus) -> tuple[Offer, ...]:
    if known.cause is not None and CAUSES[known.cause].deliberate and known.state is State.STOPPED:
        return (Offer.WAKE,)
    return _BY_STATE.get(known.state, ()) if known.state is not None else ()


def _card_buttons(t: Texts, person: Person, card: CompanyCard) -> InlineKeyboardMarkup | None:
    company_id: CompanyId = card.known.company.id
    wanted = (*mends(card), Offer.CHECK, Offer.FILES)
    allowed = [offer for offer in wanted if person.may(RIGHT_FOR[offer], company_id)]
    linked = None if card.worst is None else card.worst.linked
    rows = keyboards.offers(t, allowed, company_id, linked)
    # In the place of the card: it was an answer. What is kept up to date is never replaced.
    everybody = keyboards.button(t.say(f"offer.{Offer.STATUS}"), OverviewPage(n=0))
    return keyboards.keyboard([*rows, [everybody]])
