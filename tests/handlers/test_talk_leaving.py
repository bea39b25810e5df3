"""Whoever is let out leaves no door open, and owners hear what nobody listens to any more."""

import pytest
from reading import ONE, TWO, has_button
from talking import eventually

from bot.domain.notice import ChatAddress
from bot.domain.trouble import Severity
from bot.sandbox.telegram import ANNA, BORIS, GLEB, GROUP_ID, VERA
from storage.chats import chats, subscriptions
from storage.chats.subscriptions import Subscription
from storage.people import persons


async def revoked(talk, who):
    """The answer. That nobody listens to something any more may be told before it."""
    before = talk.posted(ANNA.id)
    talk.anna().says(f"/revoke {who.id}")
    return (await talk.sees(ANNA.id, lambda one: is_answer(one, talk, before))).text


def is_answer(message, talk, before):
    new = message in talk.posted(ANNA.id) and message not in before
    return new and not has_button(message, "sub:")


async def subscribed_at(talk, chat_id):
    rows = await talk.rows("subscriptions")
    return {row["company_id"] for row in rows if row["chat_id"] == chat_id}


async def test_a_qr_on_show_goes_with_the_right_to_ask_for_it(unlinked):
    unlinked.boris().says(f"/qr {ONE}")
    shown = await unlinked.code(BORIS.id)
    assert ONE in await revoked(unlinked, BORIS)
    await unlinked.becomes(shown, lambda one: "Закончено" in one.text)
    assert [row["outcome"] for row in await unlinked.rows("pairings")] == ["not_allowed"]
    await eventually(lambda: unlinked.gateway.phase(ONE) != "awaiting_scan")


@pytest.mark.parametrize("role", ["viewer", f"viewer {ONE}"])
async def test_a_qr_on_show_goes_with_a_lowered_role(unlinked, role):
    unlinked.boris().says(f"/qr {ONE}")
    shown = await unlinked.code(BORIS.id)
    await unlinked.anna().asks(f"/grant {BORIS.id} {role}")
    await unlinked.becomes(shown, lambda one: "Закончено" in one.text)


async def test_a_qr_stays_where_the_new_role_still_covers_it(unlinked):
    unlinked.boris().says(f"/qr {ONE}")
    shown = await unlinked.code(BORIS.id)
    await unlinked.anna().asks(f"/grant {BORIS.id} operator {ONE}")
    await unlinked.settle()
    assert "Закончено" not in shown.text


async def test_the_private_chat_of_who_left_hears_nothing(talk):
    await talk.boris().asks("/subscribe all")
    await talk.boris().asks("/digest 9")
    talk.boris().says("/board")
    await eventually(lambda: len(talk.posted(BORIS.id)) >= 3)
    said = await revoked(talk, BORIS)
    for table in ("subscriptions", "boards", "digests"):
        assert BORIS.id not in {row["chat_id"] for row in await talk.rows(table)}, table
    assert "1 подписка" in said
    assert "1 табло" in said
    before = len(talk.posted(BORIS.id))
    await talk.gateway.act(ONE, "device_removed")
    await talk.alert()
    await talk.settle()
    assert len(talk.posted(BORIS.id)) == before


async def test_a_private_chat_hears_of_what_is_left_to_its_person(talk):
    await talk.boris().asks("/subscribe all")
    await talk.anna().asks(f"/grant {BORIS.id} operator {TWO}")
    assert await subscribed_at(talk, BORIS.id) == {TWO}


async def test_a_group_of_theirs_alone_hears_no_more(talk):
    await talk.boris(GROUP_ID).asks("/unsubscribe all")
    await talk.sees(ANNA.id, lambda one: has_button(one, "sub:"))  # or both are told in one
    await talk.boris(GROUP_ID).asks(f"/subscribe {ONE}")
    said = await revoked(talk, BORIS)
    assert await subscribed_at(talk, GROUP_ID) == set()
    assert ONE in said
    await talk.sees(1001, lambda one: has_button(one, f"sub:{ONE}:info"))


async def test_a_group_where_others_act_keeps_its_alerts_and_is_named(talk):
    await talk.boris(GROUP_ID).asks(f"/subscribe {ONE}")
    await talk.anna(GROUP_ID).asks(f"/mute {TWO} 2h")
    said = await revoked(talk, BORIS)
    assert ONE in await subscribed_at(talk, GROUP_ID)
    title = talk.telegram.world.chats[GROUP_ID].title
    assert title in said


async def test_what_ended_stands_in_the_audit(talk):
    await talk.vera().asks("/subscribe all")
    await revoked(talk, VERA)
    assert (1001, "end_access", "", "done") in await talk.audited()


async def test_an_owner_whom_the_settings_name_no_more_hears_nothing(talk):
    """Gleb was an owner when the bot started last."""
    now, place = talk.clock(), ChatAddress(GLEB.id)
    await talk.stop()
    await talk.app.database.open()
    async with talk.app.database.writing() as tx:
        await persons.set_owners(tx, [ANNA.id, GLEB.id])
        await chats.add(tx, GLEB.id, "", now)
        wanted = Subscription(address=place, company_id=None, severity=Severity.INFO)
        await subscriptions.put(tx, wanted, GLEB.id, now)
    await talk.app.database.close()
    await talk.start()
    await talk.sees(ANNA.id, lambda one: "OWNER_IDS" in one.text)
    assert await subscribed_at(talk, GLEB.id) == set()
