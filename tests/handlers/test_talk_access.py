"""Who is not to change anything, and does not."""

import pytest
import pytest_asyncio
from reading import ONE, WHO, button, refusal, words
from staging import talking

from bot.sandbox.telegram import GROUP_ID

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def talk(tmp_path_factory):
    """One bot for all of these: nothing ever changes."""
    async with talking(tmp_path_factory.mktemp("talk")) as talk:
        yield talk


# Strangers.


async def test_a_stranger_is_answered_once_an_hour_with_their_id(talk):
    talk.clock.push(minutes=61)
    async with talk.nothing_changes():
        answer = await talk.gleb().asks(f"/reset {ONE}")
        talk.gleb().says("/status")
    assert answer.text == words("stranger", id=1004)
    assert talk.posted(1004)[-1] is answer


async def test_a_stranger_is_answered_again_after_an_hour(talk):
    talk.clock.push(minutes=61)
    await talk.gleb().asks("/start")
    talk.clock.push(minutes=61)
    assert (await talk.gleb().asks("/start")).text == words("stranger", id=1004)


async def test_a_stranger_in_the_group_meets_silence(talk):
    talk.telegram.join(1004, GROUP_ID)
    before = talk.posted(GROUP_ID)
    async with talk.nothing_changes():
        talk.gleb(GROUP_ID).says(f"/reset {ONE}")
    assert talk.posted(GROUP_ID) == before


async def test_a_stranger_pressing_a_button_is_told_their_id(talk):
    talk.telegram.join(1004, GROUP_ID)
    status = await talk.boris(GROUP_ID).asks(f"/status {ONE}")
    async with talk.nothing_changes():
        told = await talk.gleb(GROUP_ID).is_told(status, button(status, "do:check"))
    assert told == words("stranger", id=1004)


# People without the right.


@pytest.mark.parametrize("command", ["reset", "restore", "reconnect", "qr", "check"])
async def test_a_viewer_commanding_changes_nothing(talk, command):
    async with talk.nothing_changes():
        answer = await talk.vera().asks(f"/{command} {ONE}")
    right = "pair" if command == "qr" else command
    assert answer.text == refusal(right, "en")


@pytest.mark.parametrize("command", ["/grant 1003 owner", "/revoke 1003", "/admins"])
async def test_an_operator_lets_nobody_in_or_out(talk, command):
    async with talk.nothing_changes():
        answer = await talk.boris().asks(command)
    assert answer.text == words("error.not_allowed", what=words("right.grant"))


async def test_an_operator_does_not_choose_the_language_of_the_group(talk):
    choice = await talk.boris(GROUP_ID).asks("/lang")
    told = await talk.boris(GROUP_ID).is_told(choice, "English")
    assert told == words("error.not_allowed", what=words("right.settings"))
    assert (await talk.boris(GROUP_ID).asks("/lang")).text == words("language.which")


# Forged presses.

FORGED = [
    f"do:reset:{ONE}",
    f"do:restore:{ONE}",
    f"do:reconnect:{ONE}",
    f"do:qr:{ONE}",
    f"do:check:{ONE}",
    "ans:1:AAAAAAAAAAAA",
    "ans:0:AAAAAAAAAAAA",
]
NONSENSE = [
    "do:reset:../../etc",
    "do:reset:",
    "do:wipe:962302",
    "do:reset:962302:more",
    "pick:nothing:0",
    "pick:status:x",
    "page:x",
    "lang:xx",
    "sub:962302:loud",
    "sub:../../etc:info",
    "unsub:../../etc",
    "ans:1:",
    "ans:maybe:AAAAAAAAAAAA",
    "nonsense",
    "do:qr:" + "9" * 58,
]


@pytest.mark.parametrize("data", FORGED)
async def test_a_viewers_forged_press_changes_nothing(talk, data):
    help_ = await talk.vera().asks("/help")
    async with talk.nothing_changes():
        assert await talk.vera().forges(help_, data)


async def test_an_owners_nonsense_changes_nothing_and_is_answered(talk):
    help_ = await talk.anna().asks("/help")
    async with talk.nothing_changes():
        told = {data: await talk.anna().forges(help_, data) for data in NONSENSE}
    assert [
        data for data, words_ in told.items() if words_ in ("", words("error.unexpected"))
    ] == []
    assert talk.posted(1001)[-1].text.startswith(words("id.user", id=1001))


# Commands that are not what they seem.


@pytest.mark.parametrize(
    "text",
    [
        "/reset ../../etc",
        "/reset 962302; rm -rf /",
        "/reset 962302 962303",
        "/reset 962302\n962303",
        "/reset company_962302/../../x",
        "/reset 962302\u202e",
        "/restore ../962302",
        "/qr 962302/..",
        "/reconnect $(reboot)",
    ],
)
async def test_what_is_no_company_id_is_refused_with_how_to_do_it_right(talk, text):
    async with talk.nothing_changes():
        answer = await talk.boris().asks(text)
    assert answer.text == words("error.bad_company_id")


async def test_a_company_nobody_knows_is_named_back(talk):
    async with talk.nothing_changes():
        answer = await talk.boris().asks("/reset 111")
    assert answer.text == words("error.unknown_company", company="111")


async def test_an_anonymous_administrator_is_asked_to_write_as_themselves(talk):
    async with talk.nothing_changes():
        answer = await talk.boris(GROUP_ID).asks(f"/reset {ONE}", anonymous=True)
    assert answer.text == words("anonymous")


async def test_a_command_edited_into_place_is_not_obeyed(talk):
    mine = talk.boris().says(f"/status {ONE}")
    await talk.sees(1002, lambda one: WHO in one.text and one is not mine)
    before = talk.posted(1002)
    async with talk.nothing_changes():
        talk.telegram.edit(1002, 1002, mine, f"/reset {ONE}")
    assert talk.posted(1002) == before


@pytest.mark.parametrize("command", ["reset", "restore", "reconnect", "qr"])
async def test_a_command_three_hours_under_way_is_not_obeyed(talk, command):
    async with talk.nothing_changes():
        answer = await talk.boris().asks(f"/{command} {ONE}", age_s=3 * 3600)
    assert answer.text == words("error.stale")


async def test_an_old_question_about_the_state_is_passed_over(talk):
    before = talk.posted(1002)
    async with talk.nothing_changes():
        talk.boris().says("/status", age_s=3 * 3600)
    assert talk.posted(1002) == before


async def test_what_an_anonymous_administrator_says_to_others_is_passed_over(talk):
    talk.telegram.set_bot_admin(GROUP_ID)  # so that it hears everything
    before = talk.posted(GROUP_ID)
    talk.boris(GROUP_ID).says("доброе утро", anonymous=True)
    await talk.settle()
    assert talk.posted(GROUP_ID) == before
