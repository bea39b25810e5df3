"""Where people ask for things: actions over a scripted gateway, a pushed clock, a database."""

import json
from types import SimpleNamespace

from doubles import Clock, ScriptedGateway
from sqlalchemy import select

from bot.actions.acks import Acks
from bot.actions.chats import Chats
from bot.actions.companies import Companies
from bot.actions.confirmations import Confirmations
from bot.actions.incidents import Incidents
from bot.actions.journal import Journal
from bot.actions.pairing import Pairings
from bot.actions.people import People
from bot.actions.repairs import Repairs
from bot.actions.status import Status
from bot.authdir import SessionsTemplate
from bot.domain.access import Role, UserId
from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.notice import ChatAddress
from bot.domain.roster import Roster
from bot.domain.session import State
from bot.domain.timing import Timing
from bot.monitor.checker import Checker
from bot.monitor.files import FilesChecker
from bot.monitor.look import Looker
from bot.monitor.rules import RuleSettings
from bot.monitor.status_repository import StatusRepository
from bot.recovery.control import SessionControl
from bot.recovery.kept_keys import KeptKeys
from bot.recovery.pairing import Pairing
from bot.recovery.runner import ProcedureRunner
from bot.recovery.standing import Standings
from bot.reports.reporter import Reporter, ReportLimits
from storage.sessions import companies
from storage.tables import audit, confirmations

NORTH, SOUTH = CompanyId("962302"), CompanyId("962303")
ONE = GatewayName("one")
OWNER, ANNA, BORIS, STRANGER = UserId(1), UserId(2), UserId(3), UserId(666)
GROUP, TOPIC = ChatAddress(-1001), ChatAddress(-1001, 45)
LINKED = {"account": {"details": "fake"}, "me": {"id": "79000962302:1@s.whatsapp.net"}}
TEMPO = Timing(confirm_after_s=0, qr_poll_s=0.01, quiet_for_s=0.01, stable_for_s=0)
LIMITS = RuleSettings(grace_s=90, max_files=None, max_reconnects_per_day=10)
REPORT_LIMITS = ReportLimits(files_of=lambda _company, _baseline: None, reconnects_per_day=10)


class Desk:
    """People come here. Anna is an operator everywhere, Boris a viewer of the north alone."""

    def __init__(self, db, sessions):
        self.db = db
        self.clock = Clock()
        self.gateway = ScriptedGateway()
        self.template = None
        if sessions is not None:
            self.template = SessionsTemplate.parse(str(sessions / "company_{company}"))
        self.rosters = [Roster(gateway=ONE)]
        self.actions = self._build()
        self._updates = 0

    def _build(self):
        db, clock = self.db, self.clock
        statuses, journal = StatusRepository(db), Journal(db, clock)
        looker = Looker(ONE, self.gateway, roster=None, clock=clock)
        self.checker = Checker(
            statuses, {ONE: looker}, LIMITS, timing=TEMPO, clock=clock, on_written=lambda: None
        )
        files = {}
        if self.template is not None:
            files[ONE] = FilesChecker(
                db, ONE, statuses, self.template, LIMITS, clock=clock, on_written=lambda: None
            )
        self.files = files.get(ONE)
        templates = {} if self.template is None else {ONE: self.template}
        control = SessionControl(db, {ONE: self.gateway}, templates, timing=TEMPO, clock=clock)
        looking = Status(db, statuses, self.checker, files, LIMITS, clock=clock)
        runner, standings = ProcedureRunner(control), Standings(control, KeptKeys(control))
        return SimpleNamespace(
            status=looking,
            confirmations=Confirmations(journal, looking, standings, timing=TEMPO, clock=clock),
            repairs=Repairs(
                journal,
                looking,
                self.checker,
                runner,
                standings,
            ),
            pairings=Pairings(journal, self.checker, Pairing(runner)),
            people=People(journal, [OWNER], on_written=lambda: None),
            incidents=Incidents(journal, looking, Reporter(db, REPORT_LIMITS)),
            acks=Acks(journal),
            companies=Companies(journal, lambda: self.rosters, LIMITS),
            chats=Chats(journal, (), on_written=lambda: None),
        )

    async def open(self):
        await self.actions.people.settle_owners()
        await self.add(NORTH, SOUTH)
        owner = await self.who(OWNER)
        await self.grant(owner, ANNA, Role.OPERATOR)
        await self.grant(owner, BORIS, Role.VIEWER, NORTH)

    async def add(self, *ids):
        new = [Company(id=one, gateway=ONE, session_key=one, name="") for one in ids]
        async with self.db.writing() as tx:
            await companies.add_new(tx, new, self.clock())

    async def who(self, user_id):
        return await self.actions.people.who(user_id, "")

    async def grant(self, owner, user_id, role, *company_ids):
        await self.actions.people.grant(
            owner, user_id, role, company_ids, GROUP.chat_id, self.update()
        )

    async def see(self, *looks):
        """The next tick sees these states of north, south and the rest."""
        for company_id, state in looks:
            self.gateway.says(company_id, state)
        await self.checker.tick(ONE)

    async def settle(self, *ids):
        for _ in range(2):
            await self.see(*[(one, State.CONNECTED) for one in ids or (NORTH, SOUTH)])
            self.clock.push(60)

    def update(self):
        """The key of another update of Telegram."""
        self._updates += 1
        return f"message:{self._updates}"

    def directory(self, company_id=NORTH, files=31):
        path = self.template.path_of(company_id)
        path.mkdir(parents=True)
        for number in range(1, files):
            (path / f"pre-key-{number}.json").write_text("{}")
        (path / "creds.json").write_text(json.dumps(LINKED))
        return path

    async def journal(self):
        """The audit rows beside the grants of the beginning, as `action outcome`."""
        async with self.db.reading() as tx:
            rows = (await tx.execute(select(audit).order_by(audit.c.id))).all()
        return [f"{row.action} {row.outcome}" for row in rows[2:]]

    async def last_entry(self):
        async with self.db.reading() as tx:
            return (await tx.execute(select(audit).order_by(audit.c.id.desc()))).first()

    async def open_questions(self):
        async with self.db.reading() as tx:
            query = select(confirmations).where(confirmations.c.used_at.is_(None))
            return (await tx.execute(query)).all()


async def steps_of(steps):
    return [step async for step in steps]
