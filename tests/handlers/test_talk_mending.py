"""Damaged credentials mended without a scan, and a number that is not the expected one."""

import json

from reading import button, has_button, words
from talking import eventually

from bot.sandbox.telegram import GROUP_ID

ONE = "962302"
BORIS, ANNA = 1002, 1001


def creds(talk):
    return talk.folder / "baileys_sessions" / f"company_{ONE}" / "creds.json"


def copies(talk):
    return sorted((talk.folder / "baileys_sessions" / "good_copies").glob(f"{ONE}-*"))


async def damaged(talk):
    """The alert of a session whose credentials were cut in half; the device that was linked."""
    await eventually(lambda: copies(talk) != [])
    device = json.loads(creds(talk).read_text())["signedIdentityKey"]
    await talk.gateway.act(ONE, "damage_creds")
    alert = await talk.sees(
        GROUP_ID, lambda one: ONE in one.text and has_button(one, f"do:mend:{ONE}")
    )
    return alert, device


async def test_the_good_copy_brings_the_same_device_back_without_a_scan(talk):
    alert, device = await damaged(talk)
    assert words("incident.what.creds_damaged") in alert.text
    half = creds(talk).read_bytes()

    told = await talk.boris(GROUP_ID).gets(alert, button(alert, f"do:mend:{ONE}"))
    await talk.becomes(told, lambda one: words("mend.done") in one.text)
    await talk.phase(ONE, "connected")
    assert json.loads(creds(talk).read_text())["signedIdentityKey"] == device
    assert [one.read_bytes() for one in talk.set_aside(ONE)] == [half]
    await talk.becomes(alert, lambda one: "снова на связи" in one.text)
    assert (BORIS, "mend", ONE, "done") in await talk.audited()


async def test_one_outage_is_one_incident_whatever_it_turns_out_to_be(talk):
    await damaged(talk)
    await talk.settle()
    rows = [row for row in await talk.rows("incidents") if row["company_id"] == ONE]
    assert [(row["trouble"], row["symptom"]) for row in rows] == [("session_down", "creds_damaged")]


async def test_mend_by_its_command_leaves_a_working_session_alone(talk):
    await eventually(lambda: copies(talk) != [])
    before = creds(talk).stat().st_ino
    told = await talk.boris().asks(f"/mend {ONE}")
    await talk.becomes(told, lambda one: words("procedure.already_connected") in one.text)
    assert (talk.gateway.phase(ONE), creds(talk).stat().st_ino) == ("connected", before)


async def test_a_viewer_mends_nothing(talk):
    alert, _ = await damaged(talk)
    async with talk.nothing_changes():
        told = await talk.vera(GROUP_ID).is_told(alert, button(alert, f"do:mend:{ONE}"))
        assert "962302" in told


async def test_a_device_that_was_revoked_after_all_is_told_so(talk):
    alert, _ = await damaged(talk)
    talk.gateway.whatsapp.linked.clear()
    told = await talk.boris(GROUP_ID).gets(alert, button(alert, f"do:mend:{ONE}"))
    done = await talk.becomes(told, lambda one: words("mend.looks_revoked") in one.text)
    assert has_button(done, f"do:reset:{ONE}")


async def wrong_number(talk):
    """The alert of a session that was reset and scanned with another phone."""
    question = await talk.boris().asks(f"/reset {ONE}")
    await talk.boris().presses(question, words("button.yes_reset"))
    await talk.phase(ONE, "awaiting_scan")
    await talk.sees(BORIS, lambda one: one.photo is not None)
    await talk.gateway.act(ONE, "scan_other_number")
    return await talk.sees(
        GROUP_ID, lambda one: ONE in one.text and has_button(one, f"do:accept:{ONE}")
    )


async def test_another_number_is_an_incident_that_names_both_masked(talk):
    alert = await wrong_number(talk)
    assert words("incident.what.wrong_number", linked="•••2303", expected="•••2302") in alert.text
    assert has_button(alert, f"do:restore:{ONE}")
    assert has_button(alert, f"do:reset:{ONE}")
    photo = await talk.sees(BORIS, lambda one: has_button(one, f"do:accept:{ONE}"))
    assert has_button(photo, f"do:restore:{ONE}")


async def test_an_owner_takes_the_number_as_right_and_the_alarm_ends(talk):
    alert = await wrong_number(talk)
    refused = await talk.boris(GROUP_ID).is_told(alert, button(alert, f"do:accept:{ONE}"))
    assert "962302" in refused
    told = await talk.anna(GROUP_ID).gets(alert, button(alert, f"do:accept:{ONE}"))
    assert "•••2303" in told.text
    await talk.becomes(alert, lambda one: "номер снова верный" in one.text)
    assert (ANNA, "accept_number", ONE, "•••2303") in await talk.audited()


async def test_a_number_is_not_accepted_twice(talk):
    alert = await wrong_number(talk)
    accept = button(alert, f"do:accept:{ONE}")
    await talk.anna(GROUP_ID).gets(alert, accept)
    told = await talk.anna(GROUP_ID).forges(alert, accept)
    assert told == words("number.nothing_to_accept")
