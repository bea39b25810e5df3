"""A viewer may have a group hear more; less takes an operator, or whoever added it."""

import pytest
from reading import ONE, words

from bot.sandbox.telegram import GROUP_ID, VERA


async def at_group(talk):
    rows = await talk.rows("subscriptions")
    return {(row["company_id"], row["severity"]) for row in rows if row["chat_id"] == GROUP_ID}


@pytest.mark.parametrize("command", ["/unsubscribe all", "/subscribe all critical"])
async def test_a_viewer_does_not_silence_the_group(talk, command):
    before = await at_group(talk)
    answer = await talk.vera(GROUP_ID).asks(command)
    assert words("less.hearing")[:20] in answer.text or "lessen" in answer.text
    assert await at_group(talk) == before


@pytest.mark.parametrize(("on", "off"), [("/digest 9", "/digest off"), ("/board", "/board off")])
async def test_a_viewer_does_not_take_from_the_group_what_others_added(talk, on, off):
    table = "digests" if "digest" in on else "boards"
    await talk.anna(GROUP_ID).asks(on)
    while not await talk.rows(table):
        await talk.passes()
    await talk.vera(GROUP_ID).asks(off)
    assert len(await talk.rows(table)) == 1


async def test_a_viewer_ends_what_they_added_themselves(talk):
    await talk.vera(GROUP_ID).asks(f"/subscribe {ONE}")
    await talk.vera(GROUP_ID).asks(f"/unsubscribe {ONE}")
    assert ONE not in {company for company, _ in await at_group(talk)}


async def test_who_widens_does_not_become_who_may_end_it(talk):
    await talk.boris(GROUP_ID).asks(f"/subscribe {ONE} critical")
    await talk.vera(GROUP_ID).asks(f"/subscribe {ONE} info")
    await talk.vera(GROUP_ID).asks(f"/unsubscribe {ONE}")
    assert (ONE, "info") in await at_group(talk)


async def test_a_viewer_does_as_they_like_in_their_own_chat(talk):
    await talk.vera().asks("/subscribe all")
    await talk.vera().asks("/subscribe all critical")
    await talk.vera().asks("/unsubscribe all")
    assert VERA.id not in {row["chat_id"] for row in await talk.rows("subscriptions")}


async def test_owners_are_told_at_once_when_the_last_listener_goes(talk):
    await talk.boris(GROUP_ID).asks("/unsubscribe all")
    told = await talk.sees(1001, lambda one: "больше никто не узнаёт" in one.text)
    await talk.anna().presses(told, told.labels[0])
    await talk.settle()
    rows = await talk.rows("subscriptions")
    assert [(row["chat_id"], row["company_id"]) for row in rows] == [(1001, "")]


async def test_owners_are_told_when_only_the_critical_is_heard(talk):
    await talk.boris(GROUP_ID).asks("/subscribe all critical")
    await talk.sees(1001, lambda one: "только более серьёзное" in one.text)


async def test_an_unseen_incident_answers_as_one_that_is_not_there(talk):
    await talk.gateway.act(ONE, "device_removed")
    await talk.alert()
    await talk.anna().asks(f"/revoke {VERA.id}")
    await talk.anna().asks(f"/grant {VERA.id} operator 962303")
    for command in ("incident {}", "ack {}", "note {} x"):
        theirs = await talk.vera().asks("/" + command.format(1))
        nowhere = await talk.vera().asks("/" + command.format(4711))
        assert theirs.text == nowhere.text, command
