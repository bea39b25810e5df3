"""Which number a company is expected to have."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.actions.companies import Companies
from bot.actions.errors import BadRequest
from bot.actions.journal import Journal
from bot.domain.access import Person, Right
from bot.domain.company import Company
from bot.domain.company_field import CompanyField
from bot.domain.notice import ChatAddress
from bot.domain.observation import CompanyStatus
from bot.domain.phone import masked, masked_apart, same_number
from bot.domain.session import State
from bot.monitor.checker import Checker
from storage.sessions import companies, gateways, states

_SHOWN_WITHIN = timedelta(seconds=5)  # Telegram tells its times in whole seconds; clocks differ


@dataclass(frozen=True, kw_only=True)
class ShownNumber:
    """What a button was shown with: the last digits of a number, and when. None: not known."""

    digits: str | None
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class LinkedAnew:
    """Another number may be linked than the one that was asked about. Both masked."""

    company: Company
    linked: str
    expected: str


class Numbers:
    """Takes an owner's word for a number."""

    def __init__(self, journal: Journal, checker: Checker, companies_: Companies) -> None:
        self._db = journal.database
        self._journal = journal
        self._checker = checker
        self._companies = companies_
        self._clock = journal.clock

    async def accept_linked(
        self,
        person: Person,
        company: Company,
        address: ChatAddress,
        update_key: str,
        seen: ShownNumber,
    ) -> str | LinkedAnew:
        """Expect the number that was `seen`, from now on; the number, masked.

        LinkedAnew, and nothing is done, where another one may be linked by now. BadRequest when the
        linked number is the expected one, or is not known, or when the settings say which number is
        right.
        """
        person.must(Right.SETTINGS, company.id)
        if CompanyField.PHONE in self._companies.settled(company.id):
            raise BadRequest("company.settled")
        await self._checker.check(company.gateway, company.id)
        known = await self._linked(company)
        linked, expected = known.linked_phone, known.company.expected_phone
        is_right = linked is None or expected is None or same_number(linked, expected)
        if linked is None or is_right or known.state is not State.CONNECTED:
            raise BadRequest("number.nothing_to_accept")
        if not _is_meant(seen, linked, known.since):
            masks = masked_apart([linked, expected or ""])
            return LinkedAnew(company=known.company, linked=masks[0], expected=masks[1])
        audit_id = await self._journal.begin(
            person.user_id,
            address.chat_id,
            "accept_number",
            company.id,
            update_key=update_key,
            instead_of=None if expected is None else masked(expected),
        )
        async with self._db.writing() as tx:
            accepted = await companies.expect_linked_phone(tx, company.id, linked)
        await self._journal.finish(audit_id, "nothing" if accepted is None else masked(accepted))
        if accepted is None:
            raise BadRequest("number.nothing_to_accept")
        await self._checker.check(company.gateway, company.id)
        return masked(accepted)

    async def _linked(self, company: Company) -> CompanyStatus:
        """How the look just now has found the company. BadRequest where it has found nothing."""
        async with self._db.reading() as tx:
            look = await gateways.get(tx, company.gateway)
            found = await states.known_of(tx, None, self._clock(), ids=[company.id])
        if not found or look is None or look.failures > 0:
            raise BadRequest("number.unseen")
        return found[0]


def _is_meant(seen: ShownNumber, linked: str, since: datetime | None) -> bool:
    """Whether it is the number that the button was shown with, and the same connection.

    Two numbers may end alike; another one is never linked without a new connection.
    """
    if seen.digits is None or linked[-len(seen.digits) :] != seen.digits:
        return False
    return seen.at is None or since is None or since <= seen.at + _SHOWN_WITHIN
