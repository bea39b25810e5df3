"""When the program is well, by its pulse."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.company import GatewayName
from bot.health.liveness import Liveness

NOW = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
ONE, TWO = GatewayName("one"), GatewayName("two")


@pytest.fixture
def pulse():
    return Liveness(NOW)


@pytest.mark.parametrize(("after_s", "well"), [(0, True), (60, True), (150, True), (151, False)])
def test_a_tick_is_late_after_two_intervals_and_some_patience(pulse, after_s, well):
    pulse.ticked(ONE, NOW)
    sign = pulse.tick([ONE], MINUTE, NOW + after_s * SECOND)
    assert (sign.well, sign.age_s) == (well, after_s)


def test_the_latest_gateway_decides(pulse):
    pulse.ticked(ONE, NOW + 10 * MINUTE)
    sign = pulse.tick([ONE, TWO], MINUTE, NOW + 10 * MINUTE)
    assert (sign.well, sign.age_s) == (False, 600)


def test_a_gateway_that_was_taken_out_is_not_waited_for(pulse):
    pulse.ticked(ONE, NOW + 10 * MINUTE)
    assert pulse.tick([ONE], MINUTE, NOW + 10 * MINUTE).well


@pytest.mark.parametrize(("after_s", "well"), [(0, True), (60, True), (61, False)])
def test_telegram_must_be_reached_within_a_minute(pulse, after_s, well):
    pulse.telegram_reached(NOW + MINUTE)
    assert pulse.telegram(NOW + MINUTE + after_s * SECOND).well is well


def test_what_was_never_reached_counts_from_the_start(pulse):
    assert pulse.telegram(NOW + MINUTE).well
    assert not pulse.telegram(NOW + 2 * MINUTE).well


def test_a_round_is_over_when_every_gateway_was_looked_at_and_then_begins_anew(pulse):
    pulse.ticked(ONE, NOW)
    pulse.ticked(ONE, NOW + MINUTE)
    assert not pulse.round_is_over([ONE, TWO])
    pulse.ticked(TWO, NOW + MINUTE)
    assert pulse.round_is_over([ONE, TWO])
    pulse.ticked(ONE, NOW + 2 * MINUTE)
    assert not pulse.round_is_over([ONE, TWO])


def test_without_gateways_no_round_is_ever_over(pulse):
    assert not pulse.round_is_over([])
