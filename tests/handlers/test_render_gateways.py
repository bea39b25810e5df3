"""When a gateway last told something by itself, as people see it."""

from datetime import timedelta

import pytest
from shown import EN, NOW, RU, person, words

from bot.domain.company import GatewayName
from bot.domain.gateway_view import GatewayView, Lack, Ping
from handlers.render.gateways import gateways


def shown(t, *lacks, pushed_at=None):
    ping = Ping(
        name=GatewayName("north"), kind="waha", lacks=lacks, latency=timedelta(milliseconds=20)
    )
    return words(gateways(t, person(), [GatewayView(ping=ping, pushed_at=pushed_at)], NOW))


def test_the_last_push_is_told():
    assert "Last told of a change by itself" in shown(EN, pushed_at=NOW - timedelta(minutes=2))
    assert "сам сообщил о переменах" in shown(RU, pushed_at=NOW - timedelta(minutes=2))


def test_a_gateway_that_could_push_comes_with_how():
    assert "repair-bot hooks" in shown(EN)
    assert "repair-bot hooks" in shown(RU)


def test_one_that_cannot_push_is_not_asked_to():
    assert "hooks" not in shown(EN, Lack.PUSH)


@pytest.mark.parametrize(
    ("t", "last_ok_at", "said"),
    [
        (RU, None, "Не отвечает и ещё ни разу не отвечал."),
        (EN, None, "Does not answer, and never has."),
        (EN, NOW - timedelta(minutes=3), "15:02 UTC"),
    ],
)
def test_a_silent_gateway_says_since_when_or_that_it_never_answered(t, last_ok_at, said):
    ping = Ping(name=GatewayName("north"), kind="waha", lacks=(Lack.PUSH,))
    text = words(gateways(t, person(), [GatewayView(ping=ping, last_ok_at=last_ok_at)], NOW))
    assert said in text
    assert ("ещё ни разу" in text or "never" in text) == (last_ok_at is None)
