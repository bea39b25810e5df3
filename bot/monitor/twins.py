"""One session on two gateways: the one that works is watched.

Two gateways on one store list the same sessions. Where one of them has it working and the other
stopped, to start it there as well would throw the first one out.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.company import Company, GatewayName
from bot.domain.roster import ListedSession
from bot.domain.session import State
from storage.alerts import incidents
from storage.database import Transaction
from storage.sessions import companies, states, twins


async def see_twins(
    tx: Transaction,
    gateway: GatewayName,
    listed: Sequence[ListedSession],
    elsewhere: Sequence[Company],
    now: datetime,
) -> tuple[list[Company], list[Company]]:
    """Note what this gateway lists of companies that are watched `elsewhere`.

    Those are watched here from now on, and returned as they were before, that work here and not
    there; but for those that the settings put there. Beside them those are returned of whom nobody
    knows yet whether they work there: it is told when that was looked at.
    """
    there = {session.company.id: session for session in listed}
    known = {
        status.company.id: status
        for status in await states.known_of(
            tx, None, now, ids=[company.id for company in elsewhere]
        )
    }
    moved, undecided = list[Company](), list[Company]()
    for company in elsewhere:
        session, before = there[company.id], known.get(company.id)
        works_here = session.state is State.CONNECTED
        works_there = before is None or before.state in (None, State.CONNECTED)
        if before is None or before.state is None:
            undecided.append(company)
        if not works_here or works_there or not session.fits:
            place = session.company
            await twins.put(tx, company.id, gateway, place.session_key, session.state, now)
            continue
        await twins.forget(tx, company.id, gateway)
        seen = State.UNKNOWN if before is None or before.state is None else before.state
        await twins.put(tx, company.id, company.gateway, company.session_key, seen, now)
        await companies.move(tx, company.id, gateway, session.company.session_key)
        await incidents.move(tx, company.id, gateway)
        moved.append(company)
    return moved, undecided
