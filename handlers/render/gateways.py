"""Gateways as they stand: an answer or its absence, sessions by state, what a kind cannot do."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from bot.domain.access import Person, Right
from bot.domain.gateway_view import GatewayView, Lack
from bot.domain.session import State
from bot.domain.trouble import Offer
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.callbacks import AskRestart, GatewaysAgain
from handlers.render import incidents, unsure
from handlers.render.screen import Screen, cut

_MOST_BUTTONS = 6
_NAMED = 8


def gateways(t: Texts, person: Person, views: Sequence[GatewayView], now: datetime) -> Screen:
    """All gateways; those that do not answer stand first."""
    ordered = sorted(views, key=lambda view: view.ping.latency is not None)
    lines: list[Markup | str] = []
    for view in ordered:
        lines += ["", *_view(t, view, now)] if lines else [*_view(t, view, now)]
    rows = [
        [keyboards.button(t.say("button.again"), GatewaysAgain())],
        [keyboards.offer(t, Offer.STATUS, None)],
    ]
    silent = [view for view in ordered if view.ping.latency is None and not view.refused]
    if person.may(Right.RESTART):
        rows = [[_restart(t, view)] for view in silent[:_MOST_BUTTONS]] + rows
    return Screen(cut(t, lines or [t.say("overview.none")]), keyboards.keyboard(rows))


def _view(t: Texts, view: GatewayView, now: datetime) -> Iterator[Markup]:
    ping = view.ping
    kind = ping.kind if ping.version is None else f"{ping.kind} {ping.version}"
    mark = "🔴" if view.refused or ping.latency is None else incidents.WELL
    yield t.say("gateways.head", mark=mark, name=t.foreign(ping.name), kind=t.foreign(kind))
    yield _answers(t, view, now)
    if view.unsure is not None:
        yield unsure.line(t, view.unsure, now)
    if view.sessions:
        yield _sessions(t, view)
    if view.listed != view.watched:
        yield t.say("gateways.listed", listed=t.number(view.listed), watched=t.number(view.watched))
    if view.left_out:
        yield t.plural("gateways.left_out", view.left_out)
    if view.unfit:
        yield t.plural("gateways.unfit", view.unfit)
    if view.twins:
        named = ", ".join(view.twins[:_NAMED])
        more = "…" if len(view.twins) > _NAMED else ""
        yield t.plural("gateways.twins", len(view.twins), named=f"{named}{more}")
    if Lack.PUSH not in ping.lacks:
        yield _pushes(t, view, now)
    if ping.lacks:
        can_not = ", ".join(t.say(f"gateways.lack.{lack}") for lack in ping.lacks)
        yield t.say("gateways.lacks", what=Markup(can_not))


def _answers(t: Texts, view: GatewayView, now: datetime) -> Markup:
    latency = view.ping.latency
    if view.refused:
        return t.say("gateways.refused")
    if latency is not None:
        return t.say("gateways.answers", ms=t.number(round(latency.total_seconds() * 1000)))
    if view.last_ok_at is None:
        return t.say("gateways.never_answered")
    moment = t.moment(view.last_ok_at, now=now)
    return t.say("gateways.silent", moment=moment)


def _pushes(t: Texts, view: GatewayView, now: datetime) -> Markup:
    refused = view.push_refused
    if refused is not None:
        moment = t.moment(refused.at, now=now)
        key = "gateways.push_forged" if refused.forged else "gateways.push_unread"
        return t.say(key, moment=moment)
    if view.pushed_at is None:
        return t.say("gateways.polled")
    return t.say("gateways.pushed", moment=t.moment(view.pushed_at, now=now))


def _sessions(t: Texts, view: GatewayView) -> Markup:
    """How many of each state; a silent gateway's are as of its last answer."""
    parts = []
    for state in (*State, None):
        count = view.sessions.get(state, 0)
        if count:
            parts.append(t.say("gateways.count", n=t.number(count), what=_state(t, state)))
    words = Markup(", ".join(parts))
    if view.silent_since is not None or view.unsure is not None:
        return t.say("gateways.sessions_then", what=words)
    return t.say("gateways.sessions", what=words)


def _state(t: Texts, state: State | None) -> Markup:
    return t.say("state_briefly.never_seen" if state is None else f"state_briefly.{state}")


def _restart(t: Texts, view: GatewayView) -> InlineKeyboardButton:
    words = t.say("button.restart_named", gateway=t.foreign(view.ping.name, 20))
    return keyboards.button(words, AskRestart(gateway=view.ping.name), "danger")
