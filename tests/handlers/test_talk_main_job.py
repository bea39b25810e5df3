"""The main job: a session is lost, and somebody brings it back from the phone in their hand."""

import pytest
from reading import ONE, WHO, button, decoded, has_button, recompressed, words

from bot.sandbox.telegram import GROUP_ID


async def test_a_lost_session_is_brought_back_from_the_alert_to_paired(talk):
    boris = talk.boris(GROUP_ID)
    await talk.gateway.act(ONE, "device_removed")
    alert = await talk.alert()

    question = await boris.gets(alert, button(alert, f"do:reset:{ONE}"))
    assert talk.set_aside(ONE) == []
    await boris.presses(question, words("button.yes_reset"))
    await talk.becomes(question, lambda one: words("step.setting_aside") in one.text)

    photo = await talk.code(GROUP_ID)
    assert decoded(recompressed(photo.photo)) == talk.gateway.live_code(ONE)
    assert photo.protected
    first = talk.gateway.live_code(ONE)
    await talk.becomes(photo, lambda one: decoded(one.photo) not in (first, None))

    await talk.gateway.act(ONE, "scan")
    paired = await talk.becomes(photo, lambda one: words("qr.paired", who=WHO) in one.text)
    assert decoded(paired.photo) is None
    assert "2302" in paired.text

    await talk.becomes(alert, lambda one: not has_button(one, "do:") and "🟢" in one.text)
    loud = await talk.sees(GROUP_ID, lambda one: one is not alert and "снова на связи" in one.text)
    assert not loud.silent
    assert talk.telegram.refused == []  # all of it within what Telegram allows a group


async def test_a_reset_sets_the_old_keys_aside_and_leaves_a_trace_of_who_did_it(talk):
    question = await talk.boris().asks(f"/reset {ONE}")
    await talk.boris().presses(question, words("button.yes_reset"))
    await talk.code(1002)

    (kept,) = talk.set_aside(ONE)
    assert len(list(kept.iterdir())) == 31
    assert (1002, "reset", ONE, "done") in await talk.audited()


async def test_a_no_leaves_everything_as_it_is(talk):
    question = await talk.boris().asks(f"/reset {ONE}")
    async with talk.nothing_changes():
        await talk.boris().presses(question, words("button.no"))
    assert words("question.declined", who=WHO) in question.text
    assert question.labels == []


async def test_the_question_names_the_company_the_consequence_and_the_passkey(talk):
    question = await talk.anna().asks(f"/reset {ONE}")
    assert ONE in question.text
    for key in ("question.reset_connected", "question.reset_means", "question.passkey"):
        assert words(key) in question.text


async def test_a_reset_by_the_button_of_the_choice_asks_as_well(talk):
    choice = await talk.boris().asks("/reset")
    assert words("choose.reset") in choice.text
    question = await talk.boris().gets(choice, f"do:reset:{ONE}")
    assert words("button.yes_reset") in question.labels


async def test_reconnect_brings_a_session_back_without_a_scan(talk):
    await talk.gateway.act(ONE, "drop_for_good")
    assert words("state.disconnected") in (await talk.boris().asks(f"/check {ONE}")).text
    talk.clock.push(minutes=2)
    alert = await talk.alert()
    await talk.boris(GROUP_ID).gets(alert, button(alert, f"do:reconnect:{ONE}"))
    await talk.phase(ONE, "connected")
    assert talk.set_aside(ONE) == []
    assert not any(one.photo for one in talk.posted(GROUP_ID))


async def test_reconnect_after_a_restart_of_the_gateway_says_that_it_is_back(talk):
    await talk.gateway.act(None, "gateway_restart")
    await talk.phase(ONE, "stopped")
    await talk.sees(talk.group_id, lambda one: "🔴" in one.text)  # by now the gateway is up again
    progress = await talk.boris().asks(f"/reconnect {ONE}")
    await talk.becomes(progress, lambda one: words("reconnect.done", who=WHO) in one.text)
    assert talk.gateway.phase(ONE) == "connected"


async def test_reconnect_leaves_a_connected_session_alone(talk):
    progress = await talk.boris().asks(f"/reconnect {ONE}")
    await talk.becomes(
        progress, lambda one: words("procedure.already_connected", who=WHO) in one.text
    )
    assert talk.gateway.phase(ONE) == "connected"


async def reset(talk):
    """Reset a connected session until its new code shows; the photo."""
    question = await talk.boris().asks(f"/reset {ONE}")
    await talk.boris().presses(question, words("button.yes_reset"))
    return await talk.code(1002)


@pytest.fixture
async def was_reset(talk):
    """A session that was reset by mistake: the old keys are set aside and still good."""
    await reset(talk)
    return talk


async def test_restore_brings_the_same_device_back(was_reset):
    talk = was_reset
    question = await talk.boris().asks(f"/restore {ONE}")
    assert words("question.restore_means") in question.text
    await talk.boris().presses(question, words("button.yes_restore"))
    await talk.phase(ONE, "connected")
    await talk.becomes(question, lambda one: words("restore.done", who=WHO) in one.text)


async def test_restore_of_a_revoked_device_says_that_only_a_scan_helps(talk):
    await talk.gateway.act(ONE, "device_removed")
    await talk.phase(ONE, "stopped")
    await reset(talk)
    question = await talk.boris().asks(f"/restore {ONE}")
    await talk.boris().presses(question, words("button.yes_restore"))
    told = await talk.becomes(question, lambda one: has_button(one, f"do:reset:{ONE}"))
    assert words("restore.looks_revoked", who=WHO) in told.text


async def test_restore_without_anything_kept_says_so(talk):
    answer = await talk.boris().asks(f"/restore {ONE}")
    assert words("restore.nothing_kept", who=WHO) in answer.text
