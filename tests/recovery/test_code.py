"""A pairing code: asked for seldom, typed in or not, and what it leaves behind."""

import asyncio
from datetime import timedelta

from doubles import START
from places import ANNA, BORIS, HERE, KEY, PHONE, THERE, follow, sandbox_place, told

from bot.domain.pairing import (
    Ended,
    Ending,
    Paired,
    Proving,
    Scanned,
    Show,
    ShowCode,
    Tidying,
    Waiting,
    WrongNumber,
)
from bot.domain.session import Cause, State
from bot.domain.timing import Timing
from bot.gateways.base import PairingCode, Qr
from bot.recovery.code_requests import CodeOrder, Coding
from bot.recovery.throttle import Limit
from bot.recovery.window import PairingWindow, PollSight
from bot.sandbox.gateway import Phase
from storage.recovery import code_requests, pairings
from storage.sessions import companies

OTHER = "79000000001"


def kinds(steps):
    return [type(step) for step in steps if not isinstance(step, Scanned)]


async def order(place, phone=PHONE):
    return await Coding(place.control).order(phone)


async def begin(place, phone=PHONE, address=HERE, asked_by=ANNA):
    """The steps of a pairing by code."""
    counted = await order(place, phone)
    assert isinstance(counted, CodeOrder)
    pairing_id = await place.pairing.begin(place.company, asked_by, address, order=counted)
    return place.pairing.steps(pairing_id, place.company, order=counted)


def enter(place):
    async def act(step):
        await place.act("enter_code", code=step.code)

    return act


def scan(place):
    async def act(step):
        await place.act("scan", code=step.raw)

    return act


async def requests(place, phone=PHONE):
    async with place.db.reading() as tx:
        return await code_requests.of_phone(tx, phone)


async def half_linked(place):
    """Which pairings are remembered as half linked."""
    async with place.db.reading() as tx:
        return [row.id for row in await pairings.left_over(tx) if row.half_linked]


def spent(place):
    return list((place.directory.parent / "set_aside").glob("*.spent"))


async def test_a_company_is_paired_by_the_code_that_is_typed_in(unlinked):
    steps = await follow(await begin(unlinked), ShowCode=enter(unlinked))
    assert kinds(steps) == [Waiting, ShowCode, Proving, Paired]
    assert (steps[1].phone, steps[1].left_s, steps[-1].phone) == (PHONE, 60, PHONE)
    assert not steps[-1].unaided
    assert await unlinked.pairing_outcomes() == ["paired"]
    assert await half_linked(unlinked) == []


async def test_the_qr_behind_the_code_is_never_shown(unlinked):
    steps = await follow(await begin(unlinked), ShowCode=enter(unlinked))
    assert Show not in kinds(steps)


async def test_a_code_for_another_number_ends_as_a_wrong_number(unlinked):
    async with unlinked.db.writing() as tx:
        await companies.set_linked_phone(tx, KEY, PHONE)
    unlinked.company = await unlinked.stored()
    steps = await follow(await begin(unlinked, OTHER), ShowCode=enter(unlinked))
    assert steps[-1] == WrongNumber(expected=PHONE, linked=OTHER)


async def test_that_its_time_is_up_is_told_in_the_same_place(unlinked):
    steps = await begin(unlinked)
    first = await anext(steps)
    while not isinstance(first, ShowCode):
        first = await anext(steps)
    unlinked.clock.by += timedelta(seconds=61)
    second = await anext(steps)
    assert (second.code, second.until) == (first.code, first.until)
    assert (second.left_s, second.fresh) == (0, False)
    await steps.aclose()


def time_out(place):
    """The window ends: the QR behind the code is too old."""

    async def act(_step):
        place.clock.by += timedelta(seconds=70)

    return act


async def test_a_code_that_nobody_types_in_expires_and_is_cleared_away(unlinked):
    steps = await follow(await begin(unlinked), ShowCode=time_out(unlinked))
    assert kinds(steps) == [Waiting, ShowCode, Tidying, Ended]
    assert (steps[-1].ending, steps[-1].tidied) == (Ending.EXPIRED, True)
    assert unlinked.files() is None
    assert unlinked.phase is Phase.STOPPED
    assert await half_linked(unlinked) == []


async def test_what_was_cleared_away_is_kept_but_never_restored(unlinked):
    await follow(await begin(unlinked), ShowCode=time_out(unlinked))
    [kept] = spent(unlinked)
    assert [file.name for file in kept.iterdir()] == ["creds.json"]
    assert unlinked.kept() == []


async def test_after_an_unused_code_a_qr_appears_again(unlinked):
    await follow(await begin(unlinked), ShowCode=time_out(unlinked))

    steps = await follow(await unlinked.live(), Show=scan(unlinked))
    assert kinds(steps) == [Waiting, Show, Proving, Paired]


async def test_a_qr_in_the_place_of_a_code_clears_the_code_away_first(unlinked):
    steps = await begin(unlinked)
    async for step in steps:
        if isinstance(step, ShowCode):
            break
    elsewhere = await unlinked.live(address=THERE, asked_by=BORIS)
    showing = asyncio.create_task(follow(elsewhere, Show=scan(unlinked)))
    assert [step async for step in steps] == [Ended(ending=Ending.MOVED)]
    assert kinds(await showing) == [Waiting, Show, Proving, Paired]
    assert len(spent(unlinked)) == 1


async def test_a_qr_that_is_asked_for_during_the_clearing_waits_for_its_end(unlinked):
    first = await begin(unlinked)
    async for step in first:
        if isinstance(step, ShowCode):
            await time_out(unlinked)(step)
        if isinstance(step, Tidying):
            break
    ending = asyncio.create_task(told(first))
    steps = await follow(await unlinked.live(), Show=scan(unlinked))
    assert kinds(steps) == [Waiting, Show, Proving, Paired]
    assert (await ending)[-1].ending in (Ending.EXPIRED, Ending.MOVED)


async def test_without_the_directory_only_a_reset_helps(db, tmp_path):
    async with sandbox_place(db, tmp_path, linked=False, with_directory=False) as far:
        steps = await follow(await begin(far), ShowCode=time_out(far))
    assert (steps[-1].ending, steps[-1].tidied) == (Ending.EXPIRED, False)


async def test_a_code_is_not_asked_for_while_the_session_works(place):
    steps = await told(await begin(place))
    assert steps[-1].ending is Ending.ALREADY_CONNECTED
    assert (await requests(place)).at == ()
    assert place.phase is Phase.OPEN


async def test_a_build_without_codes_is_told_and_nothing_is_left(unlinked):
    await unlinked.sandbox.act(None, "codes_unsupported")
    steps = await told(await begin(unlinked))
    assert steps[-1] == Ended(ending=Ending.UNSUPPORTED)
    assert spent(unlinked) == []


async def test_a_refusal_stops_the_codes_of_this_number_for_an_hour(unlinked):
    await unlinked.sandbox.act(None, "codes_limited")
    steps = await told(await begin(unlinked))
    assert steps[-1].ending is Ending.TOO_MANY
    unlinked.clock.by += timedelta(minutes=59)
    wait = await order(unlinked)
    assert (wait.limit, wait.until) == (Limit.STOPPED, steps[-1].again_at)
    assert isinstance(await order(unlinked, OTHER), CodeOrder)
    unlinked.clock.by += timedelta(minutes=1)
    assert isinstance(await order(unlinked), CodeOrder)


async def test_of_two_who_ask_at_once_one_waits(unlinked):
    found = await asyncio.gather(order(unlinked), order(unlinked))
    assert sorted(type(one).__name__ for one in found) == ["CodeOrder", "Wait"]


async def test_the_gateway_is_asked_once_for_a_code(scripted):
    scripted.adapter.says(KEY, State.AWAITING_SCAN)
    scripted.adapter.codes[KEY] = Qr(raw="CODE", not_older_than=scripted.clock())
    scripted.adapter.refused.add("code")
    steps = await told(await begin(scripted))
    assert steps[-1].ending is Ending.UNREACHABLE
    assert scripted.adapter.calls.count(f"code {KEY}") == 1


async def test_a_code_gets_a_window_from_its_beginning(scripted):
    scripted.adapter.says(KEY, State.AWAITING_SCAN)
    scripted.adapter.codes[KEY] = Qr(raw="CODE", not_older_than=scripted.clock())
    steps = await begin(scripted)
    await anext(steps)
    await anext(steps)
    await steps.aclose()
    assert scripted.adapter.calls == [f"stop {KEY}", f"start {KEY}", f"code {KEY}"]


async def test_what_a_crash_left_half_linked_is_cleared_at_the_next_start(unlinked):
    steps = await begin(unlinked)
    async for step in steps:
        if isinstance(step, ShowCode):
            break
    await steps.aclose()
    unlinked.born_again()
    [row] = await unlinked.pairing.end_leftovers()
    await unlinked.pairing.tidy(unlinked.company, row)
    assert unlinked.files() is None
    assert await half_linked(unlinked) == []


async def test_what_was_linked_in_the_meantime_is_left_alone(unlinked):
    steps = await begin(unlinked)
    async for step in steps:
        if isinstance(step, ShowCode):
            await unlinked.act("enter_code", code=step.code)
            break
    await steps.aclose()
    await unlinked.until(Phase.OPEN)
    [row] = await unlinked.pairing.end_leftovers()
    await unlinked.pairing.tidy(unlinked.company, row)
    assert unlinked.phase is Phase.OPEN
    assert spent(unlinked) == []


async def test_a_code_is_in_no_log(unlinked):
    steps = await begin(unlinked)
    async for step in steps:
        if isinstance(step, ShowCode):
            assert step.code not in repr(step)
            assert PHONE not in repr(step)
            break
    await steps.aclose()


class Typed:
    """A window in which a code to be typed in is shown from its second second on."""

    def __init__(self, life_s=60.0):
        self.window = PairingWindow(START, None, Timing())
        self.see(2, "A")
        code = PairingCode(code="FAKE-CODE", phone=PHONE, expires_in_s=life_s)
        self.first = self.window.show(code, START + timedelta(seconds=2))

    def see(self, second, qr=None, state=State.AWAITING_SCAN, cause=None):
        now = START + timedelta(seconds=second)
        code = None if qr is None else Qr(raw=qr, not_older_than=now, life_s=20)
        fingerprint = (qr or "").encode()
        return self.window.advance(
            PollSight(at=now, state=state, cause=cause, code=code, fingerprint=fingerprint)
        )


def test_the_qrs_that_rotate_behind_a_code_change_nothing():
    typed = Typed()
    assert (typed.first.left_s, typed.first.fresh) == (60, True)
    assert [typed.see(8, "B"), typed.see(12, "B"), typed.see(22, "C")] == [None] * 3


def test_that_the_time_of_a_code_is_up_is_told_once():
    typed = Typed()
    assert typed.see(62, "C").left_s == 0
    assert typed.see(72, "C") is None
    over = typed.see(160, state=State.DISCONNECTED, cause=Cause.QR_WINDOW_OVER)
    assert over == Ended(ending=Ending.EXPIRED, state=State.DISCONNECTED)


def test_a_code_without_a_promise_lasts_as_long_as_its_window():
    assert Typed(life_s=None).first.left_s == 160


def test_a_code_that_was_typed_in_opens_like_a_qr_that_was_scanned():
    typed = Typed()
    assert typed.see(20, state=State.DISCONNECTED) is None
    assert typed.see(22, state=State.DISCONNECTED) == Scanned(sure=False)
    assert typed.see(24, state=State.CONNECTED) == Proving(for_s=20)
