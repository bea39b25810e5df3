"""After a restart of its gateway the bot starts what was forgotten, one after another."""

import asyncio
import shutil

import pytest
from doubles import Clock, ScriptedGateway
from healing import Healing
from places import ANNA, HERE, KEY, ONE, Place, told

from bot.domain.auto_recovery import AutoRecovery
from bot.domain.company import Company, CompanyId
from bot.domain.files import CredsState
from bot.domain.procedure import ProcedureStep, Progress
from bot.domain.session import State
from bot.domain.trouble import Symptom, Trouble
from bot.gateways.base import GatewayUnreachable
from bot.recovery.ladder import Rung
from bot.sandbox.gateway import creds as keys
from bot.sandbox.gateway.directory import AuthDirectory
from storage.alerts import incidents
from storage.recovery import pairings
from storage.sessions import companies

UP, DOWN, STOPPED = State.CONNECTED, State.DISCONNECTED, State.STOPPED
TWENTY = [KEY, *(CompanyId(f"c{number:02}") for number in range(19))]
SETTLES_S, WITHIN_S, LOOK_EVERY_S = 10, 45, 5


@pytest.fixture
async def place(db, tmp_path):
    """Twenty sessions that work, with their keys on the disk, and a clock that is pushed."""
    place = Place(db, ScriptedGateway(), tmp_path / "sessions", clock=Clock())
    place.hurry(gateway_settles_s=SETTLES_S)
    await place.prepare()
    more = [Company(id=one, gateway=ONE, session_key=one, name="") for one in TWENTY[1:]]
    async with db.writing() as tx:
        await companies.add_new(tx, more, place.clock())
        for slot, one in enumerate(TWENTY):
            await companies.set_creds(tx, one, CredsState.LINKED)
            made = keys.new_creds()
            keys.link(made, f"790000000{slot:02}", slot + 1)
            AuthDirectory(tmp_path / "sessions" / f"company_{one}").save(made)
    return place


async def working(place, **more):
    healing = Healing(place, **more)
    for one in TWENTY:
        place.adapter.says(one, UP)
    await healing.look()
    await healing.look(seconds=60)
    return healing


async def restarted(healing, look=STOPPED):
    """The process is away for two looks, and answers again, without its sessions."""
    healing.place.adapter.failure = GatewayUnreachable("refused")
    await healing.look(seconds=LOOK_EVERY_S)
    await healing.look(seconds=LOOK_EVERY_S)
    healing.place.adapter.failure = None
    for one in TWENTY:
        healing.place.adapter.says(one, look)


def started(place):
    return [call.split()[1] for call in place.adapter.calls if call.startswith("restart")]


def away(place):
    return [one for one in TWENTY if place.adapter.tapes[one][0].state is not UP]


async def lived(healing, seconds):
    """What happens meanwhile: looks, and what is due at each; the seconds until all were back."""
    for passed in range(0, seconds, LOOK_EVERY_S):
        await healing.look(seconds=LOOK_EVERY_S if passed else 0)
        await healing.heal(times=6)
        if not away(healing.place):
            return passed
    return None


async def drop_of(healing):
    async with healing.db.reading() as tx:
        every = await incidents.open_ones(tx)
    return next((one for one in every if one.trouble is Trouble.MASS_DROP), None)


async def test_twenty_work_again_within_45_seconds_of_its_first_answer(place):
    healing = await working(place)
    await restarted(healing)
    took = await lived(healing, 120)
    assert took is not None
    assert SETTLES_S <= took <= WITHIN_S
    assert sorted(started(place)) == sorted(TWENTY)
    assert {end for _, end in await healing.audited()} == {"done"}
    await healing.look(seconds=5)
    assert await drop_of(healing) is None


async def test_nothing_is_started_before_it_has_answered_steadily(place):
    healing = await working(place)
    await restarted(healing)
    await lived(healing, SETTLES_S)
    assert (await drop_of(healing)).symptom is Symptom.FORGOTTEN
    assert started(place) == []


async def test_a_gateway_that_falls_silent_again_is_left_alone(place):
    healing = await working(place)
    await restarted(healing)
    await lived(healing, 5)
    await restarted(healing)
    assert await lived(healing, SETTLES_S) is None
    assert started(place) == []


async def test_a_restart_between_two_looks_waits_from_the_look_that_saw_it(place):
    healing = await working(place)
    for one in TWENTY:
        place.adapter.says(one, STOPPED)
    assert SETTLES_S <= await lived(healing, 120) <= WITHIN_S


@pytest.mark.parametrize("look", [DOWN, State.CONNECTING, State.UNKNOWN])
async def test_a_network_drop_is_left_alone_as_ever(place, look):
    healing = await working(place)
    await restarted(healing, look)
    await lived(healing, 60)
    assert started(place) == []


async def test_switched_off_nothing_is_started_and_it_is_told_as_restarted(place):
    healing = await working(place, setting=AutoRecovery.OFF)
    await restarted(healing)
    await lived(healing, 60)
    assert (await drop_of(healing)).symptom is Symptom.FORGOTTEN
    assert started(place) == []


async def test_what_the_gateway_starts_by_itself_is_not_started_twice(place):
    healing = await working(place)
    await restarted(healing)
    await lived(healing, 5)
    for one in TWENTY[:12]:
        place.adapter.says(one, UP)
    assert await lived(healing, 60) is not None
    assert sorted(started(place)) == sorted(TWENTY[12:])


async def test_whose_keys_have_gone_since_is_not_started_into_a_new_pairing(place):
    healing = await working(place)
    await restarted(healing)
    await lived(healing, 5)
    for one in TWENTY[:3]:
        shutil.rmtree(place.template.path_of(one))
    await lived(healing, 60)
    assert sorted(started(place)) == sorted(TWENTY[3:])
    assert away(place) == TWENTY[:3]


async def test_an_emptied_store_is_not_touched(place):
    healing = await working(place)
    async with healing.db.writing() as tx:
        for one in TWENTY:
            await companies.set_creds(tx, one, CredsState.MISSING)
    await restarted(healing)
    await lived(healing, 60)
    assert started(place) == []


async def test_the_budget_of_a_day_is_kept(place):
    healing = await working(place, budget=1)
    await restarted(healing)
    assert await lived(healing, 60) is not None
    await healing.look(seconds=60)
    await restarted(healing)
    await lived(healing, 60)
    assert sorted(started(place)) == sorted(TWENTY)


async def test_whom_a_person_is_pairing_is_theirs(place):
    healing = await working(place)
    async with healing.db.writing() as tx:
        await pairings.begin(tx, TWENTY[4], ANNA, HERE, place.clock())
    await restarted(healing)
    await lived(healing, 60)
    assert away(place) == [TWENTY[4]]


async def test_no_more_than_four_are_started_at_a_time(place):
    begun, go = asyncio.Queue(), asyncio.Event()

    async def held(company):
        begun.put_nowait(company.id)
        yield Progress(step=ProcedureStep.BEGUN)
        await go.wait()

    healing = await working(place, runs={Rung.RECONNECT: held})
    await restarted(healing)
    await healing.look()
    await healing.look(seconds=SETTLES_S + 1)
    for _ in range(4):
        await healing.healer.heal_once()
    first = [await asyncio.wait_for(begun.get(), 10) for _ in range(4)]
    for _ in range(4):
        await healing.healer.heal_once()
    assert (len(set(first)), begun.empty()) == (4, True)
    go.set()
    await healing.healer.settled()


async def test_a_start_that_fails_is_tried_again_after_its_pause(place):
    place.hurry(gateway_settles_s=SETTLES_S, reconnect_wait_s=0)
    healing = await working(place)
    place.adapter.refused = {"restart"}
    await restarted(healing)
    await lived(healing, 20)
    once = len(started(place))
    assert once == 20
    await lived(healing, 25)
    assert len(started(place)) == once
    place.adapter.refused = set()
    assert await lived(healing, 30) is not None


async def test_who_acts_by_hand_meanwhile_is_not_hindered(place):
    healing = await working(place)
    await restarted(healing)
    await lived(healing, 5)
    await told(place.reconnect.run(place.company, ANNA, HERE))
    await lived(healing, 60)
    assert (started(place).count(KEY), away(place)) == (1, [])
