"""Notices when companies lose their last listener, and lets the owners know at once.

Take `coverage` before a change and call `tell_of_loss` after it, both in its transaction: so each
loss is told once, whatever brought it about.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.company import CompanyId
from bot.domain.system_notice import SystemNotice, SystemNoticeKind, owners
from bot.domain.trouble import Severity
from storage.alerts import system_notices
from storage.chats import subscriptions
from storage.database import Transaction
from storage.sessions import companies

_NAMED = 8
_LOUDEST = Severity.CRITICAL.rank
_NOTHING = _LOUDEST + 1


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """From which severity upwards somebody hears, by rank: of `all`, and of single companies."""

    all: int = _NOTHING
    of: dict[CompanyId, int] = field(default_factory=dict)

    def rank(self, company_id: CompanyId) -> int:
        """The least severity at which somebody is subscribed to this company."""
        return min(self.all, self.of.get(company_id, _NOTHING))


async def coverage(tx: Transaction) -> Coverage:
    """Who is heard of now, by chats that take messages and people who may see."""
    everywhere, single = _NOTHING, dict[CompanyId, int]()
    for subscription in await subscriptions.heard(tx):
        if subscription.parked:
            continue
        if subscription.company_id is None:
            everywhere = min(everywhere, subscription.severity.rank)
        else:
            before = single.get(subscription.company_id, _NOTHING)
            single[subscription.company_id] = min(before, subscription.severity.rank)
    return Coverage(all=everywhere, of=single)


async def tell_of_loss(
    tx: Transaction, before: Coverage, owner_ids: Iterable[int], now: datetime
) -> list[CompanyId]:
    """Tell owners of the companies that are heard of less than `before`; those heard of no more."""
    after = await coverage(tx)
    if after == before:
        return []
    watched = [company.id for company in await companies.all_of(tx)]
    lost = [
        company_id
        for company_id in watched
        if before.rank(company_id) < _NOTHING <= after.rank(company_id)
    ]
    less = [
        company_id
        for company_id in watched
        if before.rank(company_id) < after.rank(company_id) < _NOTHING
    ]
    tell = owners(owner_ids)
    for kind, ids in (
        (SystemNoticeKind.LISTENER_LOST, lost),
        (SystemNoticeKind.LISTENER_NARROWED, less),
    ):
        if ids:
            named = ", ".join(ids[:_NAMED]) + ("…" if len(ids) > _NAMED else "")
            facts = {"count": len(ids), "names": named}
            alone = ids[0] if len(ids) == 1 else None
            await system_notices.add(
                tx, tell, SystemNotice(kind=kind, facts=facts, company_id=alone), now
            )
    return lost
