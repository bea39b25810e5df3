"""Whatever sessions, people and time do: the bot's own hand does no harm."""

import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from doubles import Clock, ScriptedGateway
from healing import Healing
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from places import ANNA, HERE, ONE, TEMPO, Place

from bot.domain.auto_recovery import AutoRecovery
from bot.domain.company import Company, CompanyId
from bot.domain.procedure import ProcedureStep
from bot.domain.session import Cause, State
from bot.domain.trouble import Trouble
from bot.gateways.base import GatewayUnreachable
from storage.alerts import incidents
from storage.recovery import pairings, procedures
from storage.sessions import companies
from storage.sessions.states import LONGEST_WORK

FOUR = [CompanyId(f"c{number}") for number in range(4)]
DAY = timedelta(days=1)
HOPEFUL = {
    Cause.CONNECTION_LOST,
    Cause.CONNECTION_CLOSED,
    Cause.BAD_SESSION,
    Cause.SERVICE_UNAVAILABLE,
    Cause.RESTART_REQUIRED,
}
REVOKED = {Cause.DEVICE_REMOVED, Cause.LOGIN_REFUSED, Cause.LOGGED_OUT_HERE}
PAIRING = (State.AWAITING_SCAN, State.AWAITING_PASSKEY)


class Ticking(Clock):
    """Every look at it takes a tenth of a second, so that nobody waits for ever."""

    def __call__(self):
        self.push(0.1)
        return self.now


@dataclass
class Life:
    """What really is so of one session. An outage lasts until it connects, or is paired anew."""

    state: State | None = None
    causes: set = field(default_factory=set)
    person: datetime | None = None
    reconnects: list = field(default_factory=list)

    def sees(self, state, cause):
        if state in (State.CONNECTED, *PAIRING):
            self.causes = set()
        elif cause not in (None, Cause.UNKNOWN) or not self.causes:
            self.causes |= {cause} - {None}  # an unknown one blurs nothing that was known
        self.state = state


class Witness(ScriptedGateway):
    """Knows what may be done to whom, and holds everybody to it."""

    def watch(self, db, clock, setting, budget, after):
        self.db, self.clock, self.setting, self.budget = db, clock, setting, budget
        self.lives = {one: Life() for one in FOUR}
        self.after = after

    def _next(self, key):
        info = super()._next(key)
        self.lives[key].sees(info.state, info.cause)
        return info

    async def _order(self, what, key):
        life = self.lives[key]
        assert life.person is None or self.clock.now - life.person > LONGEST_WORK
        assert self.setting is not AutoRecovery.OFF
        assert not await self._mass_drop()
        getattr(self, f"_may_{what}")(life)
        await super()._order(what, key)

    def _may_restart(self, life):
        """By the bot alone: nobody else reconnects here."""
        assert life.state not in (State.CONNECTED, State.LOGGED_OUT, State.UNKNOWN, *PAIRING)
        assert life.causes <= HOPEFUL
        life.reconnects.append(self.clock.now)
        assert len([at for at in life.reconnects if self.clock.now - at < DAY]) <= self.budget

    def _may_stop(self, life):
        """The first step of a reset: credentials are about to be taken away."""
        assert self.setting is AutoRecovery.FULL
        assert life.state is not State.CONNECTED
        assert life.causes & REVOKED
        assert life.causes <= HOPEFUL | REVOKED | {Cause.UNKNOWN}

    def _may_start(self, life):
        """The last step of a reset."""
        assert life.state is State.STOPPED
        assert self.setting is AutoRecovery.FULL

    def _may_reset(self, life):
        raise AssertionError("the gateway's own reset keeps nothing")

    async def _mass_drop(self):
        async with self.db.reading() as tx:
            return Trouble.MASS_DROP in [one.trouble for one in await incidents.open_ones(tx)]

    async def restart(self, key):
        await super().restart(key)
        self.says(key, self.after)


class World:
    """A place with four sessions that work, people, a healer, and time."""

    def __init__(self, place, healing):
        self.place, self.healing, self.gateway = place, healing, place.adapter
        self.pairing, self.procedure = {}, {}

    async def goes(self, who, look):
        for one in who:
            self.gateway.says(FOUR[one], look)

    async def pairs(self, who):
        """A person asks for the QR, or puts the phone away again."""
        key, now = FOUR[who], self.place.clock()
        async with self.place.db.writing() as tx:
            if key in self.pairing:
                await pairings.end(tx, self.pairing.pop(key), "expired", now)
            elif key not in self.procedure:
                self.pairing[key] = await pairings.begin(tx, key, ANNA, HERE, now)
        self._at_work(key, now)

    async def repairs(self, who):
        """A person resets it, or is done with that."""
        key, now = FOUR[who], self.place.clock()
        how = {"kind": "reset", "step": ProcedureStep.BEGUN, "asked_by": ANNA, "address": HERE}
        async with self.place.db.writing() as tx:
            if key in self.procedure:
                await procedures.finish(tx, self.procedure.pop(key), "done", now)
            elif key not in self.pairing:
                row = await procedures.begin(tx, company_id=key, now=now, **how)
                self.procedure[key] = row.id
        self._at_work(key, now)

    async def falls_silent(self):
        """The gateway does not answer one look."""
        self.gateway.failure = GatewayUnreachable("refused")
        await self.live(5)
        self.gateway.failure = None

    async def live(self, seconds):
        """Look, and let the bot do what it will, twice."""
        await self.healing.look(seconds=seconds)
        await self.healing.heal(times=2)

    def _at_work(self, key, now):
        at_work = key in self.pairing or key in self.procedure
        life = self.gateway.lives[key]
        life.person = (life.person or now) if at_work else None


@asynccontextmanager
async def a_world(new_database, setting, budget, after):
    with tempfile.TemporaryDirectory() as folder:
        sessions = Path(folder, "sessions")
        db, gateway, clock = new_database(Path(folder, "repair.db")), Witness(), Ticking()
        gateway.watch(db, clock, setting, budget, after)
        place = Place(db, gateway, sessions, clock, TEMPO)
        place.hurry(reconnect_wait_s=1, start_grace_s=0.3, qr_poll_s=0, quiet_for_s=0)
        await _settle(place)
        healing = Healing(place, setting, budget=budget)
        try:
            await healing.look()
            await healing.look(seconds=60)
            yield World(place, healing)
        finally:
            await db.close()


async def _settle(place):
    every = [Company(id=one, gateway=ONE, session_key=one, name="") for one in FOUR]
    async with place.db.writing() as tx:
        await companies.add_new(tx, every, place.clock())
    for one in FOUR:
        place.adapter.says(one, State.CONNECTED)
        folder = place.template.path_of(one)
        folder.mkdir(parents=True)
        (folder / "creds.json").write_text("{}")


# What a lost session looks like is drawn most often, so that there is something to heal.
STATES = [*State, *[State.STOPPED] * 4, State.DISCONNECTED, State.FAILED, *[State.CONNECTED] * 2]
LOOKS = st.tuples(st.sampled_from(STATES), st.sampled_from([*[None] * 8, *Cause]))
ONE_OF_FOUR = st.integers(0, 3)
SOME = st.one_of(ONE_OF_FOUR.map(lambda one: [one]), st.just([0]), st.just(range(4)))
GOES = st.tuples(st.just("goes"), st.tuples(SOME, LOOKS))
LIVES_ON = st.tuples(st.just("live"), st.tuples(st.sampled_from([1, 30, 60, 150, 900, 20_000])))
WORKS = st.tuples(st.sampled_from(["pairs", "repairs"]), st.tuples(st.just(0) | ONE_OF_FOUR))
EVENTS = st.one_of(GOES, GOES, LIVES_ON, WORKS, st.just(("falls_silent", ())))
LIVES = st.lists(EVENTS, min_size=6, max_size=16)
AFTER = [State.CONNECTED, State.CONNECTING, State.DISCONNECTED, State.STOPPED, State.AWAITING_SCAN]


GONE, CAREFUL = (State.STOPPED, None), AutoRecovery.RECONNECT
LOST = ("goes", ([0], GONE))
LATER = ("live", (150,))


# Chance seldom brings these two about: each is due for an attempt when something forbids it.
@example(CAREFUL, 10, State.CONNECTING, [LOST, ("pairs", (0,)), LATER])
@example(CAREFUL, 10, State.CONNECTING, [LOST, LATER, ("goes", (range(4), GONE)), ("live", (60,))])
# The first cause was told within the grace, before there was an incident to keep it.
@example(
    AutoRecovery.FULL,
    1,
    State.CONNECTED,
    [
        ("goes", ([0], (State.DISCONNECTED, Cause.MULTIDEVICE_MISMATCH))),
        ("goes", ([0], (State.STOPPED, Cause.LOGGED_OUT_HERE))),
    ],
)
# A code was shown since the proof: what lies there now may be another device's.
@example(
    AutoRecovery.FULL,
    10,
    State.STOPPED,
    [
        ("goes", (range(4), (State.AWAITING_SCAN, Cause.DEVICE_REMOVED))),
        ("goes", ([0], (State.DISCONNECTED, None))),
        ("live", (150,)),
        ("live", (150,)),
    ],
)
@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.sampled_from([AutoRecovery.FULL, AutoRecovery.RECONNECT, AutoRecovery.OFF]),
    st.sampled_from([10, 1]),
    st.sampled_from(AFTER),
    LIVES,
)
async def test_no_random_life_is_harmed(new_database, setting, budget, after, life):
    async with a_world(new_database, setting, budget, after) as world:
        for what, arguments in life:
            await getattr(world, what)(*arguments)
            await world.live(5)
