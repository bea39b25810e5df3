"""Every handler that changes something leaves a row in the audit, or says here why it need not."""

import asyncio
import sys

import pytest
import pytest_asyncio
from reading import ONE, TWO, button, has_button
from routes import message_routes, press_routes
from staging import talking
from talking import PATIENCE_S, eventually

from bot.cli.demo import COMPANIES
from bot.sandbox.gateway import GatewayCompany
from bot.sandbox.telegram import ANNA, GROUP_ID, VERA

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEAD, WELL, SPARE = "481120", "481121", "481122"
# Who asks first changes nothing yet: the yes leaves the row.
ASK_FIRST = {
    "handlers.commands.reset.reset": f"/reset {WELL}",
    "handlers.commands.reset.restore": f"/restore {WELL}",
    "handlers.commands.restart.restart": "/restart",
}
TYPED = {
    "handlers.commands.pairing.in_private": (f"/start qr_{ONE}", "qr"),
    "handlers.commands.pairing.qr": (f"/qr {ONE}", "qr"),
    "handlers.commands.pairing.code": (f"/code {ONE} 79000962302", "code"),
    "handlers.commands.incidents.note": ("/note 1 words", "note"),
    "handlers.commands.reset.reconnect": (f"/reconnect {WELL}", "reconnect"),
    "handlers.commands.mend.mend": (f"/mend {WELL}", "mend"),
    "handlers.commands.probe.probe": (f"/probe {WELL}", "probe"),
    "handlers.commands.recover.recover": (f"/recover {WELL}", "recover"),
    "handlers.commands.acks.ack": ("/ack 1", "ack"),
    "handlers.commands.mutes.mute": (f"/mute {WELL} 2h", "mute"),
    "handlers.commands.mutes.unmute": (f"/unmute {WELL}", "unmute"),
    "handlers.commands.rests.rest": (f"/rest {SPARE}", "rest"),
    "handlers.commands.rests.wake": (f"/wake {SPARE}", "wake"),
    "handlers.commands.timezones.timezone": ("/timezone moscow", "timezone"),
    "handlers.commands.quiet_hours.quiet": ("/quiet 23-7", "quiet"),
    "handlers.commands.subscriptions.subscribe": (f"/subscribe {WELL}", "subscribe"),
    "handlers.commands.boards.board": ("/board", "board"),
    "handlers.commands.digests.digest": ("/digest 9", "digest"),
    "handlers.commands.subscriptions.unsubscribe": (f"/unsubscribe {WELL}", "unsubscribe"),
    "handlers.commands.admins.grant": ("/grant 77 viewer", "grant"),
    "handlers.commands.admins.revoke": ("/revoke 77", "revoke"),
    "handlers.commands.companies.company": (f"/company {WELL} name New", "company"),
    "handlers.commands.reload.reload": ("/reload", "reload"),
}
PRESSED = {
    "handlers.commands.pairing.qr_pressed": (f"do:qr:{ONE}", "qr"),
    "handlers.commands.pairing.code_pressed": (f"do:code:{TWO}", "code"),
    "handlers.commands.start.choose_language": ("lang:ru", "lang"),
    "handlers.commands.onboarding.subscribe": ("tour:subscribe", "subscribe"),
    "handlers.commands.onboarding.test": ("tour:test", "test_alert"),
    "handlers.commands.reset.reconnect_pressed": (f"do:reconnect:{WELL}", "reconnect"),
    "handlers.commands.mend.mend_pressed": (f"do:mend:{WELL}", "mend"),
    "handlers.commands.probe.probe_pressed": (f"do:probe:{WELL}", "probe"),
    "handlers.commands.probe.revive_pressed": (f"do:revive:{DEAD}", "revive"),
    "handlers.commands.recover.pressed": (f"do:recover:{WELL}", "recover"),
    "handlers.commands.acks.take": ("ack:2", "ack"),
    "handlers.commands.mutes.mute_pressed": ("mute:*:60", "mute"),
    "handlers.commands.mutes.unmute_pressed": ("unmute:*", "unmute"),
    "handlers.commands.rests.rest_pressed": (f"do:rest:{SPARE}", "rest"),
    "handlers.commands.rests.wake_pressed": (f"do:wake:{SPARE}", "wake"),
    "handlers.commands.place.choose_place": ("place:private", "place"),
    "handlers.commands.timezones.choose": ("zone:UTC", "timezone"),
    "handlers.commands.quiet_hours.choose": ("quiet:0:0", "quiet"),
    "handlers.commands.subscriptions.subscribe_pressed": ("sub:*:info", "subscribe"),
    "handlers.commands.boards.off": ("board_off", "board off"),
    "handlers.commands.digests.choose": ("digest:-1:1", "digest"),
    "handlers.commands.subscriptions.unsubscribe_pressed": ("unsub:*", "unsubscribe"),
    "handlers.commands.companies.watch_pressed": (f"do:drop:{SPARE}", "watch"),
}
# Those that answer a question, or stand on a card: each has a test of its own below.
APART = {
    "handlers.commands.reset.yes",
    "handlers.commands.reset.yes_by_code",
    "handlers.commands.restart.yes",
    "handlers.commands.acks.take_card",
    "handlers.commands.mend.accept_number",
}


def config(url, folder):
    return (
        f'[gateways.main]\nkind = "ai_admin"\nurl = "{url}"\ncompanies = ["*"]\n'
        f'sessions_dir = "{folder}/company_{{company}}"\n'
        f"restart_command = '{sys.executable} -c pass'\n"
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def talk(tmp_path_factory):
    """Two companies are lost, one cannot send, two are well."""
    more = {key: GatewayCompany(name=key, phone=f"79000{key}") for key in (WELL, SPARE)}
    folder = tmp_path_factory.mktemp("talk")
    async with talking(folder, companies=COMPANIES | more, config=config) as talk:
        await eventually(lambda: bool(talk.gateway.companies))
        for company, what in ((ONE, "device_removed"), (TWO, "device_removed")):
            await talk.gateway.act(company, what)
            await talk.alert(company)
        await talk.gateway.act(DEAD, "zombie")
        await talk.anna().asks(f"/probe {DEAD}")
        await talk.alert(DEAD)
        yield talk


async def acts(talk):
    """What Anna has done so far, each row by its id."""
    return {row["id"]: row["action"] for row in await annas(talk)}


async def annas(talk):
    return [row for row in await talk.rows("audit") if row["user_id"] == ANNA.id]


async def is_noted(talk, before, *actions):
    """Return once there are new rows, of these acts, in this order, and what is short is over."""

    async def new():
        return [row for row in await annas(talk) if row["id"] not in before]

    async with asyncio.timeout(PATIENCE_S):
        while len(await new()) < len(actions):
            await talk.passes()
    for _ in range(20):  # a code on show is not over for long
        if all(row["outcome"] is not None for row in await new()):
            break
        await talk.passes()
    after = await acts(talk)
    assert [after[key] for key in sorted(after.keys() - before.keys())] == [*actions]


async def asked(talk, text, start):
    """Ask; the question, and its button that begins so."""
    old = talk.posted(ANNA.id)
    talk.anna().says(text)
    question = await talk.sees(ANNA.id, lambda one: one not in old and has_button(one, start))
    return question, button(question, start)


async def test_every_handler_that_changes_something_stands_here():
    changing = {one.name for one in [*message_routes(), *press_routes()] if one.changes}
    assert changing == {*ASK_FIRST, *TYPED, *PRESSED, *APART}


async def test_the_words_and_buttons_here_lead_to_the_handlers_they_stand_for():
    named = {name: text.split()[0][1:] for name, (text, _) in TYPED.items()}
    assert all(
        named[message_route.name] in message_route.commands
        for message_route in message_routes()
        if message_route.name in named
    )
    for route in press_routes():
        if route.name in PRESSED and route.data is not None:
            assert route.takes(route.data.unpack(PRESSED[route.name][0])), route.name


@pytest.mark.parametrize("name", ASK_FIRST)
async def test_a_question_leaves_no_row(talk, name):
    before = await acts(talk)
    await talk.anna().asks(ASK_FIRST[name])
    assert await acts(talk) == before


@pytest.mark.parametrize("name", TYPED)
async def test_what_is_typed_leaves_a_row(talk, name):
    text, action = TYPED[name]
    before = await acts(talk)
    talk.anna().says(text)
    await is_noted(talk, before, action)


@pytest.mark.parametrize("name", PRESSED)
async def test_what_is_pressed_leaves_a_row(talk, name):
    data, action = PRESSED[name]
    help_ = await talk.anna().asks("/help")
    before = await acts(talk)
    if action == "board off":
        talk.anna().says("/board")
        await is_noted(talk, before, "board")
        before = await acts(talk)
    talk.telegram.press_data(ANNA.id, ANNA.id, help_, data)
    await is_noted(talk, before, action)


async def test_a_number_taken_as_right_leaves_a_row(talk):
    talk.gateway.relink(WELL, "79005556666")
    await talk.phase(WELL, "connected")
    await talk.anna().asks(f"/check {WELL}")
    card = await talk.anna().asks(f"/status {WELL}")
    before = await acts(talk)
    await talk.anna().presses(card, button(card, f"do:accept:{WELL}"))
    await is_noted(talk, before, "accept_number")


async def test_the_yes_to_a_reset_leaves_a_row(talk):
    question, yes = await asked(talk, f"/reset {WELL}", "ans:1")
    before = await acts(talk)
    await talk.anna().presses(question, yes)
    await is_noted(talk, before, "reset", "qr")  # it goes on to the code by itself


async def test_the_yes_to_a_reset_by_code_leaves_a_row(talk):
    question, yes = await asked(talk, f"/reset {TWO}", "anc:")
    before = await acts(talk)
    await talk.anna().presses(question, yes)
    await is_noted(talk, before, "reset", "code")


async def test_the_yes_to_a_restart_leaves_a_row(talk):
    question, yes = await asked(talk, "/restart", "rst:1")
    before = await acts(talk)
    await talk.anna().presses(question, yes)
    await is_noted(talk, before, "restart")


async def test_all_of_a_card_taken_on_leaves_a_row(talk):
    await talk.gateway.act(DEAD, "device_removed")
    card = await talk.sees(GROUP_ID, lambda one: DEAD in one.text and has_button(one, "do:reset"))
    while card.id not in [row["message_id"] for row in await talk.rows("cards")]:
        await talk.passes()  # its receipt comes after it
    before = await acts(talk)
    talk.telegram.press_data(ANNA.id, GROUP_ID, card, "ackall")
    await is_noted(talk, before, "ack")


async def test_an_act_that_could_not_be_done_says_so_in_its_row(talk):
    """Each refused act had a row before anybody knew that it would be refused."""
    talk.anna().says(f"/mend {DEAD}")
    await talk.settle()
    rows = [row for row in await talk.rows("audit") if row["action"] in ("mend", "accept_number")]
    assert {row["outcome"] for row in rows} - {None, "done"} != set()


async def test_who_may_not_leaves_no_row(talk):
    """A viewer may subscribe, and choose for their own chat; all else takes more."""
    own = ("/subscribe", "/unsubscribe", "/board", "/digest", "/quiet", "/timezone")
    texts = [text for text, _ in TYPED.values() if not text.startswith(own)]
    before = len(talk.posted(VERA.id))
    for text in texts:
        talk.vera().says(text)
    await eventually(lambda: len(talk.posted(VERA.id)) >= before + len(texts))
    assert [row for row in await talk.rows("audit") if row["user_id"] == VERA.id] == []
