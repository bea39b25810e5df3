"""Ends a pairing from elsewhere: another took its place, or who asked for it may not have it."""

import structlog

from bot.domain.access import Right
from bot.domain.pairing import Ended, Ending
from bot.domain.session import State
from bot.gateways.base import GatewayAdapter, GatewayError
from bot.gateways.look import look_at
from storage.database import Database
from storage.people import persons
from storage.recovery import pairings

log = structlog.get_logger()


async def ended(database: Database, pairing_id: int) -> Ended | None:
    """How it was ended; None while it lives and its asker may pair the company at this moment."""
    async with database.reading() as tx:
        outcome = await pairings.outcome_of(tx, pairing_id)
        row = await pairings.get(tx, pairing_id)
        person = await persons.of_user(tx, row.asked_by)
    if outcome is not None:
        taken_away = outcome == Ending.NOT_ALLOWED
        return Ended(ending=Ending.NOT_ALLOWED if taken_away else Ending.MOVED)
    return None if person.may(Right.PAIR, row.company_id) else Ended(ending=Ending.NOT_ALLOWED)


async def shut(gateway: GatewayAdapter, key: str) -> None:
    """Have the gateway offer no code any more: the last one may stand on a phone somewhere."""
    try:
        if (await look_at(gateway, key)).state is State.AWAITING_SCAN:
            await gateway.stop(key)
    except GatewayError as error:
        log.warning("codes_not_ended", session=key, error=type(error).__name__)
