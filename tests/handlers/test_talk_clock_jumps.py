"""The machine's clock is set, or the machine sleeps, while people talk to the bot.

Telegram's time, and everybody else's, goes on as always: nothing may be early, late, lost or told
twice because one machine takes it for another day.
"""

import pytest
from reading import ONE, TWO, WHO, button, words
from staging import UNLINKED, talking
from talking import PATIENCE_S, eventually

from bot.sandbox.telegram import BORIS, GROUP_ID

A_DAY = [{"days": 1}, {"days": -1}]
JUMPS = pytest.mark.parametrize(
    "jump", [*A_DAY, {"hours": 11}, {"hours": -3}, {"days": 400}, {"minutes": -2}], ids=str
)
BOTH_WAYS = pytest.mark.parametrize("jump", A_DAY, ids=["a day on", "a day back"])
YES = words("button.yes_reset")


def alerts(talk, company=ONE, chat_id=GROUP_ID):
    return [message for message in talk.posted(chat_id) if company in message.text]


async def muted(talk):
    return [row["company_id"] for row in await talk.rows("mutes")]


# What people say.


@JUMPS
async def test_fresh_words_act_and_old_ones_do_not(talk, jump):
    talk.machine.jumps(**jump)
    assert ONE in (await talk.anna().asks(f"/status {ONE}")).text
    await talk.anna().asks(f"/mute {ONE} 2h")
    assert await muted(talk) == [ONE]
    late = await talk.anna().asks(f"/mute {TWO} 2h", age_s=130)
    assert late.text == words("error.stale")
    assert await muted(talk) == [ONE]


@pytest.fixture
async def far(tmp_path):
    """A gateway that keeps its files to itself: a reset waits for no disk."""
    async with talking(tmp_path, kind="evolution") as talk:
        yield talk


@JUMPS
async def test_a_yes_counts_for_sixty_seconds_of_everybodys_time(far, jump):
    first = await far.boris(GROUP_ID).asks(f"/reset {ONE}")
    second = await far.boris(GROUP_ID).asks(f"/reset {TWO}")
    far.machine.jumps(**jump)
    await far.boris(GROUP_ID).presses(first, YES)
    await far.code(GROUP_ID)
    far.clock.push(seconds=75)
    assert await far.boris(GROUP_ID).is_told(second, YES) == words("error.too_late")
    assert far.gateway.phase(TWO) == "connected"


@pytest.mark.parametrize("hours", [3, -3, 24 * 400])
async def test_one_answer_with_another_date_makes_no_word_late(talk, hours):
    await talk.settle()
    talk.telegram.set_date_offset(hours * 3600)
    await talk.anna().asks("/id")
    talk.telegram.set_date_offset(0)
    await talk.anna().asks(f"/mute {ONE} 2h")
    assert await muted(talk) == [ONE]


@BOTH_WAYS
async def test_a_press_that_waited_while_the_bot_was_off_is_asked_anew(talk, jump):
    card = await talk.boris().asks(f"/mute {ONE}")
    await talk.stop()
    talk.telegram.press(BORIS.id, BORIS.id, card, button(card, f"mute:{ONE}"))
    talk.machine.jumps(**jump)
    before = len(talk.posted(BORIS.id))
    await talk.start()
    again = await talk.sees(BORIS.id, lambda one: one in talk.posted(BORIS.id)[before:])
    assert (again.text, await muted(talk)) == (words("error.waited"), [])


async def test_a_press_that_lay_in_a_sleeping_machine_is_asked_anew(talk):
    """Telegram had given it away; the machine slept before the program could read it."""
    card = await talk.boris().asks(f"/mute {ONE}")
    talk.telegram.fault("slow", seconds=1.0, methods=["getUpdates"], count=1)
    await talk.settle()  # the question that is open now is answered later
    talk.telegram.press(BORIS.id, BORIS.id, card, button(card, f"mute:{ONE}"))
    before = len(talk.posted(BORIS.id))
    talk.machine.sleeps(hours=8)
    again = await talk.sees(BORIS.id, lambda one: one in talk.posted(BORIS.id)[before:])
    assert (again.text, await muted(talk)) == (words("error.waited"), [])


# What the bot tells.


@JUMPS
async def test_a_loss_is_told_once_and_its_end_as_well(talk, jump):
    talk.machine.jumps(**jump)
    await talk.gateway.act(ONE, "device_removed")
    alert = await talk.alert()
    talk.machine.jumps(**{unit: -amount for unit, amount in jump.items()})
    for _ in range(3):
        await talk.settle()
    assert alerts(talk) == [alert]
    await talk.boris(GROUP_ID).presses(alert, button(alert, f"do:reset:{ONE}"))
    question = await talk.sees(GROUP_ID, lambda one: YES in one.labels)
    await talk.boris(GROUP_ID).presses(question, YES)
    await talk.code(GROUP_ID)
    await talk.gateway.act(ONE, "scan")
    await talk.becomes(alert, lambda one: "🟢" in one.text)


@BOTH_WAYS
async def test_an_alert_that_telegram_would_not_take_comes_after_the_jump_and_once(talk, jump):
    talk.telegram.fault("outage")
    await talk.gateway.act(ONE, "device_removed")
    tried = await talk.telegram.wait_call(
        "sendMessage", lambda call: call.outcome == "outage", PATIENCE_S
    )
    assert tried
    talk.machine.jumps(**jump)
    talk.telegram.clear_faults()
    alert = await talk.alert()
    await talk.settle()
    assert alerts(talk) == [alert]


def crowd(talk, company):
    """More files than may lie there: a warning, which can wait for the morning."""
    for number in range(60):
        place = talk.folder / "baileys_sessions" / f"company_{company}"
        (place / f"pre-key-9{number}.json").write_text("{}")


@pytest.mark.parametrize("hours", [11, -11, 24, -24])
async def test_quiet_hours_are_those_of_the_chat_and_not_of_the_clock_on_the_wall(tmp_path, hours):
    async with talking(tmp_path, settings={"MAX_FILES": "60"}) as talk:
        now = talk.clock().hour
        await talk.anna(GROUP_ID).asks(f"/quiet {now}-{(now + 3) % 24}")
        talk.machine.jumps(hours=hours)
        crowd(talk, ONE)
        while not await talk.rows("held"):
            await talk.passes()
        for _ in range(3):
            await talk.settle()
        assert alerts(talk) == []
        talk.clock.push(hours=4)
        await talk.sees(GROUP_ID, lambda one: one in alerts(talk))


@BOTH_WAYS
async def test_a_mute_lasts_as_long_as_was_asked_for(talk, jump):
    await talk.anna(GROUP_ID).asks(f"/mute {ONE} 2h")
    talk.machine.jumps(**jump)
    await talk.gateway.act(ONE, "device_removed")
    await eventually(lambda: talk.gateway.phase(ONE) != "connected")
    await talk.settle()
    assert await muted(talk) == [ONE]
    talk.clock.push(hours=2, minutes=1)
    await talk.alert()


async def test_a_digest_comes_at_its_hour_and_once(talk):
    hour = (talk.clock().hour + 2) % 24

    def digests():
        titles = ("🗓 Сводка за сутки", "🟢 За сутки")
        return [one for one in talk.posted(GROUP_ID) if one.text.startswith(titles)]

    await talk.anna(GROUP_ID).asks(f"/digest {hour}")
    for jump in ({"hours": 3}, {"days": -2}, {"days": 3}):
        talk.machine.jumps(**jump)
        await talk.settle()
        assert digests() == []
    talk.clock.push(hours=2)
    told = await talk.sees(GROUP_ID, lambda one: one in digests())
    talk.machine.jumps(days=-1)
    await talk.settle()
    assert digests() == [told]


# Codes.


@BOTH_WAYS
async def test_a_code_on_show_goes_on_and_pairs(unlinked, jump):
    unlinked.boris().says(f"/qr {ONE}")
    shown = await unlinked.code(BORIS.id)
    unlinked.machine.jumps(**jump)
    await unlinked.settle()
    assert await unlinked.code(BORIS.id) is shown
    await unlinked.gateway.act(ONE, "scan")
    await unlinked.becomes(shown, lambda one: words("qr.paired", who=WHO) in one.text)


@BOTH_WAYS
async def test_a_window_ends_when_its_codes_are_over(tmp_path, jump):
    async with talking(tmp_path, companies=UNLINKED, codes=1) as talk:
        talk.boris().says(f"/qr {ONE}")
        shown = await talk.code(BORIS.id)
        talk.machine.jumps(**jump)
        await talk.phase(ONE, "disconnected")
        talk.clock.push(seconds=5)
        await talk.becomes(shown, lambda one: words("qr.ended.expired") in one.text)


# What is claimed.


async def seldom_looked(talk):
    """All were seen to be well, and for an hour nobody looks again."""
    while "All connected" not in (await talk.vera().asks("/status")).text:
        pass


@JUMPS
async def test_a_jump_makes_no_look_late(tmp_path, jump):
    async with talking(tmp_path, look_s=3600) as talk:
        await seldom_looked(talk)
        talk.machine.jumps(**jump)
        assert "All connected" in (await talk.vera().asks("/status")).text


async def test_after_a_sleep_nobody_is_called_well_unseen(tmp_path):
    async with talking(tmp_path, look_s=3600) as talk:
        await seldom_looked(talk)
        talk.machine.sleeps(hours=8)
        answer = await talk.vera().asks("/status")
        assert "All connected" not in answer.text
        assert "ot looked since" in answer.text
