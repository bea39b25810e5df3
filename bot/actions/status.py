"""What a person may look at."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.actions.errors import UnknownCompany
from bot.actions.rest_results import RestRow
from bot.actions.results import (
    CompanyCard,
    FilesCard,
    GatewayCard,
    MuteRow,
    NoFiles,
    Overview,
)
from bot.domain.access import Person, Right
from bot.domain.company import Company, CompanyId, GatewayName, parse_company_id
from bot.domain.files import FilesLook
from bot.domain.freshness import LastLooks
from bot.domain.mute import Mute
from bot.domain.observation import CompanyStatus, Observation
from bot.domain.paging import which_page
from bot.domain.rest import Rest
from bot.domain.session import CAUSES, State
from bot.domain.session_names import is_session_key
from bot.domain.words import named
from bot.monitor.checker import Checker
from bot.monitor.files import FilesChecker, Uncounted
from bot.monitor.rules import RuleSettings
from bot.monitor.rules.files_above_limit import file_limit
from bot.monitor.status_repository import StatusRepository
from storage.alerts import mutes, rests
from storage.chats import subscriptions
from storage.database import Database
from storage.sessions import companies, files, gateways, ranking
from storage.sessions.gateways import GatewayLook
from storage.trouble import trouble_of

PAGE = 10


class Status:
    """Status, files, a look now. Changes nothing at any gateway."""

    def __init__(
        self,
        database: Database,
        statuses: StatusRepository,
        checker: Checker,
        files_checkers: Mapping[GatewayName, FilesChecker],
        limits: RuleSettings,
        *,
        clock: Callable[[], datetime],
        last_looks: LastLooks | None = None,
    ) -> None:
        self._db = database
        self._statuses = statuses
        self._checker = checker
        self._limits = limits
        self._files = files_checkers
        self._clock = clock
        self._last_looks = last_looks

    async def find(self, person: Person, text: str) -> Company:
        """The company that the person names. BadCompanyId or UnknownCompany.

        A name tells nothing: one that the person may not see sounds like one that is not there.
        `=off` is the company that is called like a word of commands. Small and capital letters are
        alike, and what the gateway calls the session will do as well.
        """
        typed, sees_all = named(text), person.may(Right.LOOK)
        async with self._db.reading() as tx:
            company = await companies.called(tx, typed) if is_session_key(typed) else None
        if company is not None and person.may(Right.LOOK, company.id):
            return company
        raise UnknownCompany(parse_company_id(typed), sees_all=sees_all)

    async def stored(self, company_id: CompanyId) -> Company:
        """The company of a row of our own; what a person has named is looked up by `find`."""
        async with self._db.reading() as tx:
            company = await companies.get(tx, company_id)
        if company is None:
            raise UnknownCompany(company_id)
        return company

    async def choices(self, person: Person, right: Right) -> list[Company]:
        """The companies for which the person holds the right, by id."""
        async with self._db.reading() as tx:
            return [
                company for company in await companies.all_of(tx) if person.may(right, company.id)
            ]

    async def overview(self, person: Person, page: int = 0) -> Overview:
        """Every company the person may see, the worst first, `PAGE` to a page."""
        only, now = person.reach(Right.LOOK), self._clock()
        async with self._db.reading() as tx:
            shares = await ranking.shares(tx, only)
            total = sum(share.total for share in shares)
            page, pages = which_page(page, total, PAGE)
            ids = await ranking.page(tx, only, page * PAGE, PAGE)
            looks = {look.name: look for look in await gateways.all_looks(tx)}
        every_gateway = {
            share.gateway: self._gateway_card(share.gateway, looks) for share in shares
        }
        resting = await self.rests(person)
        return Overview(
            cards=tuple(await self._cards(ids)),
            gateways=tuple(every_gateway.values()),
            total=total,
            well=sum(share.well for share in shares if every_gateway[share.gateway].known),
            unseen=sum(share.unseen for share in shares),
            page=page,
            pages=pages,
            now=now,
            lost=tuple(
                company_id
                for gateway in every_gateway
                for company_id, seen in self._unwritten(gateway).items()
                if seen.state is not State.CONNECTED and person.may(Right.LOOK, company_id)
            ),
            mutes=await self.mutes(person),
            rests=resting,
            resting=await self._not_well([row.company.id for row in resting]),
            unheard=await self.unheard(person),
        )

    async def company(self, person: Person, company_id: CompanyId) -> CompanyCard:
        """One company as it was at the last look."""
        person.must(Right.LOOK, company_id)
        for card in await self._cards([company_id]):
            return card
        raise UnknownCompany(company_id)

    async def check(self, person: Person, company_id: CompanyId) -> CompanyCard:
        """One company, looked at now; `unwritten` has what could not be written down of it."""
        person.must(Right.CHECK, company_id)
        company = await self.stored(company_id)
        try:
            await self._checker.check(company.gateway, company.id)
        except Exception as error:
            why = trouble_of(error)
            if why is None or self._last_looks is None:
                raise
            # The look is worth an answer, though it could not be kept: the card says both.
            self._last_looks.failed(company.gateway, why)
        return await self.company(person, company_id)

    async def files(self, person: Person, company_id: CompanyId) -> FilesCard | NoFiles:
        """A company's directory, counted now, beside what was counted before."""
        person.must(Right.LOOK, company_id)
        company = await self.stored(company_id)
        look = await self.count(company)
        if not isinstance(look, FilesLook):
            configured = company.gateway in self._files
            reason = "" if look is None else look.reason
            return NoFiles(company=company, configured=configured, reason=reason)
        now = self._clock()
        async with self._db.reading() as tx:
            baseline = (await files.baselines(tx)).get(company_id)
            day_ago = (await files.as_of(tx, now - timedelta(days=1))).get(company_id)
            hour_ago = (await files.as_of(tx, now - timedelta(hours=1))).get(company_id)
            history = await files.history(tx, company_id, now - timedelta(days=7))
            copied_at = await companies.copied_at(tx, company_id)
        return FilesCard(
            company=company,
            look=look,
            day_ago=None if day_ago is None else day_ago.total,
            hour_ago=None if hour_ago is None else hour_ago.total,
            baseline=baseline,
            limit=file_limit(baseline, self._limits, company.max_files),
            history=tuple(history),
            copied_at=copied_at,
        )

    async def count(self, company: Company) -> FilesLook | Uncounted | None:
        """The directory now; None without one, or where its gateway's are out of reach."""
        files = self._files.get(company.gateway)
        return None if files is None else await files.count(company.id)

    async def is_stopped_there(self, company: Company) -> bool:
        """Whether it was stopped at the gateway on purpose, as of the last look."""
        (known,) = await self._statuses.known_ones(None, [company.id], self._clock())
        deliberate = known.cause is not None and CAUSES[known.cause].deliberate
        return known.state is State.STOPPED and deliberate

    async def mutes(self, person: Person) -> tuple[MuteRow, ...]:
        """The active mutes that the person may see."""
        async with self._db.reading() as tx:
            seen = [
                mute for mute in await mutes.active(tx, self._clock()) if _may_see(person, mute)
            ]
            ids = [mute.company_id for mute in seen if mute.company_id is not None]
            named = await companies.get_many(tx, ids)
        return tuple(
            MuteRow(mute=mute, company=named.get(mute.company_id) if mute.company_id else None)
            for mute in seen
        )

    async def rests(self, person: Person) -> tuple[RestRow, ...]:
        """The companies at rest that the person may see."""
        async with self._db.reading() as tx:
            visible = [rest for rest in await rests.active(tx) if _may_see(person, rest)]
            named = await companies.get_many(tx, [rest.company_id for rest in visible])
        return tuple(
            RestRow(rest=rest, company=named[rest.company_id])
            for rest in visible
            if rest.company_id in named
        )

    async def _not_well(self, ids: Sequence[CompanyId]) -> int:
        """How many of these are known not to be well."""
        cards = await self._cards(ids) if ids else []
        return sum(
            1
            for card in cards
            if card.gateway.known
            and card.known.state is not None
            and (card.worst is not None or card.known.state is not State.CONNECTED)
        )

    async def unheard(self, person: Person) -> tuple[Company, ...]:
        """Companies without a subscriber; none for people who may not subscribe them."""
        if not person.may(Right.SETTINGS):
            return ()
        async with self._db.reading() as tx:
            return tuple(await subscriptions.unheard(tx))

    async def _cards(self, ids: Sequence[CompanyId]) -> list[CompanyCard]:
        """Of each that is watched, the worst first."""
        known = await self._statuses.known_ones(None, ids, self._clock())
        async with self._db.reading() as tx:
            looks = {look.name: look for look in await gateways.all_looks(tx)}
            muted = {mute.company_id: mute for mute in await mutes.active(tx, self._clock())}
        return [
            replace(self._card(status, looks), mute=muted.get(status.company.id, muted.get(None)))
            for status in sorted(known, key=lambda status: status.rank)
        ]

    def _card(self, known: CompanyStatus, looks: Mapping[GatewayName, GatewayLook]) -> CompanyCard:
        name = known.company.gateway
        gateway = self._gateway_card(name, looks)
        return CompanyCard(
            known=known,
            gateway=gateway,
            looked_at=gateway.last_ok_at,
            worst=known.worst,
            unwritten=self._unwritten(name).get(known.company.id),
        )

    def _unwritten(self, gateway: GatewayName) -> Mapping[CompanyId, Observation]:
        return {} if self._last_looks is None else self._last_looks.unwritten(gateway)

    def _gateway_card(
        self, name: GatewayName, looks: Mapping[GatewayName, GatewayLook]
    ) -> GatewayCard:
        look, last_looks = looks.get(name), self._last_looks
        stored_at = None if look is None else look.last_look_at
        return GatewayCard(
            name=name,
            silent_since=look.since_at if look is not None and look.failures > 0 else None,
            last_ok_at=None if look is None else look.last_ok_at,
            unsure=None if last_looks is None else last_looks.unsure(name, stored_at),
        )


def _may_see(person: Person, silence: Mute | Rest) -> bool:
    return silence.company_id is None or person.may(Right.LOOK, silence.company_id)
