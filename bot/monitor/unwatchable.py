"""Tells owners of what a gateway lists and nobody can watch, by what helps against it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import structlog

from bot.domain.company import GatewayName
from bot.domain.notice import ChatAddress
from bot.domain.roster import Listing
from bot.domain.session_names import display_name, may_be_given_id
from bot.domain.system_notice import SystemNotice, SystemNoticeKind
from storage.alerts import system_notices
from storage.database import Transaction
from storage.sessions import gateways

_NAMED, _SHOWN = 8, 40

log = structlog.get_logger()


async def say_unwatchable(
    tx: Transaction,
    gateway: GatewayName,
    listing: Listing,
    tell: Sequence[ChatAddress],
    now: datetime,
) -> None:
    """Say each kind once of each gateway, and again when there are more of it than were told."""
    look = await gateways.get(tx, gateway)
    before = 0 if look is None else look.unfit
    if listing.unwatchable in (0, before):
        return
    for kind, count, names in _kinds(listing):
        earlier = await system_notices.of_kind(tx, kind, datetime.fromtimestamp(0, UTC))
        counts = (
            int(notice.system_notice.facts["count"])
            for notice in earlier
            if notice.system_notice.gateway == gateway
        )
        if count <= max(counts, default=0):
            continue
        log.warning("sessions_unwatchable", gateway=gateway, why=kind, names=names)
        facts = {"count": count, "names": names}
        system_notice = SystemNotice(kind=kind, facts=facts, gateway=gateway)
        await system_notices.add(tx, tell, system_notice, now)


def _kinds(listing: Listing) -> Iterator[tuple[SystemNoticeKind, int, str]]:
    """How many there are of each kind, and the first of their names."""
    fit_for_an_id = [name for name in listing.unfit if may_be_given_id(name)]
    others = [name for name in listing.unfit if not may_be_given_id(name)]
    yield SystemNoticeKind.SESSIONS_UNFIT, len(fit_for_an_id), _shown(fit_for_an_id)
    yield SystemNoticeKind.SESSIONS_UNUSABLE, len(others), _shown(others)
    yield SystemNoticeKind.SESSIONS_NAMELESS, listing.nameless, ""
    alike = list(dict.fromkeys(listing.alike))
    yield SystemNoticeKind.SESSIONS_ALIKE, len(listing.alike), _shown(alike)


def _shown(names: Sequence[str]) -> str:
    more = "…" if len(names) > _NAMED else ""
    shown = (display_name(name, _SHOWN) for name in names[:_NAMED])
    return ", ".join(f"«{name}»" for name in shown) + more
