"""Live QRs and codes: claimed by a person, shown in one place, proven to have paired."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from bot.actions.errors import BadRequest, TooManyCodes
from bot.actions.journal import Journal
from bot.domain.access import Person, Right
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.pairing import Ended, Ending, MessageLocation, Paired, Step, WrongNumber
from bot.domain.phone import digits_of, masked
from bot.monitor.checker import Checker
from bot.recovery.code_requests import CodeOrder
from bot.recovery.pairing import Pairing
from bot.recovery.throttle import Wait
from storage.recovery.pairings import PairingRow


class Pairings:
    """Begins pairings and follows them to their end."""

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

    async def begin_code(
        self, person: Person, company: Company, phone: str, address: ChatAddress, update_key: str
    ) -> tuple[int, int, CodeOrder]:
        """Claim a pairing by code for the phone with this number; third, what allows to ask for it.

        Raises TooManyCodes, with what was showing left as it is.
        """
        person.must(Right.PAIR, company.id)
        audit_id = await self._journal.begin(
            person.user_id,
            address.chat_id,
            "code",
            company.id,
            update_key=update_key,
            phone=masked(phone),
        )
        order = await self._pairing.coding.order(phone)
        if isinstance(order, Wait):
            await self._journal.finish(audit_id, f"too many: {order.limit}")
            raise TooManyCodes(order.limit, order.left)
        pairing_id = await self._pairing.begin(company, person.user_id, address, order=order)
        return pairing_id, audit_id, order

    async def phone_for(self, company: Company, text: str, *, again: bool = False) -> str:
        """The number a code shall be for: the one in `text`, without any the company's own.

        `again` prefers what was last asked for. BadRequest when `text` is no number with its
        country code, or when there is none to take.
        """
        if text:
            digits = digits_of(text)
            if digits is None or not _is_international(digits):
                raise BadRequest("code.bad_number", company=company.id)
            return digits
        last = await self._pairing.coding.last_phone(company) if again else None
        phone = last or company.expected_phone
        if phone is None:
            raise BadRequest("code.which_number", company=company.id)
        return phone

    async def numbers(self, company: Company) -> tuple[str, ...] | None:
        """The numbers a code may be for, the likeliest first; None where there are no codes."""
        return await self._pairing.coding.numbers(company)

    async def steps(
        self,
        pairing_id: int,
        audit_id: int,
        company: Company,
        *,
        opened: bool = False,
        order: CodeOrder | None = None,
    ) -> AsyncGenerator[Step]:
        """The steps of a pairing; the company is looked at after the last one."""
        ended = False
        try:
            run = self._pairing.steps(pairing_id, company, opened=opened, order=order)
            async with aclosing(run) as steps:
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

    async def note_message(
        self, pairing_id: int, message_id: int | None, location: MessageLocation | None = None
    ) -> None:
        """Remember which message may show a code, and where; None when none does any more."""
        await self._pairing.set_message(pairing_id, message_id, location)

    async def end_leftovers(self) -> list[PairingRow]:
        """End what a crash left behind; the messages named may still show a code."""
        return await self._pairing.end_leftovers()

    async def tidy(self, company: Company, row: PairingRow) -> None:
        """Set aside the files that a code of a former life has left half linked."""
        await self._pairing.tidy(company, row)
        await self._checker.check(company.gateway, company.id)


def _is_international(digits: str) -> bool:
    """Whether it can begin with a country code: no such code is 0, and none is 89."""
    local_russian = len(digits) == 11 and digits.startswith("89")
    return not digits.startswith("0") and not local_russian
