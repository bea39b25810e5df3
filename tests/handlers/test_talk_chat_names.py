"""Chats and topics go by their names wherever a person reads of them."""

import asyncio
import json
import re

import pytest
from reading import ONE, button, words
from staging import talking
from talking import PATIENCE_S

from bot.sandbox.telegram import ANNA, BORIS, GLEB, GROUP_ID, VERA
from bot.sandbox.telegram.demo_world import GROUP_TITLE

ID_OF_A_GROUP = re.compile(r"-\d{6,}")


async def lost(talk, chat_id=GROUP_ID, times=1):
    """A session is lost, and so many chats were told, which is written down."""
    await talk.gateway.act(ONE, "device_removed")
    await talk.alert(ONE, chat_id=chat_id)
    async with asyncio.timeout(PATIENCE_S):
        while [row["event"] for row in await talk.rows("incident_events")].count("told") < times:
            await talk.passes()


async def renamed(talk, name, chat_id=GROUP_ID, **how):
    """A place has another name, and the bot has written that down."""
    talk.telegram.rename(chat_id, name, **how)
    async with asyncio.timeout(PATIENCE_S):
        while name not in [row["name"] for row in await talk.rows("place_names")]:
            await talk.passes()


async def eventually_moved(talk, new_id):
    """The bot knows the group by its new id."""
    async with asyncio.timeout(PATIENCE_S):
        while new_id not in [row["chat_id"] for row in await talk.rows("chats")]:
            await talk.passes()


async def test_the_timeline_names_the_chat_that_was_told(talk):
    await lost(talk)
    assert words("timeline.told", chats=GROUP_TITLE) in (await talk.anna().asks("/incident 1")).text


async def test_so_does_the_document(talk):
    await lost(talk)
    card = await talk.anna().asks("/incident 1")
    file = await talk.anna().gets(card, button(card, "inc:1:file"))
    written = file.document.decode()
    assert GROUP_TITLE in written
    assert not ID_OF_A_GROUP.search(written)


async def test_the_audit_names_a_group_in_which_nothing_was_ever_chosen(talk):
    await talk.boris(GROUP_ID).asks(f"/mute {ONE} 2h")
    assert f"· в чате «{GROUP_TITLE}»" in (await talk.anna().asks("/audit")).text


async def test_the_file_of_the_audit_names_it_beside_its_id(talk):
    await talk.boris(GROUP_ID).asks(f"/mute {ONE} 2h")
    page = await talk.anna().asks("/audit")
    file = await talk.anna().gets(page, button(page, "aud:0:file"))
    acts = [json.loads(line) for line in file.document.decode().splitlines()]
    muted = next(act for act in acts if act["action"] == "mute")
    assert (muted["chat_id"], muted["chat"]) == (GROUP_ID, GROUP_TITLE)


async def test_a_new_title_counts_from_then_on(talk):
    await lost(talk)
    await renamed(talk, "Ночная смена", by=VERA.id)
    told = (await talk.anna().asks("/incident 1")).text
    assert words("timeline.told", chats="Ночная смена") in told
    assert GROUP_TITLE not in told


async def test_what_was_told_before_a_group_moved_keeps_its_name(tmp_path):
    async with talking(tmp_path, group="basic") as talk:
        await lost(talk, talk.group_id)
        moved = talk.telegram.migrate_group(talk.group_id)
        await eventually_moved(talk, moved.id)
        await renamed(talk, "Новая группа", moved.id)
        told = (await talk.anna().asks("/incident 1")).text
        assert words("timeline.told", chats=GROUP_TITLE) in told
        assert not ID_OF_A_GROUP.search(told)


async def test_a_private_chat_goes_by_its_person(talk):
    await talk.vera().asks(f"/subscribe {ONE}")
    await lost(talk, VERA.id, times=2)
    told = (await talk.anna().asks("/incident 1")).text
    assert VERA.first_name in told
    assert str(VERA.id) not in told


async def test_a_topic_goes_by_its_name_in_its_forum(forum):
    topic = forum.telegram.open_topic(GROUP_ID, "Север")
    await forum.anna(GROUP_ID, topic).asks(f"/subscribe {ONE}")
    await lost(forum, times=2)
    told = (await forum.anna().asks("/incident 1")).text
    assert f"{GROUP_TITLE} › Север" in told


async def test_a_renamed_topic_does_not_fall_back_to_its_first_name(forum):
    topic = forum.telegram.open_topic(GROUP_ID, "Север")
    await renamed(forum, "Юг", thread_id=topic)
    await forum.anna(GROUP_ID, topic).asks(f"/subscribe {ONE}")
    await lost(forum, times=2)
    told = (await forum.anna().asks("/incident 1")).text
    assert f"{GROUP_TITLE} › Юг" in told
    assert "Север ›" not in told


async def test_owners_read_the_name_of_a_chat_that_turned_the_bot_away(talk):
    talk.telegram.kick_bot(GROUP_ID, by=BORIS.id)
    removed = words("system_notice.chat_removed", chat=GROUP_TITLE)
    await talk.sees(ANNA.id, lambda one: removed in one.text)


async def test_a_revoke_names_the_groups_that_still_read(talk):
    await talk.boris(GROUP_ID).asks("/status")
    await talk.boris(GROUP_ID).asks(f"/mute {ONE} 2h")
    told = (await talk.anna().asks(f"/revoke {BORIS.id}")).text
    assert words("left.groups", names=GROUP_TITLE) in told


@pytest.mark.parametrize("title", ["<b>&", "🔥🔥", "-1001000000001", "عيادة الشمال", "A" * 128])
async def test_any_title_is_shown_as_it_is(talk, title):
    await renamed(talk, title)
    await lost(talk)
    line = (await talk.anna().asks("/incident 1")).text.splitlines()[-1]
    assert line.partition(" ")[2].startswith(words("timeline.told", chats="").removesuffix("."))
    assert title[:30] in line


async def test_nothing_is_remembered_of_chats_of_strangers(talk):
    await talk.gleb().asks("/start")
    await renamed(talk, "Ночная смена")
    known = {row["chat_id"] for row in await talk.rows("place_names")}
    assert GROUP_ID in known
    assert GLEB.id not in known
