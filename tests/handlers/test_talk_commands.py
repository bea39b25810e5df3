"""Every command in both languages: named, chosen by a button, misspelt, addressed to others."""

import pytest
import pytest_asyncio
from reading import ONE, TWO, WHO, has_button, words
from staging import talking

from bot.sandbox.telegram import GROUP_ID

pytestmark = pytest.mark.asyncio(loop_scope="module")

LANGUAGES = ("ru", "en")
NAMES = {"ru": "Русский", "en": "English"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def talk(tmp_path_factory):
    """One bot for all of these: they only look."""
    async with talking(tmp_path_factory.mktemp("talk")) as talk:
        yield talk


@pytest_asyncio.fixture(loop_scope="module")
async def speaking(talk, language):
    """Anna's private chat, in this language."""
    choice = await talk.anna().asks("/lang")
    await talk.anna().presses(choice, NAMES[language])
    await talk.becomes(choice, lambda one: one.text == words("language.set", language))
    return talk.anna()


both = pytest.mark.parametrize("language", LANGUAGES)


@both
async def test_start_says_what_may_be_done_here(speaking, language):
    answer = await speaking.asks("/start")
    assert words("start.hello", language) in answer.text
    assert "/help" in answer.text
    other = NAMES["en" if language == "ru" else "ru"]
    assert other in answer.labels


@both
async def test_help_names_every_command_the_person_may_use(speaking, language):
    answer = await speaking.asks("/help")
    for command in ("status", "files", "check", "qr", "reset", "restore", "reconnect", "grant"):
        assert f"/{command} — {words(f'command.{command}', language)}" in answer.text


@both
async def test_id_tells_the_ids_that_settings_ask_for(speaking, language):
    answer = await speaking.asks("/id")
    assert words("id.user", language, id=1001) in answer.text
    assert words("id.chat", language, id=1001) in answer.text


@both
async def test_status_of_all_companies(speaking, language):
    answer = await speaking.asks("/status")
    assert {"ru": "Все на связи: 3 компании", "en": "All connected: 3 companies"}[language] in (
        answer.text
    )
    card = await speaking.gets(answer, f"do:status:{ONE}")
    assert WHO in card.text


@both
async def test_status_of_one_company(speaking, language):
    answer = await speaking.asks(f"/status {ONE}")
    assert WHO in answer.text
    assert words("state.connected", language) in answer.text
    assert "•••2302" in answer.text


@both
async def test_files_of_one_company(speaking, language):
    answer = await speaking.asks(f"/files {ONE}")
    assert WHO in answer.text
    assert "31" in answer.text


@both
async def test_check_looks_now(speaking, language):
    answer = await speaking.asks(f"/check {ONE}")
    assert words("state.connected", language) in answer.text


@both
@pytest.mark.parametrize(
    "command",
    [
        "files",
        "check",
        "qr",
        "reset",
        "restore",
        "reconnect",
        "subscribe",
        "mend",
        "probe",
        "recover",
    ],
)
async def test_a_missing_company_is_chosen_by_a_button(talk, speaking, language, command):
    choice = await speaking.asks(f"/{command}")
    assert choice.text == words(f"choose.{command}", language)
    prefix = "sub:" if command == "subscribe" else f"do:{command}:"
    assert all(has_button(choice, f"{prefix}{one}") for one in (ONE, TWO, "481120"))
    await talk.settle()
    assert words("error.unexpected", language) not in talk.reads(speaking.chat_id)


@both
@pytest.mark.parametrize("command", ["files", "check"])
async def test_the_chosen_company_is_answered_about(speaking, language, command):
    choice = await speaking.asks(f"/{command}")
    answer = await speaking.gets(choice, f"do:{command}:{TWO}")
    assert "Студия «Ногти»" in answer.text


@both
async def test_restore_with_nothing_kept(speaking, language):
    answer = await speaking.asks(f"/restore {ONE}")
    assert words("restore.nothing_kept", language, who=WHO) in answer.text


@both
async def test_reset_asks_first(speaking, language):
    question = await speaking.asks(f"/reset {ONE}")
    assert words("question.passkey", language) in question.text
    ways = [words(key, language) for key in ("button.yes_reset", "button.yes_reset_code")]
    assert question.labels == [*ways, words("button.no", language)]


@both
async def test_subscribe_show_and_unsubscribe(talk, speaking, language):
    answer = await speaking.asks(f"/subscribe {ONE} critical")
    loudness = words("severity.critical", language)
    assert answer.text == words("subscribed", language, who=WHO, loudness=loudness)
    shown = await speaking.asks("/subscriptions")
    assert words("subscriptions.line", language, who=WHO, loudness=loudness) in shown.text
    await speaking.presses(shown, f"unsub:{ONE}")
    await talk.becomes(shown, lambda one: one.text == words("subscriptions.none", language))


@both
async def test_unsubscribing_from_what_is_not_subscribed(speaking, language):
    assert (await speaking.asks(f"/unsubscribe {TWO}")).text == words("unsubscribed.none", language)
    assert (await speaking.asks("/unsubscribe")).text == words("subscriptions.none", language)


@both
async def test_grant_list_and_revoke(speaking, language):
    granted = await speaking.asks(f"/grant 1004 viewer {ONE}")
    role = words("role.viewer", language)
    assert words("grant.done", language, id=1004, role=role, where=WHO) in granted.text
    admins = await speaking.asks("/admins")
    assert words("admins.grant", language, role=role, where=ONE) in admins.text
    revoked = await speaking.asks("/revoke 1004")
    assert revoked.text == words("revoke.done", language, id=1004)


@both
@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("/grant", "grant.usage"),
        ("/grant 1004", "grant.usage"),
        ("/grant anna operator", "grant.usage"),
        ("/grant 1004 king", "grant.usage"),
        ("/revoke", "revoke.usage"),
        ("/revoke @anna", "revoke.usage"),
        ("/revoke 1001", "revoke.owner_by_settings"),
        ("/status Салон", "error.bad_company_id"),
        ("/files 962302 962303", "error.bad_company_id"),
        ("/grant 1004 viewer ../x", "error.bad_company_id"),
        ("/subscribe ../x", "error.bad_company_id"),
        ("/subscribe " + f"{ONE} " * 51, "subscribe.too_many"),
        ("/nonsense", "error.not_understood"),
        ("hello", "error.not_understood"),
    ],
)
async def test_wrong_input_is_answered_with_how_to_do_it_right(speaking, language, text, key):
    assert (await speaking.asks(text)).text == words(key, language)


@both
async def test_an_unknown_company_is_said_to_be(speaking, language):
    answer = await speaking.asks("/files 777")
    assert answer.text == words("error.unknown_company", language, company="777")


async def test_a_new_private_chat_is_spoken_to_in_the_persons_own_language(talk):
    assert (await talk.vera().asks("/subscriptions")).text == words("subscriptions.none", "en")
    assert (await talk.boris().asks("/subscriptions")).text == words("subscriptions.none", "ru")


async def test_a_viewer_is_not_offered_what_they_may_not_do(talk):
    help_ = await talk.vera().asks("/help")
    assert "/status" in help_.text
    assert "/reset" not in help_.text
    card = await talk.vera().asks(f"/status {ONE}")
    assert not has_button(card, "do:check")


async def test_a_viewer_without_a_company_named_is_told_as_well(talk):
    what = words("right.reset", "en")
    assert (await talk.vera().asks("/reset")).text == words("error.not_allowed", "en", what=what)


# In the group.


@pytest.mark.parametrize(
    "text", ["/status@repair_bot", "/status@Repair_Bot", f"/status@repair_bot {ONE}"]
)
async def test_a_command_with_the_bots_name_is_obeyed(talk, text):
    answer = await talk.boris(GROUP_ID).asks(text)
    assert "на связи" in answer.text.lower()


@pytest.mark.parametrize("text", ["/status@otherbot", "/nonsense", "/nonsense@repair_bot", "hello"])
async def test_what_is_not_for_the_bot_is_passed_over_in_the_group(talk, text):
    before = talk.posted(GROUP_ID)
    talk.boris(GROUP_ID).says(text)
    await talk.settle()
    assert talk.posted(GROUP_ID) == before


async def test_a_command_for_another_bot_is_not_obeyed_in_private_either(talk):
    answer = await talk.boris().asks("/reset@otherbot 962302")
    assert answer.text == words("error.not_understood")


@both
async def test_an_owner_chooses_the_language_of_the_group(talk, language):
    choice = await talk.anna(GROUP_ID).asks("/lang")
    await talk.anna(GROUP_ID).presses(choice, NAMES[language])
    await talk.becomes(choice, lambda one: one.text == words("language.set", language))
    assert (await talk.boris(GROUP_ID).asks("/help")).labels == [words("offer.status", language)]
    await talk.anna(GROUP_ID).presses(await talk.anna(GROUP_ID).asks("/lang"), NAMES["ru"])


async def test_a_gone_button_says_so(talk):
    help_ = await talk.anna().asks("/help")
    assert await talk.anna().forges(help_, "old:button") in {
        words("error.outdated_button", one) for one in LANGUAGES
    }


async def test_an_overview_that_has_not_changed_is_shown_anew_without_an_error(talk):
    overview = await talk.boris().asks("/status")
    await talk.boris().presses(await talk.boris().asks("/help"), "all")
    assert await talk.boris().forges(overview, "page:0") == ""
    assert "3 компании" in overview.text


# The menus.


def menu(talk, person_id, chat_id):
    """The commands somebody's menu shows in a chat, with their descriptions."""
    world = talk.telegram.world
    seen = world.menus.seen_by(world.person(person_id), world.chat(chat_id))
    return {one["command"]: one["description"] for one in seen}


async def test_the_owner_sees_the_owners_commands_in_private(talk):
    assert menu(talk, 1001, 1001)["grant"] == words("command.grant", "ru")


async def test_nobody_else_sees_the_owners_commands(talk):
    assert "grant" not in menu(talk, 1002, 1002)
    assert "grant" not in menu(talk, 1001, GROUP_ID)


async def test_everybody_sees_the_menu_in_their_own_language(talk):
    assert menu(talk, 1002, 1002)["status"] == words("command.status", "ru")
    assert menu(talk, 1003, 1003)["status"] == words("command.status", "en")
    assert menu(talk, 1003, GROUP_ID)["status"] == words("command.status", "en")


async def test_only_administrators_of_a_group_see_the_choice_of_its_language(talk):
    assert "lang" in menu(talk, 1002, GROUP_ID)
    assert "lang" not in menu(talk, 1003, GROUP_ID)
