"""The live QR: how it is asked for, how it goes on, and every way in which it ends."""

from dataclasses import replace

from reading import ONE, WHO, button, decoded, has_button, words
from staging import TEMPO, UNLINKED, talking
from talking import eventually

from bot.sandbox.telegram import GROUP_ID


async def shown(talk, voice):
    """The QR of the unlinked company, with its code showing."""
    voice.says(f"/qr {ONE}")
    return await talk.code(voice.chat_id)


async def ends(talk, photo, key, **params):
    """The message of the QR, once it has ended with these words and shows no code."""
    said = words(key, who=WHO, **params)
    ended = await talk.becomes(photo, lambda one: said in one.text and not decoded(one.photo))
    assert len([one for one in talk.posted(photo.chat.id) if one.photo]) == 1
    return ended


async def test_a_connected_session_gets_no_qr(talk):
    answer = await talk.boris().asks(f"/qr {ONE}")
    assert words("qr.ended.already_connected") in answer.text
    assert answer.photo is None
    assert talk.gateway.phase(ONE) == "connected"


async def test_a_revoked_session_needs_a_reset_first_and_is_asked_for_it(talk):
    await talk.gateway.act(ONE, "device_removed")
    await talk.phase(ONE, "stopped")
    answer = await talk.boris().asks(f"/qr {ONE}")
    asked = words("question.needs_reset.qr", who=WHO)
    await talk.becomes(answer, lambda one: asked in one.text)
    assert words("button.yes_reset") in answer.labels


async def test_a_new_company_is_paired_in_one_message(unlinked):
    photo = await shown(unlinked, unlinked.boris())
    await unlinked.gateway.act(ONE, "scan")
    await ends(unlinked, photo, "qr.paired")
    assert unlinked.gateway.phase(ONE) == "connected"
    assert (1002, "qr", ONE, "Paired") in await unlinked.audited()


async def test_the_picture_is_never_given_out_of_the_chat(unlinked):
    photo = await shown(unlinked, unlinked.boris())
    assert photo.protected


async def test_the_seconds_left_are_counted_down_by_the_readers_app(unlinked):
    photo = await shown(unlinked, unlinked.boris())
    (moment,) = [entity for entity in photo.entities if entity["type"] == "date_time"]
    assert moment["date_time_format"] == "r"


async def test_nobody_scans_and_the_window_ends(tmp_path):
    async with talking(tmp_path, companies=UNLINKED, codes=1) as talk:
        photo = await shown(talk, talk.boris())
        await talk.phase(ONE, "disconnected")
        talk.clock.push(seconds=5)
        await ends(talk, photo, "qr.ended.expired")
        await talk.boris().presses(photo, button(photo, f"do:qr:{ONE}"))
        assert (await talk.code(1002)) is not photo


async def test_a_refusal_that_only_whatsapp_knows_is_told_as_far_as_it_is_known(unlinked):
    photo = await shown(unlinked, unlinked.boris())
    await unlinked.gateway.act(ONE, "scan_refused")
    await ends(unlinked, photo, "qr.ended.closed")


async def test_a_passkey_that_only_a_log_line_names_is_not_claimed(tmp_path):
    patient = replace(TEMPO, qr_poll_s=0.5, log_poll_s=0.05)  # the log is read between two looks
    async with talking(tmp_path, companies=UNLINKED, logged=True, timing=patient) as talk:
        photo = await shown(talk, talk.boris())
        await talk.gateway.act(ONE, "needs_passkey")
        ended = await talk.becomes(photo, lambda one: has_button(one, f"do:qr:{ONE}"))
        assert words("qr.refused_passkey") not in ended.text


async def test_where_sessions_are_probed_a_test_message_ends_the_proof(tmp_path):
    async with talking(tmp_path, companies=UNLINKED, settings={"PROBE_INTERVAL": "60"}) as talk:
        photo = await shown(talk, talk.boris())
        await talk.gateway.act(ONE, "scan")
        await ends(talk, photo, "qr.probe.sent")


async def test_another_number_than_expected_is_told_and_a_reset_offered(talk):
    question = await talk.boris().asks(f"/reset {ONE}")
    await talk.boris().presses(question, words("button.yes_reset"))
    photo = await talk.code(1002)
    await talk.gateway.act(ONE, "scan_other_number")
    await ends(talk, photo, "qr.wrong_number", linked="•••2303", expected="•••2302")
    assert has_button(photo, f"do:reset:{ONE}")


async def test_a_second_request_moves_the_code_and_never_shows_two(unlinked):
    talk, most = unlinked, []
    first = await shown(talk, talk.boris())
    talk.telegram.world.listeners.append(lambda _: most.append(codes_on_show(talk)))
    await shown(talk, talk.anna(GROUP_ID))
    await ends(talk, first, "qr.ended.moved")
    assert max(most) == 1


def codes_on_show(talk):
    chats = (1001, 1002, GROUP_ID)
    photos = [one.photo for chat_id in chats for one in talk.posted(chat_id) if one.photo]
    return sum(decoded(photo) is not None for photo in photos)


async def test_the_moved_code_can_be_taken_back_by_its_button(unlinked):
    first = await shown(unlinked, unlinked.boris())
    second = await shown(unlinked, unlinked.anna())
    await unlinked.becomes(first, lambda one: has_button(one, f"do:qr:{ONE}"))
    await unlinked.boris().presses(first, f"do:qr:{ONE}")
    await unlinked.becomes(second, lambda one: decoded(one.photo) is None)


async def test_a_bot_that_is_stopped_takes_the_code_away(unlinked):
    photo = await shown(unlinked, unlinked.boris())
    await unlinked.stop()
    await ends(unlinked, photo, "qr.ended.interrupted")
    assert (1002, "qr", ONE, "interrupted") in await stored_audit(unlinked)


async def stored_audit(talk):
    await talk.start()
    return await talk.audited()


async def test_a_code_that_could_not_be_taken_away_at_the_end_goes_at_the_next_start(unlinked):
    photo = await shown(unlinked, unlinked.boris())
    unlinked.telegram.fault("outage")
    await unlinked.stop()
    assert decoded(photo.photo) is not None
    unlinked.telegram.clear_faults()
    await unlinked.start()
    await ends(unlinked, photo, "qr.ended.interrupted")


async def test_a_used_code_goes_even_if_telegram_refuses_the_edit_for_a_while(unlinked):
    photo = await shown(unlinked, unlinked.boris())
    refusing = unlinked.telegram.fault("500", methods=["editMessageMedia"], count=2)
    await unlinked.gateway.act(ONE, "scan")
    await eventually(lambda: refusing.hits == 2)
    await unlinked.becomes(photo, lambda one: decoded(one.photo) is None)


async def test_a_gateway_that_is_down_is_said_to_be_and_nothing_is_lost(talk):
    await talk.gateway.act(None, "gateway_down")
    files = talk.files()
    answer = await talk.boris().asks(f"/qr {ONE}")
    assert words("qr.ended.unreachable") in answer.text
    assert talk.files() == files


async def test_a_viewer_gets_no_qr(unlinked):
    async with unlinked.nothing_changes():
        answer = await unlinked.vera().asks(f"/qr {ONE}")
    what = words("right.pair", "en")
    assert words("error.not_allowed_here", "en", company=ONE, what=what) in answer.text


async def test_a_code_is_not_shown_while_a_reset_is_under_way(talk):
    question = await talk.boris().asks(f"/reset {ONE}")
    await talk.boris().presses(question, words("button.yes_reset"))
    while not await talk.rows("procedures"):
        await talk.settle()  # in which no time goes by: the reset is still under way
    answer = await talk.anna().asks(f"/qr {ONE}")
    await talk.becomes(answer, lambda one: words("qr.ended.busy") in one.text)
    assert await talk.code(1002)
