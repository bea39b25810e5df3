"""A gateway that has forgotten its sessions was restarted; the network only drops them."""

import pytest
from watching import ONE, Watch

from bot.domain.company import CompanyId
from bot.domain.files import CredsState
from bot.domain.session import Cause, State
from bot.domain.trouble import Symptom, Trouble
from bot.gateways.base import GatewayUnreachable
from storage.sessions import companies

UP, DOWN, STOPPED = State.CONNECTED, State.DISCONNECTED, State.STOPPED
LINKED, MISSING, UNLINKED = CredsState.LINKED, CredsState.MISSING, CredsState.UNLINKED
SIX = [CompanyId(f"c{number}") for number in range(6)]
OTHERS = [CompanyId(f"d{number}") for number in range(20)]


async def watching(db, ids=SIX, creds=LINKED, **more):
    """A watch over these sessions, all of which work; what their directories hold was seen."""
    watch = Watch(db, [ONE], **more)
    await watch.add(*ids)
    await watch.subscribe()
    await watch.settle(*ids)
    await found(watch, creds, ids)
    return watch


async def found(watch, creds, ids=SIX):
    """The look at the directories finds this."""
    async with watch.db.writing() as tx:
        for one in ids if creds is not None else ():
            await companies.set_creds(tx, one, creds)


async def become(watch, look, ids=SIX, after_s=5):
    for one in ids:
        watch.gateway.says(one, look)
    return await watch.tick(after_s=after_s)


async def drop_of(watch):
    return next(
        (one for one in await watch.open_incidents() if one.trouble is Trouble.MASS_DROP), None
    )


@pytest.mark.parametrize("ids", [SIX, SIX[:3], OTHERS], ids=["six", "three", "twenty"])
async def test_all_forgotten_and_their_keys_in_place_is_a_restart(db, ids):
    watch = await watching(db, ids)
    assert await become(watch, STOPPED, ids) == "opened forgotten"
    drop = await drop_of(watch)
    assert (drop.company_id, drop.facts) == (None, {"count": len(ids), "limit": len(ids)})


async def test_sessions_that_the_gateway_does_not_even_list_are_forgotten_as_well(db):
    watch = await watching(db)
    for one in SIX:
        watch.gateway.forgets(one)
    assert await watch.tick(after_s=5) == "opened forgotten"


@pytest.mark.parametrize(
    ("why", "look", "creds"),
    [
        ("their sockets are closed, and they are known", DOWN, LINKED),
        ("they are on their way", State.CONNECTING, LINKED),
        ("the gateway gave them up, which it did not forget", State.FAILED, LINKED),
        ("their keys are gone as well", STOPPED, MISSING),
        ("new keys without a link took their place", STOPPED, UNLINKED),
        ("nobody can look at their keys, and the gateway never was away", STOPPED, None),
    ],
)
async def test_it_is_no_restart_where(db, why, look, creds):
    watch = await watching(db, creds=creds)
    await become(watch, look)
    await watch.tick(after_s=16)
    drop = await drop_of(watch)
    assert drop is not None, why
    assert drop.symptom is Symptom.MASS_DROP, why


async def test_a_stop_by_somebody_at_the_gateway_is_no_restart(db):
    watch = await watching(db)
    await become(watch, (STOPPED, Cause.STOPPED_THERE))
    drop = await drop_of(watch)
    assert drop is None or drop.symptom is not Symptom.FORGOTTEN


async def test_where_one_works_on_the_process_was_not_restarted(db):
    watch = await watching(db)
    await become(watch, STOPPED, SIX[:5])
    assert (await drop_of(watch)).symptom is Symptom.MASS_DROP


async def silence(watch):
    watch.gateway.failure = GatewayUnreachable("refused")
    await watch.tick(after_s=5)
    await watch.tick(after_s=5)
    watch.gateway.failure = None


async def test_after_a_silence_it_is_one_wherever_their_keys_lie(db):
    watch = await watching(db, creds=None)
    await silence(watch)
    assert await become(watch, STOPPED) == "opened forgotten + recovered"


async def test_after_a_silence_with_an_emptied_store_it_is_none(db):
    watch = await watching(db, creds=MISSING)
    await silence(watch)
    await become(watch, STOPPED)
    assert (await drop_of(watch)).symptom is Symptom.MASS_DROP


async def test_after_a_silence_sessions_that_are_only_dropped_are_left_to_the_network(db):
    watch = await watching(db)
    await silence(watch)
    await become(watch, DOWN)
    await watch.tick(after_s=16)
    assert (await drop_of(watch)).symptom is Symptom.MASS_DROP


async def test_it_lasts_until_the_last_of_them_is_back(db):
    watch = await watching(db)
    await become(watch, STOPPED)
    for one in SIX[:5]:  # fewer than half are away from the third on
        assert await become(watch, UP, [one]) == "quiet"
    assert await become(watch, UP, SIX[5:]) == "recovered"
    assert await watch.open_incidents() == []


async def test_what_was_started_a_moment_ago_is_not_back_before_it_is_connected(db):
    watch = await watching(db)
    await become(watch, STOPPED)
    await become(watch, UP, SIX[1:], after_s=2)
    assert await become(watch, State.CONNECTING, SIX[:1], after_s=2) == "quiet"
    assert await become(watch, UP, SIX[:1], after_s=2) == "recovered"


async def test_one_that_asks_for_a_scan_is_told_as_soon_as_the_others_are_back(db):
    watch = await watching(db)
    await become(watch, STOPPED)
    watch.gateway.says(SIX[0], State.AWAITING_SCAN)
    assert await become(watch, UP, SIX[1:]) == "opened awaiting_scan + recovered"


async def test_who_is_not_back_after_two_minutes_is_told_by_itself(db):
    watch = await watching(db)
    await become(watch, STOPPED)
    await become(watch, UP, SIX[2:])
    told = [await watch.tick(after_s=30) for _ in range(4)]
    assert told[:3] == ["quiet"] * 3
    assert told[3].count("opened gone") == 2


async def test_keys_that_turn_out_to_be_gone_take_the_word_back(db):
    watch = await watching(db)
    await become(watch, STOPPED)
    await found(watch, MISSING)
    assert await watch.tick(after_s=5) == "changed mass_drop"


async def test_a_session_that_was_lost_long_before_is_no_part_of_it(db):
    watch = await watching(db)
    await become(watch, State.LOGGED_OUT, SIX[:1])
    assert await become(watch, STOPPED, SIX[1:], after_s=600) == "opened forgotten"
    assert (await drop_of(watch)).facts["count"] == 5


async def test_where_the_bot_starts_nothing_each_is_told_at_once_with_its_button(db):
    watch = await watching(db, by_hand=True)
    told = await become(watch, STOPPED)
    assert told == " + ".join(["opened forgotten", *["opened gone"] * 6])
    assert (await drop_of(watch)).facts["by_hand"] is True
