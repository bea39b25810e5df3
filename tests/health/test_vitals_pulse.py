"""When the program is well, by its pulse."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.company import GatewayName
from bot.health.liveness import Liveness

NOW = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
ONE, TWO = GatewayName("one"), GatewayName("two")


@pytest.fixture
def liveness():
    return Liveness(NOW)


@pytest.mark.parametrize(("after_s", "well"), [(0, True), (60, True), (150, True), (151, False)])
def test_a_tick_is_late_after_two_intervals_and_some_patience(liveness, after_s, well):
    liveness.ticked(ONE, NOW)
    sign = liveness.tick([ONE], MINUTE, NOW + after_s * SECOND)
    assert (sign.well, sign.age_s) == (well, after_s)


def test_the_latest_gateway_decides(liveness):
    liveness.ticked(ONE, NOW + 10 * MINUTE)
    sign = liveness.tick([ONE, TWO], MINUTE, NOW + 10 * MINUTE)
    assert (sign.well, sign.age_s) == (False, 600)


def test_a_gateway_that_was_taken_out_is_not_waited_for(liveness):
    liveness.ticked(ONE, NOW + 10 * MINUTE)
    assert liveness.tick([ONE], MINUTE, NOW + 10 * MINUTE).well


@pytest.mark.parametrize(("after_s", "well"), [(0, True), (60, True), (61, False)])
def test_telegram_must_be_reached_within_a_minute(liveness, after_s, well):
    liveness.telegram_reached(NOW + MINUTE)
    assert liveness.telegram(NOW + MINUTE + after_s * SECOND).well is well


def test_what_was_never_reached_counts_from_the_start(liveness):
    assert liveness.telegram(NOW + MINUTE).well
    assert not liveness.telegram(NOW + 2 * MINUTE).well


def test_a_round_is_over_when_every_gateway_was_looked_at_and_then_begins_anew(liveness):
    liveness.ticked(ONE, NOW)
    liveness.ticked(ONE, NOW + MINUTE)
    assert not liveness.round_is_over([ONE, TWO])
    liveness.ticked(TWO, NOW + MINUTE)
    assert liveness.round_is_over([ONE, TWO])
    liveness.ticked(ONE, NOW + 2 * MINUTE)
    assert not liveness.round_is_over([ONE, TWO])


def test_without_gateways_no_round_is_ever_over(liveness):
    assert not liveness.round_is_over([])
