"""A button acts on what it was shown for; what others have done since, or do now, is left alone."""

import json

import pytest
from reading import ONE, button, has_button, words
from talking import eventually

from storage.recovery import pairings

NOTHING_DONE = words("outdated.head")


async def offered(talk, what):
    """Boris' card of the company, with a button for this; it is never edited."""
    while True:
        card = await talk.boris().asks(f"/status {ONE}")
        if has_button(card, f"do:{what}:{ONE}"):
            return card


async def pressed(talk, card, what):
    """What the press of an old button brings in the end."""
    answer = await talk.boris().gets(card, button(card, f"do:{what}:{ONE}"))
    return await talk.becomes(answer, lambda one: NOTHING_DONE in one.text)


async def anna_resets(talk):
    """Anna's code is on show."""
    question = await talk.anna().asks(f"/reset {ONE}")
    await talk.anna().presses(question, words("button.yes_reset"))
    return await talk.code(talk.anna().chat_id)


async def anna_pairs(talk):
    await anna_resets(talk)
    await talk.gateway.act(ONE, "scan")
    await talk.sees(talk.anna().chat_id, lambda one: "привязана и работает" in one.text)


def creds(talk):
    return talk.folder / "baileys_sessions" / f"company_{ONE}" / "creds.json"


def device(talk):
    return json.loads(creds(talk).read_text())["signedIdentityKey"]


async def has_a_copy(talk):
    copies = talk.folder / "baileys_sessions" / "good_copies"
    await eventually(lambda: any(copies.glob(f"{ONE}-*")))


async def zombie(talk):
    """A session that cannot send, as a probe has shown."""
    await talk.gateway.act(ONE, "zombie")
    sent = await talk.boris().asks(f"/probe {ONE}")
    await talk.becomes(sent, lambda one: has_button(one, f"do:revive:{ONE}"))


async def test_reconnect_does_not_end_a_code_that_somebody_else_shows(talk):
    await talk.gateway.act(ONE, "drop_for_good")
    card = await offered(talk, "reconnect")
    await anna_resets(talk)
    told = await pressed(talk, card, "reconnect")
    assert "Анна" in told.text
    assert talk.gateway.phase(ONE) == "awaiting_scan"
    assert [row["ended_at"] for row in await talk.rows("pairings")] == [None]
    assert [row["kind"] for row in await talk.rows("procedures")] == ["reset"]


async def test_reconnect_does_not_cut_off_a_pairing_whose_code_was_taken(talk):
    await talk.gateway.act(ONE, "drop_for_good")
    card = await offered(talk, "reconnect")
    await anna_resets(talk)
    async with talk.app.database.writing() as tx:
        live = await pairings.live(tx, ONE)
        await pairings.set_used(tx, live.id, talk.clock())
    told = await pressed(talk, card, "reconnect")
    assert words("better.scanned", name="Анна") in told.text


async def test_mend_does_not_end_a_code_that_somebody_else_shows(talk):
    await has_a_copy(talk)
    await talk.gateway.act(ONE, "damage_creds")
    card = await offered(talk, "mend")
    await anna_resets(talk)
    kept = talk.set_aside(ONE)
    await pressed(talk, card, "mend")
    assert talk.gateway.phase(ONE) == "awaiting_scan"
    assert talk.set_aside(ONE) == kept


@pytest.mark.real_time  # what is done takes seconds, in which Telegram tells its times
async def test_mend_leaves_what_was_paired_since_alone(talk):
    await has_a_copy(talk)
    await talk.gateway.act(ONE, "damage_creds")
    card = await offered(talk, "mend")
    await anna_pairs(talk)
    before = device(talk)
    told = await pressed(talk, card, "mend")
    assert "Анна: сброс" in told.text
    assert words("state.connected") in told.text
    assert (talk.gateway.phase(ONE), device(talk)) == ("connected", before)


async def test_a_session_that_was_revived_is_not_revived_again(talk):
    await zombie(talk)
    card = await offered(talk, "revive")
    other = await talk.anna().asks(f"/status {ONE}")
    answer = await talk.anna().gets(other, button(other, f"do:revive:{ONE}"))
    await talk.becomes(answer, lambda one: words("revive.done") in one.text)
    told = await pressed(talk, card, "revive")
    assert "Анна" in told.text
    assert [row["kind"] for row in await talk.rows("procedures")] == ["revive"]
    assert (1002, "revive", ONE, "overtaken") in await talk.audited()


async def test_a_session_that_was_paired_anew_is_not_revived(talk):
    await zombie(talk)
    card = await offered(talk, "revive")
    await anna_pairs(talk)
    told = await pressed(talk, card, "revive")
    assert "Анна: сброс" in told.text
    assert talk.gateway.phase(ONE) == "connected"


@pytest.mark.real_time  # as above
async def test_what_was_done_is_remembered_over_a_restart_of_the_bot(talk):
    await zombie(talk)
    card = await offered(talk, "revive")
    await anna_pairs(talk)
    await talk.stop()
    await talk.start()
    told = await pressed(talk, card, "revive")
    assert "Анна: сброс" in told.text


async def test_a_button_that_was_shown_after_it_acts(talk):
    await zombie(talk)
    await anna_pairs(talk)
    await zombie(talk)
    talk.clock.push(seconds=2)  # Telegram tells its times in whole seconds
    card = await offered(talk, "revive")
    answer = await talk.boris().gets(card, button(card, f"do:revive:{ONE}"))
    await talk.becomes(answer, lambda one: words("revive.done") in one.text)


@pytest.mark.parametrize("what", ["mend", "reconnect"])
async def test_by_a_command_only_what_goes_on_now_counts(talk, what):
    await has_a_copy(talk)
    await anna_resets(talk)
    answer = await talk.boris().asks(f"/{what} {ONE}")
    told = await talk.becomes(answer, lambda one: NOTHING_DONE in one.text)
    assert "Анна" in told.text
    assert talk.gateway.phase(ONE) == "awaiting_scan"
