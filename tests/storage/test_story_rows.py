"""What is read back of incidents and of what people did, on both databases."""

from datetime import timedelta

from rows import NOW, incident
from sqlalchemy import insert

from bot.domain.access import UserId
from bot.domain.company import CompanyId, GatewayName
from bot.domain.trouble import Trouble
from storage.alerts import incidents
from storage.alerts.incidents import VisibleIncidents
from storage.people import audit
from storage.recovery import pairings
from storage.tables import pairings as pairing_rows

ONE, TWO = CompanyId("962302"), CompanyId("962303")


async def three(tx):
    silent = incident("", trouble=Trouble.GATEWAY_UNREACHABLE)
    return await incidents.add(tx, [incident(ONE), incident(TWO), silent])


async def shown(tx, seen, **how):
    asked = {"only_open": False, "limit": 10, **how}
    return [one.id for one in await incidents.page(tx, seen, **asked)]


async def test_incidents_come_in_pages_the_newest_first(tx):
    first, second, third = await three(tx)
    assert await shown(tx, None, limit=2) == [third, second]
    assert await shown(tx, None, limit=2, offset=2) == [first]
    assert await incidents.count(tx, None, only_open=True) == 3


async def test_only_what_is_meant_is_shown(tx):
    first, _, third = await three(tx)
    main = GatewayName("main")
    assert await shown(tx, VisibleIncidents(company_ids=(ONE,))) == [first]
    assert await shown(tx, VisibleIncidents(company_ids=(ONE,), gateways=(main,))) == [third, first]


async def test_earlier_ones_are_of_the_same_company(tx):
    first, _, _ = await three(tx)
    (again,) = await incidents.add(tx, [incident(ONE, trouble=Trouble.ZOMBIE)])
    assert [one.id for one in await incidents.before(tx, ONE, again, 5)] == [first]


async def act(tx, minutes, company_id, action="mute"):
    return await audit.begin(
        tx,
        user_id=UserId(1),
        chat_id=-1,
        action=action,
        company_id=company_id,
        details={},
        update_key=None,
        now=NOW + timedelta(minutes=minutes),
    )


async def test_acts_within_an_incident_are_the_companys_or_nobodys(tx):
    early, mine, others, nobodys = [
        await act(tx, minutes, who) for minutes, who in ((-9, ONE), (1, ONE), (2, TWO), (3, None))
    ]
    found = await audit.within(tx, ONE, NOW, NOW + timedelta(minutes=5))
    assert [one.id for one in found] == [mine, nobodys]
    assert early != others


async def test_a_pairing_is_found_by_its_beginning(tx):
    row = {"company_id": ONE, "asked_by": 1, "chat_id": 1}
    for minutes in (-1, 1):
        began = NOW + timedelta(minutes=minutes)
        values = {"started_at": began, "ended_at": began, "outcome": "paired"}
        await tx.execute(insert(pairing_rows).values(**row, **values))
    (one,) = await pairings.within(tx, ONE, NOW, NOW + timedelta(minutes=5))
    assert (one.started_at, one.outcome) == (NOW + timedelta(minutes=1), "paired")


async def test_acts_come_in_pages_and_one_after_another(tx):
    first, second, third = [await act(tx, minutes, ONE) for minutes in (1, 2, 3)]
    assert [one.id for one in await audit.page(tx, 2, 0)] == [third, second]
    assert [one.id for one in await audit.page(tx, 2, 2)] == [first]
    assert [one.id for one in await audit.after(tx, first, 2)] == [second, third]
    assert await audit.count(tx) == 3


async def test_incidents_come_one_after_another(tx):
    first, second, third = await three(tx)
    assert [one.id for one in await incidents.after(tx, first, 5)] == [second, third]
