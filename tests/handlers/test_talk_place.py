"""Where QRs and codes appear: here, in private, or here for the asker alone."""

import asyncio

from reading import ONE, decoded, has_button, words
from talking import PATIENCE_S, eventually

from bot.sandbox.telegram import ANNA, BORIS, GROUP_ID

PHONE = "79000962302"


async def choose(talk, place):
    """The owner chooses where codes appear that are asked for in the group."""
    anna = talk.anna(GROUP_ID)
    question = await anna.asks("/place")
    await anna.presses(question, f"place:{place}")
    await talk.becomes(question, lambda one: words(f"place.now.{place}") in one.text)


def line(key, means="qr", who="Борис"):
    return words(f"place.{key}", who=who, what=words(f"place.means.{means}"))


async def choice(talk):
    """A message in the group whose buttons show a QR: pressing gives the bot a word with one."""
    return await talk.boris(GROUP_ID).asks("/qr")


def codes_seen_by_all(talk):
    everybody = [one for one in talk.posted(GROUP_ID) if one.receiver is None and one.photo]
    return [one for one in everybody if decoded(one.photo)]


async def test_the_owner_chooses_and_nobody_else(unlinked):
    answer = await unlinked.boris(GROUP_ID).asks("/place")
    what = words("right.settings")
    assert words("error.not_allowed", what=what) in answer.text
    question = await unlinked.anna(GROUP_ID).asks("/place")
    assert words("place.now.here") in question.text
    told = await unlinked.boris(GROUP_ID).is_told(question, "place:private")
    assert what in told
    await choose(unlinked, "private")
    assert (ANNA.id, "place", "", "done") in await unlinked.audited()


async def test_in_private_there_is_nothing_to_choose(unlinked):
    answer = await unlinked.anna().asks("/place")
    assert answer.text == words("place.private_already")


async def test_a_forged_place_is_no_place(unlinked):
    question = await unlinked.anna(GROUP_ID).asks("/place")
    assert await unlinked.anna(GROUP_ID).forges(question, "place:moon") == words(
        "error.outdated_button"
    )


async def test_the_qr_comes_to_the_private_chat_and_the_group_is_told(unlinked):
    await choose(unlinked, "private")
    unlinked.boris(GROUP_ID).says(f"/qr {ONE}")
    photo = await unlinked.code(BORIS.id)
    told = await unlinked.sees(GROUP_ID, lambda one: one.text == line("sent_in_private"))
    assert told.photo is None
    await unlinked.gateway.act(ONE, "scan")
    await unlinked.becomes(photo, lambda one: "сессия привязана" in one.text)
    assert codes_seen_by_all(unlinked) == []


async def test_a_code_comes_to_the_private_chat_as_well(unlinked):
    await choose(unlinked, "private")
    unlinked.boris(GROUP_ID).says(f"/code {ONE} {PHONE}")
    await unlinked.sees(GROUP_ID, lambda one: one.text == line("sent_in_private", "code"))
    await unlinked.sees(BORIS.id, lambda one: words("code.how") in one.text)
    code = unlinked.gateway.live_pairing_code(ONE)
    assert code in unlinked.posted(BORIS.id)[-1].text
    assert not any(code in one.text for one in unlinked.posted(GROUP_ID))


async def test_who_never_opened_the_private_chat_gets_a_button_there(unlinked):
    await choose(unlinked, "private")
    unlinked.telegram.block_bot(BORIS.id)
    unlinked.boris(GROUP_ID).says(f"/qr {ONE}")
    told = await unlinked.sees(GROUP_ID, lambda one: one.text == line("unreachable"))
    (link,) = [button["url"] for button in told.buttons]
    assert link == f"https://t.me/repair_bot?start=qr_{ONE}"
    unlinked.telegram.block_bot(BORIS.id, blocked=False)
    unlinked.boris().says(f"/start {link.partition('=')[2]}")
    assert await unlinked.code(BORIS.id)


async def test_the_way_to_the_private_chat_asks_for_the_right_again(unlinked):
    answer = await unlinked.vera().asks(f"/start qr_{ONE}")
    what = words("right.pair", "en")
    assert words("error.not_allowed_here", "en", company=ONE, what=what) in answer.text


async def test_a_start_with_anything_else_is_a_greeting(unlinked):
    answer = await unlinked.boris().asks("/start hello")
    assert words("start.hello") in answer.text


async def test_a_refusal_is_told_in_the_group_for_it_holds_no_code(talk):
    await choose(talk, "private")
    answer = await talk.boris(GROUP_ID).asks(f"/qr {ONE}")
    assert words("qr.ended.already_connected") in answer.text


async def test_the_asker_alone_sees_it_in_the_group(unlinked):
    await choose(unlinked, "ephemeral")
    asked = await choice(unlinked)
    await unlinked.boris(GROUP_ID).presses(asked, f"do:qr:{ONE}")
    photo = await unlinked.code(GROUP_ID)
    assert (photo.receiver, photo.protected) == (BORIS, True)
    await unlinked.sees(GROUP_ID, lambda one: one.text == line("seen_by_one"))
    picture = photo.photo
    await unlinked.becomes(photo, lambda one: decoded(one.photo) and one.photo != picture)
    await unlinked.gateway.act(ONE, "scan")
    await unlinked.becomes(photo, lambda one: "сессия привязана" in one.text)
    assert decoded(photo.photo) is None
    assert codes_seen_by_all(unlinked) == []


async def test_a_code_for_the_asker_alone_is_edited_in_place(unlinked):
    await choose(unlinked, "ephemeral")
    unlinked.telegram.set_bot_admin(GROUP_ID)
    unlinked.boris(GROUP_ID).says(f"/code {ONE} {PHONE}")
    seen = await unlinked.sees(
        GROUP_ID, lambda one: one.receiver is BORIS and has_button(one, "do:qr")
    )
    await unlinked.gateway.act(ONE, "enter_code")
    await unlinked.becomes(seen, lambda one: "сессия привязана" in one.text)


async def test_what_telegram_refuses_in_the_group_comes_in_private(unlinked):
    await choose(unlinked, "ephemeral")
    unlinked.boris(GROUP_ID).says(f"/qr {ONE}")  # no press, no administrator
    assert await unlinked.code(BORIS.id)
    await unlinked.sees(GROUP_ID, lambda one: one.text == line("sent_in_private"))


async def test_what_a_crash_left_for_one_reader_is_deleted(unlinked):
    await choose(unlinked, "ephemeral")
    unlinked.telegram.set_bot_admin(GROUP_ID)
    unlinked.boris(GROUP_ID).says(f"/qr {ONE}")
    photo = await unlinked.code(GROUP_ID)
    unlinked.telegram.fault("outage")
    await unlinked.stop()
    unlinked.telegram.clear_faults()
    await unlinked.start()
    await eventually(lambda: photo.deleted)


async def test_a_message_of_one_reader_is_never_taken_for_one_of_the_group(unlinked):
    """Telegram counts them apart: the same number may name another message there."""
    await choose(unlinked, "ephemeral")
    unlinked.telegram.set_bot_admin(GROUP_ID)
    unlinked.boris(GROUP_ID).says(f"/qr {ONE}")
    photo = await unlinked.code(GROUP_ID)
    (row,) = await unlinked.rows("pairings")
    assert (row["chat_id"], row["reader_id"]) == (GROUP_ID, BORIS.id)
    assert row["message_id"] == photo.ephemeral_id
    texts = {one.key: one.text for one in unlinked.posted(GROUP_ID) if one.receiver is None}
    await unlinked.gateway.act(ONE, "scan")
    await unlinked.becomes(photo, lambda one: "сессия привязана" in one.text)
    still = {one.key: one.text for one in unlinked.posted(GROUP_ID) if one.key in texts}
    assert still == texts


async def test_one_reader_whose_message_vanished_does_not_hold_the_pairing_up(unlinked):
    await choose(unlinked, "ephemeral")
    unlinked.telegram.set_bot_admin(GROUP_ID)
    unlinked.boris(GROUP_ID).says(f"/qr {ONE}")
    photo = await unlinked.code(GROUP_ID)
    unlinked.telegram.world.delete(photo)
    await unlinked.gateway.act(ONE, "scan")
    async with asyncio.timeout(PATIENCE_S):
        while (await unlinked.rows("pairings"))[0]["message_id"] is not None:
            await unlinked.passes()
    assert [row["outcome"] for row in await unlinked.rows("pairings")] == ["paired"]


async def test_the_way_to_the_private_chat_brings_a_code_where_one_was_asked_for(unlinked):
    await choose(unlinked, "private")
    unlinked.telegram.block_bot(BORIS.id)
    unlinked.boris(GROUP_ID).says(f"/code {ONE} {PHONE}")
    told = await unlinked.sees(GROUP_ID, lambda one: one.text == line("unreachable", "code"))
    (link,) = [button["url"] for button in told.buttons]
    unlinked.telegram.block_bot(BORIS.id, blocked=False)
    unlinked.boris().says(f"/start {link.partition('=')[2]}")
    shown = await unlinked.sees(BORIS.id, lambda one: words("code.how") in one.text)
    assert unlinked.gateway.live_pairing_code(ONE) in shown.text
