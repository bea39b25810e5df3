"""What is set for each company, and by whom: the settings win over owners' words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.actions.errors import BadRequest, UnknownCompany
from bot.actions.journal import Journal
from bot.actions.status import PAGE
from bot.domain.access import Person, Right
from bot.domain.company import Company, CompanyId, GatewayName, WhyAbsent
from bot.domain.company_field import CompanyField
from bot.domain.notice import ChatAddress
from bot.domain.paging import which_page
from bot.domain.phone import dialled, masked
from bot.domain.roster import Roster
from bot.domain.words import AUTO
from bot.monitor.company_sync import drop
from bot.monitor.rules import RuleSettings
from storage.alerts import incidents
from storage.sessions import companies

_COLUMNS = {
    CompanyField.NAME: "name",
    CompanyField.PHONE: "expected_phone",
    CompanyField.MAX_FILES: "max_files",
    CompanyField.MAX_RECONNECTS: "max_reconnects_per_day",
}
_HIGHEST = {CompanyField.MAX_FILES: 10_000_000, CompanyField.MAX_RECONNECTS: 10_000}
_LONGEST_NAME = 100


@dataclass(frozen=True, kw_only=True)
class CompaniesPage:
    """A page of companies, by id. `page` counts from 0."""

    companies: tuple[Company, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class CompanyView:
    """One company. `settled` are the fields that the settings say; nobody can change them here.

    `named` when the settings name it one by one. `limits` are those of the settings, which hold
    where the company has none of its own.
    """

    company: Company
    settled: frozenset[CompanyField]
    named: bool
    limits: RuleSettings


class Companies:
    """Shows what is said of companies, and takes owners' words."""

    def __init__(
        self, journal: Journal, rosters: Callable[[], Sequence[Roster]], limits: RuleSettings
    ) -> None:
        self._db = journal.database
        self._journal = journal
        self._rosters = rosters
        self._limits = limits
        self._clock = journal.clock

    async def page(self, person: Person, page: int = 0) -> CompaniesPage:
        """The companies the person may see, `PAGE` to a page, those among them not watched."""
        async with self._db.reading() as tx:
            all_companies = await companies.every(tx)
        seen = sorted(
            (company for company in all_companies if person.may(Right.LOOK, company.id)),
            key=lambda company: company.id,
        )
        if not seen:
            person.must(Right.LOOK)
        page, pages = which_page(page, len(seen), PAGE)
        shown = tuple(seen[page * PAGE : (page + 1) * PAGE])
        return CompaniesPage(companies=shown, total=len(seen), page=page, pages=pages)

    async def view(self, person: Person, company_id: CompanyId) -> CompanyView:
        """What is said of one company."""
        person.must(Right.LOOK, company_id)
        async with self._db.reading() as tx:
            company = await companies.get(tx, company_id)
        if company is None:
            raise UnknownCompany(company_id)
        return CompanyView(
            company=company,
            settled=self.settled(company_id),
            named=self._is_named(company_id),
            limits=self._limits,
        )

    def settled(self, company_id: CompanyId) -> frozenset[CompanyField]:
        """What the settings say of it."""
        setup = next((roster.about.get(company_id) for roster in self._rosters()), None)
        by_settings = {} if setup is None else setup.told()
        found = {field for field, column in _COLUMNS.items() if column in by_settings}
        return frozenset(found | ({CompanyField.GATEWAY} if self._is_named(company_id) else set()))

    async def say(
        self,
        person: Person,
        company: Company,
        field: CompanyField,
        text: str,
        address: ChatAddress,
        update_key: str,
    ) -> CompanyView:
        """Take an owner's word. BadRequest where the settings say it, or it makes no sense."""
        person.must(Right.SETTINGS, company.id)
        if field in self.settled(company.id):
            raise BadRequest("company.settled")
        value = self._read(company, field, text)
        shown = masked(str(value)) if field is CompanyField.PHONE and value else value
        audit_id = await self._journal.begin(
            person.user_id,
            address.chat_id,
            "company",
            company.id,
            update_key=update_key,
            field=field,
            value=shown,
        )
        async with self._db.writing() as tx:
            if field is CompanyField.GATEWAY:
                place = self._roster(str(value)).company(company.id)
                key = company.session_key if company.made else place.session_key
                await companies.move(tx, company.id, place.gateway, key)
                await incidents.move(tx, company.id, place.gateway)
            else:
                await companies.tell(tx, company.id, {_COLUMNS[field]: value})
        await self._journal.finish(audit_id, "done")
        return await self.view(person, company.id)

    async def watch(
        self, person: Person, company: Company, address: ChatAddress, update_key: str, *, yes: bool
    ) -> CompanyView:
        """Watch it from now on, or no more. BadRequest where the settings decide that."""
        person.must(Right.SETTINGS, company.id)
        if not yes and self._is_named(company.id):
            raise BadRequest("company.named")
        roster = self._find(company.gateway)
        if yes and roster is None:
            raise BadRequest("company.no_gateway", gateway=company.gateway)
        audit_id = await self._journal.begin(
            person.user_id, address.chat_id, "watch", company.id, update_key=update_key, yes=yes
        )
        async with self._db.writing() as tx:
            if yes:
                wanted = roster is not None and roster.keeps(company)
                absence = None if wanted else WhyAbsent.UNNAMED
                await companies.set_absence(tx, company.id, absence)
            else:
                await drop(tx, company, self._clock())
        await self._journal.finish(audit_id, "done")
        return await self.view(person, company.id)

    def _read(self, company: Company, field: CompanyField, text: str) -> str | int | None:
        """What the words mean, or BadRequest that says how to do it right."""
        if field is CompanyField.NAME and text and len(text) <= _LONGEST_NAME:
            return text
        if field is CompanyField.PHONE and (text.lower() == AUTO or dialled(text)):
            return dialled(text)
        if field in _HIGHEST:
            if text.lower() == AUTO:
                return None
            lowest = 1 if field is CompanyField.MAX_FILES else 0
            if text.isascii() and text.isdigit() and lowest <= int(text) <= _HIGHEST[field]:
                return int(text)
        if field is CompanyField.GATEWAY:
            return self._roster(text, company).gateway
        raise BadRequest("company.usage", company=company.id)

    def _roster(self, name: str, company: Company | None = None) -> Roster:
        """A gateway that would have the company."""
        roster = self._find(name)
        if roster is None or (company is not None and not roster.keeps(company)):
            known = ", ".join(roster.gateway for roster in self._rosters())
            raise BadRequest("company.which_gateway", gateways=known)
        return roster

    def _find(self, name: str) -> Roster | None:
        return next(
            (roster for roster in self._rosters() if roster.gateway == GatewayName(name)), None
        )

    def _is_named(self, company_id: CompanyId) -> bool:
        return any(roster.names(company_id) for roster in self._rosters())
