"""How often a board is edited, and when it gives way."""

import pytest
from alerting import GROUP, OTHER, Office

from bot.alerts.boards import Boards
from bot.alerts.courier import CardLost, Delivered, RetryLater
from bot.alerts.pace import Pace
from storage import boards


class Wall:
    """Where boards hang; notes each call."""

    def __init__(self):
        self.sheets, self.answers, self.pinned = [], [], []

    async def show(self, sheet):
        self.sheets.append(sheet)
        if self.answers:
            return self.answers.pop(0)
        return Delivered(sheet.message_id or 100 + len(self.sheets))

    async def pin(self, address, message_id):
        self.pinned.append((address, message_id))
        return True


@pytest.fixture
async def office(db):
    office = Office(db)
    await office.subscribe(GROUP)
    office.wall, office.pace = Wall(), Pace()
    office.boards = Boards(
        db,
        office.wall,
        pace=office.pace,
        clock=office.clock,
        tempo=office.tempo,
        default_language="ru",
        wake=office.wake,
    )
    async with db.writing() as tx:
        await boards.put(tx, GROUP, 1, office.clock())
    await office.boards.turn()
    return office


async def test_what_changes_nothing_costs_no_edit(office):
    for _ in range(10):
        office.clock.push(20)
        await office.boards.turn()
    assert len(office.wall.sheets) == 1


async def test_the_last_look_is_told_now_and_then(office):
    office.clock.push(301)
    await office.boards.turn()
    assert len(office.wall.sheets) == 2


async def test_many_changes_are_one_edit_every_five_seconds(office):
    for _ in range(20):
        await office.open()
        await office.boards.turn()
        office.clock.push(1)
    assert len(office.wall.sheets) == 4  # the first, and after 5, 10 and 15 s
    assert len(office.wall.sheets[-1].board.lines) == 16


async def test_a_board_gives_way_to_alerts(office):
    for _ in range(10):
        office.pace.spend(GROUP.chat_id, office.clock())
    office.clock.push(6)
    await office.open()
    await office.boards.turn()
    assert len(office.wall.sheets) == 1
    office.clock.push(55)
    await office.boards.turn()
    assert len(office.wall.sheets) == 2


async def test_a_deleted_board_is_sent_and_pinned_anew(office):
    office.wall.answers = [CardLost()]
    office.clock.push(6)
    await office.open()
    await office.boards.turn()
    office.clock.push(2)
    await office.boards.turn()
    assert office.wall.sheets[-1].message_id is None
    assert len(office.wall.pinned) == 2


async def test_a_wait_that_telegram_asks_for_is_kept(office):
    office.wall.answers = [RetryLater(after_s=30, everywhere=False, reason="too many messages")]
    office.clock.push(6)
    await office.open()
    await office.boards.turn()
    office.clock.push(29)
    await office.boards.turn()
    assert len(office.wall.sheets) == 2
    office.clock.push(2)
    await office.boards.turn()
    assert len(office.wall.sheets) == 3


async def test_a_place_that_hears_of_nothing_shows_nothing_of_others(office):
    async with office.db.writing() as tx:
        await boards.put(tx, OTHER, 1, office.clock())
    await office.open()
    await office.boards.turn()
    shown = {sheet.address: len(sheet.board.lines) for sheet in office.wall.sheets}
    assert shown[OTHER] == 0
