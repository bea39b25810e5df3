"""What a gateway's incident counts is told where all that it counts is heard of."""

from datetime import timedelta

import pytest
from alerting import GATEWAY, GROUP, OTHER, START

from bot.alerts.courier import MessageKind
from bot.alerts.grouping import SendPlan
from bot.alerts.message_reader import read_messages
from bot.domain.company import Company, CompanyId
from bot.domain.incident import Incident, IncidentId
from bot.domain.notice import NoticeKind
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.texts import Catalogs, plain
from handlers.render import alerts
from storage.alerts import incidents, outbox
from storage.chats import subscriptions
from storage.chats.subscriptions import Subscription
from storage.sessions import companies

IDS = tuple(map(CompanyId, ("north", "south", "west")))
FACTS = {
    Trouble.MASS_DROP: {"count": 3, "limit": 7},
    Trouble.GATEWAY_UNREACHABLE: {"companies": 7},
}
SYMPTOMS = {
    Trouble.MASS_DROP: Symptom.MASS_DROP,
    Trouble.GATEWAY_UNREACHABLE: Symptom.UNREACHABLE,
}


@pytest.fixture(params=list(FACTS))
async def told(office, request):
    """Open a gateway's incident; a function that reads what a place is told of it."""
    incident = Incident(
        id=IncidentId(0),
        trouble=request.param,
        symptom=SYMPTOMS[request.param],
        severity=Severity.CRITICAL,
        gateway=GATEWAY,
        company_id=None,
        opened_at=START,
        began_at=START,
        facts=FACTS[request.param],
    )
    async with office.db.writing() as tx:
        fresh = [Company(id=it, gateway=GATEWAY, session_key=it, name="") for it in IDS]
        await companies.add_new(tx, fresh, START)
        (incident_id,) = await incidents.add(tx, [incident])
        rows = [(place, incident_id, NoticeKind.OPENED) for place in (GROUP, OTHER)]
        await outbox.add(tx, rows, START)
        await subscriptions.remove(tx, OTHER, None)

    async def read(address, *heard):
        async with office.db.writing() as tx:
            for company_id in heard:
                wanted = Subscription(
                    address=address, company_id=company_id, severity=Severity.INFO
                )
                await subscriptions.put(tx, wanted, None, START)
        send_plan = SendPlan(
            kind=MessageKind.NEW,
            address=address,
            incident_ids=(incident_id,),
            attempts=0,
            oldest_id=1,
        )
        async with office.db.reading() as tx:
            (composed,) = await read_messages(tx, [send_plan], "en", START)
        now = START + timedelta(minutes=1)
        return [
            plain(
                alerts.outgoing_message(Catalogs().speaking(language), composed.message, now).text
            )
            for language in ("en", "ru")
        ]

    return read


async def test_who_hears_of_all_is_told_how_many(told):
    assert all("7" in text for text in await told(GROUP))


async def test_who_hears_of_each_by_name_is_told_how_many(told):
    assert all("7" in text for text in await told(OTHER, *IDS))


@pytest.mark.parametrize("heard", [IDS[:1], IDS[1:], IDS[::2]])
async def test_who_hears_of_some_is_told_of_it_without_how_many_there_are(told, heard):
    for text in await told(OTHER, *heard):
        assert "7" not in text
        assert "?" not in text
