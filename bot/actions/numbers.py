"""Which number a company is expected to have."""

from bot.actions.companies import Companies
from bot.actions.errors import BadRequest
from bot.actions.journal import Journal
from bot.domain.access import Person, Right
from bot.domain.company import Company
from bot.domain.company_field import CompanyField
from bot.domain.notice import ChatAddress
from bot.domain.phone import masked
from bot.monitor.checker import Checker
from storage import companies
from storage.database import Database


class Numbers:
    """Takes an owner's word for a number."""

    def __init__(
        self, database: Database, journal: Journal, checker: Checker, companies_: Companies
    ) -> None:
        self._db = database
        self._journal = journal
        self._checker = checker
        self._companies = companies_

    async def accept_linked(
        self, person: Person, company: Company, address: ChatAddress, update_key: str
    ) -> str:
        """Expect the number that is linked now, from now on; the number, masked.

        BadRequest when the linked number is the expected one, or is not known, or when the settings
        say which number is right.
        """
        person.must(Right.SETTINGS, company.id)
        if CompanyField.PHONE in self._companies.settled(company.id):
            raise BadRequest("company.settled")
        await self._checker.check(company.gateway, company.id)
        audit_id = await self._journal.begin(
            person.user_id,
            address.chat_id,
            "accept_number",
            company.id,
            update_key=update_key,
            instead_of=None if company.expected_phone is None else masked(company.expected_phone),
        )
        async with self._db.writing() as tx:
            accepted = await companies.expect_linked_phone(tx, company.id)
        await self._journal.finish(audit_id, "nothing" if accepted is None else masked(accepted))
        if accepted is None:
            raise BadRequest("number.nothing_to_accept")
        await self._checker.check(company.gateway, company.id)
        return masked(accepted)
