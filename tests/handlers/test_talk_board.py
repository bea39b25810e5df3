"""The board: always there, always current."""

from reading import ONE, TWO, has_button, words
from talking import eventually

from bot.sandbox.telegram import ANNA, GROUP_ID, VERA


def is_board(message):
    return has_button(message, "board_off")


def pinned(talk):
    return [message.text for message in talk.telegram.world.chat(GROUP_ID).pinned]


async def test_a_board_names_everybody_and_follows_what_happens(talk):
    board = await talk.anna(GROUP_ID).asks("/board")
    assert ONE in board.text
    assert TWO in board.text
    await talk.gateway.act(ONE, "device_removed")
    await talk.becomes(board, lambda one: one.text.startswith("🔴"))
    assert board.text.index(ONE) < board.text.index(TWO)
    assert (ANNA.id, "board", "", "done") in await talk.audited()


async def test_a_board_is_pinned_without_a_sound(talk):
    talk.telegram.set_bot_admin(GROUP_ID)
    board = await talk.anna(GROUP_ID).asks("/board")
    call = await talk.telegram.wait_call("pinChatMessage")
    assert call.params["disable_notification"] in (True, "true")
    assert pinned(talk) == [board.text]


async def test_where_it_may_not_be_pinned_the_board_says_so_and_works(talk):
    board = await talk.anna(GROUP_ID).asks("/board")
    await talk.becomes(board, lambda one: words("board.not_pinned") in one.text)
    await talk.gateway.act(TWO, "device_removed")
    await talk.becomes(board, lambda one: one.text.startswith("🔴"))


async def test_a_muted_company_is_marked_until_it_is_heard_again(talk):
    board = await talk.anna(GROUP_ID).asks("/board")
    await talk.anna().asks(f"/mute {ONE} 1h")
    await talk.becomes(board, lambda one: one.text.count("🔕") == 1)
    await talk.anna().asks(f"/unmute {ONE}")
    await talk.becomes(board, lambda one: "🔕" not in one.text)


async def test_a_deleted_board_comes_back_with_the_next_change(talk):
    board = await talk.anna(GROUP_ID).asks("/board")
    await talk.becomes(board, lambda one: words("board.not_pinned") in one.text)
    talk.telegram.delete(ANNA.id, GROUP_ID, board)
    await talk.gateway.act(ONE, "device_removed")
    again = await talk.sees(GROUP_ID, lambda one: is_board(one) and one.text.startswith("🔴"))
    assert again is not board


async def test_a_board_survives_a_restart(talk):
    board = await talk.anna(GROUP_ID).asks("/board")
    await talk.becomes(board, lambda one: words("board.not_pinned") in one.text)
    await talk.stop()
    await talk.start()
    await talk.gateway.act(ONE, "device_removed")
    await talk.becomes(board, lambda one: one.text.startswith("🔴"))


async def test_asked_for_again_it_moves_down(talk):
    board = await talk.anna(GROUP_ID).asks("/board")
    await talk.becomes(board, lambda one: words("board.not_pinned") in one.text)
    talk.anna(GROUP_ID).says("/board")
    again = await talk.sees(GROUP_ID, lambda one: is_board(one) and one is not board)
    await eventually(lambda: [one for one in talk.posted(GROUP_ID) if is_board(one)] == [again])


async def test_a_board_is_taken_away_by_its_button_and_by_a_word(talk):
    talk.telegram.set_bot_admin(GROUP_ID)
    board = await talk.anna(GROUP_ID).asks("/board")
    await eventually(lambda: pinned(talk) != [])
    await talk.anna(GROUP_ID).presses(board, "board_off")
    await talk.becomes(board, lambda one: one.text == words("board.off"))
    await eventually(lambda: pinned(talk) == [])
    assert (await talk.anna(GROUP_ID).asks("/board off")).text == words("board.none")


async def test_a_board_given_up_before_it_has_come_is_gone_and_that_is_said(talk):
    talk.telegram.set_bot_admin(GROUP_ID)
    talk.telegram.fault("slow", seconds=1.5, methods=["sendMessage"], chat_id=GROUP_ID, count=1)
    talk.anna(GROUP_ID).says("/board")
    await talk.telegram.wait_call(
        "sendMessage", lambda call: "board_off" in str(call.params), finished=False
    )
    talk.anna(GROUP_ID).says("/board off")
    await talk.sees(GROUP_ID, lambda one: one.text == words("board.off"))
    await talk.passes(1)
    assert [one for one in talk.posted(GROUP_ID) if is_board(one)] == []
    assert pinned(talk) == []
    assert await talk.rows("boards") == []


async def test_a_topic_has_a_board_of_what_it_hears_of(forum):
    topic = forum.telegram.open_topic(GROUP_ID, "Север")
    await forum.anna(GROUP_ID, topic).asks(f"/subscribe {ONE}")
    board = await forum.anna(GROUP_ID, topic).asks("/board")
    assert ONE in board.text
    assert TWO not in board.text


async def test_a_chat_that_hears_of_nothing_is_shown_how_to_begin(talk):
    answer = await talk.vera().asks("/board")
    assert answer.text == words("board.nothing", "en")
    await talk.vera().presses(answer, "sub:*:info")
    assert is_board(await talk.vera().asks("/board"))
    assert VERA.id in [row["chat_id"] for row in await talk.rows("boards")]


async def test_an_unknown_word_is_answered_with_the_right_ones(talk):
    assert (await talk.anna().asks("/board weekly")).text == words("board.usage")


async def test_a_board_is_taken_away_once_whoever_presses_later(talk):
    board = await talk.anna(GROUP_ID).asks("/board")
    await talk.becomes(board, lambda one: words("board.not_pinned") in one.text)
    talk.anna(GROUP_ID).says("/board off")
    await talk.becomes(board, lambda one: one.text == words("board.off"))
    late = talk.telegram.press_data(ANNA.id, GROUP_ID, board, "board_off")
    await talk.telegram.wait_answer(late)
    await talk.settle()
    assert board.text == words("board.off")
    assert await talk.rows("boards") == []
    assert words("board.none") not in talk.reads(GROUP_ID)
