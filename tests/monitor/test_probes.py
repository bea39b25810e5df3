"""Probes: what they send, what they find, whose turn it is."""

from datetime import timedelta

import pytest
from watching import GROUP, KEY, ONE, OTHER, TEMPO, Watch

from bot.domain.company import Company
from bot.domain.probe import ProbeOutcome
from bot.domain.session import State
from bot.domain.trouble import Trouble
from bot.gateways.base import GatewayUnreachable, NotSent, RateLimited, Unsupported
from bot.monitor.probes import Prober, whose_turn
from storage.alerts import incidents
from storage.recovery import pairings
from storage.sessions import probes

COMPANY = Company(id=KEY, gateway=ONE, session_key=KEY, name="")
DEAD = NotSent("the gateway could not send")
PHONE = "79000962302"
HOUR = timedelta(hours=1)


class Post:
    """A watched company that can be probed."""

    def __init__(self, watch: Watch, interval=None):
        self.watch = watch
        self.gateway = watch.gateway
        self.rung = 0
        self.prober = Prober(
            watch.db,
            watch.statuses,
            watch.gateways,
            text="ping",
            interval=interval,
            timing=TEMPO,
            clock=watch.clock,
            on_written=self._ring,
        )

    def _ring(self):
        self.rung += 1

    async def probe(self, *sends):
        self.gateway.sends.extend(sends)
        return (await self.prober.probe(COMPANY)).outcome

    async def zombie(self):
        async with self.watch.db.reading() as tx:
            still = await incidents.open_ones(tx, company_id=KEY)
        return next((one for one in still if one.trouble is Trouble.ZOMBIE), None)


@pytest.fixture
async def post(watch):
    watch.gateway.phones[KEY] = PHONE
    return Post(watch)


async def test_it_writes_to_the_companys_own_number(post):
    assert await post.probe() is ProbeOutcome.SENT
    assert post.gateway.calls == [f"send {KEY} {PHONE}"]
    assert post.gateway.texts == ["ping"]


async def test_a_number_is_told_masked_only(post):
    probe = await post.prober.probe(COMPANY)
    assert PHONE not in repr(probe)
    assert probe.phone == "•••2302"


async def test_a_probe_that_goes_out_tells_nobody(post):
    await post.probe()
    assert post.rung == 0
    assert await post.zombie() is None


async def test_connected_and_unable_to_send_twice_is_an_incident(post):
    assert await post.probe(DEAD, DEAD) is ProbeOutcome.NOT_SENT
    assert (await post.zombie()).severity == "critical"
    assert post.rung == 1


async def test_one_failure_is_not_enough(post):
    assert await post.probe(DEAD) is ProbeOutcome.SENT
    assert await post.zombie() is None


async def test_a_session_that_says_it_is_away_after_all_is_no_zombie(post):
    post.gateway.says(KEY, State.CONNECTED, State.DISCONNECTED)
    assert await post.probe(DEAD) is ProbeOutcome.NOT_CONNECTED
    assert await post.zombie() is None


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (GatewayUnreachable("no answer"), ProbeOutcome.UNCLEAR),
        (RateLimited("too many"), ProbeOutcome.LIMITED),
        (Unsupported("not here"), ProbeOutcome.UNSUPPORTED),
    ],
)
async def test_what_says_nothing_of_the_session_opens_nothing_and_is_not_sent_again(
    post, error, outcome
):
    assert await post.probe(error) is outcome
    assert len(post.gateway.texts) == 1
    assert await post.zombie() is None


async def test_nothing_is_sent_through_a_session_that_is_not_connected(post):
    post.gateway.says(KEY, State.STOPPED)
    assert await post.probe() is ProbeOutcome.NOT_CONNECTED
    assert post.gateway.texts == []


async def test_without_any_number_nothing_is_sent(watch):
    post = Post(watch)
    assert await post.probe() is ProbeOutcome.NO_NUMBER
    assert post.gateway.texts == []


async def test_a_probe_that_goes_out_ends_the_incident(post):
    await post.probe(DEAD, DEAD)
    await post.probe()
    assert await post.zombie() is None


async def test_looks_that_see_it_connected_do_not_end_the_incident(post):
    await post.probe(DEAD, DEAD)
    for _ in range(5):
        post.watch.clock.push(60)
        await post.watch.tick()
    assert await post.zombie() is not None


async def test_a_new_connection_that_holds_ends_the_incident(post):
    await post.probe(DEAD, DEAD)
    for state in (State.DISCONNECTED, State.CONNECTED):
        post.watch.clock.push(5)
        post.gateway.says(KEY, state)
        await post.watch.tick()
    assert await post.zombie() is not None
    post.watch.clock.push(30)
    await post.watch.tick()
    assert await post.zombie() is None


async def test_the_last_probe_is_remembered(post):
    await post.probe(DEAD, DEAD)
    async with post.watch.db.reading() as tx:
        assert (await probes.last_ones(tx))[KEY].outcome is ProbeOutcome.NOT_SENT


async def test_unasked_none_is_sent_unless_an_interval_is_set(post):
    post.watch.clock.push(3600)
    await post.prober.tick(ONE)
    assert post.gateway.texts == []


async def test_a_company_is_probed_once_in_each_interval(post):
    rounds = Post(post.watch, interval=HOUR)
    for _ in range(4 * 12):
        post.watch.clock.push(minutes=5)
        await rounds.prober.tick(ONE)
    assert len(post.gateway.texts) == 4


async def probed(watch, minutes_ago):
    """An hour has gone by, and these were probed."""
    watch.clock.push(minutes=60)
    async with watch.db.writing() as tx:
        for key, ago in minutes_ago.items():
            at = watch.clock() - timedelta(minutes=ago)
            await probes.put(tx, key, ProbeOutcome.SENT, at)


async def due(watch):
    now = watch.clock()
    async with watch.db.reading() as tx:
        queue = await probes.queue(tx, ONE, timedelta(seconds=TEMPO.stable_for_s), now)
    return whose_turn(queue, HOUR, now)


async def test_who_has_waited_longest_comes_first(pair):
    await probed(pair, {KEY: 70, OTHER: 90})
    assert await due(pair) == OTHER


async def test_who_was_never_probed_comes_before_all_others(pair):
    await probed(pair, {KEY: 90})
    assert await due(pair) == OTHER


@pytest.mark.parametrize(("ago", "turn"), [(29, None), (31, OTHER)])
async def test_turns_are_spread_over_the_interval(pair, ago, turn):
    await probed(pair, {KEY: ago})
    assert await due(pair) == turn


async def test_whom_its_time_has_not_come_for_is_left_in_peace(pair):
    await probed(pair, {KEY: 50, OTHER: 40})
    assert await due(pair) is None


async def test_who_is_away_has_no_turn(pair):
    await probed(pair, {KEY: 70, OTHER: 90})
    pair.gateway.says(OTHER, State.DISCONNECTED)
    await pair.tick()
    assert await due(pair) == KEY


async def test_who_was_just_connected_has_no_turn(pair):
    await probed(pair, {KEY: 70, OTHER: 90})
    for state in (State.DISCONNECTED, State.CONNECTED):
        pair.gateway.says(OTHER, state)
        await pair.tick(after_s=5)
    assert await due(pair) == KEY


async def test_who_is_being_mended_has_no_turn(pair):
    await probed(pair, {KEY: 70, OTHER: 90})
    async with pair.db.writing() as tx:
        await pairings.begin(tx, OTHER, 1, GROUP, pair.clock())
    assert await due(pair) == KEY
