"""How often a board is edited, and when it gives way."""

import asyncio
import contextlib
import sqlite3
from dataclasses import replace

import pytest
from alerting import GROUP, OTHER, TOPIC, Office

from bot.alerts.boards import Boards
from bot.alerts.courier import CardLost, Delivered, Gone, Moved, Refused, RetryLater, TopicGone
from bot.domain.session import State
from bot.domain.system_notice import SystemNoticeKind
from bot.domain.trouble import Severity
from bot.domain.urgency import Urgency
from storage.alerts import system_notices
from storage.chats import boards, chats, subscriptions
from storage.chats.subscriptions import Subscription
from storage.sessions import companies, states
from storage.sessions.states import Change


class Wall:
    """Where boards hang; notes each call."""

    def __init__(self):
        self.sheets, self.answers, self.pinned, self.taken_down = [], [], [], []
        self.meanwhile, self.lets_take_down = None, True
        self.hung, self.takes_pins = False, True

    async def show(self, view):
        self.sheets.append(view)
        if self.hung:
            await asyncio.Event().wait()
        if self.meanwhile is not None:
            await self.meanwhile()
        if self.answers:
            return self.answers.pop(0)
        return Delivered(view.message_id or 100 + len(self.sheets))

    async def pin(self, address, message_id):
        self.pinned.append((address, message_id))
        return self.takes_pins

    async def take_down(self, address, message_id):
        self.taken_down.append((address, message_id))
        return self.lets_take_down


@pytest.fixture
async def office(db):
    office = Office(db)
    await office.subscribe(GROUP)
    office.wall = Wall()
    office.boards = Boards(office.wall, office.chats, wake=office.wake)
    async with db.writing() as tx:
        await boards.put(tx, GROUP, 1, office.clock())
    await office.boards.tick()
    return office


async def spoken(office, urgency):
    """Somebody else has called the group."""
    turn = office.line.join(GROUP.chat_id, urgency)
    turn.used = True
    turn.leave()


async def test_what_changes_nothing_costs_no_edit(office):
    for _ in range(10):
        office.clock.push(20)
        await office.boards.tick()
    assert len(office.wall.sheets) == 1


async def test_the_last_look_is_told_now_and_then(office):
    office.clock.push(301)
    await office.boards.tick()
    assert len(office.wall.sheets) == 2


@pytest.mark.parametrize("hours", [3, -3, 24, -24])
async def test_a_clock_that_jumps_costs_one_edit_and_no_pause(office, hours):
    office.clock.push(hours * 3600)
    await office.boards.tick()
    assert len(office.wall.sheets) == 2
    office.clock.push(20)
    await office.boards.tick()
    assert len(office.wall.sheets) == 2
    office.clock.push(301)
    await office.boards.tick()
    assert len(office.wall.sheets) == 3


async def test_many_changes_are_one_edit_every_five_seconds(office):
    for _ in range(20):
        await office.open()
        await office.boards.tick()
        office.clock.push(1)
    assert len(office.wall.sheets) == 4  # the first, and after 5, 10 and 15 s
    assert len(office.wall.sheets[-1].board.lines) == 16


async def test_a_board_gives_way_to_alerts(office):
    for _ in range(10):
        await spoken(office, Urgency.ALERT)
        office.clock.push(1)
    office.clock.push(6)
    await office.open()
    await office.boards.tick()
    assert len(office.wall.sheets) == 1
    office.clock.push(55)
    office.line.advance()
    await office.boards.tick()
    assert len(office.wall.sheets) == 2


async def test_a_deleted_board_is_sent_and_pinned_anew(office):
    office.wall.answers = [CardLost()]
    office.clock.push(6)
    await office.open()
    await office.boards.tick()
    office.clock.push(2)
    await office.boards.tick()
    assert office.wall.sheets[-1].message_id is None
    assert len(office.wall.pinned) == 2


async def test_a_wait_that_telegram_asks_for_is_kept(office):
    office.wall.answers = [RetryLater(after_s=30, everywhere=False, reason="too many messages")]
    office.clock.push(6)
    await office.open()
    await office.boards.tick()
    office.clock.push(29)
    await office.boards.tick()
    assert len(office.wall.sheets) == 2
    office.clock.push(2)
    office.line.advance()
    await office.boards.tick()
    assert len(office.wall.sheets) == 3


async def test_a_place_that_hears_of_nothing_shows_nothing_of_others(office):
    async with office.db.writing() as tx:
        await boards.put(tx, OTHER, 1, office.clock())
    await office.open()
    await office.boards.tick()
    shown = {view.address: len(view.board.lines) for view in office.wall.sheets}
    assert shown[OTHER] == 0


async def mend(office, many, left):
    """So many companies are lost, and all but `left` of them come back."""
    ids = await office.open(many)
    async with office.db.writing() as tx:
        every = [one.id for one in await companies.all_of(tx)]
        at = office.clock()
        await states.write(
            tx,
            [Change(company_id=one, state=State.CONNECTED, cause=None, at=at) for one in every],
        )
    await office.recover(*ids[left:])
    office.clock.push(6)
    return every


async def test_of_many_companies_those_that_are_well_are_only_counted(office):
    await mend(office, 40, left=3)
    await office.boards.tick()
    board = office.wall.sheets[-1].board
    assert (len(board.lines), board.total) == (3, 40)
    assert board.looked_at is None  # this gateway has never answered


async def test_few_companies_are_all_on_the_board(office):
    await mend(office, 5, left=1)
    await office.boards.tick()
    assert len(office.wall.sheets[-1].board.lines) == 5


async def test_who_hears_of_one_company_by_name_sees_it_among_many(office):
    every = await mend(office, 40, left=3)
    wanted = Subscription(address=OTHER, company_id=every[-1], severity=Severity.INFO)
    async with office.db.writing() as tx:
        await chats.add(tx, OTHER.chat_id, "", office.clock())
        await subscriptions.put(tx, wanted, None, office.clock())
        await boards.put(tx, OTHER, 1, office.clock())
    await office.boards.tick()
    (seen,) = [view.board for view in office.wall.sheets if view.address == OTHER]
    assert [line.known.company.id for line in seen.lines] == [every[-1]]
    assert seen.total == 1


async def test_that_another_of_many_is_well_again_is_shown(office):
    await mend(office, 40, left=3)
    await office.boards.tick()
    await office.recover(1)
    office.clock.push(6)
    await office.boards.tick()
    assert len(office.wall.sheets[-1].board.lines) == 2


async def hanging(office):
    async with office.db.reading() as tx:
        return [row.address for row in await boards.shown(tx)]


async def show_again(office, *answers):
    """Something has changed, and this is what comes of showing it."""
    office.wall.answers = list(answers)
    office.clock.push(6)
    await office.open()
    await office.boards.tick()


@pytest.mark.parametrize("outcome", [Gone("kicked"), Refused("too long"), TopicGone()])
async def test_a_board_that_its_chat_refuses_is_kept_and_tried_ever_more_seldom(office, outcome):
    """Whatever the reason: a right that was taken away may be given back."""
    await show_again(office, *[outcome] * 6)
    assert await hanging(office) == [GROUP]
    before, gaps = len(office.wall.sheets), []
    for minutes in range(1, 150):
        office.clock.push(60)
        await office.boards.tick()
        if len(office.wall.sheets) > before:
            gaps.append(minutes - sum(gaps))
            before = len(office.wall.sheets)
    assert gaps[:4] == [1, 5, 15, 60]


async def test_who_asked_for_a_board_hears_once_that_the_chat_does_not_take_it(office):
    async with office.db.writing() as tx:
        await chats.add(tx, OTHER.chat_id, "Duty", office.clock())
        await boards.put(tx, OTHER, 7, office.clock())
    office.wall.answers = [Gone("not accepted")] * 3
    for _ in range(3):
        await office.boards.tick()
        office.clock.push(3600)
    async with office.db.reading() as tx:
        (told,) = await system_notices.of_kind(tx, SystemNoticeKind.BOARD_REFUSED)
    assert (told.address.chat_id, told.system_notice.facts) == (7, {"chat": "Duty"})


async def test_a_board_that_is_asked_for_anew_is_tried_at_once(office):
    await show_again(office, Gone("not accepted"))
    office.clock.push(1)
    async with office.db.writing() as tx:
        await boards.put(tx, GROUP, 1, office.clock())
    before = len(office.wall.sheets)
    await office.boards.tick()
    assert len(office.wall.sheets) == before + 1


async def test_a_board_goes_with_its_group_when_that_becomes_a_supergroup(office):
    await show_again(office, Moved(OTHER.chat_id))
    assert await hanging(office) == [OTHER]


async def test_a_board_leaves_a_topic_that_is_closed(office):
    async with office.db.writing() as tx:
        await boards.put(tx, TOPIC, 1, office.clock())
    await show_again(office, Delivered(101), TopicGone())
    assert TOPIC not in await hanging(office)
    assert GROUP in await hanging(office)


async def test_no_answer_in_time_is_asked_again_later(office):
    office.boards._timing = replace(office.timing, courier_timeout_s=0.01)
    office.wall.hung = True
    await show_again(office)
    office.wall.hung = False
    office.clock.push(60)
    await office.boards.tick()
    assert len(office.wall.sheets) == 3
    assert await hanging(office) == [GROUP]


async def test_a_change_that_a_board_does_not_show_is_no_edit_of_it(office):
    async with office.db.writing() as tx:
        await boards.put(tx, OTHER, 1, office.clock())
    await office.boards.tick()
    await show_again(office)
    assert [view.address for view in office.wall.sheets] == [GROUP, OTHER, GROUP]


async def test_where_pins_are_refused_the_board_says_so_and_asks_no_more(office):
    office.wall.takes_pins = False
    await show_again(office, CardLost())
    office.clock.push(2)
    await office.boards.tick()
    assert [len(office.wall.pinned), office.wall.sheets[-1].pin_refused] == [2, False]
    office.clock.push(2)
    await office.boards.tick()
    assert [len(office.wall.pinned), office.wall.sheets[-1].pin_refused] == [2, True]


async def test_a_turn_that_fails_is_said_once_and_the_next_one_comes(office, capsys):
    office.boards._timing = replace(office.timing, board_spacing_s=0.001)
    turns, real = 0, office.boards.tick

    async def failing():
        nonlocal turns
        turns += 1
        if turns < 4:
            raise RuntimeError("the database is away")
        await real()
        done.set()

    done, office.boards.tick = asyncio.Event(), failing
    office.clock.push(301)
    running = asyncio.create_task(office.boards.run())
    await asyncio.wait_for(done.wait(), 10)
    running.cancel()
    assert len(office.wall.sheets) == 2
    assert capsys.readouterr().out.count("boards were not kept") == 1


@pytest.mark.skipif("config.getoption('database') == 'postgresql'", reason="the lock is a file's")
async def test_a_board_whose_message_could_not_be_written_down_is_not_sent_again(office, tmp_path):
    async with office.db.writing() as tx:
        await boards.put(tx, GROUP, 1, office.clock())
    with contextlib.closing(sqlite3.connect(tmp_path / "repair.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            office.clock.push(301)
            await office.boards.tick()
    sent = office.wall.sheets[1:]
    assert [view.message_id for view in sent] == [None, 102, 102]
    office.clock.push(6)
    await office.boards.tick()
    async with office.db.reading() as tx:
        assert (await boards.get(tx, GROUP)).message_id == 102


async def put(office):
    async with office.db.writing() as tx:
        await boards.put(tx, GROUP, 1, office.clock())
    office.boards._memory.forget(GROUP)


async def remove(office):
    async with office.db.writing() as tx:
        await boards.remove(tx, GROUP)


async def test_a_board_given_up_while_it_was_sent_is_taken_down_and_never_pinned(office):
    await put(office)
    office.wall.pinned.clear()
    office.wall.meanwhile = lambda: remove(office)
    await office.boards.tick()
    await office.boards.tick()
    assert office.wall.taken_down == [(GROUP, 102)]
    assert office.wall.pinned == []
    office.wall.meanwhile = None
    office.clock.push(301)
    await office.boards.tick()
    assert len(office.wall.sheets) == 2


async def test_one_given_up_and_wanted_again_meanwhile_stays(office):
    async def changed_their_mind():
        await remove(office)
        await put(office)

    await put(office)
    office.wall.meanwhile = changed_their_mind
    await office.boards.tick()
    assert office.wall.taken_down == []
    assert office.wall.pinned[-1] == (GROUP, 102)


async def test_what_cannot_be_taken_down_yet_is_tried_again_until_it_can(office):
    await put(office)
    office.wall.meanwhile, office.wall.lets_take_down = (lambda: remove(office)), False
    await office.boards.tick()
    for _ in range(3):
        await office.boards.tick()
    assert office.wall.taken_down == [(GROUP, 102)] * 3
    office.wall.lets_take_down = True
    for _ in range(3):
        await office.boards.tick()
    assert office.wall.taken_down == [(GROUP, 102)] * 4


@pytest.mark.skipif("config.getoption('database') == 'postgresql'", reason="the lock is a file's")
async def test_one_given_up_before_its_message_could_be_written_down_goes(office, tmp_path):
    await put(office)
    with contextlib.closing(sqlite3.connect(tmp_path / "repair.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        office.clock.push(301)
        await office.boards.tick()
    assert office.boards._memory.is_unstored(GROUP)
    await remove(office)
    office.clock.push(301)
    await office.boards.tick()
    assert office.wall.taken_down == [(GROUP, 102)]
