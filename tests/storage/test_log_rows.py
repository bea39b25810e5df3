"""Counts and positions of gateway logs."""

from datetime import timedelta

from rows import NOW
from sqlalchemy import func, select

from bot.domain.company import CompanyId, GatewayName
from bot.domain.log_pattern import LogPattern
from storage.logs import log_counts, log_positions
from storage.logs.log_positions import LogPosition
from storage.tables import log_counts as rows_of_counts

ONE, TWO = CompanyId("962302"), CompanyId("962303")
GATEWAY = GatewayName("one")
MAC, OPENED = LogPattern.BAD_MAC, LogPattern.OPENED
MINUTE = timedelta(minutes=1)


def position(path="/var/log/gateway.log", **more):
    values = {
        "path": path,
        "inode": 7,
        "position": 100,
        "head": "0" * 64,
        "head_bytes": 64,
        "followed_at": NOW,
        "read_at": NOW,
    }
    return LogPosition(**(values | more))


async def test_counts_of_one_slot_are_added_up(tx):
    for _ in range(3):
        await log_counts.add(tx, GATEWAY, {(ONE, MAC): 2, (None, MAC): 1}, NOW)
    found = await log_counts.lately(tx, NOW)
    assert {(one.company_id, one.hour, one.day) for one in found} == {(ONE, 6, 6), (None, 3, 3)}
    assert await tx.scalar(select(func.count()).select_from(rows_of_counts)) == 2


async def test_an_hour_and_a_day_end(tx):
    await log_counts.add(tx, GATEWAY, {(ONE, MAC): 1}, NOW)
    for later, expected in ((50, [(1, 1)]), (70, [(0, 1)]), (60 * 25, [])):
        found = await log_counts.lately(tx, NOW + later * MINUTE)
        assert [(one.hour, one.day) for one in found] == expected


async def test_the_last_time_is_kept(tx):
    await log_counts.add(tx, GATEWAY, {(ONE, MAC): 1}, NOW)
    await log_counts.add(tx, GATEWAY, {(ONE, MAC): 1, (TWO, OPENED): 1}, NOW + 45 * MINUTE)
    found = await log_counts.lately(tx, NOW + 50 * MINUTE)
    assert {one.last_at for one in found} == {NOW + 45 * MINUTE}


async def test_one_gateways_counts_are_not_anothers(tx):
    await log_counts.add(tx, GATEWAY, {(ONE, MAC): 1}, NOW)
    assert await log_counts.lately(tx, NOW, gateway=GatewayName("two")) == []
    assert len(await log_counts.lately(tx, NOW, gateway=GATEWAY)) == 1


async def test_what_is_older_than_a_day_is_dropped(tx):
    await log_counts.add(tx, GATEWAY, {(ONE, MAC): 1}, NOW)
    await log_counts.forget(tx, NOW + timedelta(hours=23))
    assert len(await log_counts.lately(tx, NOW)) == 1
    await log_counts.forget(tx, NOW + timedelta(hours=25))
    assert await log_counts.lately(tx, NOW) == []


async def test_a_pattern_of_another_version_is_left_out(tx):
    await log_counts.add(tx, GATEWAY, {(ONE, MAC): 1}, NOW)
    await tx.execute(rows_of_counts.update().values(pattern="of_the_future"))
    assert await log_counts.lately(tx, NOW) == []


async def test_a_position_is_overwritten_and_keeps_when_it_began(tx):
    await log_positions.put(tx, [position()])
    later = position(position=200, inode=8, followed_at=NOW + MINUTE, read_at=NOW + MINUTE)
    await log_positions.put(tx, [later])
    (found,) = await log_positions.all_of(tx)
    assert (found.position, found.inode, found.followed_at) == (200, 8, NOW)
    assert await log_positions.followed_since(tx) == NOW


async def test_files_that_are_gone_for_long_are_forgotten(tx):
    await log_positions.put(tx, [position(), position("/b", read_at=NOW + timedelta(days=10))])
    await log_positions.forget(tx, NOW + timedelta(days=15))
    assert [one.path for one in await log_positions.all_of(tx)] == ["/b"]
    assert await log_positions.followed_since(tx) == NOW


async def test_nothing_followed_has_no_beginning(tx):
    assert await log_positions.followed_since(tx) is None
