"""When a gateway last told something by itself, as people see it."""

from datetime import timedelta

import pytest
from shown import EN, NOW, RU, person, words

from bot.domain.company import GatewayName
from bot.domain.gateway_view import GatewayView, Lack, Ping, RefusedPush
from handlers.render.gateways import gateways


def shown(t, *lacks, **told):
    ping = Ping(
        name=GatewayName("north"), kind="waha", lacks=lacks, latency=timedelta(milliseconds=20)
    )
    return words(gateways(t, person(), [GatewayView(ping=ping, **told)], NOW))


def test_the_last_push_is_told():
    assert "Last told of a change by itself" in shown(EN, pushed_at=NOW - timedelta(minutes=2))
    assert "сам сообщил о переменах" in shown(RU, pushed_at=NOW - timedelta(minutes=2))


def test_a_gateway_that_could_push_comes_with_how():
    assert "repair-bot hooks" in shown(EN)
    assert "repair-bot hooks" in shown(RU)


@pytest.mark.parametrize(
    ("t", "forged", "said"),
    [(EN, True, "HOOK_KEY"), (RU, True, "HOOK_KEY"), (EN, False, "hooks"), (RU, False, "hooks")],
)
@pytest.mark.parametrize("pushed_at", [None, NOW - timedelta(hours=1)])
def test_pushes_that_come_and_are_refused_are_told_instead(t, forged, said, pushed_at):
    refused = RefusedPush(at=NOW - timedelta(minutes=3), forged=forged)
    text = shown(t, pushed_at=pushed_at, push_refused=refused)
    assert said in text
    assert "15:02" in text
    assert "yet" not in text


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
