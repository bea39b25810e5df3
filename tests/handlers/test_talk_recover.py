"""The checklist: one live message, seen and driven by everybody in the group."""

from reading import ONE, WHO, button, has_button, refusal, words
from staging import talking

HEAD = words("checklist.head", who=WHO)


def reads(key, **params):
    said = words(key, **params)
    return lambda one: said in one.text


async def list_of(talk, voice):
    return await voice.asks(f"/recover {ONE}")


async def test_a_session_that_works_only_has_to_be_tried(talk):
    shown = await list_of(talk, talk.boris())
    assert HEAD in shown.text
    assert [one["callback_data"] for one in shown.buttons] == [f"do:probe:{ONE}"]


async def test_a_step_is_ticked_when_the_bot_has_seen_it(talk):
    shown = await list_of(talk, talk.boris())
    await talk.boris().gets(shown, button(shown, "do:probe"))
    await talk.becomes(shown, reads("checklist.answers.sent"))
    await talk.becomes(shown, reads("checklist.ended.all_green"))
    assert not shown.buttons


async def test_a_lost_session_is_led_back_by_its_buttons_step_by_step(talk):
    group, boris = talk.group_id, talk.boris(talk.group_id)
    shown = await list_of(talk, boris)
    await talk.gateway.act(ONE, "device_removed")
    await talk.becomes(shown, lambda one: has_button(one, f"do:reset:{ONE}"))
    question = await boris.gets(shown, button(shown, "do:reset"))
    await boris.presses(question, words("button.yes_reset"))
    await talk.becomes(shown, reads("checklist.aside.done"))
    await talk.code(group)
    await talk.gateway.act(ONE, "scan")
    await talk.becomes(shown, reads("checklist.scan.done"))
    await talk.becomes(shown, lambda one: has_button(one, f"do:probe:{ONE}"))
    await boris.presses(shown, button(shown, "do:probe"))
    await talk.becomes(shown, reads("checklist.ended.all_green"))


async def test_two_people_of_a_group_drive_the_same_list(talk):
    shown = await list_of(talk, talk.boris(talk.group_id))
    anna = talk.anna(talk.group_id)
    await anna.presses(shown, button(shown, "do:probe"))
    await talk.becomes(shown, reads("checklist.answers.sent"))


async def test_a_second_list_of_the_same_company_takes_the_place_of_the_first(talk):
    first = await list_of(talk, talk.boris(talk.group_id))
    second = await list_of(talk, talk.anna(talk.group_id))
    await talk.becomes(first, reads("checklist.ended.moved"))
    assert not first.buttons
    assert has_button(second, f"do:probe:{ONE}")


async def test_a_list_ends_after_half_an_hour(talk):
    shown = await list_of(talk, talk.boris())
    talk.clock.push(minutes=31)
    await talk.becomes(shown, reads("checklist.ended.too_old"))


async def test_a_list_goes_on_in_its_message_after_the_bot_was_restarted(talk):
    shown = await list_of(talk, talk.boris())
    await talk.settle()
    await talk.stop()
    await talk.start()
    await talk.boris().presses(shown, button(shown, "do:probe"))
    await talk.becomes(shown, reads("checklist.answers.sent"))


async def test_opening_a_list_leaves_a_trace_and_touches_no_key(talk):
    before = talk.files()
    await list_of(talk, talk.boris())
    assert talk.files() == before
    assert [row["action"] for row in await talk.rows("audit")][-1] == "recover"


async def test_a_viewer_may_not(talk):
    async with talk.nothing_changes():
        answer = await talk.vera().asks(f"/recover {ONE}")
        assert answer.text == refusal("recover", "en")


async def test_what_is_not_set_up_is_named(tmp_path):
    async with talking(tmp_path, settings={"SESSIONS_DIR": ""}) as talk:
        shown = await list_of(talk, talk.boris())
        assert words("checklist.files.not_configured") in shown.text
        assert words("checklist.logs.not_configured") in shown.text
