"""First contact: what the bot has seen, and the button that does the next thing."""

from collections.abc import Iterator
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from bot.domain.gateway_view import GatewayView
from bot.domain.onboarding import Onboarding, answers
from bot.domain.trouble import Offer
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.callbacks import OnboardingButton as Step
from handlers.render.help import other_languages
from handlers.render.screen import Screen, cut, joined

_DONE, _WRONG, _OPEN = "✅", "❌", "▫️"  # each stands before a sentence that says it as well
_MOST_GATEWAYS = 10


def tour(t: Texts, seen: Onboarding, now: datetime, *, may_pin: bool) -> Screen:
    """The stations in their order."""
    lines: list[str] = [t.say("start.hello"), ""]
    lines += [_gateway(t, view) for view in _worst_first(seen)]
    lines += [_companies(t, seen), _hears(t, seen), _tested(t, seen, now)]
    if not may_pin:
        lines.append(t.say("onboarding.no_admin", mark=_OPEN))
    lines += ["", t.say("onboarding.done" if seen.done else "onboarding.left")]
    rows = [*([step] for step in _steps(t, seen)), other_languages(t)]
    return Screen(cut(t, lines), keyboards.keyboard(rows))


def test_alert(t: Texts) -> Screen:
    """The test alert: it arrives like an alert and says that nothing is wrong."""
    return Screen(joined(t.say("onboarding.test.head"), t.say("onboarding.test.what")))


def _worst_first(seen: Onboarding) -> list[GatewayView]:
    return sorted(seen.gateways, key=answers)[:_MOST_GATEWAYS]


def _gateway(t: Texts, view: GatewayView) -> Markup:
    name, latency = t.foreign(view.ping.name), view.ping.latency
    if view.refused:
        return t.say("onboarding.gateway.refused", mark=_WRONG, name=name)
    if latency is None:
        return t.say("onboarding.gateway.silent", mark=_WRONG, name=name)
    if view.unreadable:
        return t.say("onboarding.gateway.unreadable", mark=_WRONG, name=name)
    if view.silent_since is not None:
        return t.say("onboarding.gateway.back", mark=_OPEN, name=name)
    took_ms = t.number(round(latency.total_seconds() * 1000))
    return t.say("onboarding.gateway.answers", mark=_DONE, name=name, ms=took_ms)


def _companies(t: Texts, seen: Onboarding) -> Markup:
    if seen.companies:
        well = t.number(seen.connected)
        return t.plural("onboarding.companies", seen.companies, mark=_DONE, connected=well)
    if seen.reached:
        return t.say("onboarding.companies.none", mark=_WRONG)
    return t.say("onboarding.companies.later", mark=_OPEN)


def _hears(t: Texts, seen: Onboarding) -> Markup:
    if seen.hears:
        return t.say("onboarding.hears", mark=_DONE)
    if seen.elsewhere:
        return t.plural("onboarding.hears.elsewhere", seen.elsewhere, mark=_OPEN)
    return t.say("onboarding.hears.nobody", mark=_WRONG)


def _tested(t: Texts, seen: Onboarding, now: datetime) -> Markup:
    if seen.tested_at is None:
        return t.say("onboarding.tested.never", mark=_OPEN)
    return t.say("onboarding.tested", mark=_DONE, moment=t.moment(seen.tested_at, now=now))


def _steps(t: Texts, seen: Onboarding) -> Iterator[InlineKeyboardButton]:
    """What can be done now, the first that is missing first."""
    if not (seen.reached and seen.companies):
        yield keyboards.button(t.say("onboarding.button.look"), Step(do="look"), "primary")
    if not seen.hears:
        yield keyboards.button(
            t.say("onboarding.button.subscribe"), Step(do="subscribe"), "success"
        )
    yield keyboards.button(t.say("onboarding.button.test"), Step(do="test"))
    if seen.companies:
        yield keyboards.offer(t, Offer.STATUS, None)
