"""What goes on while a reset or a restore is confirmed: other keys, people, a silent gateway."""

import pytest
from reading import ONE, has_button, words

from bot.domain.access import UserId
from bot.domain.company import CompanyId
from bot.domain.notice import ChatAddress
from bot.domain.procedure import ProcedureKind, ProcedureOutcome, ProcedureStep
from storage.recovery import procedures

RESET, RESTORE = words("button.yes_reset"), words("button.yes_restore")
RESET_ANYWAY, RESTORE_ANYWAY = "Всё равно сбросить", "Всё равно вернуть"


async def shows_a_code(talk, voice):
    """A reset by this person, whose code is on show."""
    question = await voice.asks(f"/reset {ONE}")
    await voice.presses(question, RESET)
    return await talk.code(voice.chat_id)


async def pairs(talk, voice):
    code = await shows_a_code(talk, voice)
    await talk.gateway.act(ONE, "scan")
    return await talk.becomes(code, lambda one: "привязана и работает" in one.text)


async def kinds(talk):
    return [row["kind"] for row in await talk.rows("procedures")]


# Restore.


async def test_a_restore_would_take_what_was_paired_meanwhile_and_asks_anew(talk):
    await shows_a_code(talk, talk.boris())
    question = await talk.boris().asks(f"/restore {ONE}")
    await talk.gateway.act(ONE, "scan")
    await talk.phase(ONE, "connected")
    kept = talk.set_aside(ONE)
    await talk.boris().presses(question, RESTORE)
    await talk.becomes(question, lambda one: RESTORE_ANYWAY in one.text and RESTORE in one.labels)
    assert (talk.gateway.phase(ONE), talk.set_aside(ONE)) == ("connected", kept)
    assert await kinds(talk) == ["reset"]


async def test_a_restore_asks_anew_where_other_keys_were_put_there(talk):
    """By hand, while the session is away: nobody has told the bot."""
    await shows_a_code(talk, talk.boris())
    await talk.gateway.act(None, "gateway_restart")
    while None in [row["ended_at"] for row in await talk.rows("pairings")]:
        await talk.passes()
    question = await talk.boris().asks(f"/restore {ONE}")
    (aside,) = talk.set_aside(ONE)
    present = talk.folder / "baileys_sessions" / f"company_{ONE}"
    present.mkdir(exist_ok=True)
    (present / "creds.json").write_bytes((aside / "creds.json").read_bytes())
    await talk.boris().presses(question, RESTORE)
    await talk.becomes(question, lambda one: words("better.other_keys") in one.text)
    assert await kinds(talk) == ["reset"]


async def test_a_restore_that_somebody_else_has_done_is_not_done_twice(talk):
    await shows_a_code(talk, talk.boris())
    mine = await talk.boris().asks(f"/restore {ONE}")
    hers = await talk.anna().asks(f"/restore {ONE}")
    await talk.anna().presses(hers, RESTORE)
    await talk.becomes(hers, lambda one: words("restore.done") in one.text)
    old = mine.text
    await talk.boris().presses(mine, RESTORE)
    await talk.becomes(mine, lambda one: one.text != old)
    assert (await kinds(talk)).count("restore") == 1
    assert talk.gateway.phase(ONE) == "connected"


# Somebody else is at it.


async def test_a_reset_would_end_the_code_of_somebody_else_and_asks_anew(talk):
    await talk.gateway.act(ONE, "device_removed")
    question = await talk.boris().asks(f"/reset {ONE}")
    await shows_a_code(talk, talk.anna())
    await talk.boris().presses(question, RESET)
    anew = await talk.becomes(question, lambda one: RESET_ANYWAY in one.text)
    assert "Анна" in anew.text
    assert talk.gateway.phase(ONE) == "awaiting_scan"
    assert [row["ended_at"] for row in await talk.rows("pairings")] == [None]


async def test_the_first_question_says_that_a_code_is_on_show(talk):
    await talk.gateway.act(ONE, "device_removed")
    await shows_a_code(talk, talk.anna())
    question = await talk.boris().asks(f"/reset {ONE}")
    assert "Анна прямо сейчас показывает код" in question.text


async def test_what_somebody_has_paired_is_not_set_aside_by_an_older_yes(talk):
    await talk.gateway.act(ONE, "device_removed")
    question = await talk.boris().asks(f"/reset {ONE}")
    await pairs(talk, talk.anna())
    kept = talk.set_aside(ONE)
    await talk.boris().presses(question, RESET)
    anew = await talk.becomes(question, lambda one: RESET_ANYWAY in one.text)
    assert "Анна: сброс" in anew.text
    assert (talk.gateway.phase(ONE), talk.set_aside(ONE)) == ("connected", kept)


async def test_the_second_yes_learns_of_the_first_after_a_restart_of_the_bot(talk):
    mine = await talk.boris().asks(f"/reset {ONE}")
    await shows_a_code(talk, talk.anna())
    await talk.stop()
    await talk.start()
    await talk.boris().presses(mine, RESET)
    anew = await talk.becomes(mine, lambda one: RESET_ANYWAY in one.text)
    assert "Анна: сброс" in anew.text
    assert await kinds(talk) == ["reset"]


@pytest.mark.parametrize("first", ["mine", "hers"])
async def test_whoever_is_second_learns_what_the_first_has_done(talk, first):
    asked = {"mine": talk.boris(), "hers": talk.anna()}
    questions = {whose: await voice.asks(f"/reset {ONE}") for whose, voice in asked.items()}
    second = "hers" if first == "mine" else "mine"
    await asked[first].presses(questions[first], RESET)
    await talk.code(asked[first].chat_id)
    await asked[second].presses(questions[second], RESET)
    await talk.becomes(questions[second], lambda one: RESET_ANYWAY in one.text)
    assert await kinds(talk) == ["reset"]


async def test_of_one_persons_two_questions_the_second_learns_of_the_first(talk):
    first, second = [await talk.boris().asks(f"/reset {ONE}") for _ in range(2)]
    await talk.boris().presses(first, RESET)
    await talk.code(talk.boris().chat_id)
    await talk.boris().presses(second, RESET)
    await talk.becomes(second, lambda one: RESET_ANYWAY in one.text)
    assert await kinds(talk) == ["reset"]


# Nobody knows.


@pytest.mark.parametrize("what", ["reset", "restore"])
async def test_behind_a_silent_gateway_nothing_is_done_and_that_is_said(talk, what):
    """Unknown is neither better nor worse."""
    await shows_a_code(talk, talk.anna())
    question = await talk.boris().asks(f"/{what} {ONE}")
    kept, yes = talk.set_aside(ONE), RESET if what == "reset" else RESTORE
    await talk.gateway.act(None, "gateway_down")
    await talk.boris().presses(question, yes)
    told = await talk.becomes(question, lambda one: words("untouched.unseen") in one.text)
    assert has_button(told, f"do:{what}:{ONE}")
    assert talk.set_aside(ONE) == kept
    assert await kinds(talk) == ["reset"]


async def test_behind_a_gateway_that_answers_nonsense_nothing_is_done(talk):
    question = await talk.boris().asks(f"/reset {ONE}")
    await talk.gateway.act(None, "garbage")
    await talk.boris().presses(question, RESET)
    await talk.becomes(question, lambda one: words("untouched.unseen") in one.text)
    assert await kinds(talk) == []


# Waiting.


async def test_whose_act_is_waited_for_is_said_after_a_second(talk):
    """Anna's reset runs at another replica, and takes a while."""
    await talk.anna().asks("/id")  # so that the bot knows her name
    mine = await talk.boris().asks(f"/reset {ONE}")
    async with talk.app.database.writing() as tx:
        hers = await procedures.begin(
            tx,
            kind=ProcedureKind.RESET,
            company_id=CompanyId(ONE),
            step=ProcedureStep.QUIETING,
            asked_by=UserId(1001),
            address=ChatAddress(1001),
            now=talk.clock(),
        )
    await talk.boris().presses(mine, RESET)
    await talk.becomes(mine, lambda one: "Анна: сброс" in one.text and "⏳" in one.text)
    async with talk.app.database.writing() as tx:
        await procedures.finish(tx, hers.id, ProcedureOutcome.DONE, talk.clock())
    anew = await talk.becomes(mine, lambda one: RESET_ANYWAY in one.text)
    assert "Анна: сброс" in anew.text
    assert await kinds(talk) == ["reset"]
