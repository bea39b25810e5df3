"""Many sessions away at once: one trouble of the gateway, until it is shown to be another."""

import pytest
from watching import GROUP, ONE, Watch

from bot.domain.company import CompanyId
from bot.domain.rest import Rest
from bot.domain.session import Cause, State
from bot.domain.trouble import Symptom, Trouble
from bot.gateways.base import GatewayUnreachable
from bot.monitor.hints import ConnectionEvent
from storage.alerts import rests
from storage.recovery import pairings, procedures

UP, DOWN, STOPPED = State.CONNECTED, State.DISCONNECTED, State.STOPPED
ON_ITS_WAY = State.CONNECTING
REMOVED = (State.LOGGED_OUT, Cause.DEVICE_REMOVED)
EVERYBODY = [CompanyId(f"c{number}") for number in range(8)]
FOUR, THREE, TWO = EVERYBODY[:4], EVERYBODY[:3], EVERYBODY[:2]


async def watching(db, ids):
    """A watch over these sessions, all of which work."""
    watch = Watch(db, [ONE])
    await watch.add(*ids)
    await watch.subscribe()
    await watch.settle(*ids)
    return watch


@pytest.fixture
async def four(db):
    return await watching(db, FOUR)


async def become(watch, ids, look, after_s=60):
    """What the group is told when all of these look so from now on."""
    for one in ids:
        watch.gateway.says(one, look)
    return await watch.tick(after_s=after_s)


async def troubles(watch):
    return [(incident.trouble, incident.company_id) for incident in await watch.open_incidents()]


async def test_half_of_the_sessions_within_a_minute_are_one_trouble_of_the_gateway(four):
    assert await become(four, THREE, STOPPED) == "opened mass_drop"
    assert await troubles(four) == [(Trouble.MASS_DROP, None)]
    [incident] = await four.open_incidents()
    assert incident.facts == {"count": 3, "limit": 4}


async def test_two_sessions_are_never_many(four):
    assert await become(four, TWO, STOPPED) == "opened gone + opened gone"


async def test_fewer_than_half_are_told_one_by_one(db):
    watch = await watching(db, EVERYBODY)
    assert await become(watch, THREE, STOPPED) == "opened gone + opened gone + opened gone"


async def test_what_drops_over_more_than_a_minute_is_told_one_by_one(four):
    told = [await become(four, [one], STOPPED, after_s=40) for one in FOUR]
    assert told == ["opened gone"] * 4


async def test_sessions_that_follow_within_the_minute_complete_the_drop(four):
    assert await become(four, FOUR[:1], STOPPED) == "opened gone"
    assert await become(four, FOUR[1:3], STOPPED, after_s=20) == "opened mass_drop"
    assert (Trouble.MASS_DROP, None) in await troubles(four)


async def test_who_was_lost_long_before_is_no_part_of_it(four):
    await become(four, FOUR[:1], STOPPED)
    told = await become(four, FOUR[1:3], STOPPED, after_s=600)
    assert told == "opened gone + opened gone"


async def test_when_they_return_one_message_ends_it(four):
    await become(four, FOUR, STOPPED)
    assert await become(four, FOUR, UP, after_s=30) == "recovered"
    assert await troubles(four) == []
    assert await become(four, FOUR, UP) == "quiet"


async def test_who_alone_does_not_return_is_told_as_soon_as_the_others_have(four):
    await become(four, FOUR, STOPPED)
    assert await become(four, FOUR[1:], UP, after_s=30) == "opened gone + recovered"
    assert await troubles(four) == [(Trouble.SESSION_DOWN, "c0")]


async def test_when_they_do_not_return_each_is_told_after_two_minutes_at_once(four):
    await become(four, THREE, STOPPED)
    waited = [await four.tick(after_s=30) for _ in range(3)]
    assert waited == ["quiet"] * 3
    told = await four.tick(after_s=30)
    assert told == "opened gone + opened gone + opened gone + changed mass_drop"
    assert [await four.tick(after_s=30) for _ in range(3)] == ["quiet"] * 3
    began = {incident.began_at for incident in await four.open_incidents()}
    assert len(began) == 1


@pytest.mark.parametrize(
    "proven", [REMOVED, (DOWN, Cause.DEVICE_REMOVED), (DOWN, Cause.ACCOUNT_LOCKED)]
)
async def test_a_proven_end_of_a_link_is_an_alarm_all_the_same(four, proven):
    four.gateway.says(FOUR[3], proven)
    assert await become(four, THREE, STOPPED) == "opened mass_drop + opened revoked"
    assert (Trouble.SESSION_DOWN, "c3") in await troubles(four)


async def test_revocations_alone_are_no_drop(four):
    told = await become(four, FOUR, REMOVED)
    assert told == " + ".join(["opened revoked"] * 4)


async def line(watch, company, cause):
    """What the group is told after a structured line of the log about this company."""
    await watch.checker.hint(ONE, {company: ConnectionEvent(cause=cause)})
    return await watch.told()


async def removed_one_by_one(watch, ids, look):
    told = []
    for one in ids:
        watch.clock.push(10)
        watch.gateway.says(one, look)
        told.append(await line(watch, one, Cause.DEVICE_REMOVED))
    return told


@pytest.mark.parametrize("state", [STOPPED, DOWN, State.FAILED])
async def test_removals_that_only_the_log_names_are_no_network(four, state):
    """Three within a minute were called one, and people told to reset nothing for two minutes."""
    told = await removed_one_by_one(four, THREE, state)
    assert (len(told), {word.split()[0] for word in told}) == (3, {"opened"})
    assert Trouble.MASS_DROP not in [trouble for trouble, _ in await troubles(four)]
    assert {incident.log_says for incident in await four.open_incidents()} == {Cause.DEVICE_REMOVED}


async def test_removals_that_the_gateway_names_are_told_one_by_one(four):
    told = [await become(four, [one], REMOVED, after_s=10) for one in FOUR]
    assert told == ["opened revoked"] * 4


async def test_removals_of_the_log_do_not_hide_that_the_others_dropped(db):
    watch = await watching(db, EVERYBODY)
    assert "mass_drop" not in " ".join(await removed_one_by_one(watch, THREE, STOPPED))
    assert await become(watch, EVERYBODY[3:], STOPPED, after_s=5) == "opened mass_drop"
    [drop] = [
        incident
        for incident in await watch.open_incidents()
        if incident.trouble is Trouble.MASS_DROP
    ]
    assert drop.facts == {"count": 5, "limit": 8}


async def test_lines_about_sessions_that_work_explain_no_later_drop(four):
    for one in THREE:
        assert await line(four, one, Cause.DEVICE_REMOVED) == "quiet"
    four.clock.push(200)
    assert await become(four, THREE, STOPPED) == "opened mass_drop"


async def test_a_line_that_names_the_network_takes_nobody_out_of_the_drop(four):
    for one in THREE:
        await line(four, one, Cause.CONNECTION_LOST)
    assert await become(four, THREE, STOPPED, after_s=5) == "opened mass_drop"


async def test_an_alarm_that_was_told_before_goes_on_during_the_drop(four):
    await become(four, FOUR[:1], STOPPED)
    assert await become(four, FOUR[1:], STOPPED, after_s=300) == "opened mass_drop"
    four.gateway.says(FOUR[0], State.AWAITING_SCAN)
    assert await four.tick(after_s=5) == "changed awaiting_scan"


async def test_a_blip_is_nobodys_business(four):
    assert await become(four, FOUR, DOWN, after_s=5) == "quiet"
    assert [await four.tick(after_s=5) for _ in range(2)] == ["quiet"] * 2
    assert await become(four, FOUR, UP, after_s=4) == "quiet"
    assert await troubles(four) == []


async def test_a_blip_that_lasts_is_told(four):
    await become(four, FOUR, DOWN, after_s=5)
    assert await four.tick(after_s=15) == "opened mass_drop"
    [incident] = await four.open_incidents()
    assert (incident.symptom, incident.opened_at - incident.began_at) == (
        Symptom.MASS_DROP,
        four.clock() - incident.began_at,
    )


async def test_who_is_being_paired_does_not_count(four):
    async with four.db.writing() as tx:
        await pairings.begin(tx, FOUR[0], 1, GROUP, four.clock())
    assert await become(four, THREE, STOPPED) == "opened gone + opened gone"


async def test_sessions_that_never_worked_do_not_count(db):
    watch = await watching(db, TWO)
    new = EVERYBODY[2:5]
    await watch.add(*new)
    assert await become(watch, new, STOPPED, after_s=120) == "quiet"
    assert Trouble.MASS_DROP not in [trouble for trouble, _ in await troubles(watch)]


async def test_a_drop_behind_a_silent_gateway_is_told_when_it_answers(four):
    four.gateway.failure = GatewayUnreachable("refused")
    await four.tick(after_s=5)
    assert await four.tick(after_s=5) == "opened unreachable"
    four.gateway.failure = None
    assert await become(four, FOUR, ON_ITS_WAY) == "recovered"
    assert await become(four, FOUR, ON_ITS_WAY, after_s=20) == "opened mass_drop"


# What people do on purpose is no drop.


async def cut_off(watch, company_id, kind, asked_by=1):
    """Somebody has begun this, and the bot was killed and started again in between."""
    async with watch.db.writing() as tx:
        now = watch.clock()
        row = await procedures.begin(
            tx, kind=kind, company_id=company_id, step="stopping", asked_by=asked_by, address=GROUP,
            now=now,
        )  # fmt: skip
        await procedures.finish(tx, row.id, "interrupted", now)


@pytest.mark.parametrize("kind", ["reset", "restore", "mend"])
async def test_what_admins_were_resetting_when_the_bot_was_killed_is_no_drop(four, kind):
    for company_id in THREE:
        await cut_off(four, company_id, kind)
    assert "mass_drop" not in await become(four, THREE, STOPPED, after_s=5)
    assert Trouble.MASS_DROP not in [trouble for trouble, _ in await troubles(four)]


async def test_what_the_bot_was_reconnecting_is_the_network_still(four):
    for company_id in THREE:
        await cut_off(four, company_id, "reconnect", asked_by=0)
    assert await become(four, THREE, STOPPED, after_s=5) == "opened mass_drop"


async def test_codes_that_were_on_show_explain_what_is_away(four):
    async with four.db.writing() as tx:
        for company_id in THREE:
            pairing_id = await pairings.begin(tx, company_id, 1, GROUP, four.clock())
            await pairings.end(tx, pairing_id, "interrupted", four.clock())
    told = await become(four, THREE, (State.AWAITING_SCAN, None), after_s=5)
    assert "mass_drop" not in told


async def test_who_is_at_rest_is_none_of_the_many(four):
    async with four.db.writing() as tx:
        for company_id in TWO:
            rest = Rest(company_id=company_id, since_at=four.clock(), by="Boris")
            await rests.begin(tx, rest, 1)
    assert "mass_drop" not in await become(four, THREE, STOPPED)
