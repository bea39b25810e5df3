"""Live QRs: claimed by a person, shown in one place, proven before they are called paired."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from bot.actions.journal import Journal
from bot.domain.access import Person, Right
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.pairing import Ended, Ending, Paired, Step, WrongNumber
from bot.monitor.checker import Checker
from bot.recovery.pairing import Pairing
from storage.pairings import PairingRow


class Showing:
    """Begins live QRs and follows them to their end."""

    def __init__(self, journal: Journal, checker: Checker, pairing: Pairing) -> None:
        self._journal = journal
        self._checker = checker
        self._pairing = pairing

    async def begin(
        self, person: Person, company: Company, address: ChatAddress, update_key: str
    ) -> tuple[int, int]:
        """Claim the live QR of a company for this place; its id, then that of its audit row."""
        person.must(Right.PAIR, company.id)
        audit_id = await self._journal.begin(
            person.user_id, address.chat_id, "qr", company.id, update_key=update_key
        )
        return await self._pairing.begin(company, person.user_id, address), audit_id

    async def steps(
        self, pairing_id: int, audit_id: int, company: Company, *, opened: bool
    ) -> AsyncGenerator[Step]:
        """The steps of a live QR; the company is looked at after the last one."""
        ended = False
        try:
            async with aclosing(self._pairing.steps(pairing_id, company, opened=opened)) as steps:
                async for step in steps:
                    if isinstance(step, Paired | WrongNumber | Ended):
                        outcome = step.ending if isinstance(step, Ended) else type(step).__name__
                        await self._journal.finish(audit_id, outcome)
                        ended = True
                    yield step
        finally:
            if not ended:
                await self._journal.finish(audit_id, Ending.INTERRUPTED)
        await self._checker.check(company.gateway, company.id)

    async def note_message(self, pairing_id: int, message_id: int | None) -> None:
        """Remember which message may show a code; None when none does any more."""
        await self._pairing.set_message(pairing_id, message_id)

    async def end_leftovers(self) -> list[PairingRow]:
        """End what a crash left behind; the messages named may still show a code."""
        return await self._pairing.end_leftovers()
