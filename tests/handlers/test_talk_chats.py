"""Where things are said: topics, groups that move, chats that turn the bot away."""

from reading import ONE, TWO, button, has_button, words
from staging import UNLINKED, talking

from bot.sandbox.telegram import GROUP_ID, VERA


def about(company):
    """An alert about this company."""
    return lambda one: company in one.text and has_button(one, "do:")


async def test_an_answer_stays_in_the_topic(forum):
    topic = forum.telegram.open_topic(GROUP_ID, "Север")
    answer = await forum.boris(GROUP_ID, topic).asks("/status")
    assert answer.thread_id == topic


async def test_id_tells_the_topic_as_settings_want_it(forum):
    topic = forum.telegram.open_topic(GROUP_ID, "Север")
    answer = await forum.boris(GROUP_ID, topic).asks("/id")
    assert f"{GROUP_ID}:{topic}" in answer.text


async def test_the_whole_way_from_reset_to_paired_stays_in_the_topic(forum):
    topic = forum.telegram.open_topic(GROUP_ID, "Север")
    boris = forum.boris(GROUP_ID, topic)
    question = await boris.asks(f"/reset {ONE}")
    await boris.presses(question, words("button.yes_reset"))
    photo = await forum.code(GROUP_ID)
    await forum.gateway.act(ONE, "scan")
    await forum.becomes(photo, lambda one: has_button(one, "do:check"))
    said = [one for one in forum.posted(GROUP_ID) if not about(ONE)(one) or one is photo]
    assert {one.thread_id for one in said} == {topic}


async def test_the_code_asked_for_in_a_topic_appears_there(tmp_path):
    async with talking(tmp_path, group="forum", companies=UNLINKED) as talk:
        topic = talk.telegram.open_topic(GROUP_ID, "Север")
        talk.boris(GROUP_ID, topic).says(f"/qr {ONE}")
        assert (await talk.code(GROUP_ID)).thread_id == topic


async def test_each_topic_hears_of_what_it_subscribed_to(forum):
    one, two = (forum.telegram.open_topic(GROUP_ID, name) for name in ("Север", "Ногти"))
    await forum.anna(GROUP_ID, one).asks(f"/subscribe {ONE}")
    await forum.anna(GROUP_ID, two).asks(f"/subscribe {TWO}")
    await forum.gateway.act(ONE, "device_removed")
    await forum.sees(GROUP_ID, lambda card: about(ONE)(card) and card.thread_id == one)
    await forum.alert(ONE)
    assert not any(about(ONE)(card) for card in forum.posted(GROUP_ID) if card.thread_id == two)


async def test_the_subscriptions_of_a_topic_are_its_own(forum):
    topic = forum.telegram.open_topic(GROUP_ID, "Север")
    await forum.anna(GROUP_ID, topic).asks(f"/subscribe {ONE}")
    assert ONE in (await forum.anna(GROUP_ID, topic).asks("/subscriptions")).text
    assert ONE not in (await forum.anna(GROUP_ID).asks("/subscriptions")).text


async def test_a_button_on_an_alert_in_a_topic_is_answered_there(forum):
    topic = forum.telegram.open_topic(GROUP_ID, "Север")
    await forum.anna(GROUP_ID, topic).asks(f"/subscribe {ONE}")
    await forum.gateway.act(ONE, "device_removed")
    card = await forum.sees(GROUP_ID, lambda one: about(ONE)(one) and one.thread_id == topic)
    question = await forum.boris(GROUP_ID, topic).gets(card, button(card, "do:reset"))
    assert question.thread_id == topic


async def test_a_chosen_severity_keeps_lesser_things_away(talk):
    await talk.vera().asks(f"/subscribe {TWO} critical")
    await talk.gateway.act(ONE, "device_removed")
    await talk.alert(ONE)
    await talk.gateway.act(TWO, "device_removed")
    await talk.alert(TWO, chat_id=VERA.id)
    assert not any(about(ONE)(one) for one in talk.posted(VERA.id))


async def test_alerts_follow_a_group_that_became_a_supergroup(tmp_path):
    async with talking(tmp_path, group="basic") as talk:
        moved = talk.telegram.migrate_group(talk.group_id)
        await talk.settle()
        await talk.gateway.act(ONE, "device_removed")
        await talk.alert(ONE, chat_id=moved.id)
        assert [row["chat_id"] for row in await talk.rows("subscriptions")] == [moved.id]


async def test_a_group_that_takes_the_bot_back_hears_what_it_missed(talk):
    talk.telegram.kick_bot(GROUP_ID)
    await talk.settle()
    await talk.gateway.act(ONE, "device_removed")
    await talk.phase(ONE, "stopped")
    await talk.settle()
    assert not any(about(ONE)(one) for one in talk.posted(GROUP_ID))
    talk.telegram.add_bot(GROUP_ID)
    await talk.alert(ONE)


async def test_a_person_who_blocked_the_bot_loses_no_subscription(talk):
    await talk.vera().asks(f"/subscribe {ONE}")
    talk.telegram.block_bot(VERA.id)
    await talk.settle()
    talk.telegram.block_bot(VERA.id, blocked=False)
    await talk.gateway.act(ONE, "device_removed")
    await talk.alert(ONE, chat_id=VERA.id)


async def test_a_blocked_chat_keeps_no_other_chat_from_its_alerts(talk):
    await talk.vera().asks("/subscribe all")
    talk.telegram.block_bot(VERA.id)
    await talk.gateway.act(ONE, "device_removed")
    await talk.alert(ONE)
