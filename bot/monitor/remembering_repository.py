"""A status repository that remembers what it could not write: nobody is told the contrary."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.company import CompanyId, GatewayName
from bot.domain.freshness import LastLooks
from bot.domain.notice import ChatAddress
from bot.domain.observation import CompanyStatus
from bot.monitor.changes import Judged
from bot.monitor.gateway_looks import Reached
from bot.monitor.incidents import IncidentStep
from bot.monitor.newcomers import Room
from bot.monitor.status_repository import StatusRepository
from storage.database import Database


class RememberingRepository(StatusRepository):
    """The same book; what the database did not take is kept in memory until it takes it again."""

    def __init__(
        self,
        database: Database,
        tell: Sequence[ChatAddress],
        last_looks: LastLooks,
        room: Room | None = None,
        *,
        by_hand: bool = False,
    ) -> None:
        super().__init__(database, tell, room, by_hand=by_hand)
        self.last_looks = last_looks

    async def write_reached(
        self,
        gateway: GatewayName,
        judged: Sequence[Judged],
        *,
        look: Reached,
        statuses: Sequence[CompanyStatus],
        calm: Sequence[CompanyId],
        now: datetime,
    ) -> list[IncidentStep]:
        """Write, or remember; then the error goes on to whoever looked."""
        try:
            steps = await super().write_reached(
                gateway,
                judged,
                look=look,
                statuses=statuses,
                calm=calm,
                now=now,
            )
        except Exception:
            seen = {item.seen.company_id: item.seen for item in judged}
            self.last_looks.not_written(gateway, seen)
            raise
        self.last_looks.written(gateway)
        return steps
