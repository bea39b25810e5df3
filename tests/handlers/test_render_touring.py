"""First contact: what each station says."""

from datetime import timedelta

import pytest
from shown import EN, NOW, RU, carried, words

from bot.domain.company import GatewayName
from bot.domain.gateway_view import GatewayView, Ping
from bot.domain.onboarding import Onboarding
from bot.domain.session import State
from handlers.render.onboarding import tour

QUICK = timedelta(milliseconds=20)


def gateway(latency=QUICK, **more):
    ping = Ping(name=GatewayName("main"), kind="waha", lacks=(), latency=latency)
    return GatewayView(ping=ping, **more)


def seen(*gateways, hears=True, elsewhere=0, tested_at=NOW):
    return Onboarding(gateways=gateways, hears=hears, elsewhere=elsewhere, tested_at=tested_at)


def shown(*gateways, t=EN, **more):
    return tour(t, seen(*gateways, **more), NOW, may_pin=True)


@pytest.mark.parametrize(
    ("t", "said"),
    [(RU, "список сессий"), (EN, "its list of sessions could not be read")],
)
def test_an_answer_that_makes_no_sense_points_at_the_kind_of_gateway(t, said):
    screen = shown(gateway(unreadable=True, silent_since=NOW), t=t)
    line = next(one for one in words(screen).splitlines() if said in one)
    assert line.startswith("❌")
    assert "GATEWAY" in line
    assert "tour:look" in carried(screen)


def test_where_the_gateway_answers_and_has_nobody_a_session_is_to_be_made():
    text = words(shown(gateway()))
    assert "❌ There are no companies yet." in text
    assert "once the gateway answers" not in text


def test_where_the_gateway_is_silent_companies_are_still_to_come():
    text = words(shown(gateway(latency=None, silent_since=NOW)))
    assert "❌ The gateway main does not answer." in text
    assert "▫️ Companies will appear once the gateway answers." in text
    assert "no companies yet" not in text


def test_when_all_is_done_there_is_no_step_but_the_look_around():
    sessions = {State.CONNECTED: 2, State.STOPPED: 1}
    screen = shown(gateway(sessions=sessions))
    assert "✅ Found 3 companies, 2 connected." in words(screen)
    assert "All is ready." in words(screen)
    assert not {"tour:look", "tour:subscribe"} & set(carried(screen))


def test_an_unreadable_one_is_told_before_one_that_works():
    lines = words(shown(gateway(), gateway(unreadable=True, silent_since=NOW))).splitlines()
    assert [line[0] for line in lines[2:4]] == ["❌", "✅"]
