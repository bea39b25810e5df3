"""What a chat does not take: the answer comes where it can be read, and says what to switch on."""

import asyncio

import pytest
from reading import ONE, decoded, has_button, words
from staging import talking
from talking import PATIENCE_S, eventually

from bot.sandbox.telegram import ANNA, BORIS, GROUP_ID
from bot.sandbox.telegram.demo_world import GROUP_TITLE

CHANNEL_ID = -1001000000009
EDITS = ("editMessageText", "editMessageCaption", "editMessageMedia")


def hindrance(what, chat=GROUP_TITLE):
    return words(f"hindrance.{what}", chat=chat)


def deny(talk, *what):
    talk.telegram.set_permissions(GROUP_ID, [f"can_send_{one}" for one in what])


def codes_in_the_group(talk):
    return [one for one in talk.posted(GROUP_ID) if one.photo and decoded(one.photo)]


async def told(talk, kind="unanswered"):
    return [row for row in await talk.rows("remarks") if row["kind"] == kind]


async def test_a_group_without_photos_gets_the_qr_in_the_askers_private_chat(unlinked):
    deny(unlinked, "photos")
    unlinked.boris(GROUP_ID).says(f"/qr {ONE}")
    photo = await unlinked.code(BORIS.id)
    line = await unlinked.sees(GROUP_ID, lambda one: hindrance("photos") in one.text)
    assert "в вашем личном чате" in line.text
    await unlinked.gateway.act(ONE, "scan")
    await unlinked.becomes(photo, lambda one: "сессия привязана" in one.text)
    assert codes_in_the_group(unlinked) == []


async def test_a_reset_in_a_group_without_photos_leads_to_the_private_chat(talk):
    deny(talk, "photos")
    question = await talk.boris(GROUP_ID).asks(f"/reset {ONE}")
    await talk.boris(GROUP_ID).presses(question, words("button.yes_reset"))
    assert await talk.code(BORIS.id)
    await talk.sees(GROUP_ID, lambda one: hindrance("photos") in one.text)


async def test_where_no_picture_can_be_seen_a_code_to_type_in_takes_its_place(unlinked):
    await unlinked.anna().asks(f"/company {ONE} phone +7 900 096-23-02")
    deny(unlinked, "photos")
    unlinked.telegram.block_bot(BORIS.id)
    unlinked.boris(GROUP_ID).says(f"/qr {ONE}")
    await unlinked.sees(GROUP_ID, lambda one: words("code.how") in one.text)
    await unlinked.sees(GROUP_ID, lambda one: words("place.code_instead") in one.text)
    await unlinked.gateway.act(ONE, "enter_code")
    await unlinked.sees(GROUP_ID, lambda one: "сессия привязана" in one.text)


async def test_where_there_is_no_code_either_it_says_what_to_switch_on(unlinked):
    deny(unlinked, "photos")
    unlinked.telegram.block_bot(BORIS.id)
    unlinked.boris(GROUP_ID).says(f"/qr {ONE}")
    line = await unlinked.sees(GROUP_ID, lambda one: hindrance("photos") in one.text)
    assert [button["url"] for button in line.buttons] == [f"https://t.me/repair_bot?start=qr_{ONE}"]
    assert [row["outcome"] for row in await unlinked.rows("pairings")] == ["interrupted"]


async def test_a_report_without_its_picture_is_text_that_says_why(talk):
    deny(talk, "photos")
    answer = await talk.boris(GROUP_ID).asks(f"/report {ONE}")
    assert hindrance("photos") in answer.text
    assert has_button(answer, "rep:")
    deny(talk)
    answer = await talk.boris(GROUP_ID).asks(f"/report {ONE}")
    assert hindrance("photos") not in answer.text
    assert answer.photo


async def test_a_file_comes_in_private_and_the_group_is_told(talk):
    deny(talk, "documents")
    page = await talk.anna(GROUP_ID).asks("/audit")
    query = await talk.anna(GROUP_ID).presses(page, "aud:0:file")
    file = await talk.sees(ANNA.id, lambda one: one.document is not None)
    assert hindrance("files") in file.text
    assert query.answer == {"text": hindrance("files"), "show_alert": True}


async def test_a_file_that_nobody_takes_is_a_sentence(talk):
    deny(talk, "documents")
    talk.telegram.world.chat(ANNA.id).deactivated = True
    page = await talk.anna(GROUP_ID).asks("/audit")
    answer = await talk.anna(GROUP_ID).gets(page, "aud:0:file")
    assert hindrance("files") in answer.text
    assert words("answer.nowhere") in answer.text


async def test_a_group_that_takes_no_words_is_answered_in_private_until_it_does_again(talk):
    deny(talk, "messages")
    talk.boris(GROUP_ID).says("/status")
    answer = await talk.sees(BORIS.id, lambda one: hindrance("writing") in one.text)
    assert has_button(answer, f"do:status:{ONE}")
    deny(talk)
    await talk.boris(GROUP_ID).asks("/status")
    assert await told(talk) == []


async def test_buttons_that_mean_the_group_stay_out_of_the_private_chat(talk):
    deny(talk, "messages")
    talk.anna(GROUP_ID).says("/place")
    answer = await talk.sees(ANNA.id, lambda one: hindrance("writing") in one.text)
    assert answer.buttons == []
    assert words("answer.buttons_there") in answer.text


async def test_a_press_is_answered_over_the_button_where_nothing_else_is_left(talk):
    page = await talk.boris(GROUP_ID).asks("/status")
    deny(talk, "messages")
    talk.telegram.block_bot(BORIS.id)
    said = await talk.boris(GROUP_ID).is_told(page, f"do:status:{ONE}")
    assert said == hindrance("writing")


async def test_an_owner_hears_once_of_a_request_that_nobody_could_answer(talk):
    deny(talk, "messages")
    talk.telegram.block_bot(BORIS.id)
    for text in ("/status", "/help", f"/files {ONE}"):
        talk.boris(GROUP_ID).says(text)
    system_notice = await talk.sees(ANNA.id, lambda one: "Борис спрашивает" in one.text)
    assert hindrance("writing") in system_notice.text
    await talk.settle()
    assert len(await told(talk)) == 1


@pytest.mark.parametrize(
    "said",
    ["Forbidden: bot was kicked from the supergroup chat", "Bad Request: SOMETHING_OF_NEXT_YEAR"],
)
async def test_whatever_a_chat_says_the_asker_is_answered(talk, said):
    talk.telegram.fault("refused", said=said, chat_id=GROUP_ID, methods=["sendMessage"])
    talk.boris(GROUP_ID).says("/status")
    answer = await talk.sees(BORIS.id, lambda one: GROUP_TITLE in one.text)
    assert has_button(answer, f"do:status:{ONE}")


async def test_progress_that_cannot_be_changed_is_not_left_standing(talk):
    talk.telegram.fault("refused", said="Bad Request: message can't be edited", methods=EDITS)
    talk.boris(GROUP_ID).says(f"/probe {ONE}")
    sending = await talk.sees(GROUP_ID, lambda one: one.sender is talk.telegram.world.bot)
    await eventually(lambda: sending.deleted)
    (result,) = talk.posted(GROUP_ID)
    assert has_button(result, "do:")


async def test_an_old_server_that_knows_no_message_for_one_never_shows_a_code_to_all(unlinked):
    anna = unlinked.anna(GROUP_ID)
    question = await anna.asks("/place")
    await anna.presses(question, "place:ephemeral")
    unlinked.telegram.set_bot_admin(GROUP_ID)
    unlinked.telegram.world.knows_ephemeral = False
    unlinked.boris(GROUP_ID).says(f"/qr {ONE}")
    assert await unlinked.code(BORIS.id)
    everything = unlinked.telegram.world.messages(GROUP_ID, deleted=True)
    assert not [one for one in everything if one.photo and decoded(one.photo)]


async def test_a_press_in_a_channel_without_the_right_to_post_is_answered_in_private(talk):
    talk.telegram.add_channel(CHANNEL_ID, "Новости", ANNA.id)
    card = await talk.boris(GROUP_ID).asks("/status")
    talk.telegram.set_posting(CHANNEL_ID, may=False)
    world = talk.telegram.world
    post = world.post(world.chat(CHANNEL_ID), world.bot, card.content)
    talk.telegram.press_data(BORIS.id, CHANNEL_ID, post, f"do:status:{ONE}")
    answer = await talk.sees(BORIS.id, lambda one: hindrance("posting", "Новости") in one.text)
    assert ONE in answer.text


async def test_a_closed_topic_is_answered_in_the_general_one(forum):
    thread = forum.telegram.open_topic(GROUP_ID, "Север")
    forum.telegram.close_topic(GROUP_ID, thread)
    forum.anna(GROUP_ID, thread).says("/id")
    answer = await forum.sees(GROUP_ID, lambda one: hindrance("topic") in one.text)
    assert answer.thread_id is None


async def test_who_is_cut_off_by_a_stop_is_told_after_the_start(talk):
    """Telegram wants a pause that outlasts the program; the answer does not vanish with it."""
    talk.telegram.fault("429", seconds=3600, chat_id=BORIS.id, methods=["sendMessage"])
    talk.boris().says("/status")
    await eventually(lambda: bool(talk.telegram.refused))
    await talk.stop()
    talk.telegram.clear_faults()
    await talk.start()
    await talk.sees(
        BORIS.id, lambda one: words("system_notice.answer_lost", name="Борис") in one.text
    )


async def test_telegram_out_of_reach_is_told_once_it_is_back(talk):
    talk.telegram.fault("reset", methods=["sendMessage"], chat_id=BORIS.id, count=5)
    talk.boris().says("/status")
    await talk.sees(
        BORIS.id, lambda one: words("system_notice.answer_lost", name="Борис") in one.text
    )


async def test_an_answer_follows_a_group_that_has_become_another(tmp_path):
    async with talking(tmp_path, group="basic") as talk:
        card = await talk.boris(talk.group_id).asks("/status")
        new = talk.telegram.migrate_group(talk.group_id)
        talk.telegram.press_data(BORIS.id, talk.group_id, card, f"do:status:{ONE}")
        answer = await talk.sees(new.id, lambda one: words("button.card") or one.text)
        assert answer.chat.id == new.id


async def test_a_name_full_of_markup_does_not_disturb_the_reason(talk):
    talk.telegram.world.chat(GROUP_ID).title = "<b>Дежурные & Ко</b> \u202e"
    deny(talk, "messages")
    talk.boris(GROUP_ID).says("/help")
    answer = await talk.sees(BORIS.id, lambda one: "Дежурные & Ко" in one.text)
    assert "<b>" in answer.text


async def test_where_the_chat_wants_codes_in_private_and_takes_no_word_an_owner_hears(unlinked):
    anna = unlinked.anna(GROUP_ID)
    question = await anna.asks("/place")
    await anna.presses(question, "place:private")
    deny(unlinked, "messages")
    unlinked.telegram.block_bot(BORIS.id)
    unlinked.boris(GROUP_ID).says(f"/qr {ONE}")
    await unlinked.sees(ANNA.id, lambda one: "Борис спрашивает" in one.text)
    assert not [one for one in unlinked.posted(ANNA.id) if one.photo]


async def test_a_second_qr_after_the_right_is_back_is_in_the_group_again(unlinked):
    deny(unlinked, "photos")
    unlinked.boris(GROUP_ID).says(f"/qr {ONE}")
    await unlinked.code(BORIS.id)
    deny(unlinked)
    unlinked.boris(GROUP_ID).says(f"/qr {ONE}")
    assert await unlinked.code(GROUP_ID)


async def test_the_checklist_lives_in_private_where_the_group_takes_no_word(talk):
    deny(talk, "messages")
    talk.boris(GROUP_ID).says(f"/recover {ONE}")
    await talk.sees(BORIS.id, lambda one: hindrance("writing") in one.text)
    async with asyncio.timeout(PATIENCE_S):
        while (await talk.rows("checklists"))[0]["chat_id"] != BORIS.id:
            await talk.passes()


async def test_a_test_alert_that_came_elsewhere_does_not_count_for_the_chat(talk):
    tour = await talk.anna(GROUP_ID).asks("/start")
    deny(talk, "messages")
    await talk.anna(GROUP_ID).presses(tour, "tour:test")
    await talk.sees(ANNA.id, lambda one: hindrance("writing") in one.text)
    await talk.settle()
    assert "done" not in [
        row["outcome"] for row in await talk.rows("audit") if row["action"] == "test_alert"
    ]
