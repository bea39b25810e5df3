"""A name or a number tells nothing of what somebody may not see: it sounds like one not there."""

import inspect
from collections.abc import Iterator

import pytest
import pytest_asyncio
from aiogram.filters.callback_data import CallbackData
from reading import ONE, TWO, WHO, button, has_button, words
from routes import commands, press_routes
from staging import talking

from bot.domain.access import Role, UserId
from bot.domain.company import CompanyId
from bot.domain.trouble import Offer
from bot.sandbox.telegram import GLEB, GROUP_ID
from handlers import callbacks
from handlers.company_choice import CHOOSING

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOWHERE, NO_NUMBER = "962399", 77

# How each command names a company or the number of an incident; a new one must say it here.
COMMANDS: dict[str, tuple[str, ...]] = {
    "start": ("/start qr_{company}", "/start code_{company}"),
    "help": (),
    "id": (),
    "lang": (),
    "status": ("/status {company}", "/status  {company} "),
    "files": ("/files {company}",),
    "check": ("/check {company}",),
    "logs": ("/logs {company}",),
    "gateways": (),
    "report": ("/report {company}", "/report {company} 7d", "/report 30d {company}"),
    "incidents": ("/incidents {company}",),
    "incident": ("/incident {n}", "/incident №{n}"),
    "note": ("/note {n} words",),
    "reset": ("/reset {company}",),
    "restore": ("/restore {company}",),
    "reconnect": ("/reconnect {company}",),
    "mend": ("/mend {company}",),
    "restart": ("/restart {company}",),
    "probe": ("/probe {company}",),
    "recover": ("/recover {company}",),
    "qr": ("/qr {company}",),
    "code": ("/code {company}", "/code {company} 79000962302"),
    "ack": ("/ack {n}", "/ack #{n}"),
    "mute": ("/mute {company}", "/mute {company} 2h"),
    "unmute": ("/unmute {company}",),
    "rest": ("/rest {company}",),
    "wake": ("/wake {company}",),
    "place": (),
    "timezone": (),
    "quiet": (),
    "subscribe": ("/subscribe {company}", "/subscribe " + TWO + " {company} critical"),
    "unsubscribe": ("/unsubscribe {company}", "/unsubscribe " + TWO + " {company}"),
    "subscriptions": (),
    "board": (),
    "digest": (),
    "grant": ("/grant 77 viewer {company}", "/grant 77 viewer " + TWO + " {company}"),
    "revoke": (),
    "admins": (),
    "audit": (),
    "companies": (),
    "company": ("/company {company}", "/company {company} name New", "/company {company} drop"),
    "reload": (),
}
# What a button of a company may ask for, the offers on cards among them.
WHATS = {*Offer, *CHOOSING, "company", "watch", "drop"} - {"mute_all", "subscribe", Offer.HEAR}
# Buttons that carry neither a company nor the number of an incident.
NAMELESS = {
    callbacks.Pick,
    callbacks.OverviewPage,
    callbacks.AllCompanies,
    callbacks.CompanyPage,
    callbacks.Answer,  # a nonce that nobody can guess, and that belongs to one person
    callbacks.AnswerByCode,
    callbacks.AnswerRestart,
    callbacks.AskRestart,  # a gateway, which takes the right for every company first
    callbacks.GatewaysAgain,
    callbacks.OnboardingButton,
    callbacks.Lang,
    callbacks.AuditOf,
    callbacks.PlaceButton,
    callbacks.TakeCard,
    callbacks.Quiet,
    callbacks.DigestButton,
    callbacks.Zone,
    callbacks.BoardOff,
}


def presses_of_company(company: str) -> Iterator[CallbackData]:
    for what in sorted(WHATS):
        yield callbacks.Do(what=what, company=company)
    yield callbacks.AcceptNumber(company=company, shown=callbacks.digits_tag("79005556666"))
    for label in ("*", "123"):
        yield callbacks.Old(label=label, company=company)
    for how in ("card", "csv"):
        yield callbacks.ReportOf(company=company, days=7, how=how)
    for only_open in (True, False):
        yield callbacks.IncidentsOf(company=company, only_open=only_open, page=0)
    yield callbacks.MuteButton(company=company, minutes=60)
    yield callbacks.Unmute(company=company)
    yield callbacks.Sub(company=company, severity="info")


def presses_of_number(n: int) -> Iterator[CallbackData]:
    for how in ("card", "file"):
        yield callbacks.IncidentOf(n=n, how=how)
    yield callbacks.Take(n=n)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def talk(tmp_path_factory):
    """Gleb may do everything to the second company; the first is lost, and told in the group."""
    async with talking(tmp_path_factory.mktemp("talk")) as talk:
        anna = await talk.app.actions.people.who(UserId(talk.anna().person.id), "Anna")
        await talk.app.actions.people.grant(
            anna, UserId(GLEB.id), Role.OPERATOR, [CompanyId(TWO)], GROUP_ID, "let in"
        )
        talk.telegram.join(GLEB.id, GROUP_ID)
        await talk.anna(GROUP_ID).asks(f"/subscribe {ONE}")
        await talk.gateway.act(ONE, "device_removed")
        await talk.alert()
        await talk.gleb().asks("/help")
        yield talk


@pytest_asyncio.fixture(loop_scope="module", params=["ru", "en"])
async def language(talk, request):
    choice = await talk.gleb().asks("/lang")
    await talk.gleb().presses(choice, f"lang:{request.param}")
    return request.param


async def told(talk, every: Iterator[CallbackData]) -> dict[str, str]:
    """What pops up when Gleb presses each of these; nothing else is ever said."""
    help_ = await talk.gleb().asks("/help")
    before = talk.posted(GLEB.id)
    popped = {data.pack(): await talk.gleb().forges(help_, data.pack()) for data in every}
    await talk.settle()
    assert talk.posted(GLEB.id) == before
    return popped


async def test_every_command_says_here_how_it_names_a_company():
    assert commands() == set(COMMANDS)


async def test_every_button_says_here_whether_it_carries_a_company():
    every = {
        kind
        for _, kind in inspect.getmembers(callbacks, inspect.isclass)
        if issubclass(kind, CallbackData) and kind is not CallbackData
    }
    pressed = [*presses_of_company(ONE), *presses_of_number(1), callbacks.Unsub(company=ONE)]
    assert {type(data) for data in pressed} | NAMELESS == every
    named = [
        press_route
        for press_route in press_routes()
        if press_route.data is not None and press_route.data not in NAMELESS
    ]
    assert [one.name for one in named if not any(map(one.takes, pressed))] == []


async def test_no_command_tells_a_company_that_may_not_be_seen_from_none(talk, language):
    texts = [text for every in COMMANDS.values() for text in every if "{company}" in text]
    async with talk.nothing_changes():
        for company in (ONE, NOWHERE):
            unseen = words("error.unseen_company", language, company=company)
            answers = {}
            for text in texts:
                answers[text] = (await talk.gleb().asks(text.format(company=company))).text
            assert {text: said for text, said in answers.items() if said != unseen} == {}


async def test_no_button_tells_a_company_that_may_not_be_seen_from_none(talk, language):
    async with talk.nothing_changes():
        for company in (ONE, NOWHERE):
            unseen = words("error.unseen_company", language, company=company)
            popped = await told(talk, presses_of_company(company))
            assert {data: said for data, said in popped.items() if said != unseen} == {}


async def test_no_number_tells_of_an_incident_that_may_not_be_seen(talk, language):
    texts = [text for every in COMMANDS.values() for text in every if "{n}" in text]
    async with talk.nothing_changes():
        for text in texts:
            there = (await talk.gleb().asks(text.format(n=1))).text
            none = (await talk.gleb().asks(text.format(n=NO_NUMBER))).text
            assert (text, there) == (text, none)
        there = await told(talk, presses_of_number(1))
        none = await told(talk, presses_of_number(NO_NUMBER))
        assert list(there.values()) == list(none.values())


async def test_nobody_ends_or_learns_what_a_group_hears_of_a_company_they_may_not_see(
    talk, language
):
    listed = await talk.gleb(GROUP_ID).asks("/subscriptions")
    assert not has_button(listed, f"unsub:{ONE}")
    async with talk.nothing_changes():
        popped = [await talk.gleb(GROUP_ID).forges(listed, f"unsub:{it}") for it in (ONE, NOWHERE)]
    assert popped[0] == popped[1]


async def test_what_somebody_may_see_answers_them_still(talk, language):
    assert TWO in (await talk.gleb().asks(f"/status {TWO}")).text
    assert TWO in (await talk.gleb().asks(f"/files {TWO}")).text
    assert TWO in (await talk.gleb().asks(f"/incidents {TWO}")).text


async def test_whoever_sees_all_is_told_that_there_is_none(talk):
    unknown = words("error.unknown_company", company=NOWHERE)
    assert (await talk.anna().asks(f"/status {NOWHERE}")).text == unknown
    assert (await talk.boris().asks(f"/mute {NOWHERE} 2h")).text == unknown


async def test_lists_and_totals_count_only_what_may_be_seen(talk, language):
    for text in ("/status", "/incidents", "/companies", "/report all", "/subscribe", "/gateways"):
        said = await talk.gleb().asks(text)
        shown = f"{said.text} {said.buttons}"
        assert ONE not in shown, text
        assert WHO not in shown, text
        assert "481120" not in shown, text


async def test_the_table_of_a_report_has_no_rows_of_others(talk, language):
    card = await talk.gleb().asks("/report all")
    table = await talk.gleb().gets(card, button(card, "rep:*:30:csv"))
    content = table.document.decode()
    assert TWO in content
    assert ONE not in content
    assert "481120" not in content
