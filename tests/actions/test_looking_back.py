"""Incidents as somebody may see them, take them on and write into them; nobody else may."""

from zoneinfo import ZoneInfo

import pytest
from desk import ANNA, BORIS, GROUP, NORTH, ONE, OWNER, SOUTH, STRANGER

from bot.actions.errors import BadRequest, UnknownCompany
from bot.domain.access import NotAllowed, Role, UserId
from bot.domain.company import CompanyId, WhyAbsent
from bot.domain.incident import IncidentId
from bot.domain.roster import CompanySetup, Roster
from bot.domain.session import State
from bot.domain.trouble import Trouble
from bot.gateways.base import GatewayUnreachable
from storage.alerts import incidents
from storage.alerts.incidents import IncidentEvent
from storage.chats import chats
from storage.sessions import companies

UTC = ZoneInfo("UTC")
NOBODY_S = IncidentId(404)


@pytest.fixture
async def lost(desk):
    """The north and the south are lost, one after the other."""
    await desk.settle()
    await desk.see((NORTH, State.STOPPED))
    desk.clock.push(120)
    await desk.see((SOUTH, State.STOPPED))
    return desk


@pytest.fixture
async def silent(desk):
    """The gateway does not answer."""
    await desk.settle()
    desk.gateway.failure = GatewayUnreachable("refused")
    await desk.see()
    await desk.see()
    return desk


async def opened(desk, trouble=Trouble.SESSION_DOWN, company_id=NORTH):
    async with desk.db.reading() as tx:
        every = await incidents.open_ones(tx)
    wanted = company_id if trouble is Trouble.SESSION_DOWN else None
    return next(one.id for one in every if (one.trouble, one.company_id) == (trouble, wanted))


async def page(desk, user_id, company=None):
    person = await desk.who(user_id)
    found = await desk.actions.incidents.page(person, company, 0, only_open=False)
    return [incident.company_id for incident in found.incidents]


async def timeline(desk, user_id, incident_id):
    return await desk.actions.incidents.timeline(await desk.who(user_id), incident_id, UTC)


async def test_the_latest_comes_first_and_others_companies_do_not_come(lost):
    assert await page(lost, ANNA) == [SOUTH, NORTH]
    assert await page(lost, BORIS) == [NORTH]


async def test_who_may_see_nothing_is_refused(lost):
    with pytest.raises(NotAllowed):
        await page(lost, STRANGER)
    with pytest.raises(BadRequest):
        await timeline(lost, BORIS, await opened(lost, company_id=SOUTH))


async def test_a_gateway_s_incident_belongs_to_whoever_has_a_company_there(silent):
    incident_id = await opened(silent, Trouble.GATEWAY_UNREACHABLE)
    seen = await timeline(silent, BORIS, incident_id)
    assert (seen.company, seen.incident.gateway, seen.month) == (None, ONE, None)
    assert await page(silent, BORIS) == [None]


async def test_a_gateway_s_incident_is_not_for_those_of_another_gateway(silent):
    far = CompanyId("far")
    async with silent.db.writing() as tx:
        await companies.add_new(tx, [await elsewhere(silent, far)], silent.clock())
    guest = UserId(7)
    await silent.grant(await silent.who(OWNER), guest, Role.VIEWER, far)
    incident_id = await opened(silent, Trouble.GATEWAY_UNREACHABLE)
    with pytest.raises(BadRequest):
        await timeline(silent, guest, incident_id)
    assert await page(silent, guest) == []
    take, person = silent.actions.acks.one, await silent.who(guest)
    for number in (incident_id, NOBODY_S):
        with pytest.raises(BadRequest) as caught:
            await take(person, number, GROUP.chat_id, silent.update())
        assert caught.value.args[0] == "ack.unknown"


async def test_a_gateway_s_incident_counts_nobody_that_may_not_be_seen(silent):
    incident_id, now = await opened(silent, Trouble.GATEWAY_UNREACHABLE), silent.clock()
    async with silent.db.writing() as tx:
        await chats.add(tx, -1009, "Friends of the south", now)
        told = [
            IncidentEvent(incident_id=incident_id, at=now, event="told", facts={"chat_id": one})
            for one in (-1009, int(ANNA))
        ]
        await incidents.add_events(tx, told)
    assert (await timeline(silent, OWNER, incident_id)).incident.facts["companies"] == 2
    assert set((await timeline(silent, OWNER, incident_id)).chats) == {-1009, int(ANNA)}
    seen = await timeline(silent, BORIS, incident_id)
    assert "companies" not in seen.incident.facts
    assert seen.chats == {}


async def elsewhere(desk, company_id):
    async with desk.db.reading() as tx:
        north = await companies.get(tx, NORTH)
    return type(north)(id=company_id, gateway="two", session_key=company_id, name="")


async def test_a_number_that_is_none_is_said_to_be_unknown(lost):
    for ask in (
        timeline(lost, OWNER, NOBODY_S),
        lost.actions.acks.one(await lost.who(OWNER), NOBODY_S, GROUP.chat_id, lost.update()),
        lost.actions.acks.card(await lost.who(OWNER), GROUP.chat_id, 77, lost.update()),
    ):
        with pytest.raises(BadRequest) as caught:
            await ask
        assert str(caught.value.args[0]).endswith(".unknown")


async def test_a_story_names_the_chats_that_were_told(lost):
    incident_id, now = await opened(lost), lost.clock()
    async with lost.db.writing() as tx:
        await chats.add(tx, GROUP.chat_id, "Дежурные", now)
        await incidents.add_events(
            tx,
            [
                IncidentEvent(incident_id=incident_id, at=now, event="told", facts={"chat_id": one})
                for one in (GROUP.chat_id, -1009, int(ANNA))
            ],
        )
    assert (await timeline(lost, OWNER, incident_id)).chats == {-1001: "Дежурные", -1009: "", 2: ""}


async def test_a_note_is_kept_by_whom_it_was_written_and_no_longer_than_fits(lost):
    incident_id, anna = await opened(lost), await lost.who(ANNA)
    note = lost.actions.incidents.note
    with pytest.raises(BadRequest):
        await note(anna, incident_id, "x" * 1001, GROUP.chat_id, lost.update())
    await note(anna, incident_id, "phone was off", GROUP.chat_id, lost.update())
    async with lost.db.reading() as tx:
        *_, last = await incidents.events_of(tx, incident_id)
    assert (last.event, last.facts["text"], last.facts["user_id"]) == ("note", "phone was off", 2)
    with pytest.raises(NotAllowed):
        await note(await lost.who(BORIS), incident_id, "x", GROUP.chat_id, lost.update())


async def test_an_incident_is_taken_on_once(lost):
    incident_id, anna = await opened(lost), await lost.who(ANNA)
    take = lost.actions.acks.one
    await take(anna, incident_id, GROUP.chat_id, lost.update())
    with pytest.raises(BadRequest) as caught:
        await take(await lost.who(OWNER), incident_id, GROUP.chat_id, lost.update())
    assert caught.value.args[0] == "ack.taken"
    assert [choice.incident.company_id for choice in await lost.actions.acks.choices(anna)] == [
        SOUTH
    ]


async def test_who_may_only_look_takes_nothing_on(lost):
    with pytest.raises(NotAllowed):
        await lost.actions.acks.choices(await lost.who(BORIS))
    with pytest.raises(NotAllowed):
        await lost.actions.acks.one(
            await lost.who(BORIS), await opened(lost), GROUP.chat_id, lost.update()
        )


async def test_companies_are_shown_to_those_who_may_see_them(desk):
    every = desk.actions.companies
    assert [company.id for company in (await every.page(await desk.who(BORIS))).companies] == [
        NORTH
    ]
    with pytest.raises(NotAllowed):
        await every.page(await desk.who(STRANGER))
    with pytest.raises(UnknownCompany):
        await every.view(await desk.who(OWNER), CompanyId("nowhere"))


async def watch(desk, *, yes, company_id=NORTH):
    owner = await desk.who(OWNER)
    view = await desk.actions.companies.view(owner, company_id)
    return await desk.actions.companies.watch(owner, view.company, GROUP, desk.update(), yes=yes)


async def test_what_the_settings_name_one_by_one_is_not_dropped_here(desk):
    desk.rosters[:] = [Roster(gateway=ONE, wanted=(NORTH,))]
    with pytest.raises(BadRequest) as caught:
        await watch(desk, yes=False)
    assert caught.value.args[0] == "company.named"


async def test_a_company_of_a_gateway_that_is_gone_cannot_be_watched(desk):
    await watch(desk, yes=False)
    desk.rosters.clear()
    with pytest.raises(BadRequest) as caught:
        await watch(desk, yes=True)
    assert caught.value.args[0] == "company.no_gateway"


@pytest.mark.parametrize(
    ("roster", "absence"),
    [
        (Roster(gateway=ONE), None),
        (Roster(gateway=ONE, wanted=("x*",)), WhyAbsent.UNNAMED),
        (
            Roster(gateway=ONE, about={NORTH: CompanySetup(id=NORTH, gateway="two")}),
            WhyAbsent.UNNAMED,
        ),
    ],
)
async def test_what_was_dropped_is_watched_again_as_the_settings_have_it(desk, roster, absence):
    assert (await watch(desk, yes=False)).company.absence is WhyAbsent.DROPPED
    desk.rosters[:] = [roster]
    assert (await watch(desk, yes=True)).company.absence is absence
