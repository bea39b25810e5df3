"""The live QR: from the first code to the proof, or to another end."""

import asyncio
from datetime import timedelta

import pytest
from places import ANNA, BORIS, HERE, KEY, PHONE, THERE, follow, sandbox_place, soon, told

from bot.domain.pairing import (
    Ended,
    Ending,
    Paired,
    Proving,
    Scanned,
    Show,
    Waiting,
    WrongNumber,
)
from bot.domain.session import Cause, State
from bot.gateways.base import GatewayAuthError, GatewayUnreachable, Qr, Stuck, Unsupported
from bot.sandbox.gateway import Phase
from storage.recovery import pairings
from storage.sessions import companies, states
from storage.sessions.states import Change


def kinds(steps):
    return [type(step) for step in steps if not isinstance(step, Scanned)]


async def expect(place, phone):
    async with place.db.writing() as tx:
        await companies.set_linked_phone(tx, KEY, phone)
    place.company = await place.stored()


def scan(place, how="scan"):
    async def act(show):
        await place.act(how, code=show.raw)

    return act


async def test_a_company_is_paired_by_the_code_that_is_shown(unlinked):
    steps = await follow(await unlinked.live(), Show=scan(unlinked))
    assert kinds(steps) == [Waiting, Show, Proving, Paired]
    assert steps[-1].phone == PHONE
    assert await unlinked.pairing_outcomes() == ["paired"]


async def test_when_its_code_was_taken_is_remembered(unlinked):
    began = unlinked.clock()
    await follow(await unlinked.live(), Show=scan(unlinked))
    async with unlinked.db.reading() as tx:
        [told] = await pairings.within(tx, KEY, began, unlinked.clock())
    assert began < told.used_at < told.ended_at


async def test_what_is_proven_is_remembered(unlinked):
    await follow(await unlinked.live(), Show=scan(unlinked))
    stored = await unlinked.stored()
    assert stored.expected_phone == PHONE


async def test_another_number_is_told_and_not_remembered(unlinked):
    await expect(unlinked, PHONE)
    steps = await follow(await unlinked.live(), Show=scan(unlinked, "scan_other_number"))
    assert steps[-1] == WrongNumber(expected=PHONE, linked="79000962303")
    assert (await unlinked.stored()).expected_phone == PHONE
    assert await unlinked.pairing_outcomes() == ["wrong_number"]


@pytest.mark.parametrize("how", ["scan_refused", "needs_passkey"])
async def test_a_refusal_that_nothing_shows_is_told_as_a_window_that_was_closed(unlinked, how):
    steps = await follow(await unlinked.live(), Show=scan(unlinked, how))
    assert steps[-1] == Ended(ending=Ending.CLOSED, state=State.STOPPED)
    assert await unlinked.pairing_outcomes() == ["closed"]


async def test_a_session_that_works_needs_no_code(place):
    steps = await told(await place.live())
    assert steps == [Ended(ending=Ending.ALREADY_CONNECTED, state=State.CONNECTED)]
    assert place.phase is Phase.OPEN


async def test_dead_credentials_need_a_reset_first(place):
    await place.act("device_removed")
    before = place.files()
    steps = await told(await place.live())
    assert steps == [Waiting(), Ended(ending=Ending.NEEDS_RESET, state=State.STOPPED)]
    assert place.files() == before


async def test_good_credentials_come_back_unaided(place):
    await place.adapter.stop(KEY)
    steps = await told(await place.live())
    assert kinds(steps) == [Waiting, Proving, Paired]
    assert steps[-1].unaided


async def test_a_session_that_reconnects_by_itself_is_left_to_it(place):
    await place.act("drop_for_good")
    steps = await told(await place.live())
    assert steps == [Ended(ending=Ending.STILL_TRYING, state=State.DISCONNECTED)]
    assert place.phase is Phase.CLOSED


async def test_each_rotation_shows_the_code_that_is_alive(db, tmp_path):
    lives = {"qr_first_life_s": 0.5, "qr_next_life_s": 0.5, "codes": 60}
    alive = []
    async with sandbox_place(db, tmp_path, linked=False, **lives) as place:
        steps = await place.live()
        async for step in steps:
            if isinstance(step, Show) and step.fresh:
                alive.append((step.number, step.raw == place.sandbox.live_code(KEY)))
            if len(alive) == 3:
                break
        await steps.aclose()
    assert alive == [(1, True), (2, True), (3, True)]


async def test_the_end_of_the_window_is_told(unlinked):
    steps = await unlinked.live()
    ended = None
    async for step in steps:
        if isinstance(step, Show):
            unlinked.clock.by += timedelta(seconds=70)
        ended = step
    assert ended == Ended(ending=Ending.EXPIRED, state=State.DISCONNECTED)
    assert await unlinked.pairing_outcomes() == ["expired"]


async def test_the_end_of_the_last_window_noted_late_does_not_end_this_one(unlinked):
    steps = await unlinked.live()
    assert await anext(steps) == Waiting()
    over = Change(
        company_id=KEY,
        state=State.DISCONNECTED,
        cause=Cause.QR_WINDOW_OVER,
        at=unlinked.clock(),
    )
    async with unlinked.db.writing() as tx:
        await states.write(tx, [over])
    assert isinstance(await anext(steps), Show)
    await steps.aclose()


async def test_a_code_whose_age_nobody_knows_is_never_shown(scripted):
    scripted.hurry(qr_first_wait_s=0.2)
    scripted.adapter.says(KEY, State.STOPPED)
    scripted.adapter.codes[KEY] = Qr(raw="STALE")
    steps = await told(await scripted.live())
    assert steps == [Waiting(), Ended(ending=Ending.NO_CODE, state=State.AWAITING_SCAN)]


async def test_a_code_left_over_from_the_last_window_is_never_shown(unlinked):
    """The gateway's cache is not cleared when a window closes."""
    await unlinked.adapter.start(KEY)
    await unlinked.until(Phase.SHOWING)
    stale = unlinked.sandbox.live_code(KEY)
    await unlinked.adapter.stop(KEY)
    shown = []
    steps = await unlinked.live()
    async for step in steps:
        if isinstance(step, Show):
            shown.append(step.raw)
            break
    await steps.aclose()
    assert shown == [unlinked.sandbox.live_code(KEY)]
    assert shown != [stale]


async def test_a_start_is_never_sent_to_a_session_that_lives(scripted):
    for state in (State.CONNECTED, State.CONNECTING, State.DISCONNECTED):
        scripted.adapter.says(KEY, state)
        await told(await scripted.live())
    assert scripted.adapter.calls == []


async def test_a_session_that_waits_with_an_unknown_code_begins_a_new_window(scripted):
    scripted.adapter.says(KEY, State.AWAITING_SCAN)
    steps = await scripted.live()
    assert await anext(steps) == Waiting()
    await steps.aclose()
    assert scripted.adapter.calls == [f"stop {KEY}", f"start {KEY}"]


async def test_a_second_request_moves_the_code(unlinked):
    first, moved = await unlinked.live(), asyncio.Event()

    async def show_elsewhere():
        await soon(moved)
        steps = await unlinked.live(address=THERE, asked_by=BORIS)
        return await follow(steps, Show=scan(unlinked))

    async def move(_show):
        moved.set()

    elsewhere = asyncio.create_task(show_elsewhere())
    here = await follow(first, Show=move)
    assert here[-1] == Ended(ending=Ending.MOVED)
    assert kinds(await elsewhere)[-1] is Paired
    assert await unlinked.pairing_outcomes() == ["moved", "paired"]


async def test_the_moved_code_waits_until_the_first_message_shows_none(scripted):
    scripted.adapter.says(KEY, State.AWAITING_SCAN)
    scripted.adapter.codes[KEY] = Qr(raw="CODE", not_older_than=scripted.clock())
    first = await scripted.pairing.begin(scripted.company, ANNA, HERE)
    await scripted.pairing.set_message(first, 77)
    second = await scripted.live(address=THERE)
    assert await anext(second) == Waiting()
    shown = asyncio.ensure_future(anext(second))
    await scripted.pairing.set_message(first, None)
    assert isinstance(await shown, Show)
    await second.aclose()


async def test_a_code_is_not_shown_while_a_reset_runs(scripted):
    scripted.adapter.says(KEY, State.STOPPED)
    running = scripted.run(scripted.reset)
    await anext(running)
    assert await told(await scripted.live()) == [Ended(ending=Ending.BUSY)]
    assert scripted.adapter.calls == []
    await running.aclose()


async def test_a_gateway_that_does_not_answer_is_told(scripted):
    scripted.adapter.failure = GatewayUnreachable("refused")
    assert await told(await scripted.live()) == [Ended(ending=Ending.UNREACHABLE)]


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (GatewayUnreachable("refused"), Ending.UNREACHABLE),
        (GatewayAuthError("the gateway refused the key (401)"), Ending.REFUSED_KEY),
    ],
)
async def test_a_gateway_that_falls_silent_ends_the_show(scripted, error, ending):
    scripted.adapter.says(KEY, State.AWAITING_SCAN)
    steps = await scripted.live(opened=True)
    assert await anext(steps) == Waiting()
    scripted.adapter.failure = error
    coming = asyncio.ensure_future(anext(steps))
    scripted.adapter.reached.clear()
    await soon(scripted.adapter.reached)
    scripted.clock.by += timedelta(seconds=21)
    assert await coming == Ended(ending=ending)
    await steps.aclose()


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (Unsupported("no codes here"), Ending.UNSUPPORTED),
        (Stuck("restart it"), Ending.STUCK),
        (GatewayAuthError("the gateway refused the key (401)"), Ending.REFUSED_KEY),
    ],
)
async def test_a_gateway_that_cannot_is_told_from_one_that_is_silent(scripted, error, ending):
    scripted.adapter.says(KEY, State.STOPPED)
    scripted.adapter.failure = error
    assert await told(await scripted.live()) == [Ended(ending=ending)]


async def test_a_cancelled_show_is_stored_as_interrupted(unlinked):
    shown = asyncio.Event()

    async def note(_show):
        shown.set()

    showing = asyncio.create_task(follow(await unlinked.live(), Show=note))
    await soon(shown)
    showing.cancel()
    await asyncio.gather(showing, return_exceptions=True)
    assert await unlinked.pairing_outcomes() == ["interrupted"]


async def test_what_a_crash_left_on_show_is_found_at_the_next_start(scripted):
    pairing_id = await scripted.pairing.begin(scripted.company, ANNA, HERE)
    await scripted.pairing.set_message(pairing_id, 77)
    scripted.born_again()
    [row] = await scripted.pairing.end_leftovers()
    assert (row.message_id, row.location.address, row.company_id) == (77, HERE, KEY)
    assert await scripted.pairing_outcomes() == ["interrupted"]


async def test_no_step_of_a_code_shows_it_in_a_log(unlinked):
    steps = await unlinked.live()
    async for step in steps:
        if isinstance(step, Show):
            assert step.raw not in repr(step)
            break
    await steps.aclose()
