"""The main job over every kind of gateway: one test, whatever dialect the gateway speaks."""

from dataclasses import replace

import pytest
from reading import ONE, WHO, button, decoded, has_button, words
from staging import PACE, TEMPO, talking

from bot.gateways.kinds import KINDS
from bot.sandbox.gateway import DIALECTS
from bot.sandbox.telegram import GROUP_ID


@pytest.fixture(params=KINDS)
async def talk(request, tmp_path):
    # To a look alone, a device that wuzapi lost is away; it is lost when the grace is over.
    async with talking(tmp_path, kind=request.param, settings={"GRACE": "1"}) as talk:
        yield talk


def test_every_kind_has_a_dialect_to_be_tried_against():
    assert set(KINDS) == set(DIALECTS)


# As long as acts really take: WAHA's stop, Evolution's create, a login, the first code, a pairing.
AS_SLOW_AS_THEY_ARE = replace(
    PACE, act_s=3.0, create_s=5.0, login_s=0.3, first_code_s=2.0, pair_s=1.0, latency_s=0.2
)
PATIENT = replace(
    TEMPO, qr_first_wait_s=20.0, reconnect_wait_s=20.0, start_grace_s=5.0, stable_for_s=2.0
)


@pytest.fixture(params=KINDS)
async def slow(request, tmp_path):
    how = {"kind": request.param, "settings": {"GRACE": "1"}}
    async with talking(tmp_path, pace=AS_SLOW_AS_THEY_ARE, timing=PATIENT, **how) as talk:
        yield talk


async def lost(talk):
    """A company whose device was removed, and the alert that tells of it."""
    await talk.phase(ONE, "connected")
    await talk.boris().asks("/status")
    await talk.gateway.act(ONE, "device_removed")
    return await talk.alert()


async def asked_to_reset(talk, alert):
    """By the alert's button; by hand where it advises to reconnect first."""
    boris = talk.boris(GROUP_ID)
    if not has_button(alert, "do:reset"):
        return await boris.asks(f"/reset {ONE}")
    return await boris.gets(alert, button(alert, f"do:reset:{ONE}"))


async def test_a_lost_session_is_brought_back_by_qr(talk):
    alert = await lost(talk)
    question = await asked_to_reset(talk, alert)
    await talk.boris(GROUP_ID).presses(question, words("button.yes_reset"))

    photo = await talk.code(GROUP_ID)
    assert decoded(photo.photo) == talk.gateway.live_code(ONE)
    await talk.gateway.act(ONE, "scan", code=decoded(photo.photo))
    paired = await talk.becomes(photo, lambda one: words("qr.paired", who=WHO) in one.text)
    assert "2302" in paired.text
    await talk.becomes(alert, lambda one: not has_button(one, "do:") and "🟢" in one.text)


async def test_it_is_brought_back_where_acts_are_as_slow_as_they_are(slow):
    await test_a_lost_session_is_brought_back_by_qr(slow)


async def test_a_dropped_session_as_well(slow):
    await test_a_dropped_session_is_brought_back_without_a_scan(slow)


async def test_a_key_that_is_taken_no_more_is_told_as_that_from_the_first_word(talk):
    if talk.app.registry.adapters.keys() & {"ai_admin", "green_api", "whapi", "quepasa"}:
        pytest.skip("it wants no key, or has one for each session")
    await talk.phase(ONE, "connected")
    await talk.boris().asks("/status")
    talk.gateway.want_key("operator:another-obviously-fake-key")
    for _ in range(2):
        await talk.boris().asks(f"/check {ONE}")
    await talk.sees(GROUP_ID, lambda one: words("incident.what.refused_key") in one.text)
    assert not any(words("incident.what.unreachable") in one.text for one in talk.posted(GROUP_ID))


async def test_the_question_before_a_reset_says_that_it_cannot_be_undone(talk):
    question = await talk.boris().asks(f"/reset {ONE}")
    without_files = "ai_admin" not in talk.app.registry.adapters
    assert (words("question.no_undo") in question.text) is without_files


async def test_a_dropped_session_is_brought_back_without_a_scan(talk):
    await talk.gateway.act(ONE, "drop_for_good")
    progress = await talk.boris().asks(f"/reconnect {ONE}")
    await talk.becomes(progress, lambda one: words("reconnect.done", who=WHO) in one.text)
    assert talk.gateway.phase(ONE) == "connected"


@pytest.mark.real_time
async def test_a_lost_session_is_brought_back_by_a_code_typed_in(talk):
    if not next(iter(talk.app.registry.adapters.values())).caps.pairing_code:
        pytest.skip("it makes no codes that keep a login")
    await lost(talk)
    boris = talk.boris()
    question = await boris.asks(f"/reset {ONE}")
    await boris.presses(question, words("button.yes_reset"))
    photo = await talk.code(boris.chat_id)
    await boris.presses(photo, button(photo, f"do:code:{ONE}"))

    shown = await talk.sees(boris.chat_id, lambda one: shows_code(talk, one))
    await talk.gateway.act(ONE, "enter_code", code=talk.gateway.live_pairing_code(ONE))
    await talk.becomes(shown, lambda one: words("qr.paired", who=WHO) in one.text)


def shows_code(talk, message):
    code = talk.gateway.live_pairing_code(ONE)
    return code is not None and code in message.text
